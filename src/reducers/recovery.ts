import { isRunning } from '../attachment.ts';
import { attemptBegun, attemptEnded } from '../backoff.ts';
import type { Act } from '../commands.ts';
import { decide } from '../decision.ts';
import { dependentsOf } from '../dependents-of.ts';
import type { Event } from '../../streams/events.ts';
import { failuresCount, finishedCheck, isOfThisStart } from '../finished-check.ts';
import { lastTrouble, tellAllTroubles } from '../gateway-troubles.ts';
import { type Notice, type NoticeOf, inDryRun } from '../notices/notice.ts';
import { sitesDown } from '../quorum.ts';
import { gatewayTarget, isBeingEnded, isOverdue, nameOf, runningStart } from '../selectors.ts';
import type { State } from '../state.ts';
import { type Transition, then, to } from '../transition.ts';
import { holdBlocked, noteBlocked } from './blocked-sites.ts';
import { forgetEndpoint, sayEndpoint } from './endpoint.ts';
import { startDueAt, startLeftBehind } from './left-behind.ts';
import {
  type Phase,
  abandon,
  calledOff,
  ended,
  isDue,
  listing,
  verify,
  verifying,
} from './recovery-steps.ts';
import { vpnRecovery } from './vpn-recovery.ts';

/**
 * From the decision that the tunnel is broken to a passing check and every dependent repaired, or to what still
 * fails. Each phase waits for an event; none holds anything up.
 */
export function recovery(state: State, event: Event, before: State): Transition {
  const advanced = advance(state, event, before);
  return then(advanced, startLeftBehind(advanced.state, event));
}

