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
/** Six bounded requests, and a second after each of the last three. */
const ANSWER_TIMEOUT_MS = 45_000;
const MOST_LINES = 20;

/**
 * Makes Gluetun stop and start its VPN, from inside the gateway. Protocol, on stdout, a line for each request: `STEP
 * ROUTE CODE STATUS ANSWER` (`status`, `stop` or `start`; the API route; wget's exit code; the HTTP status; the
 * answer's first line); or `no GNU wget`, or `lacks THING`.
 *
 * - A VPN that stays stopped can look healthy for ever (Gluetun's health server keeps its last result, v3.41). So
 *   whatever comes of the `stop`, lost or odd, the `start` follows, and is repeated while it is neither confirmed nor
 *   refused. No signal ends the shell in between, least of all PIPE, which a reader that goes away causes.
 * - It asks for the status first. A server that does not answer is never told to stop: Gluetun carries out a request
 *   even if its client has gone (the handler's context is the server's), and requests that piled up might run in any
 *   order. A VPN that has crashed is left alone: Gluetun holds its lock while it waits to retry, or ignores both
 *   requests.
 * - Gluetun up to v3.30 has no `/v1/vpn/` and answers 400; others answer 404 or 405. Its `/v1/openvpn/` is used only
 *   if it reports that it runs: later versions have it too, and a PUT to it breaks a WireGuard gateway.
 * - BusyBox's wget, which Gluetun up to v3.32 has, does not support PUT.
 * - The key does not follow a redirection. A server at that port that is not Gluetun may answer without end; hence
 *   `head`.
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
 * Restarts the VPN inside Gluetun. The container, its network and all dependents stay as they are. Emits one result
 * and completes. A restart that has begun in the gateway is finished there, even after unsubscribing.
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

/** If the engine refuses, nothing has begun. After silence nobody knows. */
const withoutAnswer = (error: unknown): VpnRestart => {
  const isRefused = error instanceof EngineError && error.status !== undefined;
  return { result: isRefused ? 'unavailable' : 'failed', reason: reasonOf(error) };
};
