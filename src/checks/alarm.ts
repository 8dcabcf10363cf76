import type { GatewayConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import {
  hasTurned,
  healthOf,
  isGateway,
  isSameRun,
  isSelfHealing,
  nameOf,
  runningStart,
} from '../model/selectors.ts';
import type { Alarm, Reconnect, State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/**
 * Something other than our checks doubts the tunnel: Docker's health check, or Gluetun when it restarts its VPN
 * itself. A doubt is reported when it begins and when the sites have answered it. The sites decide.
 */
export const alarm: GatewayConcern<'record'> = { stage: 'record', reduce };

function reduce(state: State, event: Event, before: State): Transition {
  const next = withReconnect(withDoubt(state, before), event);
  return raise(next, event, before);
}

/**
 * Each time Docker turns the gateway unhealthy, one extra check is asked for. It may wait for the check under way,
 * but it is dropped if the gateway starts again or Docker changes its mind. A gateway that is unhealthy when first
 * seen may have been so for hours, so that does not count as a second witness of a failure now.
 */
function withDoubt(state: State, before: State): State {
  const isNews = hasTurned(state, before, 'unhealthy');
  const isOld = state.checking.isDoubted && healthOf(state) !== 'healthy' && !hasStartedAnew(state, before);
  const isDoubted = runsUndisturbed(state) && (isNews || isOld);
  return isDoubted === state.checking.isDoubted
    ? state
    : { ...state, checking: { ...state.checking, isDoubted } };
}

/** A recovery begins, which is the answer to every doubt. */
export const dismissAlarm = (state: State): State => ({
  ...state,
  checking: { ...state.checking, alarm: undefined, isDoubted: false },
});

/** The monitor's own restart of the VPN has ended. */
export const noteOurReconnect = (state: State, at: number): State => ({
  ...state,
  checking: { ...state.checking, reconnect: { by: 'monitor', at } },
});

function withReconnect(state: State, event: Event): State {
  const reconnect = reconnectAfter(state, event);
  return reconnect === state.checking.reconnect
    ? state
    : { ...state, checking: { ...state.checking, reconnect } };
}

/** Longer than any reconnect that succeeds. After this, failed checks count again. */
const LONGEST_RECONNECT_MS = 30_000;
/** A stop that Gluetun has announced may be delayed this long by its port forwarding. */
const LONGEST_STOP_MS = 130_000;

function reconnectAfter(state: State, event: Event): Reconnect | undefined {
  const { reconnect } = state.checking;
  if (announcesSelfHealing(state, event)) return { by: 'gluetun', at: event.at };
  if (isStoppedByOperator(state, event))
    return { by: 'operator', at: event.at, until: event.at + LONGEST_RECONNECT_MS };
  if (reconnect?.by === 'operator' && event.at < reconnect.until) {
    const isOver = event.type === 'tunnelUpLogged' || event.type === 'publicIpLogged';
    return isOver ? { ...reconnect, until: event.at } : reconnect;
  }
  return isVpnNews(state, event, 'vpnStartingLogged') ? { by: 'gluetun', at: event.at } : reconnect;
}

/**
 * The operator stopped the VPN through the control server: neither Gluetun nor the monitor announced the stop, and
 * the gateway itself is not ending.
 */
const isStoppedByOperator = (state: State, event: Event): boolean =>
  isVpnNews(state, event, 'vpnStoppingLogged') && !isSelfHealing(state, event.at, LONGEST_STOP_MS);

/** Live news of the VPN, while the gateway runs undisturbed and no recovery is under way. */
const isVpnNews = (state: State, event: Event, type: 'vpnStoppingLogged' | 'vpnStartingLogged'): boolean =>
  event.type === type &&
  !event.isPast &&
  isGateway(state, event.gatewayId) &&
  runsUndisturbed(state) &&
  state.recovery.value === 'none';

function raise(state: State, event: Event, before: State): Transition {
  const current = state.checking.alarm;
  const raisedBefore = before.checking.alarm;
  const name = nameOf(state);
  if (raisedBefore !== undefined && isAnswered(state))
    return to(state, { notices: [{ kind: 'alarmAnswered', name, alarm: raisedBefore }] });
  if (current !== undefined && hasStartedAnew(state, before)) return to(withAlarm(state, undefined));
  if (current === 'unhealthy' && hasTurned(state, before, 'healthy'))
    return to(withAlarm(state, undefined), { notices: [{ kind: 'gatewayHealthy', name }] });
  if (isTurnedUnhealthy(state, before) && current !== 'unhealthy')
    return to(withAlarm(state, 'unhealthy'), { notices: [{ kind: 'gatewayUnhealthy', name }] });
  if (!announcesSelfHealing(state, event)) return to(state);
  const isKnown = current !== undefined;
  return to(isKnown ? state : withAlarm(state, 'selfHealing'), {
    notices: [{ kind: 'selfHealingBegun', name, isKnown }],
  });
}

const withAlarm = (state: State, alarm: Alarm | undefined): State => ({
  ...state,
  checking: { ...state.checking, alarm },
});

/**
 * `checkResults` has lowered the alarm after a check that passed. A recovery that begins does not answer an alarm.
 */
const isAnswered = ({ checking, recovery }: State): boolean =>
  checking.alarm === undefined && recovery.value === 'none';

const hasStartedAnew = (state: State, before: State): boolean => !isSameRun(before.gateway, state.gateway);

/** The gateway runs and nothing is stopping it. A container turns unhealthy while it stops, which means nothing. */
const runsUndisturbed = ({ gateway, shared: { exits } }: State): boolean =>
  runningStart(gateway) !== undefined && 'id' in gateway && exits[gateway.id] === undefined;

/** True also if the gateway was already unhealthy when first seen. */
const isTurnedUnhealthy = (state: State, before: State): boolean =>
  runsUndisturbed(state) && healthOf(state) === 'unhealthy' && healthOf(before) !== 'unhealthy';

/** Ignores a log line that arrives after the gateway went down: the sites cannot be checked then. */
const announcesSelfHealing = (state: State, event: Event): boolean =>
  event.type === 'selfHealingLogged' &&
  !event.isPast &&
  isGateway(state, event.gatewayId) &&
  runningStart(state.gateway) !== undefined;
