import type { ContainerFacts, Labels } from '../streams/events.ts';
import { COMPOSE_ONE_OFF, COMPOSE_SERVICE, MONITOR_LABEL } from '../streams/labels.ts';
import type { Target } from './commands.ts';
import type { Containers, Gateway, Start, State } from './state.ts';

/** What Compose calls a container while it replaces another one: not yet, or no longer, the one of that name. */
export const isComposeInterim = (name: string): boolean => /^[0-9a-f]{12}_/.test(name);

const isOneOff = (labels: Labels): boolean => labels[COMPOSE_ONE_OFF]?.toLowerCase() === 'true';

/** The gateway runs and is not paused, ready or not. */
export const runningStart = (gateway: Gateway): Start | undefined =>
  gateway.value === 'starting' || gateway.value === 'ready' ? gateway.start : undefined;

/** Monitors on the gateway's network: they go down with it. */
export const monitorsOn = (gatewayId: string, { byId }: Containers): readonly string[] =>
  Object.values(byId)
    .filter((facts) => MONITOR_LABEL in facts.labels && isOnNetworkOf(gatewayId, facts, byId))
    .map(({ name }) => name);

/** Its present run, whether it is paused in it or not. */
export const startOf = (gateway: Gateway): Start | undefined =>
  gateway.value === 'paused' ? gateway.start : runningStart(gateway);

export const gatewayTarget = (gateway: Gateway): Target | undefined =>
  gateway.value === 'unseen' || gateway.value === 'absent'
    ? undefined
    : { id: gateway.id, name: gateway.name };

/** The gateway's name, or, where there is none, what the user calls it. */
export const nameOf = ({ gateway, settings }: State): string =>
  gatewayTarget(gateway)?.name ?? settings.gateway;

/** Whether the time the gateway gets to become ready is over. */
export const isOverdue = (state: State, at: number): boolean => {
  const start = runningStart(state.gateway);
  return start !== undefined && at >= start.seenAt + state.settings.healthyWaitMs;
};

/** The gateway by the user's word for it: a name, else the one container of a compose service, else an id. */
export function findGateway(
  { byId }: Pick<Containers, 'byId'>,
  reference: string,
): ContainerFacts | undefined {
  const candidates = Object.values(byId).filter(({ name }) => !isComposeInterim(name));
  const byName = candidates.find(({ name }) => name === reference);
  if (byName !== undefined) return byName;
  const services = candidates.filter(
    ({ labels }) => labels[COMPOSE_SERVICE] === reference && !isOneOff(labels),
  );
  if (services.length > 0) return services.length === 1 ? services[0] : undefined;
  const withId = candidates.filter(
    ({ id }) => /^[0-9a-f]{12,64}$/.test(reference) && id.startsWith(reference),
  );
  return withId.length === 1 ? withId[0] : undefined;
}

/** Who could have been meant: containers that look like Gluetun, or that others have joined. */
export function gatewayCandidates({ byId }: Pick<Containers, 'byId'>): readonly string[] {
  const all = Object.values(byId);
  const joined = new Set(all.map((facts) => ownerOf(facts, byId)?.id));
  return all
    .filter(({ id, image, name }) => joined.has(id) || /gluetun/i.test(image) || /gluetun/i.test(name))
    .filter(({ labels, name }) => !(MONITOR_LABEL in labels) && !isComposeInterim(name))
    .map(({ name }) => name)
    .sort();
}

const JOINED = 'container:';

/** What the container joined: an id or a name, as the engine kept it; undefined for a network of its own. */
export const joinedReference = ({ networkMode }: ContainerFacts): string | undefined =>
  networkMode.startsWith(JOINED) ? networkMode.slice(JOINED.length) : undefined;

/** The container whose network it joined. The engine keeps the full id where it could, else the name for ever. */
export function ownerOf(facts: ContainerFacts, byId: Containers['byId']): ContainerFacts | undefined {
  const reference = joinedReference(facts);
  // An empty reference would be the beginning of every id.
  if (reference === undefined || reference === '') return undefined;
  const exact = byId[reference] ?? Object.values(byId).find(({ name }) => name === reference);
  if (exact !== undefined || !/^[0-9a-f]{12,63}$/.test(reference)) return exact;
  return Object.values(byId).find(({ id }) => id.startsWith(reference));
}

/** From the container up to the one with a network of its own; ends early where an owner is missing. */
export function ownersOf(facts: ContainerFacts, byId: Containers['byId']): readonly ContainerFacts[] {
  const owners: ContainerFacts[] = [];
  let owner = ownerOf(facts, byId);
  while (owner !== undefined && !owners.includes(owner) && owner.id !== facts.id) {
    owners.push(owner);
    owner = ownerOf(owner, byId);
  }
  return owners;
}

/** The containers that hang on the gateway, sorted by name. */
export function dependentsOf(state: State): readonly ContainerFacts[] {
  const { settings, containers, gateway } = state;
  const target = gatewayTarget(gateway);
  if (target === undefined) return [];
  const isChosen = ({ name }: ContainerFacts): boolean =>
    settings.dependents === 'auto' || settings.dependents.includes(name);
  return Object.values(containers.byId)
    .filter((facts) => isTouchable(state, facts) && isChosen(facts))
    .filter((facts) => settings.dependents !== 'auto' || isOnNetworkOf(target.id, facts, containers.byId))
    .sort((a, b) => a.name.localeCompare(b.name));
}

export const isOnNetworkOf = (gatewayId: string, facts: ContainerFacts, byId: Containers['byId']): boolean =>
  ownersOf(facts, byId).some(({ id }) => id === gatewayId);

/** Never: the gateway itself, what the user excluded, a monitor, a one-off, compose's interim names. */
const isTouchable = ({ settings, gateway }: State, { id, name, labels }: ContainerFacts): boolean =>
  id !== gatewayTarget(gateway)?.id &&
  !settings.exclude.includes(name) &&
  !(MONITOR_LABEL in labels) &&
  !isOneOff(labels) &&
  !isComposeInterim(name);
