import { EMPTY, type Observable, type SchedulerLike, filter, map, mergeMap, take, toArray } from 'rxjs';
import { toLines } from './bytes.ts';
import { decodeEvent } from './decode-event.ts';
import type { EngineReadings } from './engine.ts';
import type { ContainerEvent, EngineEvent } from './events.ts';
import { sinceOf } from './engine-time.ts';
import { type Json, asObject, asString, parseJson } from './json.ts';

/** An engine remembers this many messages of any kind, and none from before its own start. */
const REMEMBERED = 256;

/**
 * Each container that a killed engine has ended at its next start and that has not run since.
 *
 * A killed engine leaves its containers running. Without `live-restore` the next engine stops them before it answers
 * any request. Its messages look like an operator's stop, and it treats them as one: `unless-stopped` does not start
 * the containers again. But those ends, and what goes with them, are the first messages of such an engine: whatever
 * anybody requests, and whatever it starts itself, comes later. If it may have forgotten messages, no container is
 * named.
 */
export const endedByKilledEngine$ = (
  info: Json | undefined,
  engine: Pick<EngineReadings, 'pastEvents'>,
  scheduler: SchedulerLike,
): Observable<EngineEvent> => {
  const now = asString(info?.['SystemTime']);
  if (info?.['LiveRestoreEnabled'] !== false || now === undefined) return EMPTY;
  return engine.pastEvents(sinceOf(now)).pipe(
    toLines(),
    take(REMEMBERED),
    toArray(),
    filter(({ length }) => length < REMEMBERED),
    mergeMap(endedAtItsStart),
    map((id): EngineEvent => ({ type: 'containerEndedByEngine', at: scheduler.now(), id })),
  );
};

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
/** After one of these the container is no longer as the engine left it. */
const CHANGES: readonly string[] = [
  'containerCreated', 'containerStarted', 'containerDestroyed',
] satisfies EventType[]; // prettier-ignore
/** Message types of what belongs to a container and goes with it when it ends. */
const SURROUNDINGS: readonly (string | undefined)[] = ['network', 'volume', undefined];

/** A paused container is resumed to receive the signal. One from `docker run --rm` is removed when it has ended. */
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
