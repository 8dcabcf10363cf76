import { type MonoTypeOperatorFunction, defer, repeat, timer } from 'rxjs';
import type { SchedulerLike } from 'rxjs';

export interface GrowingDelay {
  readonly firstMs: number;
  readonly longestMs: number;
  /** A round that lasted this long was a success: the next delay is the first again. */
  readonly steadyAfterMs: number;
}

/**
 * Subscribes again and again: after each end waits, twice as long each time. The source reports its failures as
 * values and completes; `repeat` then keeps one subscription, where a recursive `catchError` would nest them.
 */
export const repeatWithGrowingDelay =
  <T>(
    { firstMs, longestMs, steadyAfterMs }: GrowingDelay,
    scheduler: SchedulerLike,
  ): MonoTypeOperatorFunction<T> =>
  (round$) =>
    defer(() => {
      let delayMs = firstMs;
      let begunAt = 0;
      return defer(() => {
        begunAt = scheduler.now();
        return round$;
      }).pipe(
        repeat({
          delay: () => {
            if (scheduler.now() - begunAt >= steadyAfterMs) delayMs = firstMs;
            const waitMs = delayMs;
            delayMs = Math.min(delayMs * 2, longestMs);
            return timer(waitMs, scheduler);
          },
        }),
      );
    });
