import {
  EMPTY,
  type Observable,
  concatMap,
  filter,
  forkJoin,
  from,
  map,
  mergeMap,
  of,
  toArray,
  catchError,
  throwError,
} from 'rxjs';
import { isMissing } from '../../../streams/containers.ts';
import { EngineError } from '../../../streams/engine.ts';
import type { ContainerFacts } from '../../../streams/events.ts';
import { type Json, asObject, asString, asStrings } from '../../../streams/json.ts';
import { COMPOSE_PROJECT } from '../../../streams/labels.ts';
import type { Executor } from '../executor-parts.ts';
import { answeredInTime } from '../executor-parts.ts';
import { candidatesAmong, isInjected } from './injected-files.ts';
import { objects, texts } from './json-parts.ts';
import type { Original } from './plan.ts';
import { withVolumeNames } from './volume-names.ts';

const AT_ONCE = 4;

/**
 * Reads all that must be known about a container before it is re-created. Changes nothing.
 *
 * @param followers Ids of containers that are re-created after it, so they may share its namespaces.
 */
export const survey = (
  facts: ContainerFacts,
  executor: Executor,
  followers: readonly string[] = [],
): Observable<Original> =>
  rawInspection(facts.id, executor).pipe(
    concatMap((container) => withVolumeNames(container, executor)),
    concatMap((container) =>
      forkJoin({
        container: of(container),
        image: image(asString(container['Image']) ?? '', executor),
        named: image(asString(asObject(container['Config'])?.['Image']) ?? '', executor),
        sharers: namesOfSharers(facts, executor, followers),
        present: present(executor),
        injected: injectedInto(facts, container, executor),
      }),
    ),
  );

const rawInspection = (id: string, executor: Executor): Observable<Json> =>
  executor.reads.inspect(id).pipe(
    answeredInTime(`inspecting ${id.slice(0, 12)}`, executor),
    map((answer) => {
      const container = asObject(answer);
      if (container === undefined) throw new EngineError('inspecting it: the answer is no container');
      return container;
    }),
  );

const image = (reference: string, executor: Executor): Observable<Json | undefined> =>
  executor.reads.inspectImage(reference).pipe(
    answeredInTime(`inspecting the image ${reference}`, executor),
    map(asObject),
    catchError((error: unknown) => (isMissing(error) ? of(undefined) : throwError(() => error))),
  );

/** The containers in its pid or ipc namespace. A listing does not show this, so each container is inspected. */
const namesOfSharers = (
  { id, name }: ContainerFacts,
  executor: Executor,
  followers: readonly string[],
): Observable<readonly string[]> =>
  executor.reads.list().pipe(
    answeredInTime('listing containers', executor),
    concatMap((listing) => from(objects(listing).flatMap(({ Id }) => asString(Id) ?? []))),
    filter((other) => other !== id && !followers.includes(other)),
    mergeMap((other) => modesOf(other, executor), AT_ONCE),
    filter(({ modes }) => [id, name].some((joined) => modes.includes(`container:${joined}`))),
    map((sharer) => sharer.name),
    toArray(),
  );

/** Ids and names of all containers. */
const present = (executor: Executor): Observable<readonly string[]> =>
  executor.reads.list().pipe(
    answeredInTime('listing containers', executor),
    map((listing) => objects(listing).flatMap(({ Id, Names }) => [asString(Id) ?? '', ...texts(Names)])),
    map((words) => words.map((word) => word.replace(/^\//, ''))),
  );

interface Modes {
  readonly name: string;
  /** The modes of its pid and ipc namespaces: `host`, `container:X` with an id or a name, … */
  readonly modes: readonly (string | undefined)[];
}

/** A container that cannot be inspected is left out, so that it does not block the others. */
const modesOf = (id: string, executor: Executor): Observable<Modes> =>
  rawInspection(id, executor).pipe(
    map((container): Modes => {
      const { PidMode, IpcMode } = asStrings(container['HostConfig']);
      return { name: (asString(container['Name']) ?? id).replace(/^\//, ''), modes: [PidMode, IpcMode] };
    }),
    catchError(() => EMPTY),
  );

/** Files that were put into its own layer before it ran. Only Compose does that. */
function injectedInto(
  facts: ContainerFacts,
  container: Json,
  executor: Executor,
): Observable<readonly string[]> {
  if (!(COMPOSE_PROJECT in facts.labels)) return of([]);
  const times = { createdMs: facts.createdMs, startedMs: facts.details?.startedAtMs ?? Infinity };
  const { id } = facts;
  return executor.reads.changes(id).pipe(
    answeredInTime(`looking through the files of ${facts.name}`, executor),
    concatMap((changes) => from(candidatesAmong(changes, container['Mounts']))),
    mergeMap((path) => statOf(id, path, executor).pipe(map((stat) => ({ path, stat }))), AT_ONCE),
    toArray(),
    map((files) => files.filter(({ stat }) => isInjected(stat, times)).map(({ path }) => path)),
  );
}

/** The file's stat; undefined: the file is gone by now. */
const statOf = (id: string, path: string, executor: Executor): Observable<unknown> =>
  executor.reads.fileStat(id, path).pipe(
    answeredInTime(`looking at ${path}`, executor),
    catchError((error: unknown) => (isMissing(error) ? of(undefined) : throwError(() => error))),
  );
