import {
  EMPTY,
  type Observable,
  type SchedulerLike,
  catchError,
  defer,
  map,
  mergeMap,
  of,
  timeout,
} from 'rxjs';
import { toLines, unframe } from './bytes.ts';
import { EngineError, type EngineReadings, reasonOf } from './engine.ts';
import { engineTimeMs, sinceOf } from './engine-time.ts';
import type { GatewayLogEvent, GatewayLogReadingEvent } from './events.ts';
import { parseGluetunLine } from './gluetun-log-line.ts';
import { repeatWithGrowingDelay } from './growing-delay.ts';
import type { RequestOf } from './requests.ts';

/** A gateway that has run for months has a long log. Only its end can matter. */
const PAST_LINES = 1_000;
const REOPEN = { firstMs: 1_000, longestMs: 60_000, steadyAfterMs: 10_000 };

/**
 * If much is written while the engine rotates the log (`max-size`), the stream may go silent for ever although the
 * log goes on (observed with 20.10, json-file and local). The same happens if somebody moves the file away. So a
 * stream that is silent this long is opened again.
 */
const SILENCE_MS = 30_000;
/** A line that is this much older than the end of the silence was written while the stream was silent. */
const UNHEARD_MS = 5_000;

/**
 * What Gluetun's log of this start reports, as it is written. The stream ends with the container and breaks with the
 * engine. It is opened again where it left off, until it is unsubscribed.
 */
export const gatewayLog$ = (
  { gatewayId, startedAt, endedBeforeMs, tty }: RequestOf<'followGatewayLog'>,
  engine: Pick<EngineReadings, 'followLog' | 'clockMs'>,
  scheduler: SchedulerLike,
): Observable<GatewayLogEvent | GatewayLogReadingEvent> =>
  defer(() => {
    const position = new Position(beginOf(startedAt, endedBeforeMs));
    const silence = new Silence(engine, scheduler);
    const followedSince = engine.clockMs();
    let isUnreadable = false;
    let brokenOff = 0;
    const read = ({
      timestamp,
      text,
    }: StampedLine): readonly (GatewayLogEvent | GatewayLogReadingEvent)[] => {
      if (timestamp === undefined && text.startsWith(ENGINES_ERROR)) throw new BrokenOff(text);
      const about = { at: scheduler.now(), gatewayId };
      const readable = isUnreadable ? [{ type: 'gatewayLogReadable', ...about } as const] : [];
      isUnreadable = false;
      brokenOff = 0;
      if (!position.isNews(timestamp)) return readable;
      const writtenAt = timestamp === undefined ? Infinity : (engineTimeMs(timestamp) ?? Infinity);
      const silentMs = silence.brokenBy(writtenAt);
      const silent =
        silentMs === undefined ? [] : [{ type: 'gatewayLogFellSilent', ...about, silentMs } as const];
      const fact = parseGluetunLine(text);
      const facts = fact ? [{ ...fact, ...about, isPast: writtenAt < followedSince }] : [];
      return [...readable, ...silent, ...facts];
    };
    return defer(() => {
      silence.reopened();
      return engine.followLog(gatewayId, { since: position.open(), tail: PAST_LINES });
    }).pipe(
      timeout({ each: SILENCE_MS, scheduler, with: () => silence.giveUp() }),
      tty ? (bytes$) => bytes$ : unframe(),
      toLines(),
      map(splitTimestamp),
      mergeMap(read),
      // No failure: one source of evidence is lost, and health and checks remain.
      catchError((error: unknown) => {
        if (error instanceof BrokenOff) brokenOff += 1;
        if (isUnreadable || !(brokenOff > 1 || isRefusal(error))) return EMPTY;
        isUnreadable = true;
        const reason = reasonOf(error).replace(CLIENTS_OWN, '');
        return of({ type: 'gatewayLogUnreadable', at: scheduler.now(), gatewayId, reason } as const);
      }),
      repeatWithGrowingDelay(REOPEN, scheduler),
    );
  });

/**
 * What the engine writes into the stream, without a time stamp, if it cannot read on: it has already answered 200.
 * Once at a rotation, again and again if the file is gone.
 */
const ENGINES_ERROR = 'Error grabbing logs: ';

class BrokenOff extends Error {}

