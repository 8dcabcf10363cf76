import { concat, defer, ignoreElements, merge, of, timer } from 'rxjs';
import type { Observable, SchedulerLike } from 'rxjs';
import type { ExecItem, ExecRequest } from './workload.ts';

/**
 * The three commands that the monitor runs inside a gateway, recognised by the name of the script (`$0`), and the
 * output of the script. The script itself is not run, as there is no shell here.
 */

/** How `wget` ends for one site. */
export interface SiteAnswer {
  readonly exitCode: number;
  /** Undefined: no status line was seen. */
  readonly status?: number;
  /** Infinity: it hangs until its timeout. */
  readonly afterMs: number;
}

/** The control server's answer, as `wget` sees it. */
export interface ControlAnswer {
  readonly exitCode: number;
  readonly status?: number;
  readonly body: string;
}

export interface CheckedSite {
  readonly seconds: number;
  readonly url: string;
}

const CHECK = 'gluetun-monitor-check';
const ENDPOINT = 'gluetun-monitor-endpoint';
const VPN_RESTART = 'gluetun-monitor-vpn-restart';
const KILLED_BY_TIMEOUT = 137;
const COMMAND_NOT_FOUND = 127;

export const NO_WGET: SiteAnswer = { exitCode: COMMAND_NOT_FOUND, afterMs: 0 };

/** The sites of a check, or undefined when the command is not one. */
export function sitesOfCheck({ cmd }: ExecRequest): readonly CheckedSite[] | undefined {
  const args = argumentsOf(cmd, CHECK);
  if (args === undefined) return undefined;
  const sites: CheckedSite[] = [];
  for (let index = 0; index + 1 < args.length; index += 2) {
    sites.push({ seconds: Number(args[index]), url: args[index + 1] ?? '' });
  }
  return sites;
}

export const isEndpointReading = ({ cmd }: ExecRequest): boolean => argumentsOf(cmd, ENDPOINT) !== undefined;

export const isVpnRestart = ({ cmd }: ExecRequest): boolean => argumentsOf(cmd, VPN_RESTART) !== undefined;

const argumentsOf = (cmd: readonly string[], name: string): readonly string[] | undefined =>
  cmd[0] === 'sh' && cmd[1] === '-c' && cmd[3] === name ? cmd.slice(4) : undefined;

/** `start`, then a line for each site as it ends, in parallel; a site is killed at its timeout. */
export function checkOutput(
  sites: readonly CheckedSite[],
  answerTo: (url: string) => SiteAnswer,
  scheduler: SchedulerLike,
): Observable<ExecItem> {
  const probes = sites.map(({ seconds, url }, index) => {
    const { exitCode, status, afterMs } = inTime(answerTo(url), seconds);
    return concat(
      timer(afterMs, scheduler).pipe(ignoreElements()),
      of(line(`${index} ${exitCode} ${status ?? '-'}`)),
    );
  });
  return concat(of(line('start')), merge(...probes), of({ exitCode: 0 }));
}

function inTime(answer: SiteAnswer, seconds: number): SiteAnswer {
  const limitMs = seconds * 1000;
  return answer.afterMs < limitMs ? answer : { exitCode: KILLED_BY_TIMEOUT, afterMs: limitMs };
}

/** The body, then how `wget` ended. */
export function endpointOutput(answer: ControlAnswer): Observable<ExecItem> {
  return of<ExecItem[]>(
    { stream: 'stdout', text: `${answer.body}\n` },
    line(`exit ${answer.exitCode} ${answer.status ?? '-'}`),
    { exitCode: 0 },
  );
}

/** The control server's answers to a restart of the VPN. */
export type VpnRestartAnswer = 'carriedOut' | 'unavailable' | 'withoutWget';

/** The synchronous answers of a real Gluetun took this long (v3.41.3, WireGuard). */
const STOP_MS = 29;
const START_MS = 105;

/** A line for each request; the VPN stops or starts just before its outcome is reported. */
export function vpnRestartOutput(
  answer: VpnRestartAnswer,
  vpn: { readonly stop: () => void; readonly start: () => void },
  scheduler: SchedulerLike,
): Observable<ExecItem> {
  if (answer !== 'carriedOut')
    return concat(
      timer(0, scheduler).pipe(ignoreElements()),
      of<ExecItem[]>(line(VPN_LEFT_ALONE[answer]), { exitCode: 0 }),
    );
  const step = (name: string, act: () => void, outcome: string, afterMs: number): Observable<ExecItem> =>
    concat(
      timer(afterMs, scheduler).pipe(ignoreElements()),
      defer(() => {
        act();
        return of(line(`${name} vpn 0 200 {"outcome":"${outcome}"}`));
      }),
    );
  return concat(
    of(line('status vpn 0 200 {"status":"running"}')),
    step('stop', vpn.stop, 'stopped', STOP_MS),
    step('start', vpn.start, 'running', START_MS),
    of({ exitCode: 0 }),
  );
}

const VPN_LEFT_ALONE: Readonly<Record<Exclude<VpnRestartAnswer, 'carriedOut'>, string>> = {
  withoutWget: 'no GNU wget',
  unavailable: 'status vpn 4 - ',
};

const line = (text: string): ExecItem => ({ stream: 'stdout', text: `${text}\n` });
