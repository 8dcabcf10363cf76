import type { Observable } from 'rxjs';
import {
  EMPTY,
  type SchedulerLike,
  catchError,
  concat,
  defer,
  filter,
  map,
  merge,
  of,
  switchMap,
  takeWhile,
  tap,
} from 'rxjs';
import { answeredWithin } from './answered-within.ts';
import { toLines } from './bytes.ts';
import { decodeEvent } from './decode-event.ts';
import { EngineError, type EngineReadings, reasonOf } from './engine.ts';
import { engineInfo$ } from './engine-info.ts';
import type { ContainerEvent, EngineEvent } from './events.ts';
import { repeatWithGrowingDelay } from './growing-delay.ts';

const OPEN_TIMEOUT_MS = 10_000;
/** An engine that never answers is no success: this is longer than it takes to give up on it. */
const RECONNECT = { firstMs: 250, longestMs: 10_000, steadyAfterMs: OPEN_TIMEOUT_MS + 5_000 };
/**
 * Far more than the engine replays. Bounded by number and not by age, because the engine's clock may run ahead and be
 * set back.
 */
const MOST_REMEMBERED = 1_000;
/** The replay begins this long before the last message: the engine's order is not exact to the nanosecond. */
const OVERLAP_MS = 1_000;

/**
 * The engine's messages about containers, for ever. Reconnects with growing delay, replays the gap, and reports when
 * it is connected and when not. A replayed message is emitted once. After `engineConnected` the containers must be
 * listed: the engine replays at most 256 messages, and none from before its own start.
 *
 * If a proxy forbids the event stream, the engine counts as connected nevertheless: it can be listed.
 */
export const dockerEvents$ = (
  engine: Pick<EngineReadings, 'openEvents' | 'info' | 'pastEvents'>,
  scheduler: SchedulerLike,
): Observable<ContainerEvent | EngineEvent> =>
  defer(() => {
    const history = new History();
    let isForbidden = false;
    const connected = (): EngineEvent => ({ type: 'engineConnected', at: scheduler.now() });
    const disconnected = (reason: string): EngineEvent => ({
      type: 'engineDisconnected',
      at: scheduler.now(),
      reason,
    });
    const news = (bytes$: Observable<Uint8Array>): Observable<ContainerEvent> =>
      bytes$.pipe(
        toLines(),
        map((line) => decodeEvent(line, scheduler.now())),
        filter((event) => event !== undefined),
        filter((event) => history.isNews(event)),
      );
    return defer(() => engine.openEvents(history.since())).pipe(
      answeredWithin(OPEN_TIMEOUT_MS, 'opening the event stream', scheduler),
      switchMap((bytes$) =>
        concat(
          defer(() => {
            isForbidden = false;
            return of(connected());
          }),
          merge(
            concat(
              news(bytes$),
              defer(() => of(disconnected('the event stream ended'))),
            ),
            engineInfo$(engine, scheduler),
          ).pipe(takeWhile(({ type }) => type !== 'engineDisconnected', true)),
        ),
      ),
      catchError((error: unknown) => {
        if (!(error instanceof EngineError && error.isForbidden)) return of(disconnected(reasonOf(error)));
        const isNews = !isForbidden;
        isForbidden = true;
        return isNews ? merge(of(connected()), engineInfo$(engine, scheduler)) : EMPTY;
      }),
      tap(({ type }) => {
        if (type === 'engineDisconnected') isForbidden = false;
      }),
      repeatWithGrowingDelay(RECONNECT, scheduler),
    );
  });

/** Recent messages: where a replay begins, and which of its messages are known. */
class History {
  #latestMs = 0;
  readonly #seen = new Set<string>();

  since(): string | undefined {
    if (this.#latestMs === 0) return undefined;
    return (Math.max(this.#latestMs - OVERLAP_MS, 0) / 1000).toFixed(9);
  }

  isNews(event: ContainerEvent): boolean {
    const key = keyOf(event);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    this.#latestMs = Math.max(this.#latestMs, event.engineTimeMs);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= MOST_REMEMBERED) break;
      this.#seen.delete(oldest);
    }
    return true;
  }
}

const keyOf = ({ engineTimeMs, id, type }: ContainerEvent): string => `${String(engineTimeMs)} ${id} ${type}`;
