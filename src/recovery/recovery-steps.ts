import type { GatewayConcern } from '../model/concern.ts';
import { attachmentOf, isCutOff, isRunning } from '../model/attachment.ts';
import { attemptEnded } from './backoff.ts';
import { dependentsOf } from '../model/dependents-of.ts';
import type { ContainerFacts, Event } from '../../streams/events.ts';
import { finishedCheck, isOfThisStart } from '../checks/finished-check.ts';
import type { Recovery, RecoveryRecord, State } from '../model/state.ts';
import type { Notice, NoticeOf } from '../notices/notice.ts';
import { nameOf } from '../model/selectors.ts';
import { type Transition, then, to } from '../model/transition.ts';
import { listCommand } from '../facts/containers.ts';
import { announceNewEndpoint } from '../gateway/endpoint.ts';
import { askForForcedRestart, askForRepair, hasTriedAll, notRepaired } from '../repairs/repairs.ts';

export type Phase<V extends Recovery['value']> = Extract<Recovery, { value: V }>;

const VERIFICATION_MS = 30_000;
/** Longer than a listing may take: one asked for anew replaces the one under way. */
const LISTING_MS = 15_000;

export const isDue = (deadline: number | undefined, event: Event): boolean =>
  event.type === 'timeReached' && deadline !== undefined && deadline <= event.at;

/** How long a check is waited for that passes: half a minute, or time for two whole checks. */
export const verificationMs = ({ sites }: State): number =>
  Math.max(
    VERIFICATION_MS,
    2 * Math.max(0, ...sites.list.map(({ timeoutSeconds }) => timeoutSeconds)) * 1000,
  );

/** Its end: the next one waits its time from here, and the sites begin anew. */
export const ended = (state: State, at: number, outcome: NonNullable<RecoveryRecord['outcome']>): State => ({
  ...closed(state, at, outcome),
  heldBack: undefined,
  outageSince: undefined,
  sites: { ...state.sites, failures: {} },
  backoff: attemptEnded(state.backoff, state.settings, at),
});

/** Its act was not wanted any more, so that it has changed nothing. */
export const calledOff = (state: State, at: number): State => closed(state, at, 'abandoned');

/** From a restart, or a start, on. */
export const awaitReady = (state: State, begunAt: number, at: number): Phase<'awaitingReady'> => ({
  value: 'awaitingReady',
  begunAt,
  until: at + state.settings.healthyWaitMs,
  starts: 0,
});

const closed = (state: State, endedAt: number, outcome: RecoveryRecord['outcome']): State => {
  const { latestRecovery: record } = state;
  const isOpen = record !== undefined && record.endedAt === undefined;
  return {
    ...state,
    recovery: { value: 'none' },
    latestRecovery: isOpen ? { ...record, endedAt, outcome } : record,
  };
};

/** Before it has come to anything: it is not needed, or another kind of work is. */
export const abandon = (
  state: State,
  at: number,
  because: NoticeOf<'recoveryAbandoned'>['because'],
): Transition =>
  to(ended(state, at, 'abandoned'), {
    notices: [{ kind: 'recoveryAbandoned', name: nameOf(state), because }],
  });

/** A check that made it ready has verified the tunnel already. */
export function verify(
  state: State,
  { begunAt }: Phase<'awaitingReady'>,
  event: Event,
  before: State,
): Transition {
  const until = event.at + verificationMs(state);
  const phase: Phase<'verifying'> = { value: 'verifying', begunAt, until };
  return verifying({ ...state, recovery: phase }, phase, event, before);
}

/** The dependents are stale either way: time over, they are repaired all the same. */
export function verifying(state: State, phase: Phase<'verifying'>, event: Event, before: State): Transition {
  const check = finishedCheck(event, before);
  const verified = check !== undefined && check.passing && isOfThisStart(state, check);
  if (!verified && !isDue(phase.until, event)) return to(state);
  const told: readonly Notice[] = verified
    ? []
    : [{ kind: 'noPassSinceRestart', sites: stillFailing(state) }];
  const announced = announceNewEndpoint(state, event.at);
  const { begunAt } = phase;
  const next: State = {
    ...announced.state,
    recovery: { value: 'listing', begunAt, verified, askedAt: event.at, askAgainAt: event.at + LISTING_MS },
  };
  return to(next, {
    notices: [...told, ...announced.notices, { kind: 'dependentDiscoveryBegun' }],
    commands: [...announced.commands, listCommand(state.shared)],
  });
}

