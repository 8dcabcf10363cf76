import { AsyncSubject, EMPTY, Subscription, defer, finalize, ignoreElements, tap, timer } from 'rxjs';
import type { Observable, SchedulerLike } from 'rxjs';
import { createHash } from 'node:crypto';
import { EngineClock } from './clock.ts';

/** Shared by all parts of the engine: one scheduler, one clock, and one place that can stop everything. */
export class Runtime {
  readonly scheduler: SchedulerLike;
  readonly clock: EngineClock;
  #tasks = new Subscription();
  readonly #waiting = new Set<AsyncSubject<void>>();
  #ids = 0;

  constructor(scheduler: SchedulerLike) {
    this.scheduler = scheduler;
    this.clock = new EngineClock(scheduler);
  }

  /** Completes after that many milliseconds without a value. */
  after(ms: number): Observable<never> {
    return timer(ms, this.scheduler).pipe(ignoreElements());
  }

  /**
   * Starts the work at once and lets any number of callers wait for it: as with the real engine, a client
   * that goes away does not cancel its request.
   */
  launch(work: Observable<unknown>): Observable<void> {
    const done$ = new AsyncSubject<void>();
    const running = new Subscription();
    this.#tasks.add(running);
    this.#waiting.add(done$);
    running.add(
      work
        .pipe(
          ignoreElements(),
          finalize(() => {
            this.#tasks.remove(running);
            this.#waiting.delete(done$);
          }),
        )
        .subscribe(done$),
    );
    return done$;
  }

  /** Everything in progress stops as it is, and its callers get an error. */
  abandon(reason: Error): void {
    const waiting = [...this.#waiting];
    this.#tasks.unsubscribe();
    this.#tasks = new Subscription();
    for (const done$ of waiting) done$.error(reason);
  }

  /** 64 hex digits, different each time and the same in every run. */
  newId(): string {
    this.#ids += 1;
    return createHash('sha256').update(`simulated ${this.#ids}`).digest('hex');
  }

  /** Ends everything in progress: no timer is left behind. */
  dispose(): void {
    this.#tasks.unsubscribe();
  }
}

/** A step that takes no time. If it throws, that is the error of the whole. */
export function step(act: () => void): Observable<never> {
  return defer(() => {
    act();
    return EMPTY;
  });
}

/** One run of a piece of work at a time: further callers meanwhile wait for the same run. */
export class SingleFlight {
  readonly #runtime: Runtime;
  #underWay$: Observable<void> | undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  run(work: () => Observable<unknown>): Observable<void> {
    if (this.#underWay$ !== undefined) return this.#underWay$;
    const done$ = new AsyncSubject<void>();
    this.#underWay$ = done$;
    const over = (): void => (this.#underWay$ = undefined);
    this.#runtime
      .launch(defer(work).pipe(tap({ complete: over, error: over, unsubscribe: over })))
      .subscribe(done$);
    return done$;
  }

  /** The current run, if any. */
  get current$(): Observable<void> | undefined {
    return this.#underWay$;
  }
}
