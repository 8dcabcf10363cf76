import { type Observable, type SchedulerLike, catchError, defer, map, of, timeout, toArray } from 'rxjs';
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

/**
 * Asks Gluetun's control server from inside the gateway, so that no network of ours is needed. Protocol, on
 * stdout: the body, then `exit CODE STATUS`.
 *
 * The key comes by the environment and reaches wget by a file only root can read, gone before the shell ends: a
 * `--header` would show in the process list, and wget takes no configuration from a pipe. BusyBox's wget has no
 * such file, but the Gluetun versions that come with it know no keys either.
 */
const ENDPOINT_SCRIPT = `
umask 077
export HOME=/dev/null LC_ALL=C
options=
if [ -n "$GLUETUN_API_KEY" ] && wget --version 2>/dev/null | grep -q GNU; then
  file=$(mktemp) && trap 'rm -f "$file"' EXIT && trap 'exit 1' HUP INT TERM &&
    printf 'header = X-API-Key: %s\\n' "$GLUETUN_API_KEY" >"$file" && options="--config=$file"
fi
unset GLUETUN_API_KEY
timeout -s KILL ${String(SECONDS_IN_THE_GATEWAY)} wget $options -Y off -t 1 -q -O - -- "$1/v1/publicip/ip" 2>/dev/null </dev/null
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
    toArray(),
    timeout({ first: ANSWER_TIMEOUT_MS, scheduler }),
    map((lines): EndpointEvent => ({
      type: 'endpointRead',
      at: scheduler.now(),
      requestId,
      ...parseAnswer(lines),
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

function parseAnswer(lines: readonly string[]): PublicIp {
  const exitCode = /^exit (\d+) /.exec(lines.at(-1) ?? '')?.[1];
  if (exitCode !== '0') throw new EngineError(refusal(exitCode));
  const body = asObject(parseJson(lines.slice(0, -1).join('\n')));
  if (body === undefined) throw new EngineError('the control server did not answer with JSON');
  const part = (name: string): string | undefined => nonEmpty(asString(body[name])?.trim());
  return { ip: part('public_ip'), country: part('country'), region: part('region'), city: part('city') };
}

function refusal(exitCode: string | undefined): string {
  if (exitCode === '6') return 'the control server asks for a key: set GLUETUN_API_KEY';
  if (exitCode === '8') return 'the control server refuses the request';
  return `the control server does not answer (wget exit code ${exitCode ?? 'none'})`;
}
