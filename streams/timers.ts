import {
  NEVER,
  type Observable,
  type SchedulerLike,
  defer,
  distinctUntilChanged,
  map,
  switchMap,
  timer,
} from 'rxjs';
import type { Event } from './events.ts';

/** Node's longest timer. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Wakes the reducers when their next deadline has come. Deadlines are state, so nothing has to be cancelled: only the
 * earliest one is waited for.
 *
 * @param deadline$ Milliseconds on the scheduler's clock, or undefined if nothing is due.
 */
export const timers$ = (
  deadline$: Observable<number | undefined>,
  scheduler: SchedulerLike,
): Observable<Event> =>
  deadline$.pipe(
    distinctUntilChanged(),
    switchMap((deadline) => {
      if (deadline === undefined) return NEVER;
      // A timer may fire a fraction of a millisecond early. An event from before its own deadline would stall the
      // loop.
      return until$(deadline, scheduler).pipe(
        map((): Event => ({ type: 'timeReached', at: Math.max(scheduler.now(), deadline) })),
      );
    }),
  );

/** Emits once, when the deadline has come. If it is too far off for one timer, several follow each other. */
const until$ = (deadline: number, scheduler: SchedulerLike): Observable<unknown> =>
  defer(() => {
    const waitMs = Math.max(deadline - scheduler.now(), 0);
    return waitMs <= LONGEST_MS
      ? timer(waitMs, scheduler)
      : timer(LONGEST_MS, scheduler).pipe(switchMap(() => until$(deadline, scheduler)));
  });
