import { concat, ignoreElements, merge, of, timer } from 'rxjs';
import type { Observable, SchedulerLike } from 'rxjs';
import type { ExecItem, ExecRequest } from './workload.ts';

/**
 * The two commands the monitor runs inside a gateway, recognised by the name it gives its script (`$0`), and
 * what the script would print. The script itself is not run: there is no shell here.
 */

/** How `wget` ends for one site. */
export interface SiteAnswer {
  readonly exitCode: number;
  /** Undefined: no status line was seen. */
  readonly status?: number;
  /** Infinity: it hangs until its time is up. */
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

/** Where an endpoint reading asks and with which key, or undefined when the command is not one. */
export function endpointReading({
  cmd,
  env,
}: ExecRequest): { baseUrl: string; key: string | undefined } | undefined {
  const [baseUrl] = argumentsOf(cmd, ENDPOINT) ?? [];
  if (baseUrl === undefined) return undefined;
  const prefix = 'GLUETUN_API_KEY=';
  return { baseUrl, key: env.find((entry) => entry.startsWith(prefix))?.slice(prefix.length) };
}

const argumentsOf = (cmd: readonly string[], name: string): readonly string[] | undefined =>
  cmd[0] === 'sh' && cmd[1] === '-c' && cmd[3] === name ? cmd.slice(4) : undefined;

/** `start`, then a line for each site as it ends, all at once; a site out of time is killed. */
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

const line = (text: string): ExecItem => ({ stream: 'stdout', text: `${text}\n` });
