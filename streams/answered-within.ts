import { type MonoTypeOperatorFunction, type SchedulerLike, throwError, timeout } from 'rxjs';
import { EngineError } from './engine.ts';

/** Fails with an `EngineError` that names what took so long if the first value does not come in time. */
export const answeredWithin = <T>(
  firstMs: number,
  doing: string,
  scheduler: SchedulerLike,
): MonoTypeOperatorFunction<T> =>
  timeout({
    first: firstMs,
    scheduler,
    with: () => throwError(() => new EngineError(`${doing}: no answer within ${String(firstMs / 1000)} s`)),
  });
