import { decide } from './decide.ts';
import type { Event } from '../../streams/events.ts';
import { failuresCount, finishedCheck } from '../checks/finished-check.ts';
import type { NoticeOf } from '../notices/notice.ts';
import { isBeingEnded, isOverdue, isSameRun } from '../model/selectors.ts';
import type { State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';
import { demoteBlocked } from './demoted-sites.ts';

/**
 * Whether this event asks for a decision: the end of a check that counts does, and the answer of the witness if the
 * decision waits for it.
 */
export function isToDecide(state: State, event: Event, before: State): boolean {
  if (state.shared.isShuttingDown || state.shared.connection.value !== 'connected') return false;
  const check = finishedCheck(event, before);
  if (check !== undefined) return failuresCount(state, check);
  return (
    event.type === 'witnessProbed' &&
    state.heldBack?.because === 'awaitingWitness' &&
    isToBeJudged(state, event.at)
  );
}

/**
 * The gateway is ready, or has had its time to become ready. If it has been stopped or started anew while the witness
 * was asked, or is being stopped just now, what failed before says nothing.
 */
const isToBeJudged = (state: State, at: number): boolean =>
  (state.gateway.value === 'ready' || isOverdue(state, at)) && !isBeingEnded(state);

/** Makes a recovery due, or notes why not. What is due begins as soon as no other act is under way. */
export function decideOn(state: State, at: number): Transition {
  const decision = decide(state, at);
  if (decision === undefined) return to({ ...state, heldBack: undefined, dueSince: undefined });
  if (decision.act)
    return demoteBlocked(state) ?? to({ ...state, heldBack: undefined, dueSince: state.dueSince ?? at });
  const { notice } = decision;
  const isNews = notice.because !== state.heldBack?.because;
  const isWaiting = notice.because === 'awaitingWitness';
  return to(holdBack({ ...state, dueSince: undefined }, notice, at), {
    notices: isNews && !isWaiting ? [notice] : [],
  });
}

function holdBack(state: State, notice: NoticeOf<'recoveryHeldBack'>, at: number): State {
  const { because } = notice;
  const { heldBack: previous } = state;
  const until = 'leftMs' in notice ? at + notice.leftMs : undefined;
  if (previous?.because === because && previous.until === until) return state;
  return { ...state, heldBack: { because, ...(until !== undefined && { until }) } };
}

/** A recovery that is due lapses if it would not be decided again, or if the gateway has started anew. */
export const withoutLapsed = (state: State, at: number, before: State): State =>
  state.dueSince === undefined || (isStillDue(state, at) && isSameRun(before.gateway, state.gateway))
    ? state
    : { ...state, dueSince: undefined };

export const isStillDue = (state: State, at: number): boolean =>
  state.dueSince !== undefined &&
  (state.recovery.value === 'none' || isLate(state)) &&
  state.shared.connection.value === 'connected' &&
  // A check may pass that says nothing about a site that is down.
  state.outageSince !== undefined &&
  isToBeJudged(state, at) &&
  decide(state, at)?.act === true;

/** A gateway that was restarted is not ready in time: the checks decide whether to restart it once more. */
export const isLate = ({ recovery: phase }: State): boolean =>
  phase.value === 'awaitingReady' && phase.until === undefined;
