import { couldBeId, isIdPrefix } from '../../streams/container-id.ts';
import type { ContainerFacts } from '../../streams/events.ts';
import type { Containers } from './state.ts';

const JOINED = 'container:';

/** References to the containers whose processes, memory or volumes it shares. */
export const furtherReferences = ({ details }: ContainerFacts): readonly string[] => [
  ...(details?.sharesWith ?? []),
  ...(details?.volumesFrom ?? []),
];

/** Whether one of the references means that container. */
export const areTo = (
  references: readonly string[],
  { id, name }: Pick<ContainerFacts, 'id' | 'name'>,
): boolean =>
  references.some((reference) => reference === name || reference === id || isIdPrefix(reference, id));

/** The id or name of the container whose network it joined, as the engine stores it; undefined: it joined none. */
export const joinedReference = ({ networkMode }: ContainerFacts): string | undefined =>
  networkMode.startsWith(JOINED) ? networkMode.slice(JOINED.length) : undefined;

/**
 * The existing container that a reference means. The engine stores the full id if it could find it, otherwise the name
 * as given.
 */
export function referredTo(reference: string, byId: Containers['byId']): ContainerFacts | undefined {
  // An empty reference would be a prefix of every id.
  if (reference === '') return undefined;
  if (Object.hasOwn(byId, reference)) return byId[reference];
  const all = Object.values(byId);
  return (
    all.find(({ name }) => name === reference) ??
    (couldBeId(reference) ? all.find(({ id }) => id.startsWith(reference)) : undefined)
  );
}
