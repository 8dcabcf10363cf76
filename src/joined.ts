import type { ContainerFacts } from '../streams/events.ts';
import type { Containers } from './state.ts';

const JOINED = 'container:';

/** What the container joined: an id or a name, as the engine kept it; undefined for a network of its own. */
export const joinedReference = ({ networkMode }: ContainerFacts): string | undefined =>
  networkMode.startsWith(JOINED) ? networkMode.slice(JOINED.length) : undefined;

/** Whom a reference means among what there is. The engine keeps the full id where it could, else the name for ever. */
export function referredTo(reference: string, byId: Containers['byId']): ContainerFacts | undefined {
  // An empty reference would be the beginning of every id.
  if (reference === '') return undefined;
  return (
    (Object.hasOwn(byId, reference) ? byId[reference] : undefined) ??
    Object.values(byId).find(({ name }) => name === reference) ??
    Object.values(byId).find(({ id }) => isIdPrefix(reference, id))
  );
}

export const isIdPrefix = (reference: string, id: string): boolean =>
  /^[0-9a-f]{12,64}$/.test(reference) && id.startsWith(reference);
