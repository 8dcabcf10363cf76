import type { Event } from '../../streams/events.ts';
import { isUnclaimed, parkedOf } from '../dependents-of.ts';
import { isInWave } from '../in-flight.ts';
import { joinedReference } from '../joined.ts';
import { REMEMBERED, knownIds } from '../memory.ts';
import type { State } from '../state.ts';
import { type Transition, to } from '../transition.ts';

/**
 * Whoever waits half-way through its re-creation tells by its name whose orphan it is (see `parked.ts`), also to a
 * monitor that remembers nothing of what was before. Once it has its own name back, only the id it had joined tells.
 * That may have been one between it and the gateway, re-created before it: it gets the same network from the gateway.
 *
 * Nothing is learned of those that this monitor itself is creating anew: it knows why.
 */
export function journal(state: State, _event: Event, before: State): Transition {
  const { containers, memory, settings } = state;
  if (containers.latestListing === undefined || containers === before.containers) return to(state);
  const isNews = (id: string): boolean =>
    isUnclaimed(id, state) && containers.byId[id] === undefined && memory.dependents[id] === undefined;
  const told = parkedOf(state)
    .filter(({ facts }) => !isInWave(state, facts.id))
    .map(({ facts }) => joinedReference(facts) ?? '');
  const known = knownIds(memory, settings.gateway);
  // What was seen is not forgotten for what is told.
  const room = Math.max(0, REMEMBERED.idsOfAGateway - known.length);
  const news = [...new Set(told.filter(isNews))].slice(0, room);
  if (news.length === 0) return to(state);
  const gateways = { ...memory.gateways, [settings.gateway]: [...known, ...news] };
  return to({ ...state, memory: { ...memory, gateways } });
}
