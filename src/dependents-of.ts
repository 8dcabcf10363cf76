import type { ContainerFacts } from '../streams/events.ts';
import { MONITOR_LABEL } from '../streams/labels.ts';
import { isOneOff, isSettledIn } from './find-gateway.ts';
import { joinedReference, referredTo } from './joined.ts';
import { isOnNetworkOf, ownerOf } from './network.ts';
import { isParked, originalName } from './parked.ts';
import { gatewayTarget } from './selectors.ts';
import type { State } from './state.ts';

/** The containers that hang on the gateway, sorted by name. */
export function dependentsOf(state: State): readonly ContainerFacts[] {
  const { settings, containers, gateway } = state;
  const target = gatewayTarget(gateway);
  if (target === undefined) return [];
  const isChosen = ({ name }: ContainerFacts): boolean =>
    settings.dependents === 'auto' || settings.dependents.includes(name);
  return Object.values(containers.byId)
    .filter((facts) => isTouchable(state, facts) && isChosen(facts))
    .filter((facts) => settings.dependents !== 'auto' || isOnNetworkOf(target.id, facts, state))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Never: the gateway itself, what the user excluded, a monitor, a one-off, what bears its name for a moment only. */
const isTouchable = ({ settings, gateway }: State, facts: ContainerFacts): boolean =>
  facts.id !== gatewayTarget(gateway)?.id &&
  !settings.exclude.includes(facts.name) &&
  !(MONITOR_LABEL in facts.labels) &&
  !isOneOff(facts.labels) &&
  isSettledIn(facts);

/** Monitors on the gateway's network: they go down with it. */
export const monitorsOn = (gatewayId: string, state: State): readonly string[] =>
  Object.values(state.containers.byId)
    .filter((facts) => MONITOR_LABEL in facts.labels && isOnNetworkOf(gatewayId, facts, state))
    .map(({ name }) => name);

export interface Parked {
  readonly facts: ContainerFacts;
  /** The name it had, and that what replaces it has or shall have. */
  readonly name: string;
}

/** Dependents of this gateway whose re-creation has not come to its end. */
export function parkedOf(state: State): readonly Parked[] {
  const gateway = gatewayTarget(state.gateway)?.name;
  if (gateway === undefined) return [];
  return Object.values(state.containers.byId).flatMap((facts) => {
    const name = originalName(facts, gateway);
    return name === undefined ? [] : [{ facts, name }];
  });
}

/**
 * Containers that joined one that is no more, of which nothing tells who took its place: whether they are
 * dependents, nobody can know.
 */
export const strandedIn = (state: State): readonly ContainerFacts[] =>
  Object.values(state.containers.byId).filter((facts) => {
    const reference = joinedReference(facts);
    return (
      reference !== undefined &&
      /^[0-9a-f]{64}$/.test(reference) &&
      facts.runState === 'running' &&
      isTouchable(state, facts) &&
      !isParked(facts) &&
      referredTo(reference, state.containers.byId) === undefined &&
      !Object.values(state.memory.gateways).some((ids) => ids.includes(reference)) &&
      ownerOf(facts, state) === undefined
    );
  });
