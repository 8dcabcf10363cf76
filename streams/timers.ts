import {
  NEVER,
  type Observable,
  type SchedulerLike,
  distinctUntilChanged,
  map,
  switchMap,
  timer,
} from 'rxjs';
import type { Event } from './events.ts';

/** Node's longest timer. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Wakes the reducers when their next deadline has come. Deadlines are state, so there is nothing to cancel: only
 * the earliest is ever waited for.
 *
 * @param deadline$ Milliseconds on the scheduler's clock, or undefined where nothing is due.
 */
export const timers$ = (
  deadline$: Observable<number | undefined>,
  scheduler: SchedulerLike,
): Observable<Event> =>
  deadline$.pipe(
    distinctUntilChanged(),
    switchMap((deadline) => {
      if (deadline === undefined) return NEVER;
      const waitMs = Math.min(Math.max(deadline - scheduler.now(), 0), LONGEST_MS);
      // A timer may fire a fraction of a millisecond early; an event from before its own deadline would stall.
      return timer(waitMs, scheduler).pipe(
        map((): Event => ({ type: 'timeReached', at: Math.max(scheduler.now(), deadline) })),
      );
    }),
  );
