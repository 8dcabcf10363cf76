import type { ContainerFacts, Labels } from '../streams/events.ts';
import { COMPOSE_ONE_OFF, COMPOSE_SERVICE, MONITOR_LABEL } from '../streams/labels.ts';
import { isIdPrefix, joinedReference, referredTo } from './joined.ts';
import { isParked } from './parked.ts';
import type { Containers } from './state.ts';

type Known = Pick<Containers, 'byId'>;

/** What Compose calls a container while it replaces another one: not yet, or no longer, the one of that name. */
export const isComposeInterim = (name: string): boolean => /^[0-9a-f]{12}_/.test(name);

export const isOneOff = (labels: Labels): boolean => labels[COMPOSE_ONE_OFF]?.toLowerCase() === 'true';

/** It bears its name for good: it is neither about to be replaced nor about to replace another one. */
export const isSettledIn = (facts: ContainerFacts): boolean =>
  !isComposeInterim(facts.name) && !isParked(facts);

/**
 * The gateway by the user's word for it: a name, else the one container of a compose service, else an id; else,
 * where it was given another name, the one it was last.
 */
export function findGateway({ byId }: Known, reference: string, lastId?: string): ContainerFacts | undefined {
  const all = Object.values(byId);
  const byName = all.find((facts) => facts.name === reference && isSettledIn(facts));
  if (byName !== undefined) return byName;
  const candidates = all.filter(isSettledIn);
  const services = candidates.filter(
    ({ labels }) => labels[COMPOSE_SERVICE] === reference && !isOneOff(labels),
  );
  if (services.length > 0) return services.length === 1 ? services[0] : undefined;
  const withId = candidates.filter(({ id }) => isIdPrefix(reference, id));
  return withId.length === 1 ? withId[0] : candidates.find(({ id }) => id === lastId);
}

/** One that is named by its id goes by its name from then on: created again it has another id. */
export const lastingWord = (reference: string, { id, name }: Pick<ContainerFacts, 'id' | 'name'>): string =>
  isIdPrefix(reference, id) ? name : reference;

/** Who could have been meant: containers that look like Gluetun, or that others have joined. */
export function gatewayCandidates({ byId }: Known): readonly string[] {
  const all = Object.values(byId);
  const joined = new Set(all.map((facts) => referredTo(joinedReference(facts) ?? '', byId)?.id));
  return all
    .filter(({ id, image, name }) => joined.has(id) || /gluetun/i.test(image) || /gluetun/i.test(name))
    .filter((facts) => !(MONITOR_LABEL in facts.labels) && isSettledIn(facts))
    .map(({ name }) => name)
    .sort();
}
