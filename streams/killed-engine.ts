import {
  EMPTY,
  type Observable,
  type SchedulerLike,
  catchError,
  filter,
  map,
  mergeMap,
  switchMap,
  takeUntil,
  timer,
  toArray,
} from 'rxjs';
import { toLines } from './bytes.ts';
import { decodeEvent } from './decode-event.ts';
import type { EngineReadings } from './engine.ts';
import type { ContainerEvent, EngineEvent } from './events.ts';
import { sinceOf } from './engine-time.ts';
import { asObject, asString, parseJson } from './json.ts';

/** Well within the time in which an end that looks like an operator's stop is not decided yet. */
const ANSWER_TIMEOUT_MS = 5_000;
/** An engine remembers this many messages of any kind, and none from before its own start. */
const REMEMBERED = 256;

/**
 * Each container that a killed engine has ended at its next start, and that has not run since; none if the engine, or a
 * proxy in front of it, does not tell.
 *
 * An engine that is killed leaves its containers running. Without `live-restore` the next one stops them before it
 * answers anybody, in the words of an operator's stop, and takes it for one: `unless-stopped` does not bring them back.
 * But then those ends, and what goes with them, are the first that such an engine ever says: whatever anybody asks of it,
 * and all that it starts itself, comes later. If it may have forgotten something, no container is named.
 */
export const endedByKilledEngine$ = (
  engine: Pick<EngineReadings, 'info' | 'pastEvents'>,
  scheduler: SchedulerLike,
): Observable<EngineEvent> =>
  engine.info().pipe(
    switchMap((answer) => {
      const info = asObject(answer);
      const now = asString(info?.['SystemTime']);
      if (info?.['LiveRestoreEnabled'] !== false || now === undefined) return EMPTY;
      return engine.pastEvents(sinceOf(now)).pipe(
        toLines(),
        toArray(),
        filter(({ length }) => length < REMEMBERED),
        mergeMap(endedAtItsStart),
      );
    }),
    map((id): EngineEvent => ({ type: 'containerEndedByEngine', at: scheduler.now(), id })),
    catchError(() => EMPTY),
    takeUntil(timer(ANSWER_TIMEOUT_MS, scheduler)),
  );

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
