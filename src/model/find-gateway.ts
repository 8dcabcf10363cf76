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
 * The gateway by the user's word for it (`fitting`); else, where it was given another name, the one it was last. Of
 * several that the word fits it is none, but the one it was last.
 */
export function findGateway(
  containers: Known,
  reference: string,
  lastId?: string,
): ContainerFacts | undefined {
  const exact = Object.values(containers.byId).find((facts) => facts.name === reference && !isParked(facts));
  // Whoever says the very name means it, whatever kind of name it is.
  if (exact !== undefined) return exact;
  const candidates = settledIn(containers);
  const found = fitting(reference, candidates);
  return found.length === 1
    ? found[0]
    : (found.length === 0 ? candidates : found).find(({ id }) => id === lastId);
}

/** Those that the user's word for the gateway fits, where it fits several. */
export function ambiguous(containers: Known, reference: string): readonly string[] {
  const found = fitting(reference, settledIn(containers)).map(({ name }) => name);
  return found.length > 1 ? found.sort() : [];
}

const settledIn = (containers: Known): readonly ContainerFacts[] =>
  Object.values(containers.byId).filter((facts) => isSettledIn(facts, containers));

/** One that is named by its id goes by its name from then on: created again it has another id. */
export const lastingWord = (reference: string, { id, name }: Pick<ContainerFacts, 'id' | 'name'>): string =>
  isIdPrefix(reference.toLowerCase(), id) ? name : reference;

/**
 * Who could have been meant: containers that look like Gluetun, or that others have joined; else, of the others, those
 * whose names are near.
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
