import type { Observable, OperatorFunction } from 'rxjs';
import { type SchedulerLike, catchError, defer, map, of, reduce } from 'rxjs';
import { answeredWithin } from './answered-within.ts';
import { toLines, unframe } from './bytes.ts';
import {
  type ControlServer,
  controlServerCommand,
  controlServerScript,
  lackIn,
} from './control-server-script.ts';
import { EngineError, type EngineReadings, type ExecCommand, reasonOf } from './engine.ts';
import type { EndpointEvent, PublicIp } from './events.ts';
import { asObject, asString, nonEmpty, parseJson } from './json.ts';
import type { RequestOf } from './requests.ts';

interface Dependencies {
  readonly engine: Pick<EngineReadings, 'exec'>;
  readonly scheduler: SchedulerLike;
  readonly controlServer: ControlServer;
}

const SECONDS_IN_THE_GATEWAY = 5;
const ANSWER_TIMEOUT_MS = 15_000;
/** A real answer has two lines. The length of each is bounded separately. */
const LONGEST_ANSWER_LINES = 100;

/**
 * Queries Gluetun's control server from inside the gateway, so the monitor needs no network of its own. Protocol, on
 * stdout: the body, then `exit CODE KEY` (KEY is `unsent` if wget could not be given the key, else `-`); or `lacks
 * THING`.
 */
const ENDPOINT_SCRIPT = controlServerScript(
  ['wget', 'sleep'],
  `
(within ${String(SECONDS_IN_THE_GATEWAY)} wget $options -Y off -t 1 -q -O - -- "$1/v1/publicip/ip")
printf '\\nexit %s %s\\n' "$?" "$key"
`,
);

export const endpointCommand = (controlServer: ControlServer): ExecCommand =>
  controlServerCommand('gluetun-monitor-endpoint', ENDPOINT_SCRIPT, controlServer);

/** The endpoint as Gluetun's control server knows it, or why there is no answer. */
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

/** All lines. Fails if there are more than a control server would send. */
const toSmallArray = (): OperatorFunction<string, readonly string[]> =>
  reduce<string, string[]>((lines, line) => {
    if (lines.push(line) > LONGEST_ANSWER_LINES) throw new EngineError('the control server says too much');
    return lines;
  }, []);

function parseAnswer(lines: readonly string[], { key }: ControlServer): PublicIp {
  const [, exitCode, sent] = /^exit (\d+) (\S+)$/.exec(lines.at(-1) ?? '') ?? [];
  if (exitCode === undefined) throw new EngineError(lackIn(lines.at(-1) ?? '') ?? silence(lines));
  if (exitCode !== '0') throw new EngineError(refusal(exitCode, key) + (sent === 'unsent' ? UNSENT : ''));
  const body = asObject(parseJson(lines.slice(0, -1).join('\n')));
  if (body === undefined) throw new EngineError('the control server did not answer with JSON');
  const part = (name: string): string | undefined => nonEmpty(asString(body[name])?.trim());
  return { ip: part('public_ip'), country: part('country'), region: part('region'), city: part('city') };
}

/** Without its last line the script did not finish. The runtime may have given a reason. */
const silence = (lines: readonly string[]): string =>
  lines.find((line) => /\b(?:OCI runtime|runc|crun)\b/.test(line))?.trim() ??
  'asking the control server was cut short';

/** BusyBox's wget ends with 1 whatever the failure is. */
const UNSENT =
  '; it was not sent GLUETUN_API_KEY, which needs GNU wget in the gateway (Gluetun has it since v3.33)';

function refusal(exitCode: string, key: string | undefined): string {
  if (exitCode === '6')
    return key === undefined
      ? 'the control server asks for a key: set GLUETUN_API_KEY'
      : 'the control server does not accept GLUETUN_API_KEY';
  if (['126', '127'].includes(exitCode)) return `wget cannot be run in the gateway (exit code ${exitCode})`;
  if (exitCode === '8') return 'the control server refuses the request';
  return `the control server does not answer (wget exit code ${exitCode})`;
}
