import { type Observable, type SchedulerLike, catchError, map, of, switchMap, timeout, toArray } from 'rxjs';
import { toLines } from './bytes.ts';
import { decodeEvent } from './decode-event.ts';
import type { EngineReadings } from './engine.ts';
import type { ContainerEvent } from './events.ts';
import { sinceOf } from './engine-time.ts';
import { type Json, asObject, asString } from './json.ts';

const ANSWER_TIMEOUT_MS = 5_000;
/** An engine remembers this many messages of any kind, and none from before its own start. */
const REMEMBERED = 256;

/** What an engine knows of its own past. */
export interface EngineMemory {
  /** What it has said about containers since its start, the oldest first; without what it has forgotten. */
  readonly messages: readonly ContainerEvent[];
  /** Ids of the containers that it ended itself when it was last started, and that have not run since. */
  readonly ended: readonly string[];
}

const NOTHING: EngineMemory = { messages: [], ended: [] };

/**
 * What the engine remembers; nothing where it, or a proxy before it, does not tell.
 *
 * One that was killed leaves its containers running. Without `live-restore` the next one stops them before it answers
 * anybody, in the words of an operator's stop, and takes it for one: `unless-stopped` does not bring them back. But
 * such an engine has started every container that runs, and remembers that start: where nothing has been forgotten
 * yet, an end without a start before it can only be the engine's own doing. Where that cannot be told, none is named.
 */
export const engineMemory = (
  engine: Pick<EngineReadings, 'info' | 'pastEvents'>,
  scheduler: SchedulerLike,
): Observable<EngineMemory> =>
  engine.info().pipe(
    switchMap((answer) => {
      const info = asObject(answer);
      const now = asString(info?.['SystemTime']);
      if (info === undefined || now === undefined) return of(NOTHING);
      return engine.pastEvents(sinceOf(now)).pipe(
        toLines(),
        toArray(),
        map((lines) => remembered(lines, info)),
      );
    }),
    timeout({ each: ANSWER_TIMEOUT_MS, scheduler }),
    catchError(() => of(NOTHING)),
  );

function remembered(lines: readonly string[], info: Json): EngineMemory {
  const messages = lines.map((line) => decodeEvent(line, 0)).filter((event) => event !== undefined);
  const tellsEnds = info['LiveRestoreEnabled'] === false && lines.length < REMEMBERED;
  return { messages, ended: tellsEnds ? endedWithoutStart(messages) : [] };
}

function endedWithoutStart(messages: readonly ContainerEvent[]): readonly string[] {
  const [begun, ended] = [new Set<string>(), new Set<string>()];
  for (const { type, id } of messages) {
    switch (type) {
      case 'containerCreated':
      case 'containerStarted':
      case 'containerDestroyed':
        begun.add(id);
        ended.delete(id);
        break;
      case 'containerDied':
        if (!begun.has(id)) ended.add(id);
        break;
      default:
    }
  }
  return [...ended];
}
