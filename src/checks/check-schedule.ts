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

/** While a verdict is waited for, checks are at most this far apart. */
const CLOSEST_WATCH_MS = 5_000;

/** When the next check is: at once where something asks for it, else at the pace that fits the moment. */
export const checkSchedule: GatewayConcern<'schedule'> = {
  stage: 'schedule',
  reduce,
  dueAt: (state) => [checkDueAt(state)],
};

function reduce(state: State, event: Event, before: State): Transition {
  if (!canCheck(state)) return to(withoutAny(state));
  const wanted = state.checking.again || asksForCheck(state, event, before);
  if (state.checking.running !== undefined) return to(wanted ? withAgain(state, true) : state);
  const dueAt = checkDueAt(state);
  return wanted || (dueAt !== undefined && dueAt <= event.at) ? start(state, event.at) : to(state);
}

/** Stand-by: without an engine, or while the gateway does not run or is being restarted, a check tells nothing. */
const canCheck = (state: State): boolean =>
  !state.shared.isShuttingDown &&
  state.shared.connection.value === 'connected' &&
  runningStart(state.gateway) !== undefined &&
  !isBeingRestarted(state) &&
  !isReconnecting(state);

/** Whoever asked for one is answered by what comes next, in which all begins anew. */
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

/** When a check is due by the pace alone; undefined where none is. */
export function checkDueAt(state: State): number | undefined {
  const begun = runningStart(state.gateway);
  if (!canCheck(state) || begun === undefined || state.checking.running !== undefined) return undefined;
  const last = state.checking.lastStartedAt ?? 0;
  if (state.gateway.value === 'starting' && !mayProve(state, begun, last))
    return begun.seenAt + state.settings.healthyWaitMs;
  return last + pace(state);
}

/** Whether a check now could prove anything of a gateway that starts; before its log shows the tunnel, none does. */
function mayProve({ gateway, settings, shared: { containers } }: State, start: Start, last: number): boolean {
  const { tunnelShownAt, seenAt } = start;
  return (
    tunnelShownAt !== undefined ||
    ('id' in gateway && containers.byId[gateway.id]?.details?.health === 'none') ||
    last >= seenAt + settings.healthyWaitMs
  );
}

function pace(state: State): number {
  const { settings, gateway, recovery } = state;
  const close = Math.min(settings.retryIntervalMs, CLOSEST_WATCH_MS);
  if (
    recovery.value === 'awaitingReady' ||
    recovery.value === 'verifying' ||
    recovery.value === 'verifyingVpn'
  )
    return close;
  if (gateway.value === 'starting') return close;
  return isInDoubt(state) ? settings.retryIntervalMs : settings.checkIntervalMs;
}

/**
 * A critical site has begun to fail, enough of them are down, somebody doubts, or the latest check was cut short. A few
 * that stay down are no news.
 */
function isInDoubt(state: State): boolean {
  const { sites, settings, checking } = state;
  const failures = criticalSites(state).map(({ url }) => sites.failures[url] ?? 0);
  const isBeginning = failures.some((count) => count > 0 && count < settings.failThreshold);
  const isToBeSeen = whyBlind(state) === undefined && wasCutShort(state);
  return (
    isBeginning || isToBeSeen || checking.alarm !== undefined || sitesDown(state).length >= quorumIn(state)
  );
}

/** What makes a check worth doing at once. */
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

/** Gluetun's log may be faster than the answer to our restart: until that came, no check could begin. */
const hasShownTunnel = ({ gateway }: State): boolean =>
  gateway.value === 'starting' && gateway.start.tunnelShownAt !== undefined;

const isVerifying = ({ recovery: { value } }: State): boolean =>
  value === 'verifying' || value === 'verifyingVpn';
