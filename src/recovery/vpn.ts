import { restartedOnReconnect } from '../model/dependents-of.ts';
import type { Event } from '../../streams/events.ts';
import { noteOurReconnect } from '../checks/alarm.ts';
import { finishedCheck } from '../checks/finished-check.ts';
import { outcomeOf } from '../model/in-flight.ts';
import type { Phase } from '../model/recovery-phase.ts';
import { isBeingEnded, isSameRun, nameOf, runningStart, startOf } from '../model/selectors.ts';
import type { State } from '../model/state.ts';
import type { Notice } from '../notices/notice.ts';
import { type Transition, combine, to } from '../model/transition.ts';
import { announceNewEndpoint, askEndpoint } from '../gateway/endpoint.ts';
import { abandon, endRecovery, endSkipped } from './end.ts';
import { askForForcedRestart } from '../repairs/repairs.ts';
import { hasPassed, step } from './step.ts';

/**
 * The gentle way (`RECOVERY_STRATEGY=vpn-first`): the container, its network and its dependents stay as they are. If no
 * check passes after it, the monitor restarts the container.
 */
export function whileVpnFirst(
  state: State,
  phase: Phase<'restartingVpn' | 'verifyingVpn'>,
  event: Event,
  before: State,
): Transition {
  if (!isSameRun(before.gateway, state.gateway)) {
    const isDown = startOf(state.gateway) === undefined;
    return abandon(state, isDown ? 'gatewayDown' : 'gatewayStartedAnew', event.at);
  }
  return phase.value === 'restartingVpn'
    ? whileRestartingVpn(state, event, before)
    : whileVerifyingVpn(state, phase, event, before);
}

function whileRestartingVpn(state: State, event: Event, before: State): Transition {
  const outcome = outcomeOf(event, before, 'restartVpn');
  const { at } = event;
  if (outcome === undefined) return to(state);
  if (outcome.ok) return to(noteOurReconnect(step(state, 'restartDone', at), at));
  const { reason } = outcome;
  const name = nameOf(state);
  if (outcome.isSkipped) {
    const next = endSkipped(state, at);
    return combine(to(next, { notices: [{ kind: 'vpnNotRestarted', name, reason }] }), askEndpoint(next, at));
  }
  if (state.gateway.value === 'paused')
    return to(noteOurReconnect(step(state, 'restartUncertain', at), at), {
      notices: [{ kind: 'vpnRestartUncertain', name, reason }],
    });
  return to(step(state, 'restartFailed', at), { notices: [{ kind: 'vpnRestartFailed', name, reason }] });
}

function whileVerifyingVpn(
  state: State,
  phase: Phase<'verifyingVpn'>,
  event: Event,
  before: State,
): Transition {
  if (state.gateway.value === 'paused') return to(state);
  if (before.gateway.value === 'paused') return to(step(state, 'gatewayResumed', event.at));
  const check = finishedCheck(event, before);
  if (check !== undefined && check.passing && check.startedAt >= phase.since)
    return completeByVpn(state, phase, event.at);
  if (!hasPassed(phase.until, event)) return to(state);
  const notice: Notice = { kind: 'noPassSinceVpnRestart', name: nameOf(state) };
  return to(step(state, 'timeOver', event.at), { notices: [notice] });
}

/** The restart of the VPN has not helped. If the gateway is being stopped or is paused, what becomes of that comes first. */
export const isContainerNext = (state: State): boolean =>
  state.recovery.value === 'verifyingVpn' &&
  state.recovery.until === undefined &&
  runningStart(state.gateway) !== undefined &&
  state.shared.connection.value === 'connected' &&
  !isBeingEnded(state);

function completeByVpn(state: State, { begunAt }: Phase<'verifyingVpn'>, at: number): Transition {
  const announcement = announceNewEndpoint(state, at);
  const toRestart = restartedOnReconnect(state);
  const notice: Notice = {
    kind: 'recoveryCompleted',
    tookMs: at - begunAt,
    by: 'vpn',
    restarted: toRestart.map(({ name }) => name),
  };
  const next = endRecovery(announcement.state, 'checkPassed', at, 'completed');
  const completion = combine(to(next, { notices: [notice] }), askForForcedRestart(next, toRestart, at));
  return combine(announcement, completion);
}
