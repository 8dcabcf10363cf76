import type { Event } from '../../streams/events.ts';
import { isRunning } from '../attachment.ts';
import { parkedOf } from '../dependents-of.ts';
import { type Memory, REMEMBERED, knownIds, rememberedSites } from '../memory.ts';
import { gatewayTarget } from '../selectors.ts';
import type { State } from '../state.ts';
import { type Transition, to } from '../transition.ts';

/** What is kept for a monitor that comes after this one: which ids the gateway had, who hung on it, who was stopped. */
export function recollection(state: State, _event: Event, before: State): Transition {
  if (!state.containers.isListed) return to(state);
  const memory = [withGateway, withDependents, withStopped, withEndedByEngine, withBackoff, withSites].reduce(
    (soFar, remember) => remember(soFar, state, before),
    state.memory,
  );
  return to(memory === state.memory ? state : { ...state, memory });
}

function withGateway(memory: Memory, { gateway, settings }: State): Memory {
  const id = gatewayTarget(gateway)?.id;
  const known = knownIds(memory, settings.gateway);
  if (id === undefined || known[0] === id) return memory;
  const ids = [id, ...known.filter((other) => other !== id)].slice(0, REMEMBERED.idsOfAGateway);
  return { ...memory, gateways: { ...memory.gateways, [settings.gateway]: ids } };
}

/** Also those that are gone: others may have joined their networks. The latest last. */
function withDependents(memory: Memory, state: State, before: State): Memory {
  const { members } = state.dependents;
  if (
    members === undefined ||
    (members === before.dependents.members && state.containers === before.containers)
  )
    return memory;
  const parked = parkedOf(state).map(({ facts, name }) => [facts.id, { name }] as const);
  const news = [...Object.entries(members), ...parked].filter(
    ([id, { name }]) => memory.dependents[id] !== name,
  );
  if (news.length === 0) return memory;
  const renewed = news.map(([id]) => id);
  const entries = [
    ...Object.entries(memory.dependents).filter(([id]) => !renewed.includes(id)),
    ...news.map(([id, { name }]): [string, string] => [id, name]),
  ];
  return { ...memory, dependents: Object.fromEntries(entries.slice(-REMEMBERED.dependents)) };
}

/** The gateway, or one that hangs on it, or once did: there may be no gateway just now. */
const isOurs = ({ gateway, dependents, memory }: State, id: string): boolean =>
  id === gatewayTarget(gateway)?.id ||
  dependents.members?.[id] !== undefined ||
  Object.hasOwn(memory.dependents, id);

/** By their operator, as far as that is decided; until they run again, or are gone. */
function withStopped(memory: Memory, state: State, before: State): Memory {
  if (state.endings === before.endings && state.containers === before.containers) return memory;
  const { byId } = state.containers;
  const isStill = (id: string): boolean => byId[id] !== undefined && !isRunning(byId[id]);
  const news = Object.entries(state.endings)
    .filter(([id, { value }]) => value === 'operator' && !memory.stopped.includes(id) && isOurs(state, id))
    .map(([id]) => id);
  const kept = memory.stopped.filter(isStill);
  return news.length === 0 && kept.length === memory.stopped.length
    ? memory
    : { ...memory, stopped: [...kept, ...news].slice(-REMEMBERED.stopped) };
}

/** A second start of the engine no longer knows of it; nor is any known to it that has run again since. */
function withEndedByEngine(memory: Memory, state: State, before: State): Memory {
  if (state.endings === before.endings && state.containers === before.containers) return memory;
  const { byId } = state.containers;
  const known = memory.endedByEngine;
  const isStill = (id: string, startedAt: string): boolean => {
    const facts = byId[id];
    return facts !== undefined && !isRunning(facts) && (facts.details?.startedAt ?? startedAt) === startedAt;
  };
  const kept = Object.entries(known).filter(
    ([id, startedAt]) => isStill(id, startedAt) && state.endings[id]?.value !== 'operator',
  );
  const news = Object.entries(state.endings)
    .filter(([id, { value }]) => value === 'engine' && known[id] === undefined && isOurs(state, id))
    .map(([id]): readonly [string, string | undefined] => [id, byId[id]?.details?.startedAt])
    .filter((entry): entry is [string, string] => entry[1] !== undefined);
  if (news.length === 0 && kept.length === Object.keys(known).length) return memory;
  return { ...memory, endedByEngine: Object.fromEntries([...kept, ...news]) };
}

/** Written before the gateway is touched: a monitor that ends in the recovery begins with the wait for the next. */
function withBackoff(memory: Memory, { backoff, settings }: State, before: State): Memory {
  // What was only said has cost nothing.
  if (backoff === before.backoff || settings.dryRun) return memory;
  const { attempts, notBefore } = backoff;
  return { ...memory, backoff: { ...memory.backoff, [settings.gateway]: { attempts, notBefore } } };
}

/** Else each monitor would begin anew to find out, by three restarts, that a site blocks the exit, or is mistyped. */
function withSites(memory: Memory, { sites, settings }: State, before: State): Memory {
  const { passed } = sites;
  const { held, blocked } = settings.dryRun ? rememberedSites(memory, settings.gateway) : sites;
  const isKnown = held === before.sites.held && blocked === before.sites.blocked;
  if ((isKnown || settings.dryRun) && passed === before.sites.passed) return memory;
  return { ...memory, sites: { ...memory.sites, [settings.gateway]: { held, blocked, passed } } };
}
