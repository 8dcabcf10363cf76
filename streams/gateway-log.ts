import { EMPTY, type Observable, type SchedulerLike, catchError, defer, filter, map, mergeMap } from 'rxjs';
import { toLines, unframe } from './bytes.ts';
import type { EngineReadings } from './engine.ts';
import { engineTimeMs, sinceOf } from './engine-time.ts';
import type { GatewayLogEvent } from './events.ts';
import { parseGluetunLine } from './gluetun-log-line.ts';
import { repeatWithGrowingDelay } from './growing-delay.ts';
import type { RequestOf } from './requests.ts';

/** A gateway that has run for months has a long log: only its end can matter. */
const PAST_LINES = 1_000;
const REOPEN = { firstMs: 1_000, longestMs: 60_000, steadyAfterMs: 10_000 };

/**
 * What Gluetun's log of this start tells, as it is written. The stream ends with the container and breaks with
 * the engine; it is opened again, where it left off, until nobody asks for it any more.
 */
export const gatewayLog$ = (
  { gatewayId, startedAt, tty }: RequestOf<'followGatewayLog'>,
  engine: Pick<EngineReadings, 'followLog' | 'clockMs'>,
  scheduler: SchedulerLike,
): Observable<GatewayLogEvent> =>
  defer(() => {
    const position = new Position(startedAt);
    const followedSince = engine.clockMs();
    return defer(() => engine.followLog(gatewayId, { since: position.open(), tail: PAST_LINES })).pipe(
      tty ? (bytes$) => bytes$ : unframe(),
      toLines(),
      map(splitTimestamp),
      filter(({ timestamp }) => position.isNews(timestamp)),
      mergeMap(({ timestamp, text }) => {
        const fact = parseGluetunLine(text);
        const writtenAt = timestamp === undefined ? Infinity : (engineTimeMs(timestamp) ?? Infinity);
        return fact ? [{ ...fact, at: scheduler.now(), gatewayId, isPast: writtenAt < followedSince }] : [];
      }),
      // A log that cannot be read is one witness less, not a fault: health and checks remain.
      catchError(() => EMPTY),
      repeatWithGrowingDelay(REOPEN, scheduler),
    );
  });

/**
 * How far the log has been read. The engine's `since` includes its own instant, so what is opened again repeats
 * the last line, and a container that stays stopped would repeat it at each try.
 */
class Position {
  #timestamp: string;
  /** How many lines of that very instant have been read. */
  #lines = 0;
  #toSkip = 0;

  constructor(startedAt: string) {
    this.#timestamp = startedAt;
  }

  open(): string {
    this.#toSkip = this.#lines;
    return sinceOf(this.#timestamp);
  }

  isNews(timestamp: string | undefined): boolean {
    if (timestamp === undefined) return true;
    if (timestamp === this.#timestamp && this.#toSkip > 0) {
      this.#toSkip -= 1;
      return false;
    }
    this.#lines = timestamp === this.#timestamp ? this.#lines + 1 : 1;
    this.#toSkip = 0;
    this.#timestamp = timestamp;
    return true;
  }
}

/** Each line begins with the engine's own time stamp, which tells where to go on after a break. */
function splitTimestamp(line: string): { timestamp: string | undefined; text: string } {
  const space = line.indexOf(' ');
  const timestamp = line.slice(0, space);
  return space > 0 && engineTimeMs(timestamp) !== undefined && timestamp.includes('.')
    ? { timestamp, text: line.slice(space + 1) }
    : { timestamp: undefined, text: line };
}
