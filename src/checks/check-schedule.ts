import type { GatewayConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import { whyBlind } from './blindness.ts';
import { timesOf } from './confirming.ts';
import { finishedCheck, wasCutShort } from './finished-check.ts';
import { criticalSites, quorumIn, sitesDown } from './quorum.ts';
import {
  hasBecomeReady,
  hasTurned,
  isBeingRestarted,
  isGateway,
  isReconnecting,
  runningStart,
} from '../model/selectors.ts';
import type { Start } from '../model/gateway.ts';
import type { State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/** Checks are at most this far apart while the monitor waits for a verdict. */
const CLOSEST_WATCH_MS = 5_000;

/** Schedules the next check: at once if something asks for it, otherwise at the pace that fits the situation. */
export const checkSchedule: GatewayConcern<'schedule'> = {
  stage: 'schedule',
  reduce,
  dueAt: (state) => [checkDueAt(state)],
};

function reduce(state: State, event: Event, before: State): Transition {
  if (!canCheck(state)) return to(withoutAny(state));
  const isWanted = state.checking.again || asksForCheck(state, event, before);
  if (state.checking.running !== undefined) return to(isWanted ? withAgain(state, true) : state);
  const dueAt = checkDueAt(state);
  return isWanted || (dueAt !== undefined && dueAt <= event.at) ? start(state, event.at) : to(state);
}

/**
 * False means stand-by: without an engine, or while the gateway is down or being restarted, a check proves nothing.
 */
const canCheck = (state: State): boolean =>
  !state.shared.isShuttingDown &&
  state.shared.connection.value === 'connected' &&
  runningStart(state.gateway) !== undefined &&
  !isBeingRestarted(state) &&
  !isReconnecting(state);

/** Drops the pending requests for a check. Once checks are possible again, one starts anyway. */
const withoutAny = (state: State): State =>
  state.checking.again || state.checking.isDoubted
    ? { ...state, checking: { ...state.checking, again: false, isDoubted: false } }
    : state;

const withAgain = (state: State, again: boolean): State =>
  state.checking.again === again ? state : { ...state, checking: { ...state.checking, again } };

function start(state: State, at: number): Transition {
  if (!('id' in state.gateway)) return to(state);
  const checkId = state.shared.nextId;
  const { sites, shortened } = timesOf(state, at);
  const { isDoubted } = state.checking;
  return to(
    {
      ...state,
      checking: {
        ...state.checking,
        again: false,
        isDoubted: false,
        lastStartedAt: at,
        running: { checkId, startedAt: at, sites, shortened, isDoubted, results: [] },
      },
      shared: { ...state.shared, nextId: checkId + 1 },
    },
    {
      requests: [
        { kind: 'checkSites', lane: state.settings.gateway, checkId, gatewayId: state.gateway.id, sites },
      ],
    },
  );
}

/** When a check is due by the pace alone; undefined if none is. */
export function checkDueAt(state: State): number | undefined {
  const current = runningStart(state.gateway);
  if (!canCheck(state) || current === undefined || state.checking.running !== undefined) return undefined;
  const last = state.checking.lastStartedAt ?? 0;
  if (state.gateway.value === 'starting' && !mayProve(state, current, last))
    return current.seenAt + state.settings.healthyWaitMs;
  return last + pace(state);
}

/** Whether a check could prove anything about a starting gateway. Before its log shows the tunnel, none could. */
function mayProve({ gateway, settings, shared: { containers } }: State, start: Start, last: number): boolean {
  const { tunnelShownAt, seenAt } = start;
  return (
    tunnelShownAt !== undefined ||
    ('id' in gateway && containers.byId[gateway.id]?.details?.health === 'none') ||
    last >= seenAt + settings.healthyWaitMs
  );
}

function pace(state: State): number {
  const { settings, gateway, recovery, operator } = state;
  const closeMs = Math.min(settings.retryIntervalMs, CLOSEST_WATCH_MS);
  if (
    recovery.value === 'awaitingReady' ||
    recovery.value === 'verifying' ||
    recovery.value === 'verifyingVpn' ||
    operator.reconnect !== undefined
  )
    return closeMs;
  if (gateway.value === 'starting') return closeMs;
  return isInDoubt(state) ? settings.retryIntervalMs : settings.checkIntervalMs;
}

/**
 * A critical site has begun to fail, enough sites are down, an alarm is raised, or the latest check was cut short. A
 * few sites that stay down do not count as doubt.
 */
function isInDoubt(state: State): boolean {
  const { sites, settings, checking } = state;
  const failures = criticalSites(state).map(({ url }) => sites.failures[url] ?? 0);
  const isBeginning = failures.some((count) => count > 0 && count < settings.failThreshold);
  const needsSecondLook = whyBlind(state) === undefined && wasCutShort(state);
  return (
    isBeginning ||
    needsSecondLook ||
    checking.alarm !== undefined ||
    sitesDown(state).length >= quorumIn(state)
  );
}

/** Whether this event is a reason to check at once. */
function asksForCheck(state: State, event: Event, before: State): boolean {
  if (
    (hasBecomeReady(state, before) && event.type !== 'checkFinished') ||
    before.shared.connection.value !== 'connected'
  )
    return true;
  if (state.sites.list !== before.sites.list || before.gateway.value === 'paused') return true;
  if (state.checking.alarm !== undefined && before.checking.alarm === undefined) return true;
  if (isBeingRestarted(before) && hasShownTunnel(state)) return true;
  if (hasTurned(state, before, 'healthy') || hasTurned(state, before, 'unhealthy')) return true;
  if (state.checking.isDoubted && !before.checking.isDoubted) return true;
  if (finishedCheck(event, before)?.isInconclusive === true) return true;
  if (isVerifying(state) && !isVerifying(before)) return true;
  if (before.operator.reconnect?.value === 'underWay') return true;
  if (before.shared.witness.value === 'silent' && state.shared.witness.value === 'answering') return true;
  switch (event.type) {
    case 'containerOutOfMemory':
      return isGateway(state, event.id);
    case 'selfHealingLogged':
      return !event.isPast && isGateway(state, event.gatewayId);
    case 'tunnelUpLogged':
    case 'publicIpLogged':
      return state.gateway.value === 'starting' && isGateway(state, event.gatewayId);
    default:
      return false;
  }
}

/** Gluetun's log may show the tunnel before our restart is reported as done. No check could begin until then. */
const hasShownTunnel = ({ gateway }: State): boolean =>
  gateway.value === 'starting' && gateway.start.tunnelShownAt !== undefined;

const isVerifying = ({ recovery: { value } }: State): boolean =>
  value === 'verifying' || value === 'verifyingVpn';
