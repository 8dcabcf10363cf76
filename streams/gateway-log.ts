import { EMPTY, type Observable, type SchedulerLike, catchError, defer, filter, map, tap } from 'rxjs';
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
  engine: Pick<EngineReadings, 'followLog'>,
  scheduler: SchedulerLike,
): Observable<GatewayLogEvent> =>
  defer(() => {
    let since = startedAt;
    return defer(() => engine.followLog(gatewayId, { since: sinceOf(since), tail: PAST_LINES })).pipe(
      tty ? (bytes$) => bytes$ : unframe(),
      toLines(),
      map(splitTimestamp),
      tap(({ timestamp }) => (since = timestamp ?? since)),
      map(({ text }) => parseGluetunLine(text)),
      filter((fact) => fact !== undefined),
      map((fact) => ({ ...fact, at: scheduler.now(), gatewayId })),
      // A log that cannot be read is one witness less, not a fault: health and checks remain.
      catchError(() => EMPTY),
      repeatWithGrowingDelay(REOPEN, scheduler),
    );
  });

/** Each line begins with the engine's own time stamp, which tells where to go on after a break. */
function splitTimestamp(line: string): { timestamp: string | undefined; text: string } {
  const space = line.indexOf(' ');
  const timestamp = line.slice(0, space);
  return space > 0 && engineTimeMs(timestamp) !== undefined && timestamp.includes('.')
    ? { timestamp, text: line.slice(space + 1) }
    : { timestamp: undefined, text: line };
}
