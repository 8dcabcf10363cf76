import type { SchedulerLike } from 'rxjs';

/** The same time on a clock that is that far ahead or, if negative, behind. */
export const shiftedClock = (scheduler: SchedulerLike, aheadMs: number): SchedulerLike => ({
  now: () => scheduler.now() + aheadMs,
  schedule: scheduler.schedule.bind(scheduler),
});
