import { COMES_BACK_MS } from '../model/gateway.ts';
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
import { step } from './step.ts';

/**
 * Starts a gateway that went down by itself, or in our restart, and has not come back: nobody else will. It never starts
 * one that its operator stopped, nor one that its restart policy may yet start.
 */
export function startWish(state: State, at: number): Wish | undefined {
  const since = startDueAt(state);
  const gateway = gatewayTarget(state.gateway);
  if (since === undefined || since > at || gateway === undefined) return undefined;
  return { rank: 'start', since, deed: { kind: 'startGateway', gateway } };
}

/** When the next attempt is due. Each attempt after the first waits as recoveries do. */
export function startDueAt(state: State): number | undefined {
  const { gateway, recovery: phase } = state;
  if (gateway.value !== 'down' || !isActionAllowed(state)) return undefined;
  const backAt = gateway.since + COMES_BACK_MS;
  const underBackoff = Math.max(backAt, state.backoff.notBefore);
  const cause = downCause(state);
  if (phase.value === 'none') return isEndedByItself(cause) ? underBackoff : undefined;
  if (phase.value !== 'awaitingReady' || isBeingStarted(state)) return undefined;
  if (cause !== 'ourRestart' && !isEndedByItself(cause)) return undefined;
  return isPartOfRestart(state) ? backAt : underBackoff;
}

/** Our own restart failed half-way. To start the gateway that it has left down belongs to the same attempt. */
const isPartOfRestart = (state: State): boolean => downCause(state) === 'ourRestart' && startsIn(state) === 0;

const startsIn = ({ recovery }: State): number => (recovery.value === 'awaitingReady' ? recovery.starts : 0);

/** The monitor is not shutting down, the engine is there, and the user has not excluded the gateway. */
const isActionAllowed = (state: State): boolean =>
  !state.shared.isShuttingDown &&
  state.shared.connection.value === 'connected' &&
  'name' in state.gateway &&
  whyGatewayExcluded(state) === undefined;

/** A start outside a recovery begins one, at the phase that waits for the gateway. */
export function beginStart(state: State, at: number): Transition {
  const notice: Notice = { kind: 'gatewayStartBegun', name: nameOf(state) };
  const next: State = {
    ...state,
    backoff: isPartOfRestart(state) ? state.backoff : attemptBegun(state.backoff, state.settings, at),
  };
  if (state.settings.dryRun) return to(next, { notices: [inDryRun(notice)] });
  const begunAt = state.gateway.value === 'down' ? state.gateway.since : at;
  const started = step(next, 'gatewayStartBegun', at, begunAt);
  return to(started, { notices: startsIn(started) === 1 ? [notice] : [] });
}

/** Reports a failure of the first attempt only. */
export function startEnded(state: State, event: Event, before: State): Transition {
  const outcome = outcomeOf(event, before, 'startGateway');
  if (outcome === undefined) return to(state);
  const notices: readonly Notice[] =
    outcome.ok || outcome.isSkipped || startsIn(state) !== 1
      ? []
      : [{ kind: 'gatewayStartFailed', name: nameOf(state), reason: outcome.reason }];
  return to(withPause(state, event.at), { notices });
}

/** What has come of the attempt takes a moment to show, however it ended. So the next one waits a little. */
function withPause(state: State, at: number): State {
  const notBefore = Math.max(state.backoff.notBefore, at + COMES_BACK_MS);
  return notBefore === state.backoff.notBefore
    ? state
    : { ...state, backoff: { ...state.backoff, notBefore } };
}
