import { attemptBegun } from './backoff.ts';
import type { Event } from '../../streams/events.ts';
import { whyGatewayExcluded } from '../model/excluded.ts';
import { isBeingStarted, outcomeOf } from '../model/in-flight.ts';
import { type Notice, inDryRun } from '../notices/notice.ts';
import { downCause, isEndedByItself } from '../model/down-cause.ts';
import { gatewayTarget, nameOf } from '../model/selectors.ts';
import type { State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';
import type { Wish } from '../model/wish.ts';
import { type Phase, awaitReady } from './recovery-steps.ts';

/** How long a gateway that went down may take to come back by itself. */
export const COMES_BACK_MS = 10_000;

/**
 * A gateway that went down by itself, or in the recovery, and stayed so: it is started, for nobody else will. Never
 * one that its operator stopped, nor while its restart policy may do it.
 */
export function startWish(state: State, at: number): Wish | undefined {
  const since = startDueAt(state);
  const gateway = gatewayTarget(state.gateway);
  if (since === undefined || since > at || gateway === undefined) return undefined;
  return { rank: 'start', since, deed: { kind: 'startGateway', gateway } };
}

/** When the next attempt is due: each further one under the backoff of recoveries. Outside a recovery it begins one. */
export function startDueAt(state: State): number | undefined {
  const { gateway, recovery: phase } = state;
  if (gateway.value !== 'down' || !isActionAllowed(state)) return undefined;
  const backAt = gateway.since + COMES_BACK_MS;
  const underBackoff = Math.max(backAt, state.backoff.notBefore);
  const cause = downCause(state);
  if (phase.value === 'none') return isEndedByItself(cause) ? underBackoff : undefined;
  if (phase.value !== 'awaitingReady' || isBeingStarted(state)) return undefined;
  if (cause !== 'ourRestart' && !isEndedByItself(cause)) return undefined;
  return isPartOfRestart(state, phase) ? backAt : underBackoff;
}

/** Our own restart that failed half-way: to start what it has left down is the same attempt. */
const isPartOfRestart = (state: State, { starts }: Phase<'awaitingReady'>): boolean =>
  downCause(state) === 'ourRestart' && starts === 0;

/** Not while the monitor ends or the engine is away, and never a gateway that the user excluded. */
const isActionAllowed = (state: State): boolean =>
  !state.shared.ending &&
  state.shared.connection.value === 'connected' &&
  'name' in state.gateway &&
  whyGatewayExcluded(state) === undefined;

/** Outside a recovery it begins one, at the step that waits for the gateway. */
export function beginStart(state: State, at: number): Transition {
  const phase = phaseOfStart(state, at);
  const isSameAttempt = isPartOfRestart(state, phase);
  const next: State = {
    ...state,
    backoff: isSameAttempt ? state.backoff : attemptBegun(state.backoff, state.settings, at),
  };
  const notice: Notice = { kind: 'gatewayStartBegun', name: nameOf(state) };
  if (state.settings.dryRun) return to(next, { notices: [inDryRun(notice)] });
  const starts = phase.starts + 1;
  return to({ ...next, recovery: { ...phase, starts } }, { notices: starts === 1 ? [notice] : [] });
}

function phaseOfStart(state: State, at: number): Phase<'awaitingReady'> {
  const { gateway, recovery } = state;
  if (recovery.value === 'awaitingReady') return recovery;
  return awaitReady(state, gateway.value === 'down' ? gateway.since : at, at);
}

/** A failure is said for the first attempt; the others are as good as this one. */
export function startEnded(state: State, event: Event, before: State): Transition {
  const outcome = outcomeOf(event, before, 'startGateway');
  if (outcome === undefined) return to(state);
  const { recovery: phase } = state;
  const isFirst = phase.value === 'awaitingReady' && phase.starts === 1;
  const notices: readonly Notice[] =
    outcome.ok || outcome.untouched || !isFirst
      ? []
      : [{ kind: 'gatewayStartFailed', name: nameOf(state), reason: outcome.reason }];
  return to(withPause(state, event.at), { notices });
}

/** However the attempt ended, it takes a moment to show: the next one does not follow on its heels. */
function withPause(state: State, at: number): State {
  const notBefore = Math.max(state.backoff.notBefore, at + COMES_BACK_MS);
  return notBefore === state.backoff.notBefore
    ? state
    : { ...state, backoff: { ...state.backoff, notBefore } };
}
