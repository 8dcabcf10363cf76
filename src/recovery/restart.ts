import { attemptEnded } from './backoff.ts';
import type { Event } from '../../streams/events.ts';
import { exitOf } from '../model/exits.ts';
import { finishedCheck, isOfThisStart } from '../checks/finished-check.ts';
import { lastTrouble } from '../model/gateway-troubles.ts';
import { outcomeOf } from '../model/in-flight.ts';
import type { Notice } from '../notices/notice.ts';
import type { Phase } from '../model/recovery-phase.ts';
import { nameOf, runningStart } from '../model/selectors.ts';
import type { State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';
import { whileVerifying } from './after-restart.ts';
import { decideOn, isLate, isToDecide } from './due.ts';
import { abandon, endSkipped } from './end.ts';
import { hasPassed, step } from './step.ts';

/** Waits for the end of the gateway's restart. */
export function whileRestarting(state: State, event: Event, before: State): Transition {
  const outcome = outcomeOf(event, before, 'restartGateway');
  if (outcome === undefined) return to(state);
  // It may have become ready before the restart was over.
  if (outcome.ok) return whileAwaitingReady(step(state, 'restartDone', event.at), event, before);
  const { reason } = outcome;
  const name = nameOf(state);
  if (outcome.isSkipped)
    return to(endSkipped(state, event.at), { notices: [{ kind: 'gatewayNotRestarted', name, reason }] });
  return to(step(state, 'restartFailed', event.at), {
    notices: [{ kind: 'gatewayRestartFailed', name, reason }],
  });
}

/** Waits for the gateway to become ready after its restart, whether that worked or not. */
export function whileAwaitingReady(state: State, event: Event, before: State): Transition {
  const phase = state.recovery;
  if (phase.value !== 'awaitingReady') return to(state);
  if (isReadyAnew(state, phase)) return verify(state, event, before);
  if (isWellAnyway(state, event, before)) return abandon(state, 'checkPassed', event.at);
  if (isGatewayStopped(state)) return abandon(state, 'gatewayStopped', event.at);
  if (isLate(state) && isToDecide(state, event, before)) return decideOn(state, event.at);
  return hasPassed(phase.until, event) ? reportLate(state, phase, event.at) : to(state);
}

/** Ready by a start of its own: a gateway that was ready before the restart proves nothing. */
const isReadyAnew = ({ gateway }: State, { begunAt }: Phase<'awaitingReady'>): boolean =>
  gateway.value === 'ready' && gateway.start.seenAt >= begunAt;

/** The check that has made the gateway ready verifies the tunnel, too. */
function verify(state: State, event: Event, before: State): Transition {
  const next = step(state, 'gatewayReady', event.at);
  return next.recovery.value === 'verifying' ? whileVerifying(next, next.recovery, event, before) : to(next);
}

/** The restart failed, but the tunnel came back by itself. */
function isWellAnyway(state: State, event: Event, before: State): boolean {
  const check = finishedCheck(event, before);
  return state.gateway.value === 'ready' && check?.passing === true && isOfThisStart(state, check);
}

function isGatewayStopped(state: State): boolean {
  const {
    gateway,
    shared: { containers },
  } = state;
  const facts = gateway.value === 'down' ? containers.byId[gateway.id] : undefined;
  const exit = facts && exitOf(state.shared, facts);
  return exit?.by === 'operator' && exit.stage === 'certain';
}

/**
 * The attempt is over: the next one waits its time from here. If the restart failed and the gateway runs on as before,
 * it is not late: the checks judge it.
 */
function reportLate(state: State, phase: Phase<'awaitingReady'>, at: number): Transition {
  const isUnchanged = (runningStart(state.gateway)?.seenAt ?? Infinity) < phase.begunAt;
  const notice: Notice = {
    kind: 'gatewayNotReady',
    name: nameOf(state),
    waitedMs: state.settings.healthyWaitMs,
    isInRecovery: true,
    trouble: lastTrouble(state),
  };
  const next = { ...state, backoff: attemptEnded(state.backoff, state.settings, at) };
  return to(step(next, 'timeOver', at), { notices: isUnchanged ? [] : [notice] });
}
