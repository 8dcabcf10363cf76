import { isRunning } from '../attachment.ts';
import { attemptBegun, attemptEnded } from '../backoff.ts';
import { decide } from '../decision.ts';
import { dependentsOf } from '../dependents-of.ts';
import type { Event } from '../../streams/events.ts';
import { exitOf } from '../exits.ts';
import { failuresCount, finishedCheck, isOfThisStart } from '../finished-check.ts';
import { lastTrouble, tellAllTroubles } from '../gateway-troubles.ts';
import { outcomeOf } from '../in-flight.ts';
import { type Notice, type NoticeOf, inDryRun } from '../notices/notice.ts';
import { sitesDown } from '../quorum.ts';
import { gatewayTarget, isBeingEnded, isOverdue, isSameRun, nameOf, runningStart } from '../selectors.ts';
import type { State } from '../state.ts';
import { type Transition, then, to } from '../transition.ts';
import type { Wish } from '../wish.ts';
import { holdBlocked, noteBlocked } from './blocked-sites.ts';
import { forgetEndpoint, sayEndpoint } from './endpoint.ts';
import { startEnded } from './left-behind.ts';
import {
  type Phase,
  abandon,
  awaitReady,
  calledOff,
  ended,
  isDue,
  listing,
  verify,
  verifying,
} from './recovery-steps.ts';
import { isContainerNext, vpnRecovery } from './vpn-recovery.ts';

/**
 * From the decision that the tunnel is broken to a passing check and every dependent repaired, or to what still
 * fails. Each phase waits for an event; none holds anything up.
 */
export function recovery(state: State, event: Event, before: State): Transition {
  const advanced = advance(state, event, before);
  const started = then(advanced, startEnded(advanced.state, event, before));
  return { ...started, state: withoutNeedless(started.state, event.at, before) };
}

function advance(state: State, event: Event, before: State): Transition {
  const phase = state.recovery;
  switch (phase.value) {
    case 'none':
      return begins(state, event, before);
    case 'restartingVpn':
    case 'verifyingVpn':
      return vpnRecovery(state, phase, event, before);
    case 'restarting':
      return restarting(state, phase, event, before);
    case 'awaitingReady':
      return awaitingReady(state, event, before);
    case 'verifying':
    case 'listing':
    case 'repairing':
      return onceReady(state, phase, event, before);
  }
}

/** Whatever comes after the gateway was ready starts over when it is not any more. */
function onceReady(
  state: State,
  phase: Phase<'verifying' | 'listing' | 'repairing'>,
  event: Event,
  before: State,
): Transition {
  if (state.gateway.value !== 'ready')
    return awaitingReady(waiting(state, phase.begunAt, event.at), event, before);
  switch (phase.value) {
    case 'verifying':
      return verifying(state, phase, event, before);
    case 'listing':
      return listing(state, phase, event);
    case 'repairing':
      return to(state);
  }
}

const begins = (state: State, event: Event, before: State): Transition =>
  isToDecide(state, event, before) ? decided(state, event.at) : to(state);

/** At the end of a check that counts, or at the answer awaited; with the gateway ready or out of time to become it. */
function isToDecide(state: State, event: Event, before: State): boolean {
  if (state.ending || state.connection.value !== 'connected') return false;
  const check = finishedCheck(event, before);
  if (check !== undefined) return failuresCount(state, check);
  return (
    event.type === 'witnessProbed' &&
    state.heldBack?.because === 'awaitingWitness' &&
    isToBeJudged(state, event.at)
  );
}

/**
 * Not where it was stopped, or has started anew, or is just being stopped, while the witness was asked: what failed
 * before says nothing.
 */
const isToBeJudged = (state: State, at: number): boolean =>
  (state.gateway.value === 'ready' || isOverdue(state, at)) && !isBeingEnded(state);

