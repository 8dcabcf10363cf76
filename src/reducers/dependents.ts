import type { Event } from '../../streams/events.ts';
import type { Line } from '../log-line.ts';
import { dependentsOf, gatewayTarget, monitorsOn } from '../selectors.ts';
import type { State } from '../state.ts';
import { type Transition, info, to, warn } from '../transition.ts';
import { isMessageOfStart } from '../messages.ts';

/** Who hangs on the gateway: the set is derived; here is said what becomes of it, from the live message. */
export function dependents(state: State, event: Event, before: State): Transition {
  if (!state.containers.listed || gatewayTarget(state.gateway) === undefined) return to(state);
  if (state.containers === before.containers && state.gateway === before.gateway) return to(state);
  const now = namesOf(state);
  const { shown } = state.dependents;
  if (shown === undefined) return firstSight(state, now);
  const lines = [...sayMembership(shown, now), ...sayRunning(state, event, before)];
  const isSame = lines.length === 0 && Object.keys(shown).length === Object.keys(now).length;
  return to(isSame ? state : { ...state, dependents: { ...state.dependents, shown: now } }, { lines });
}

const namesOf = (state: State): Readonly<Record<string, string>> =>
  Object.fromEntries(dependentsOf(state).map(({ id, name }) => [id, name]));

function firstSight(state: State, now: Readonly<Record<string, string>>): Transition {
  const names = Object.values(now);
  const how = state.settings.dependents === 'auto' ? 'auto-discovery' : 'configured';
  const lines = [
    info(`Dependent containers (${how}): ${names.length === 0 ? 'none' : names.join(',')}`),
    ...sayMissing(state, names),
    ...sayMonitors(state),
  ];
  return to({ ...state, dependents: { ...state.dependents, shown: now } }, { lines });
}

function sayMissing({ settings }: State, names: readonly string[]): readonly Line[] {
  if (settings.dependents === 'auto') return [];
  const missing = settings.dependents.filter(
    (name) => !names.includes(name) && !settings.exclude.includes(name),
  );
  if (missing.length === 0) return [];
  return [warn(`Listed in DEPENDENT_CONTAINERS but not found: ${missing.join(', ')}; going on without`)];
}

/** Nothing here tells which monitor we are: a container on the gateway's network has the gateway's hostname. */
function sayMonitors({ gateway, containers }: State): readonly Line[] {
  const target = gatewayTarget(gateway);
  const names = target === undefined ? [] : monitorsOn(target.id, containers);
  return names.map((name) =>
    warn(
      `${name}, a monitor, is on the network of ${target?.name ?? ''} and goes down with it: give it a network of its own`,
    ),
  );
}

function sayMembership(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): readonly Line[] {
  const removed = Object.keys(before).filter((id) => !(id in now));
  const added = Object.keys(now).filter((id) => !(id in before));
  const renamed = Object.keys(now).filter((id) => id in before && before[id] !== now[id]);
  const say = (what: string, names: Readonly<Record<string, string>>) => (id: string) =>
    info(`Dependent container ${what}: ${names[id] ?? id}`);
  return [
    ...removed.map(say('removed', before)),
    ...renamed.map((id) => info(`Dependent container renamed: ${before[id] ?? id} to ${now[id] ?? id}`)),
    ...added.map(say('added', now)),
  ];
}

/** What somebody else does with one: what our own command does is said by the command's progress. */
function sayRunning(state: State, event: Event, before: State): readonly Line[] {
  if (!('engineTimeMs' in event)) return [];
  const name = state.dependents.shown?.[event.id];
  if (name === undefined || state.repairs.wave?.ids.includes(event.id)) return [];
  switch (event.type) {
    case 'containerStarted': {
      const knownStart = before.containers.byId[event.id]?.details?.startedAtMs;
      return isMessageOfStart(knownStart, event.engineTimeMs)
        ? []
        : [info(`Dependent container started: ${name}`)];
    }
    case 'containerDied':
      return [info(`Dependent container stopped: ${name}`)];
    case 'containerPaused':
      return [info(`Dependent container paused: ${name}`)];
    case 'containerUnpaused':
      return [info(`Dependent container resumed: ${name}`)];
    case 'containerOutOfMemory':
      return [warn(`Dependent container out of memory: ${name}`)];
    default:
      return [];
  }
}
