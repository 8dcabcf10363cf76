import { restartedOnReconnect } from '../model/dependents-of.ts';
import type { Event } from '../../streams/events.ts';
import { finishedCheck } from '../checks/finished-check.ts';
import { outcomeOf } from '../model/in-flight.ts';
import { isBeingEnded, isSameRun, nameOf, runningStart, startOf } from '../model/selectors.ts';
import type { State } from '../model/state.ts';
import type { Notice } from '../notices/notice.ts';
import { type Transition, then, to } from '../model/transition.ts';
import { announceNewEndpoint, askEndpoint } from '../gateway/endpoint.ts';
import { type Phase, abandon, calledOff, ended, isDue, verificationMs } from './recovery-steps.ts';
import { askForForcedRestart } from '../repairs/repairs.ts';

/**
 * The gentle way: the container, its network and its dependents stay as they are. A passing check proves it. Where none
 * comes, the container is next.
 */
export function vpnRecovery(
  state: State,
  phase: Phase<'restartingVpn' | 'verifyingVpn'>,
  event: Event,
  before: State,
): Transition {
  const start = startOf(state.gateway);
  // It has died or was restarted meanwhile: there is another kind of work to do.
  if (!isSameRun(before.gateway, state.gateway)) {
    return abandon(state, event.at, start === undefined ? 'down' : 'startedAnew');
  }
  return phase.value === 'restartingVpn'
    ? restartingVpn(state, phase, event, before)
    : verifyingVpn(state, phase, event, before);
}

function restartingVpn(
  state: State,
  { begunAt }: Phase<'restartingVpn'>,
  event: Event,
  before: State,
): Transition {
  const outcome = outcomeOf(event, before, 'restartVpn');
  if (outcome === undefined) return to(state);
  if (outcome.ok) return to(restarted(state, begunAt, event.at));
  const { reason } = outcome;
  if (outcome.untouched) {
    const told: Notice = { kind: 'vpnNotRestarted', name: nameOf(state), reason };
    const next = calledOff(state, event.at);
    return then(to(next, { notices: [told] }), askEndpoint(next, event.at));
  }
  const name = nameOf(state);
  // Frozen in the middle, it goes on when the gateway is resumed: a check tells what came of it.
  if (state.gateway.value === 'paused')
    return to(restarted(state, begunAt, event.at), {
      notices: [{ kind: 'vpnRestartUncertain', name, reason }],
    });
  return to(
    { ...state, recovery: { value: 'verifyingVpn', begunAt, since: event.at, until: undefined } },
    { notices: [{ kind: 'vpnRestartFailed', name, reason }] },
  );
}

const restarted = (state: State, begunAt: number, at: number): State => ({
  ...state,
  checking: { ...state.checking, reconnect: { by: 'monitor', at } },
  recovery: { value: 'verifyingVpn', begunAt, since: at, until: at + verificationMs(state) },
});

function verifyingVpn(state: State, phase: Phase<'verifyingVpn'>, event: Event, before: State): Transition {
  if (state.gateway.value === 'paused') return to(state);
  // Its time begins anew where the gateway is resumed.
  if (before.gateway.value === 'paused')
    return to({
      ...state,
      recovery: { ...phase, since: event.at, until: event.at + verificationMs(state) },
    });
  const { begunAt, since, until } = phase;
  const check = finishedCheck(event, before);
  if (check !== undefined && check.passing && check.startedAt >= since)
    return healed(state, begunAt, event.at);
  if (!isDue(until, event)) return to(state);
  return to(
    { ...state, recovery: { ...phase, until: undefined } },
    { notices: [{ kind: 'noPassSinceVpnRestart', name: nameOf(state) }] },
  );
}

/** Not in the middle of a stop, nor frozen: what becomes of that comes first. */
export const isContainerNext = (state: State): boolean =>
  state.recovery.value === 'verifyingVpn' &&
  state.recovery.until === undefined &&
  runningStart(state.gateway) !== undefined &&
  state.shared.connection.value === 'connected' &&
  !isBeingEnded(state);

function healed(state: State, begunAt: number, at: number): Transition {
  const said = announceNewEndpoint(state, at);
  const chosen = restartedOnReconnect(state);
  const told: Notice = {
    kind: 'recoveryCompleted',
    tookMs: at - begunAt,
    by: 'vpn',
    restarted: chosen.map(({ name }) => name),
  };
  const asked = askForForcedRestart(ended(said.state, at, 'completed'), chosen, at);
  return { state: asked.state, commands: said.commands, notices: [...said.notices, told, ...asked.notices] };
}
