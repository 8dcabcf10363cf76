import { type SchedulerLike, asyncScheduler } from 'rxjs';

const now = (): number => performance.timeOrigin + performance.now();

/**
 * RxJS's own scheduler, on a clock that never jumps: milliseconds since the epoch as it was believed when the
 * process began. A correction of the system's clock neither delays a deadline nor makes all of them due.
 */
export const steadyScheduler: SchedulerLike = {
  now,
  schedule: asyncScheduler.schedule.bind(asyncScheduler),
};
