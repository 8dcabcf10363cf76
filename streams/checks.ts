import type { Observable } from 'rxjs';
import {
  type SchedulerLike,
  catchError,
  concat,
  connect,
  defer,
  delay,
  filter,
  merge,
  mergeMap,
  of,
  take,
  takeUntil,
  timer,
} from 'rxjs';
import { toLines, unframe } from './bytes.ts';
import { type EngineReadings, reasonOf } from './engine.ts';
import type { CheckEvent } from './events.ts';
import { checkCommand, parseProbeLine } from './probe-script.ts';
import { verdictOf, whyNotRun } from './probe-verdict.ts';
import type { RequestOf } from './requests.ts';

/** How long the engine may take to start the probe. A stalled host is not a broken tunnel. */
const SIGN_OF_LIFE_MS = 15_000;
/** How long a result may take to arrive after its time is up. */
const DELIVERY_MS = 2_000;

/** How many lines are read besides the mark and the results. A flood of lines ends the check before its bound. */
const OTHER_LINES = 1_000;

interface Dependencies {
  readonly engine: Pick<EngineReadings, 'exec'>;
  readonly scheduler: SchedulerLike;
}

/**
 * Probes all sites by one exec in the gateway. Emits each site's result as it comes, then always `checkFinished`. The
 * bound is the longest time-out of a site, counted from the script's first sign of life.
 */
export const check$ = (
  request: RequestOf<'checkSites'>,
  { engine, scheduler }: Dependencies,
): Observable<CheckEvent> =>
  defer(() => {
    const check = new CheckProgress(request, scheduler);
    return engine.exec(request.gatewayId, checkCommand(request.sites)).pipe(
      unframe(),
      toLines(),
      take(request.sites.length + OTHER_LINES),
      connect((line$) => line$.pipe(takeUntil(timeUp$(line$, boundMs(request), scheduler)))),
      mergeMap((line) => check.readLine(line)),
      (events$) =>
        concat(
          events$,
          defer(() => of(check.finished())),
        ),
      catchError((error: unknown) => of(check.finished(reasonOf(error)))),
    );
  });

const boundMs = ({ sites }: RequestOf<'checkSites'>): number =>
  Math.max(...sites.map((site) => site.timeoutSeconds)) * 1000 + DELIVERY_MS;

/** Emits if the mark does not come in time, or when the bound, which starts at the mark, is over. */
const timeUp$ = (line$: Observable<string>, bound: number, scheduler: SchedulerLike): Observable<unknown> => {
  const mark$ = line$.pipe(filter(isMark), take(1));
  return merge(timer(SIGN_OF_LIFE_MS, scheduler).pipe(takeUntil(mark$)), mark$.pipe(delay(bound, scheduler)));
};

const isMark = (line: string): boolean => line === 'start';

/** Turns the lines of one check into events, and remembers which sites have answered. */
class CheckProgress {
  readonly #request: RequestOf<'checkSites'>;
  readonly #scheduler: SchedulerLike;
  readonly #answered = new Set<number>();
  #startedAt: number | undefined;
  #complaint = '';

  constructor(request: RequestOf<'checkSites'>, scheduler: SchedulerLike) {
    this.#request = request;
    this.#scheduler = scheduler;
  }

  readLine(line: string): readonly CheckEvent[] {
    if (this.#startedAt === undefined) return this.#awaitStart(line);
    const probe = parseProbeLine(line);
    if (probe === undefined) return this.#keepComplaint(line);
    const site = this.#request.sites[probe.index];
    if (site === undefined || this.#answered.has(probe.index)) return [];
    this.#answered.add(probe.index);
    const at = this.#scheduler.now();
    const latencyMs = at - this.#startedAt;
    const judgement = verdictOf({
      ...probe,
      latencyMs,
      timeoutSeconds: site.timeoutSeconds,
      fails: site.fails,
    });
    const result = { site, ...judgement, latencyMs, httpStatus: probe.httpStatus };
    return [{ type: 'siteProbed', at, checkId: this.#request.checkId, result }];
  }

  finished(reason?: string): CheckEvent {
    const complete = this.#answered.size === this.#request.sites.length;
    const cutShort = complete ? undefined : (reason ?? this.#silence());
    return { type: 'checkFinished', at: this.#scheduler.now(), checkId: this.#request.checkId, cutShort };
  }

  /** A line instead of the mark is the runtime's reason why it cannot start the shell. */
  #awaitStart(line: string): readonly [] {
    if (!isMark(line)) return this.#keepComplaint(line);
    this.#startedAt = this.#scheduler.now();
    this.#complaint = '';
    return [];
  }

  /** A line that is no result is the shell's reason why it cannot go on, such as a lack of processes. */
  #keepComplaint(line: string): readonly [] {
    this.#complaint ||= line.trim().slice(0, 300);
    return [];
  }

  #silence(): string {
    if (this.#startedAt === undefined) return this.#complaint || 'the probe did not start';
    return this.#complaint === '' ? 'the probe was cut short' : whyNotRun([this.#complaint]);
  }
}
