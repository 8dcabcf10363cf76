import { couldBeId, isIdPrefix } from '../../streams/container-id.ts';
import type { ContainerFacts } from '../../streams/events.ts';
import type { Containers } from './state.ts';

const JOINED = 'container:';

/** All others that it refers to: whose processes, memory or volumes it shares. */
export const furtherReferences = ({ details }: ContainerFacts): readonly string[] => [
  ...(details?.sharesWith ?? []),
  ...(details?.volumesFrom ?? []),
];

/** Whether one of the references is to that container. */
export const areTo = (
  references: readonly string[],
  { id, name }: Pick<ContainerFacts, 'id' | 'name'>,
): boolean =>
  references.some((reference) => reference === name || reference === id || isIdPrefix(reference, id));

/** What the container joined: an id or a name, as the engine kept it; undefined for a network of its own. */
export const joinedReference = ({ networkMode }: ContainerFacts): string | undefined =>
  networkMode.startsWith(JOINED) ? networkMode.slice(JOINED.length) : undefined;

/** Whom a reference means among what there is. The engine keeps the full id where it could, else the name for ever. */
export function referredTo(reference: string, byId: Containers['byId']): ContainerFacts | undefined {
  // An empty reference would be the beginning of every id.
  if (reference === '') return undefined;
  if (Object.hasOwn(byId, reference)) return byId[reference];
  const all = Object.values(byId);
  return (
    all.find(({ name }) => name === reference) ??
    (couldBeId(reference) ? all.find(({ id }) => id.startsWith(reference)) : undefined)
  );
}
