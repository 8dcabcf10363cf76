import type { Event } from '../../streams/events.ts';
import { runningStart, startOf } from '../selectors.ts';
import type { State } from '../state.ts';
import { type Transition, info, to, warn } from '../transition.ts';

/** While a verdict is waited for, checks are at most this far apart. */
const CLOSEST_WATCH_MS = 5_000;

/** When the next check is: at once where something asks for it, else at the pace that fits the moment. */
export function checkSchedule(state: State, event: Event, before: State): Transition {
  const lines = alarm(state, event, before);
  const alarmed = isAlarm(state, event) || (state.checking.alarmed && !isAllClear(state, event, before));
  const noted =
    alarmed === state.checking.alarmed ? state : { ...state, checking: { ...state.checking, alarmed } };
  if (!canCheck(noted)) return to(noted.checking.again ? withoutAgain(noted) : noted, { lines });
  const wanted = noted.checking.again || asksForCheck(noted, event, before);
  if (noted.checking.running !== undefined)
    return to(wanted ? { ...noted, checking: { ...noted.checking, again: true } } : noted, { lines });
  const dueAt = checkDueAt(noted);
  if (!wanted && (dueAt === undefined || dueAt > event.at)) return to(noted, { lines });
  return { ...start(noted, event.at), lines };
}

/** Stand-by: without an engine, or with a gateway that does not run, a check could tell nothing. */
const canCheck = (state: State): boolean =>
  !state.ending &&
  state.connection.value === 'connected' &&
  runningStart(state.gateway) !== undefined &&
  state.recovery.value !== 'restarting';

const withoutAgain = (state: State): State => ({ ...state, checking: { ...state.checking, again: false } });

function start(state: State, at: number): Transition {
  if (!('id' in state.gateway)) return to(state);
  const checkId = state.nextId;
  const sites = state.sites.list;
  return to(
    {
      ...state,
      nextId: checkId + 1,
      checking: {
        ...state.checking,
        again: false,
        lastStartedAt: at,
        running: { checkId, startedAt: at, sites, results: [] },
      },
    },
    { commands: [{ kind: 'checkSites', checkId, gatewayId: state.gateway.id, sites }] },
  );
}

/** When a check is due by the pace alone; undefined where none is. */
export function checkDueAt(state: State): number | undefined {
  const begun = runningStart(state.gateway);
  if (!canCheck(state) || begun === undefined || state.checking.running !== undefined) return undefined;
  const last = Math.max(state.checking.lastStartedAt ?? 0, 0);
  if (state.gateway.value === 'starting' && !mayProve(state, last))
    return begun.seenAt + state.settings.healthyWaitMs;
  return last + pace(state);
}

/** Whether a check now could prove anything of a gateway that starts; before its log shows the tunnel, none does. */
function mayProve({ gateway, containers, settings }: State, last: number): boolean {
  if (gateway.value !== 'starting') return true;
  const { tunnelShownAt, seenAt } = gateway.start;
  return (
    tunnelShownAt !== undefined ||
    containers.byId[gateway.id]?.details?.health === 'none' ||
    last >= seenAt + settings.healthyWaitMs
  );
}

function pace({ settings, gateway, recovery, checking, sites }: State): number {
  const close = Math.min(settings.retryIntervalMs, CLOSEST_WATCH_MS);
  if (recovery.value === 'awaitingReady' || recovery.value === 'verifying') return close;
  if (gateway.value === 'starting') return close;
  const failing = sites.list.some(({ role, url }) => role === 'critical' && (sites.failures[url] ?? 0) > 0);
  return failing || checking.alarmed ? settings.retryIntervalMs : settings.checkIntervalMs;
}

const isAlarm = (state: State, event: Event): boolean =>
  event.type === 'containerHealthChanged' &&
  event.health === 'unhealthy' &&
  isGateway(state, event.id) &&
  canCheck(state);

/** Docker calls it healthy again, or it has started anew. */
const isAllClear = (state: State, event: Event, before: State): boolean =>
  (event.type === 'containerHealthChanged' && event.health === 'healthy' && isGateway(state, event.id)) ||
  startOf(before.gateway)?.seenAt !== startOf(state.gateway)?.seenAt;

const isGateway = ({ gateway }: State, id: string): boolean => 'id' in gateway && gateway.id === id;

/** What makes a check worth doing at once. */
function asksForCheck(state: State, event: Event, before: State): boolean {
  if (
    (becameReady(state, before) && event.type !== 'checkFinished') ||
    before.connection.value !== 'connected'
  )
    return true;
  if (state.sites.list !== before.sites.list || before.gateway.value === 'paused') return true;
  if (state.recovery.value === 'verifying' && before.recovery.value !== 'verifying') return true;
  switch (event.type) {
    case 'containerHealthChanged':
    case 'containerOutOfMemory':
      return isGateway(state, event.id);
    case 'selfHealingLogged':
      return isGateway(state, event.gatewayId);
    case 'tunnelUpLogged':
    case 'publicIpLogged':
      return state.gateway.value === 'starting' && isGateway(state, event.gatewayId);
    default:
      return false;
  }
}

const becameReady = ({ gateway }: State, before: State): boolean =>
  gateway.value === 'ready' && before.gateway.value !== 'ready';

/** Docker's word on the gateway's health, and what the sites say to it. */
function alarm(state: State, event: Event, before: State): Transition['lines'] {
  const name = 'name' in state.gateway ? state.gateway.name : '';
  if (isAlarm(state, event) && !state.checking.alarmed)
    return [warn(`${name} is unhealthy, says Docker; checking the sites now`)];
  if (event.type === 'containerHealthChanged' && event.health === 'healthy' && before.checking.alarmed)
    return [info(`${name} is healthy again, says Docker`)];
  if (event.type === 'containerOutOfMemory' && isGateway(state, event.id))
    return [warn(`${name} ran out of memory`)];
  if (event.type === 'selfHealingLogged' && isGateway(state, event.gatewayId))
    return [info(`${name} restarts its VPN itself; checking the sites now`)];
  if (before.checking.alarmed && !state.checking.alarmed && state.recovery.value === 'none')
    return [info(`The sites can be reached, though Docker calls ${name} unhealthy: nothing to restart`)];
  return [];
}
