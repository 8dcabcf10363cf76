import { type Observable, type SchedulerLike, catchError, defer, map, of, take, toArray } from 'rxjs';
import { answeredWithin } from './answered-within.ts';
import { toLines, unframe } from './bytes.ts';
import { type ControlServer, controlServerCommand, controlServerScript } from './control-server-script.ts';
import { EngineError, type EngineReadings, type ExecCommand, reasonOf } from './engine.ts';
import { type VpnRestart, judgeVpnRestart } from './vpn-restart-verdict.ts';

export type { VpnRestart };

interface Dependencies {
  readonly engine: Pick<EngineReadings, 'exec'>;
  readonly scheduler: SchedulerLike;
  readonly controlServer: ControlServer;
}

const SECONDS_A_REQUEST = 5;
/** Six requests, each of them bounded, and a second after each of the last three. */
const ANSWER_TIMEOUT_MS = 45_000;
const MOST_LINES = 20;

/**
 * Has Gluetun stop and start its VPN, from inside the gateway. Protocol, on stdout, a line for each request:
 * `STEP ROUTE CODE STATUS ANSWER` (`status`, `stop` or `start`; wget's exit code; the HTTP status; the answer's
 * first line); or `no GNU wget`, or `lacks THING`.
 *
 * - A VPN left stopped can look healthy for ever (Gluetun's health server keeps its last result, v3.41): whatever
 *   comes of the `stop`, lost or odd, the `start` follows, and again while it is neither confirmed nor refused. No signal ends the
 *   shell in between, PIPE least of all: that is what a reader that goes away sends it.
 * - It asks first. A server that does not answer is never told to stop: Gluetun carries a request out even when
 *   its client has gone (the handler's context is the server's), and those that piled up might run in any order.
 *   A VPN that has crashed is let be: Gluetun holds its lock while it waits to try again, or ignores both.
 * - Gluetun up to v3.30 has no `/v1/vpn/`, and says so by a 400, others by 404 or 405. Its `/v1/openvpn/` is taken
 *   only where it says that it runs: later versions have it as well, and a PUT to it breaks a WireGuard gateway.
 * - BusyBox's wget, which Gluetun up to v3.32 has, knows no PUT.
 * - The key does not follow a redirection. What is not Gluetun at
 *   that port may answer without an end: `head`.
 */
const RESTART_SCRIPT = `trap '' HUP INT PIPE TERM
${controlServerScript(
  ['wget', 'sleep', 'head', 'tr'],
  `
if [ $is_gnu = no ]; then
  echo 'no GNU wget'
  exit
fi
url=$1
newline='
'
ask() {
  step=$1
  shift
  said=$({
    (within ${String(SECONDS_A_REQUEST)} wget $options -Y off -t 1 -q -O - --max-redirect=0 \\
      --save-headers --content-on-error "$@" -- "$url/v1/$route/status")
    printf '\\n%s' "$?"
  } | head -c 5000 | tr -d '\\r')
  code=\${said##*"$newline"}
  case $code in [0-9] | [0-9][0-9] | [0-9][0-9][0-9]) ;; *) code=- ;; esac
  status=\${said#HTTP/* }
  status=\${status%%[!0-9]*}
  case $code:$status in
    6:*) status=401 ;;
    *:[1-5][0-9][0-9]) ;;
    *) status=- ;;
  esac
  answer=\${said#*"$newline$newline"}
  answer=\${answer%%"$newline"*}
  printf '%s\\n' "$step $route $code $status $answer"
}
route=vpn
ask status
case $status in 400 | 404 | 405) route=openvpn; ask status ;; esac
case "$route $code $status $answer" in
  *'"crashed"'*) exit ;;
  'vpn 0 200 '*'"status"'* | 'openvpn 0 200 '*'"running"'*) ;;
  *) exit ;;
esac
ask stop --method=PUT --body-data='{"status":"stopped"}'
for attempt in 1 2 3; do
  ask start --method=PUT --body-data='{"status":"running"}'
  case "$status $answer" in 4* | '200 '*running* | '200 '*starting* | '200 '*crashed*) break ;; esac
  sleep 1
done
`,
)}`;

export const vpnRestartCommand = (controlServer: ControlServer): ExecCommand =>
  controlServerCommand('gluetun-monitor-vpn-restart', RESTART_SCRIPT, controlServer);

/**
 * Restarts the VPN inside Gluetun: the container, its network and all dependents stay as they are. Emits one result
 * and completes; what was begun in the gateway is brought to its end there, also when unsubscribed.
 */
export const vpnRestart$ = (
  gatewayId: string,
  { engine, scheduler, controlServer }: Dependencies,
): Observable<VpnRestart> =>
  defer(() => engine.exec(gatewayId, vpnRestartCommand(controlServer))).pipe(
    unframe(),
    toLines(),
    take(MOST_LINES),
    toArray(),
    answeredWithin(ANSWER_TIMEOUT_MS, 'restarting the VPN', scheduler),
    map((lines) => judgeVpnRestart(lines, controlServer)),
    catchError((error: unknown) => of(withoutAnswer(error))),
  );

/** An engine that refuses has not begun; after silence nobody knows. */
const withoutAnswer = (error: unknown): VpnRestart => {
  const isRefused = error instanceof EngineError && error.status !== undefined;
  return { result: isRefused ? 'unavailable' : 'failed', reason: reasonOf(error) };
};