/** What there is to do is not done here: it is due, and begins as soon as no other act is under way. */
function decided(state: State, at: number): Transition {
  const decision = decide(state, at);
  if (decision === undefined) return to({ ...state, heldBack: undefined, dueSince: undefined });
  if (decision.act)
    return holdBlocked(state) ?? to({ ...state, heldBack: undefined, dueSince: state.dueSince ?? at });
  const { notice } = decision;
  const isNews = notice.because !== state.heldBack?.because;
  const isWaiting = notice.because === 'awaitingWitness';
  return to(holdBack({ ...state, dueSince: undefined }, notice, at), {
    notices: isNews && !isWaiting ? [notice] : [],
  });
}

/** A recovery that is due lapses if it would not be decided again, or if the gateway has started anew. */
const withoutNeedless = (state: State, at: number, before: State): State =>
  state.dueSince === undefined || (isStillDue(state, at) && isSameRun(before.gateway, state.gateway))
    ? state
    : { ...state, dueSince: undefined };

const isStillDue = (state: State, at: number): boolean =>
  state.dueSince !== undefined &&
  (state.recovery.value === 'none' || isLate(state)) &&
  state.connection.value === 'connected' &&
  // A check may pass that tells nothing of a site which is down.
  state.outageSince !== undefined &&
  isToBeJudged(state, at) &&
  decide(state, at)?.act === true;

/** A gateway that was restarted is not ready in time: checks decide whether it is restarted once more. */
const isLate = ({ recovery: phase }: State): boolean =>
  phase.value === 'awaitingReady' && phase.until === undefined;

function holdBack(state: State, notice: NoticeOf<'recoveryHeldBack'>, at: number): State {
  const { because } = notice;
  const { heldBack: was } = state;
  const until = 'leftMs' in notice ? at + notice.leftMs : undefined;
  if (was?.because === because && was.until === until) return state;
  return { ...state, heldBack: { because, ...(until !== undefined && { until }) } };
}

export function recoveryWish(state: State, at: number): Wish | undefined {
  const gateway = gatewayTarget(state.gateway);
  const kind = stepDue(state, at);
  if (gateway === undefined || kind === undefined) return undefined;
  const start = runningStart(state.gateway)?.startedAt.text;
  return { rank: 'recovery', since: begunAtOf(state, at), deed: { kind, gateway, start } };
}

function stepDue(state: State, at: number): Step | undefined {
  if (isContainerNext(state)) return 'restartGateway';
  if (!isStillDue(state, at)) return undefined;
  return state.settings.recoveryStrategy === 'vpn-first' ? 'restartVpn' : 'restartGateway';
}

type Step = 'restartVpn' | 'restartGateway';

/** Of the recovery that this is part of, or begins. */
const begunAtOf = ({ recovery, dueSince }: State, at: number): number =>
  recovery.value === 'none' ? (dueSince ?? at) : recovery.begunAt;

export function beginRecovery(state: State, step: Step, at: number): Transition {
  const begunAt = begunAtOf(state, at);
  if (isContainerNext(state)) return take(step, state, begunAt);
  const why = decide(state, at)?.notice;
  const failing = sayEndpoint(state, 'FAILING', 'Site connectivity test failed', at);
  const explained = tellAllTroubles(failing.state);
  const sites = sitesDown(state).map(({ name }) => name);
  const notices: readonly Notice[] = [
    ...failing.notices,
    { kind: 'sitesFailed', sites },
    ...(why === undefined ? [] : [why]),
    ...explained.notices,
    { kind: 'recoveryBegun' },
  ];
  const next: State = {
    ...noteBlocked(explained.state),
    dueSince: undefined,
    checking: { ...state.checking, alarm: undefined, isDoubted: false },
    backoff: attemptBegun(state.backoff, state.settings, at),
  };
  const begun = take(step, next, begunAt);
  if (state.settings.dryRun) {
    const all = [...notices, ...begun.notices, ...(step === 'restartGateway' ? sayFollowing(state) : [])];
    return to(ended(next, at, 'abandoned'), { notices: all.map(inDryRun) });
  }
  return { ...begun, notices: [...notices, ...begun.notices] };
}

