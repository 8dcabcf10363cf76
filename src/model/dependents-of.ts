import type { ContainerFacts } from '../../streams/events.ts';
import { fitsByName, fitting, isOneOff } from '../../streams/fits.ts';
import { COMPOSE_PROJECT, MONITOR_LABEL, RESTART_ON_RECONNECT_LABEL } from '../../streams/labels.ts';
import { hasFailedToJoin, isRunning } from './attachment.ts';
import { isSettledIn } from './compose-names.ts';
import { isExcluded } from './excluded.ts';
import { findGateway } from './find-gateway.ts';
import { joinedReference } from './joined.ts';
import { knownIds } from './past.ts';
import { isOnNetworkOf, ownerOf, ownersBelow } from './network.ts';
import { parkedAs } from './parked.ts';
import { gatewayTarget } from './selectors.ts';
import type { Shared, State, Unclaimed } from './state.ts';

/** The containers that depend on the gateway, sorted by name. */
export function dependentsOf(state: State): readonly ContainerFacts[] {
  const { settings, gateway } = state;
  const target = gatewayTarget(gateway);
  if (target === undefined) return [];
  if (settings.dependents !== 'auto') {
    const chosen = settings.dependents.flatMap((word) => onlyOne(listedAs(word, state)));
    return [...new Set(chosen)].sort(byName);
  }
  const gateways = gatewaysIn(state);
  const isDiscovered = (facts: ContainerFacts): boolean =>
    isOnNetworkOf(target.id, facts, state) &&
    // Behind another watched gateway that itself joined this one, it is that gateway's dependent.
    !ownersBelow(target.id, facts, state).some(({ id }) => gateways.includes(id));
  return touchableIn(state).filter(isDiscovered).sort(byName);
}

const byName = (a: ContainerFacts, b: ContainerFacts): number => a.name.localeCompare(b.name);

/** With several matches nobody knows which one is meant. */
const onlyOne = <T>(found: readonly T[]): readonly T[] => (found.length === 1 ? found : []);

/**
 * The containers that an entry of `DEPENDENT_CONTAINERS` matches, among those the monitor may touch. Only a single
 * match counts. A match by name always does. A match by Compose service must be in the gateway's project or on its
 * network, as another project may have a service of the same name.
 */
export function listedAs(word: string, state: State): readonly ContainerFacts[] {
  const {
    quiet,
    gateway,
    shared: { containers },
  } = state;
  const all = Object.values(containers.byId).filter((facts) => isSettledIn(facts, containers));
  const named = all.filter((facts) => fitsByName(word, facts));
  const isNear = (facts: ContainerFacts): boolean =>
    facts.labels[COMPOSE_PROJECT] === quiet.project ||
    isOnNetworkOf(gatewayTarget(gateway)?.id, facts, state);
  const isMeant = (facts: ContainerFacts): boolean => isTouchable(state, facts);
  return named.length > 0
    ? fitting(word, named).filter(isMeant)
    : fitting(word, all.filter(isNear).filter(isMeant));
}

const touchableIn = (state: State): readonly ContainerFacts[] =>
  Object.values(state.shared.containers.byId).filter((facts) => isTouchable(state, facts));

/** The dependents that are also restarted after a reconnect of the VPN: those listed, and those with the label. */
export function restartedOnReconnect(state: State): readonly ContainerFacts[] {
  const all = dependentsOf(state);
  const listed = state.settings.vpnRestartDependents.flatMap((word) => fitting(word, all));
  return all.filter((facts) => listed.includes(facts) || saysYes(facts.labels[RESTART_ON_RECONNECT_LABEL]));
}

const saysYes = (value: string | undefined): boolean => /^(?:true|yes|on|1)$/i.test(value ?? '');

/** The ids of all watched gateways. */
const gatewaysIn = ({ shared: { gateways, containers, past } }: State): readonly string[] =>
  gateways.flatMap((word) => findGateway(containers, word, knownIds(past, word)[0])?.id ?? []);

/** Never touched: the gateway itself, excluded containers, monitors, one-offs, and containers with a temporary name. */
const isTouchable = ({ settings, gateway, shared: { containers } }: State, facts: ContainerFacts): boolean =>
  facts.id !== gatewayTarget(gateway)?.id &&
  !isExcluded(facts, settings.exclude) &&
  !(MONITOR_LABEL in facts.labels) &&
  !isOneOff(facts.labels) &&
  isSettledIn(facts, containers);

/** The names of monitors on the gateway's network. They lose their network whenever the gateway restarts. */
export const monitorsOn = (gatewayId: string, state: State): readonly string[] =>
  Object.values(state.shared.containers.byId)
    .filter((facts) => MONITOR_LABEL in facts.labels && isOnNetworkOf(gatewayId, facts, state))
    .map(({ name }) => name);

export interface Parked {
  readonly facts: ContainerFacts;
  /** Its original name, which its replacement has or will get. */
  readonly name: string;
}

/**
 * This gateway's dependents whose re-creation is unfinished. They are known by the gateway's name in their parked name
 * or, if the gateway was renamed, by the id of the gateway they had joined.
 */
export function parkedOf(state: State): readonly Parked[] {
  const {
    settings,
    gateway,
    shared: { past },
  } = state;
  const names = [settings.gateway, gatewayTarget(gateway)?.name];
  return Object.values(state.shared.containers.byId).flatMap((facts) => {
    const parked = parkedAs(facts);
    if (parked === undefined || isExcluded(facts, settings.exclude)) return [];
    const hadJoined = knownIds(past, settings.gateway).includes(joinedReference(facts) ?? '');
    return names.includes(parked.gateway) || hadJoined ? [{ facts, name: parked.name }] : [];
  });
}

/**
 * Containers that may be dependents, or were dependents of the gateway's predecessor. They are reported rather than
 * repaired.
 */
export const unclaimedIn = (state: State): Readonly<Record<string, Unclaimed>> =>
  Object.fromEntries(
    Object.values(state.shared.containers.byId).flatMap((facts): readonly [string, Unclaimed][] => {
      const { id, name } = facts;
      const reference = joinedReference(facts);
      const isConcerned = isRunning(facts) || hasFailedToJoin(facts);
      if (reference === undefined || !isConcerned || !isTouchable(state, facts)) return [];
      const owner = ownerOf(facts, state);
      if (owner === undefined)
        return isUnclaimed(reference, state.shared) ? [[id, { name, formerGateway: undefined }]] : [];
      const isPredecessor =
        owner.id !== gatewayTarget(state.gateway)?.id &&
        knownIds(state.shared.past, state.settings.gateway).includes(owner.id);
      return isPredecessor ? [[id, { name, formerGateway: owner.name }]] : [];
    }),
  );

/** Whether the reference is an id that no known gateway has had. */
const isUnclaimed = (reference: string, { past }: Pick<Shared, 'past'>): boolean =>
  /^[0-9a-f]{64}$/.test(reference) && !Object.values(past.gateways).some((ids) => ids.includes(reference));
