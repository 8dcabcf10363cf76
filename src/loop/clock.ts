import { type SchedulerLike, asyncScheduler } from 'rxjs';

const now = (): number => performance.timeOrigin + performance.now();

/**
 * RxJS's scheduler on a clock that never jumps: milliseconds since the epoch, by the system's clock when the process
 * began. A later correction of the system's clock neither delays a deadline nor makes all of them due.
 */
export const steadyScheduler: SchedulerLike = {
  now,
  schedule: asyncScheduler.schedule.bind(asyncScheduler),
};
