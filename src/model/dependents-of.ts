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

/** The containers that hang on the gateway, sorted by name. */
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
    // Another watched gateway, which has joined this one, comes first: it is that one's, and waits for that one.
    !ownersBelow(target.id, facts, state).some(({ id }) => gateways.includes(id));
  return touchableIn(state).filter(isDiscovered).sort(byName);
}

const byName = (a: ContainerFacts, b: ContainerFacts): number => a.name.localeCompare(b.name);

/** Of several nobody knows which one is meant. */
const onlyOne = <T>(found: readonly T[]): readonly T[] => (found.length === 1 ? found : []);

/**
 * What an entry of `DEPENDENT_CONTAINERS` fits among what may be touched at all; it must be exactly one. Whom it fits by
 * name, it means. By its compose service it only means what is of the gateway's stack or on its network: another stack
 * may have such a service, too.
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

/** Those that are restarted after a reconnect of the VPN, too: by the list, or by their own label. */
export function restartedOnReconnect(state: State): readonly ContainerFacts[] {
  const all = dependentsOf(state);
  const listed = state.settings.vpnRestartDependents.flatMap((word) => fitting(word, all));
  return all.filter((facts) => listed.includes(facts) || saysYes(facts.labels[RESTART_ON_RECONNECT_LABEL]));
}

const saysYes = (value: string | undefined): boolean => /^(?:true|yes|on|1)$/i.test(value ?? '');

/** Of all that are watched. */
const gatewaysIn = ({ shared: { gateways, containers, past } }: State): readonly string[] =>
  gateways.flatMap((word) => findGateway(containers, word, knownIds(past, word)[0])?.id ?? []);

/** Never: the gateway itself, what the user excluded, a monitor, a one-off, what bears its name for a moment only. */
const isTouchable = ({ settings, gateway, shared: { containers } }: State, facts: ContainerFacts): boolean =>
  facts.id !== gatewayTarget(gateway)?.id &&
  !isExcluded(facts, settings.exclude) &&
  !(MONITOR_LABEL in facts.labels) &&
  !isOneOff(facts.labels) &&
  isSettledIn(facts, containers);

/** Monitors on the gateway's network: they go down with it. */
export const monitorsOn = (gatewayId: string, state: State): readonly string[] =>
  Object.values(state.shared.containers.byId)
    .filter((facts) => MONITOR_LABEL in facts.labels && isOnNetworkOf(gatewayId, facts, state))
    .map(({ name }) => name);

export interface Parked {
  readonly facts: ContainerFacts;
  /** The name it had, and that what replaces it has or shall have. */
  readonly name: string;
}

/**
 * Dependents of this gateway whose re-creation has not come to its end: by the gateway's name, or, where that has
 * become another one, by the id they had joined.
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

/** Who may be a dependent, or was one of the gateway's predecessor, and is not repaired: it is reported. */
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

/** An id that no gateway is known to have had. */
const isUnclaimed = (reference: string, { past }: Pick<Shared, 'past'>): boolean =>
  /^[0-9a-f]{64}$/.test(reference) && !Object.values(past.gateways).some((ids) => ids.includes(reference));
