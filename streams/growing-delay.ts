import { type MonoTypeOperatorFunction, defer, repeat, timer } from 'rxjs';
import type { SchedulerLike } from 'rxjs';

export interface GrowingDelay {
  readonly firstMs: number;
  readonly longestMs: number;
  /** A subscription that lasted this long was a success: the next delay is `firstMs` again. */
  readonly steadyAfterMs: number;
}

/**
 * Subscribes again and again, and waits after each end, twice as long each time. The source has to report failures as
 * values and complete: `repeat` then keeps one subscription, while a recursive `catchError` would nest them.
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