/** What the client puts before the engine's words if it cannot parse the answer. */
const CLIENTS_OWN = /^\(HTTP code \d+\) [\w ]+ - /;

const GONE = 404;
const BEING_REMOVED = 409;

/** The engine answered, but it has no such log, or does not let the monitor read it. */
const isRefusal = (error: unknown): boolean =>
  error instanceof EngineError &&
  error.status !== undefined &&
  error.status !== GONE &&
  error.status !== BEING_REMOVED;

/** Decides whether a silent stream missed lines: those that come through the next stream show it. */
class Silence {
  readonly #engine: Pick<EngineReadings, 'clockMs'>;
  readonly #scheduler: SchedulerLike;
  /** On the engine's clock; undefined unless the previous stream was given up because it was silent. */
  #endedAt: number | undefined;
  #reopenedAt = 0;

  constructor(engine: Pick<EngineReadings, 'clockMs'>, scheduler: SchedulerLike) {
    this.#engine = engine;
    this.#scheduler = scheduler;
  }

  giveUp(): Observable<never> {
    this.#endedAt = this.#engine.clockMs();
    return EMPTY;
  }

  reopened(): void {
    this.#reopenedAt = this.#scheduler.now();
  }

  /** How long this line, the first news since, was missed, in milliseconds; undefined if it was not. */
  brokenBy(writtenAt: number): number | undefined {
    const endedAt = this.#endedAt;
    this.#endedAt = undefined;
    const isFromThePast = this.#scheduler.now() - this.#reopenedAt < UNHEARD_MS;
    return endedAt !== undefined && isFromThePast && writtenAt < endedAt - UNHEARD_MS
      ? this.#engine.clockMs() - writtenAt
      : undefined;
  }
}

/**
 * The engine records the start of a container late: the first lines are older by milliseconds, or by seconds if the
 * host is busy.
 */
const NOTED_LATE_MS = 5_000;

/** Where the log of a run begins, in the form of the engine's `since`, but not within the run before it. */
const beginOf = (startedAt: string, endedBeforeMs = 0): string => {
  const startedMs = engineTimeMs(startedAt) ?? 0;
  return (Math.min(startedMs, Math.max(startedMs - NOTED_LATE_MS, endedBeforeMs)) / 1000).toFixed(9);
};

/**
 * How far the log has been read. The engine's `since` includes its own instant, so a reopened stream repeats the last
 * line. If the clock was set back, it also repeats earlier lines that bear a later time.
 */
class Position {
  readonly #begin: string;
  /** The time stamp of the line read last. */
  #timestamp: string | undefined;
  /** How many lines with that time stamp have been read. */
  #lines = 0;
  /** The latest of all time stamps. Differs from that of the last line only if a clock was set back. */
  #latest = '';
  #toSkip = 0;

  /** @param begin In the form of the engine's `since`. */
  constructor(begin: string) {
    this.#begin = begin;
  }

  open(): string {
    this.#toSkip = this.#lines;
    return this.#timestamp === undefined ? this.#begin : sinceOf(this.#timestamp);
  }

  isNews(timestamp: string | undefined): boolean {
    if (timestamp === undefined) return true;
    if (this.#toSkip > 0 && timestamp <= this.#latest) {
      if (timestamp === this.#timestamp) this.#toSkip -= 1;
      return false;
    }
    this.#toSkip = 0;
    this.#lines = timestamp === this.#timestamp ? this.#lines + 1 : 1;
    this.#timestamp = timestamp;
    if (timestamp > this.#latest) this.#latest = timestamp;
    return true;
  }
}

interface StampedLine {
  readonly timestamp: string | undefined;
  readonly text: string;
}

/**
 * Each line begins with the engine's own time stamp, which shows where to go on after a break. Podman's has whole seconds
 * only, like that of Gluetun, which follows it.
 */
function splitTimestamp(line: string): StampedLine {
  const space = line.indexOf(' ');
  const timestamp = line.slice(0, space);
  const text = line.slice(space + 1);
  return space > 0 &&
    engineTimeMs(timestamp) !== undefined &&
    (timestamp.includes('.') || IS_DATED.test(text))
    ? { timestamp, text }
    : { timestamp: undefined, text: line };
}

const IS_DATED = /^\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d/;