/** Who would be cut off by the restart, and put back after it. */
function sayFollowing(state: State): readonly Notice[] {
  const names = dependentsOf(state)
    .filter(isRunning)
    .map(({ name }) => name);
  return names.length === 0 ? [] : [{ kind: 'dependentsToFollow', names }];
}

function take(step: Step, state: State, begunAt: number): Transition {
  const name = nameOf(state);
  if (step === 'restartGateway')
    return to(
      { ...state, recovery: { value: 'restarting', begunAt } },
      { notices: [{ kind: 'gatewayRestartBegun', name }] },
    );
  // What is told from here on may be of the new exit already.
  return to(
    { ...forgetEndpoint(state), recovery: { value: 'restartingVpn', begunAt } },
    { notices: [{ kind: 'vpnRestartBegun', name }] },
  );
}

function restarting(state: State, { begunAt }: Phase<'restarting'>, event: Event, before: State): Transition {
  const outcome = outcomeOf(event, before, 'restartGateway');
  if (outcome === undefined) return to(state);
  const name = nameOf(state);
  // It may have become ready before the restart came to its end.
  if (outcome.ok) return awaitingReady(waiting(state, begunAt, event.at), event, before);
  const { reason } = outcome;
  if (outcome.untouched)
    return to(calledOff(state, event.at), { notices: [{ kind: 'gatewayNotRestarted', name, reason }] });
  return to(waiting(state, begunAt, event.at), {
    notices: [{ kind: 'gatewayRestartFailed', name, reason }],
  });
}

const waiting = (state: State, begunAt: number, at: number): State => ({
  ...state,
  recovery: awaitReady(state, begunAt, at),
});

function awaitingReady(state: State, event: Event, before: State): Transition {
  const phase = state.recovery;
  if (phase.value !== 'awaitingReady') return to(state);
  if (hasRestarted(state, phase)) return verify(state, phase, event, before);
  if (isWellAnyway(state, event, before)) return abandon(state, event.at, 'tunnelWorks');
  if (isStoppedByOperator(state)) return abandon(state, event.at, 'stopped');
  if (isLate(state) && isToDecide(state, event, before)) return decided(state, event.at);
  return isDue(phase.until, event) ? late(state, phase, event.at) : to(state);
}

/** Ready by a start of its own: a "ready" from before the restart proves nothing. */
const hasRestarted = ({ gateway }: State, { begunAt }: Phase<'awaitingReady'>): boolean =>
  gateway.value === 'ready' && gateway.start.seenAt >= begunAt;

/** The restart failed, but the tunnel came back by itself. */
function isWellAnyway(state: State, event: Event, before: State): boolean {
  const check = finishedCheck(event, before);
  return state.gateway.value === 'ready' && check?.passing === true && isOfThisStart(state, check);
}

function isStoppedByOperator(state: State): boolean {
  const { gateway, containers } = state;
  const facts = gateway.value === 'down' ? containers.byId[gateway.id] : undefined;
  const exit = facts && exitOf(state, facts);
  return exit?.by === 'operator' && exit.stage === 'certain';
}

/**
 * The attempt is over: the next one waits its time from here. A gateway that still runs as before the restart,
 * because that failed, is not late: the checks judge it.
 */
function late(state: State, phase: Phase<'awaitingReady'>, at: number): Transition {
  const isUnchanged = (runningStart(state.gateway)?.seenAt ?? Infinity) < phase.begunAt;
  const told: Notice = {
    kind: 'gatewayNotReady',
    name: nameOf(state),
    waitedMs: state.settings.healthyWaitMs,
    isInRecovery: true,
    trouble: lastTrouble(state),
  };
  const backoff = attemptEnded(state.backoff, state.settings, at);
  return to(
    { ...state, backoff, recovery: { ...phase, until: undefined } },
    { notices: isUnchanged ? [] : [told] },
  );
}