function advance(state: State, event: Event, before: State): Transition {
  const phase = state.recovery;
  switch (phase.value) {
    case 'none':
      return begins(state, event, before);
    case 'restartingVpn':
    case 'verifyingVpn':
      return vpnRecovery(state, phase, event, { before, escalate: restartContainer });
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
    return awaitingReady(awaitReady(state, phase.begunAt, event.at), event, before);
  switch (phase.value) {
    case 'verifying':
      return verifying(state, phase, event, before);
    case 'listing':
      return listing(state, phase, event);
    case 'repairing':
      return to(state);
  }
}

function begins(state: State, event: Event, before: State): Transition {
  const { gateway } = state;
  if (gateway.value === 'down' && (startDueAt(state) ?? Infinity) <= event.at)
    return startsCrashed(state, gateway.since, event.at);
  return isToDecide(state, event, before) ? decided(state, event.at) : to(state);
}

/** Its start begins a recovery, at the step that waits for the gateway. */
function startsCrashed(state: State, since: number, at: number): Transition {
  if (!state.settings.dryRun) return to(awaitReady(state, since, at));
  const backoff = attemptBegun(state.backoff, state.settings, at);
  return to(
    { ...state, backoff },
    { notices: [inDryRun({ kind: 'gatewayStartBegun', name: nameOf(state) })] },
  );
}

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

function decided(state: State, at: number, begunAt = at): Transition {
  const decision = decide(state, at);
  if (decision === undefined) return to({ ...state, heldBack: undefined });
  if (decision.act) return holdBlocked(state) ?? begin(state, { at, begunAt, why: decision.notice });
  const { notice } = decision;
  const isNews = notice.because !== state.heldBack?.because;
  const isWaiting = notice.because === 'awaitingWitness';
  return to(holdBack(state, notice, at), { notices: isNews && !isWaiting ? [notice] : [] });
}

function holdBack(state: State, notice: NoticeOf<'recoveryHeldBack'>, at: number): State {
  const { because } = notice;
  const { heldBack: was } = state;
  const until = 'leftMs' in notice ? at + notice.leftMs : undefined;
  if (was?.because === because && was.until === until) return state;
  return { ...state, heldBack: { because, ...(until !== undefined && { until }) } };
}

interface Beginning {
  readonly at: number;
  /** Of the recovery; earlier, where it begins another attempt. */
  readonly begunAt: number;
  readonly why: NoticeOf<'recoveryDecided'>;
}

function begin(state: State, { at, begunAt, why }: Beginning): Transition {
  const failing = sayEndpoint(state, 'FAILING', 'Site connectivity test failed', at);
  const explained = tellAllTroubles(failing.state);
  const sites = sitesDown(state).map(({ name }) => name);
  const notices: readonly Notice[] = [
    ...failing.notices,
    { kind: 'sitesFailed', sites },
    why,
    ...explained.notices,
    { kind: 'recoveryBegun' },
  ];
  const next: State = {
    ...noteBlocked(explained.state),
    heldBack: undefined,
    checking: { ...state.checking, alarm: undefined, isDoubted: false },
    backoff: attemptBegun(state.backoff, state.settings, at),
  };
  const isVpnFirst = state.settings.recoveryStrategy === 'vpn-first';
  const step = isVpnFirst ? restartVpn(next, begunAt) : restartContainer(next, begunAt);
  if (state.settings.dryRun) {
    const all = [...notices, ...step.notices, ...(isVpnFirst ? [] : sayFollowing(state))];
    return to(ended(next, at, 'abandoned'), { notices: all.map(inDryRun) });
  }
  return { ...step, notices: [...notices, ...step.notices] };
}

/** Who would be cut off by the restart, and put back after it. */
function sayFollowing(state: State): readonly Notice[] {
  const names = dependentsOf(state)
    .filter(isRunning)
    .map(({ name }) => name);
  return names.length === 0 ? [] : [{ kind: 'dependentsToFollow', names }];
}

function restartVpn(state: State, begunAt: number): Transition {
  const told: Notice = { kind: 'vpnRestartBegun', name: nameOf(state) };
  // What is told from here on may be of the new exit already.
  const next = forgetEndpoint(state);
  return withAct(next, 'restartVpn', told, (commandId) => ({ value: 'restartingVpn', begunAt, commandId }));
}

function restartContainer(state: State, begunAt: number): Transition {
  const told: Notice = { kind: 'gatewayRestartBegun', name: nameOf(state) };
  return withAct(state, 'restartGateway', told, (commandId) => ({ value: 'restarting', begunAt, commandId }));
}

function withAct(
  state: State,
  kind: 'restartVpn' | 'restartGateway',
  told: Notice,
  phase: (commandId: number) => State['recovery'],
): Transition {
  const gateway = gatewayTarget(state.gateway);
  if (gateway === undefined) return to(state);
  const id = state.nextId;
  const act: Act = { kind, id, gateway, start: runningStart(state.gateway)?.startedAt.text };
  return to({ ...state, nextId: id + 1, recovery: phase(id) }, { notices: [told], commands: [act] });
}

function restarting(
  state: State,
  { commandId, begunAt }: Phase<'restarting'>,
  event: Event,
  before: State,
): Transition {
  if (event.type !== 'commandFinished' || event.id !== commandId) return to(state);
  const name = nameOf(state);
  // It may have become ready before the restart came to its end.
  if (event.outcome.ok) return awaitingReady(awaitReady(state, begunAt, event.at), event, before);
  if (event.outcome.untouched)
    return to(calledOff(state, event.at), {
      notices: [{ kind: 'gatewayNotRestarted', name, reason: event.outcome.reason }],
    });
  return to(awaitReady(state, begunAt, event.at), {
    notices: [{ kind: 'gatewayRestartFailed', name, reason: event.outcome.reason }],
  });
}

const awaitReady = (state: State, begunAt: number, at: number): State => ({
  ...state,
  recovery: {
    value: 'awaitingReady',
    begunAt,
    until: at + state.settings.healthyWaitMs,
    starts: { attempts: 0, commandId: undefined },
  },
});

function awaitingReady(state: State, event: Event, before: State): Transition {
  const phase = state.recovery;
  if (phase.value !== 'awaitingReady') return to(state);
  if (hasRestarted(state, phase)) return verify(state, phase, event, before);
  if (isWellAnyway(state, event, before)) return abandon(state, event.at, 'tunnelWorks');
  if (isStoppedByOperator(state)) return abandon(state, event.at, 'stopped');
  if (phase.until === undefined && isToDecide(state, event, before))
    return decided(state, event.at, phase.begunAt);
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

const isStoppedByOperator = ({ gateway, endings }: State): boolean =>
  gateway.value === 'down' && endings[gateway.id]?.value === 'operator';

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
