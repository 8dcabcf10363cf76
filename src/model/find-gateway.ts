import { isIdPrefix } from '../../streams/container-id.ts';
import type { ContainerFacts } from '../../streams/events.ts';
import { fitting } from '../../streams/fits.ts';
import { MONITOR_LABEL } from '../../streams/labels.ts';
import { isSettledIn } from './compose-names.ts';
import { joinedReference, referredTo } from './joined.ts';
import { nearest } from './nearest.ts';
import { isParked } from './parked.ts';
import type { Containers } from './state.ts';

type Known = Pick<Containers, 'byId' | 'composeNames'>;

/**
 * The container that the user's reference to the gateway means (`fitting`). If it fits none, for example after a
 * rename, or several, the gateway is the one it was last, if that is still among the candidates.
 */
export function findGateway(
  containers: Known,
  reference: string,
  lastId?: string,
): ContainerFacts | undefined {
  const exact = Object.values(containers.byId).find((facts) => facts.name === reference && !isParked(facts));
  // An exact name counts even if it looks like a temporary one of Compose.
  if (exact !== undefined) return exact;
  const candidates = settledIn(containers);
  const found = fitting(reference, candidates);
  return found.length === 1
    ? found[0]
    : (found.length === 0 ? candidates : found).find(({ id }) => id === lastId);
}

/** The names of the containers that the reference fits, if it fits several. */
export function ambiguous(containers: Known, reference: string): readonly string[] {
  const found = fitting(reference, settledIn(containers)).map(({ name }) => name);
  return found.length > 1 ? found.sort() : [];
}

const settledIn = (containers: Known): readonly ContainerFacts[] =>
  Object.values(containers.byId).filter((facts) => isSettledIn(facts, containers));

/** A gateway given by its id is tracked by its name from then on, as a re-created one has another id. */
export const lastingWord = (reference: string, { id, name }: Pick<ContainerFacts, 'id' | 'name'>): string =>
  isIdPrefix(reference.toLowerCase(), id) ? name : reference;

/**
 * Containers that the user may have meant: those that look like Gluetun or that others have joined. If there are none,
 * those with a similar name.
 */
export function gatewayCandidates(containers: Known, reference: string): readonly string[] {
  const { byId } = containers;
  const all = Object.values(byId);
  const joined = new Set(all.map((facts) => referredTo(joinedReference(facts) ?? '', byId)?.id));
  const likely = all
    .filter(({ id, image, name }) => joined.has(id) || /gluetun/i.test(image) || /gluetun/i.test(name))
    .filter((facts) => !(MONITOR_LABEL in facts.labels) && isSettledIn(facts, containers))
    .map(({ name }) => name)
    .sort();
  return likely.length > 0 ? likely : nearest(reference, settledIn(containers));
}