const stillFailing = ({ sites }: State): readonly string[] =>
  sites.list.filter(({ url }) => (sites.failures[url] ?? 0) > 0).map(({ name }) => name);

export function listing(state: State, phase: Phase<'listing'>, event: Event): Transition {
  const isAnswer = event.type === 'containersListed' && event.requestedAt >= phase.askedAt;
  if (isAnswer && isGatewayInspected(state)) return repair(state, phase, event);
  if (!isDue(phase.askAgainAt, event)) return to(state);
  return to(
    { ...state, recovery: { ...phase, askAgainAt: event.at + LISTING_MS } },
    { commands: [listCommand(state.shared)] },
  );
}

/** Without the gateway's own start nobody's can be compared with it. */
const isGatewayInspected = ({ gateway, shared: { containers } }: State): boolean =>
  gateway.value === 'ready' && containers.byId[gateway.id]?.details !== undefined;

function repair(state: State, { begunAt, verified }: Phase<'listing'>, listed: Listed): Transition {
  const { at, engineClockMs } = listed;
  const all = dependentsOf(state);
  const names = all.map(({ name }) => name);
  const leftBehind = all.filter((facts) => isLeftBehind(state, facts));
  const ahead = all.filter((facts) => isAhead(facts, engineClockMs) && !leftBehind.includes(facts));
  const first = askForRepair(state, leftBehind, at);
  const asked = then(first, askForForcedRestart(first.state, ahead, at));
  return to(
    { ...asked.state, recovery: { value: 'repairing', begunAt, verified } },
    { notices: [{ kind: 'dependentsDiscovered', names }, ...asked.notices] },
  );
}

type Listed = Extract<Event, { type: 'containersListed' }>;

/** It ran before we restarted the gateway, though its time is later: the host's clock was set back in between. */
const isAhead = (facts: ContainerFacts, engineClockMs: number): boolean =>
  isRunning(facts) && (facts.details?.startedAtMs ?? 0) > engineClockMs;

/**
 * After our own restart. A listed container that is not on the gateway's network is restarted too, once; and one
 * that could not be inspected: it ran before the gateway did.
 */
function isLeftBehind(state: State, facts: ContainerFacts): boolean {
  const attachment = attachmentOf(state, facts);
  return attachment === 'unknown' ? isRunning(facts) : attachment === 'apart' || isCutOff(attachment);
}

/** The end, once everyone has had a first try: comes after the repairs, whose progress decides it. */
export const recoveryEnd: GatewayConcern<'conclude'> = { stage: 'conclude', reduce };

function reduce(state: State, event: Event): Transition {
  return state.recovery.value === 'repairing' && hasTriedAll(state)
    ? finish(state, state.recovery, event.at)
    : to(state);
}

function finish(state: State, { begunAt, verified }: Phase<'repairing'>, at: number): Transition {
  const failed = notRepaired(state);
  const orphans = state.settings.autoRecreate ? [] : orphansIn(state);
  const tookMs = at - begunAt;
  const isComplete = verified && failed.length === 0 && orphans.length === 0;
  const verdict: Notice = isComplete
    ? { kind: 'recoveryCompleted', tookMs, by: 'gateway' }
    : { kind: 'recoveryIncomplete', tookMs, isVerified: verified, notRestarted: failed, orphans };
  return to(ended(state, at, isComplete ? 'completed' : 'incomplete'), {
    notices: [{ kind: 'dependentsRestarted' }, verdict],
  });
}

const orphansIn = (state: State): readonly string[] =>
  dependentsOf(state)
    .filter((facts) => attachmentOf(state, facts) === 'orphaned')
    .map(({ name }) => name);
