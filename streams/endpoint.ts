import type { Observable, OperatorFunction } from 'rxjs';
import { type SchedulerLike, catchError, defer, map, of, reduce } from 'rxjs';
import { answeredWithin } from './answered-within.ts';
import { toLines, unframe } from './bytes.ts';
import { EngineError, type EngineReadings, type ExecCommand, reasonOf } from './engine.ts';
import type { EndpointEvent, PublicIp } from './events.ts';
import { asObject, asString, nonEmpty, parseJson } from './json.ts';
import type { RequestOf } from './requests.ts';

export interface ControlServer {
  /** As seen inside the gateway, without a trailing slash. */
  readonly url: string;
  readonly key: string | undefined;
}

interface Dependencies {
  readonly engine: Pick<EngineReadings, 'exec'>;
  readonly scheduler: SchedulerLike;
  readonly controlServer: ControlServer;
}

const SECONDS_IN_THE_GATEWAY = 5;
const ANSWER_TIMEOUT_MS = 15_000;
/** A real answer has two; each is bounded itself. */
const LONGEST_ANSWER_LINES = 100;

/**
 * Asks Gluetun's control server from inside the gateway, so that no network of ours is needed. Protocol, on
 * stdout: the body, then `exit CODE STATUS`.
 *
 * The key comes by the environment and reaches wget by a file only root can read, gone before the shell ends: a
 * `--header` would show in the process list, and wget takes no configuration from a pipe. BusyBox's wget has no
 * such file, but the Gluetun versions that come with it know no keys either. A reader that goes away is a signal
 * (PIPE), which would end the shell without its EXIT trap. Nothing but the protocol is written: the engine keeps
 * no order between stdout and stderr.
 */
const ENDPOINT_SCRIPT = `
exec 2>/dev/null
umask 077
export HOME=/dev/null LC_ALL=C
options=
if [ -n "$GLUETUN_API_KEY" ] && wget --version | grep -q GNU; then
  file=$(mktemp) && trap 'rm -f "$file"' EXIT && trap 'exit 1' HUP INT PIPE TERM &&
    printf 'header = X-API-Key: %s\\n' "$GLUETUN_API_KEY" >"$file" && options="--config=$file"
fi
unset GLUETUN_API_KEY
timeout -s KILL ${String(SECONDS_IN_THE_GATEWAY)} wget $options -Y off -t 1 -q -O - -- "$1/v1/publicip/ip" </dev/null
printf '\\nexit %s -\\n' "$?"
`;

export const endpointCommand = ({ url, key }: ControlServer): ExecCommand => ({
  cmd: ['sh', '-c', ENDPOINT_SCRIPT, 'gluetun-monitor-endpoint', url],
  env: key === undefined ? [] : [`GLUETUN_API_KEY=${key}`],
});

/** The exit as Gluetun's control server knows it, or why it does not say. */
export const endpoint$ = (
  { requestId, gatewayId }: RequestOf<'readEndpoint'>,
  { engine, scheduler, controlServer }: Dependencies,
): Observable<EndpointEvent> =>
  defer(() => engine.exec(gatewayId, endpointCommand(controlServer))).pipe(
    unframe(),
    toLines(),
    toSmallArray(),
    answeredWithin(ANSWER_TIMEOUT_MS, 'asking the control server', scheduler),
    map((lines): EndpointEvent => ({
      type: 'endpointRead',
      at: scheduler.now(),
      requestId,
      ...parseAnswer(lines, controlServer),
    })),
    catchError((error: unknown) =>
      of<EndpointEvent>({
        type: 'endpointUnavailable',
        at: scheduler.now(),
        requestId,
        reason: reasonOf(error),
      }),
    ),
  );

/** All lines, unless they are more than any control server has to say. */
const toSmallArray = (): OperatorFunction<string, readonly string[]> =>
  reduce<string, string[]>((lines, line) => {
    if (lines.push(line) > LONGEST_ANSWER_LINES) throw new EngineError('the control server says too much');
    return lines;
  }, []);

function parseAnswer(lines: readonly string[], { key }: ControlServer): PublicIp {
  const exitCode = /^exit (\d+) /.exec(lines.at(-1) ?? '')?.[1];
  if (exitCode === undefined) throw new EngineError(silence(lines));
  if (exitCode !== '0') throw new EngineError(refusal(exitCode, key));
  const body = asObject(parseJson(lines.slice(0, -1).join('\n')));
  if (body === undefined) throw new EngineError('the control server did not answer with JSON');
  const part = (name: string): string | undefined => nonEmpty(asString(body[name])?.trim());
  return { ip: part('public_ip'), country: part('country'), region: part('region'), city: part('city') };
}

/** Without its last line the shell did not come that far: the runtime may have said why. */
const silence = (lines: readonly string[]): string =>
  lines.find((line) => /\b(?:OCI runtime|runc|crun)\b/.test(line))?.trim() ??
  'asking the control server was cut short';

function refusal(exitCode: string, key: string | undefined): string {
  if (exitCode === '6')
    return key === undefined
      ? 'the control server asks for a key: set GLUETUN_API_KEY'
      : 'the control server does not accept GLUETUN_API_KEY';
  if (exitCode === '8') return 'the control server refuses the request';
  return `the control server does not answer (wget exit code ${exitCode})`;
}
