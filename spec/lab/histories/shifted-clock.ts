import type { SchedulerLike } from 'rxjs';

/** The same passing of time, told by a clock that is so much ahead, or, negative, behind. */
export const shiftedClock = (scheduler: SchedulerLike, aheadMs: number): SchedulerLike => ({
  now: () => scheduler.now() + aheadMs,
  schedule: scheduler.schedule.bind(scheduler),
});
