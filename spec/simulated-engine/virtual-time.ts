import type { VirtualTimeScheduler } from 'rxjs';

/** Lets that many milliseconds pass, and all that is due in them happen. */
export function advance(scheduler: VirtualTimeScheduler, ms: number): void {
  const until = scheduler.frame + ms;
  scheduler.schedule(() => undefined, ms);
  scheduler.maxFrames = until;
  scheduler.flush();
}
