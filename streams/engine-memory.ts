import { type Observable, type SchedulerLike, catchError, map, of, switchMap, timeout, toArray } from 'rxjs';
import { toLines } from './bytes.ts';
import { decodeEvent } from './decode-event.ts';
import type { EngineReadings } from './engine.ts';
import type { ContainerEvent } from './events.ts';
import { sinceOf } from './engine-time.ts';
import { type Json, asObject, asString, parseJson } from './json.ts';

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
 * anybody, in the words of an operator's stop, and takes it for one: `unless-stopped` does not bring them back. But then
 * those ends, and what goes with them, are the first that such an engine ever says: whatever anybody asks of it, and all
 * that it starts itself, comes later. Where something may have been forgotten, none is named. Nor can it be told whether
 * something is hidden: once its clock was set back, it does not tell what lies ahead.
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
  const messages = messagesIn(lines);
  const tellsEnds = info['LiveRestoreEnabled'] === false && lines.length < REMEMBERED;
  return { messages, ended: tellsEnds ? endedAtItsStart(lines) : [] };
}

const messagesIn = (lines: readonly string[]): readonly ContainerEvent[] =>
  lines.map((line) => decodeEvent(line, 0)).filter((event) => event !== undefined);

function endedAtItsStart(lines: readonly string[]): readonly string[] {
  const next = lines.findIndex((line, at) => !isOfAnEnd(line, lines.slice(0, at)));
  const first = next === -1 ? lines : lines.slice(0, next);
  const changed = messagesIn(lines)
    .filter(({ type }) => CHANGES.includes(type))
    .map(({ id }) => id);
  const ended = messagesIn(first)
    .filter(({ type, id }) => type === 'containerDied' && !changed.includes(id))
    .map(({ id }) => id);
  return [...new Set(ended)];
}

const ENDS: readonly string[] = [
  'containerKilled',
  'containerDied',
  'containerStopped',
] satisfies EventType[];
/** Since then it is no more as the engine has left it. */
const CHANGES: readonly string[] = [
  'containerCreated', 'containerStarted', 'containerDestroyed',
] satisfies EventType[]; // prettier-ignore
/** What of a container's goes with it when it ends. */
const SURROUNDINGS: readonly (string | undefined)[] = ['network', 'volume', undefined];

/** One that is frozen is thawed to hear the signal; one of `docker run --rm` is removed when it has ended. */
const CONSEQUENCES: readonly string[] = ['containerUnpaused', 'containerDestroyed'] satisfies EventType[];

function isOfAnEnd(line: string, before: readonly string[]): boolean {
  if (SURROUNDINGS.includes(asString(asObject(parseJson(line))?.['Type']))) return true;
  const event = decodeEvent(line, 0);
  if (event === undefined) return false;
  const isBeingEnded = (): boolean =>
    messagesIn(before).some(({ type, id }) => type === 'containerKilled' && id === event.id);
  return ENDS.includes(event.type) || (CONSEQUENCES.includes(event.type) && isBeingEnded());
}

type EventType = ContainerEvent['type'];
