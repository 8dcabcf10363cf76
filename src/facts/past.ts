import type { GatewayConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import { parkedOf } from '../model/dependents-of.ts';
import { type Past, REMEMBERED, knownIds } from '../model/past.ts';
import { gatewayTarget } from '../model/selectors.ts';
import type { State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/** Remembers what may be needed once it is gone: the ids of the gateway, and its dependents. */
export const past: GatewayConcern<'record'> = { stage: 'record', reduce };

function reduce(state: State, _event: Event, before: State): Transition {
  if (!state.shared.containers.isListed) return to(state);
  const past = withDependents(withGateway(state.shared.past, state), state, before);
  return to(past === state.shared.past ? state : { ...state, shared: { ...state.shared, past } });
}

function withGateway(past: Past, { gateway, settings }: State): Past {
  const id = gatewayTarget(gateway)?.id;
  const known = knownIds(past, settings.gateway);
  if (id === undefined || known[0] === id) return past;
  const ids = [id, ...known.filter((other) => other !== id)].slice(0, REMEMBERED.idsOfAGateway);
  return { ...past, gateways: { ...past.gateways, [settings.gateway]: ids } };
}

/** Keeps dependents that are gone, as others may have joined their networks. The latest come last. */
function withDependents(past: Past, state: State, before: State): Past {
  const { members } = state.dependents;
  if (
    members === undefined ||
    (members === before.dependents.members && state.shared.containers === before.shared.containers)
  )
    return past;
  const parked = parkedOf(state).map(({ facts, name }) => [facts.id, { name }] as const);
  const news = [...Object.entries(members), ...parked].filter(
    ([id, { name }]) => past.dependents[id] !== name,
  );
  if (news.length === 0) return past;
  const changedIds = news.map(([id]) => id);
  const entries = [
    ...Object.entries(past.dependents).filter(([id]) => !changedIds.includes(id)),
    ...news.map(([id, { name }]): [string, string] => [id, name]),
  ];
  return { ...past, dependents: Object.fromEntries(entries.slice(-REMEMBERED.dependents)) };
}
