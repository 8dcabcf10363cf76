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
 * Somebody else doubts the tunnel: Docker's health check, or Gluetun, which restarts its VPN itself. Said when it
 * begins and when the sites have answered it; what the sites say decides.
 */
export const alarm: GatewayConcern<'record'> = { stage: 'record', reduce };

function reduce(state: State, event: Event, before: State): Transition {
  const noted = withReconnect(withDoubt(state, before), event);
  return raise(noted, event, before);
}

/**
 * Each time that Docker begins to call it unhealthy asks for one check. It may follow one that is under way, but
 * not a new start; nor is it asked for any more if Docker has changed its mind. One that is found unhealthy may have
 * been so for hours: that is no second witness of what fails now.
 */
function withDoubt(state: State, before: State): State {
  const isNews = hasTurned(state, before, 'unhealthy');
  const isOld = state.checking.isDoubted && healthOf(state) !== 'healthy' && !hasStartedAnew(state, before);
  const isDoubted = isUndisturbed(state) && (isNews || isOld);
  return isDoubted === state.checking.isDoubted
    ? state
    : { ...state, checking: { ...state.checking, isDoubted } };
}

function withReconnect(state: State, event: Event): State {
  const reconnect = reconnectAfter(state, event);
  return reconnect === state.checking.reconnect
    ? state
    : { ...state, checking: { ...state.checking, reconnect } };
}

/** Longer than any reconnect takes that succeeds: then the checks speak again. */
const LONGEST_RECONNECT_MS = 30_000;
/** Its port forwarding may hold up a stop that Gluetun has announced for so long. */
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

/** Its VPN, through the control server: neither Gluetun nor we have said that we stop it. Nor does the gateway end. */
const isStoppedByOperator = (state: State, event: Event): boolean =>
  isVpnNews(state, event, 'vpnStoppingLogged') && !isSelfHealing(state, event.at, LONGEST_STOP_MS);

/** Of a VPN that we leave alone, in a gateway that goes on. */
const isVpnNews = (state: State, event: Event, type: 'vpnStoppingLogged' | 'vpnStartingLogged'): boolean =>
  event.type === type &&
  !event.isPast &&
  isGateway(state, event.gatewayId) &&
  isUndisturbed(state) &&
  state.recovery.value === 'none';

function raise(state: State, event: Event, before: State): Transition {
  const current = state.checking.alarm;
  const raised = before.checking.alarm;
  const name = nameOf(state);
  if (raised !== undefined && isAnswered(state))
    return to(state, { notices: [{ kind: 'alarmAnswered', name, alarm: raised }] });
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

const withAlarm = (state: State, raised: Alarm | undefined): State => ({
  ...state,
  checking: { ...state.checking, alarm: raised },
});

/** By a check that passed: `checkResults` has lowered it. A recovery that begins is no answer. */
const isAnswered = ({ checking, recovery }: State): boolean =>
  checking.alarm === undefined && recovery.value === 'none';

const hasStartedAnew = (state: State, before: State): boolean => !isSameRun(before.gateway, state.gateway);

/** It runs, and nobody is ending it: a container that stops turns unhealthy on its way. */
const isUndisturbed = ({ gateway, shared: { exits } }: State): boolean =>
  runningStart(gateway) !== undefined && 'id' in gateway && exits[gateway.id] === undefined;

/** It may be found so, too. */
const isTurnedUnhealthy = (state: State, before: State): boolean =>
  isUndisturbed(state) && healthOf(state) === 'unhealthy' && healthOf(before) !== 'unhealthy';

/** Not by a line of its log that comes when it is down already: the sites cannot be checked then. */
const announcesSelfHealing = (state: State, event: Event): boolean =>
  event.type === 'selfHealingLogged' &&
  !event.isPast &&
  isGateway(state, event.gatewayId) &&
  runningStart(state.gateway) !== undefined;
