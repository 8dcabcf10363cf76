import type { GatewayConcern } from '../model/concern.ts';
import { attachmentOf } from '../model/attachment.ts';
import { attemptEnded } from './backoff.ts';
import { countAnew } from '../checks/outage.ts';
import { closeRecord } from './recovery-record.ts';
import { dependentsOf } from '../model/dependents-of.ts';
import type { Event } from '../../streams/events.ts';
import type { Signal } from './machine.ts';
import { nameOf } from '../model/selectors.ts';
import type { Notice, NoticeOf } from '../notices/notice.ts';
import { hasTriedAll, notRepaired } from '../repairs/repairs.ts';
import type { RecoveryRecord } from '../model/recovery-phase.ts';
import type { State } from '../model/state.ts';
import { step } from './step.ts';
import { type Transition, to } from '../model/transition.ts';
import { whyNotRecreated } from '../model/why-not-recreated.ts';

/** The recovery ends by this signal. */
export const endRecovery = (
  state: State,
  signal: Signal,
  at: number,
  outcome: NonNullable<RecoveryRecord['outcome']>,
): State => startOver(closeRecord(step(state, signal, at), at, outcome), at);

/** The next recovery waits its time from here, and the sites are counted from zero. */
export const startOver = (state: State, at: number): State => ({
  ...countAnew(state),
  heldBack: undefined,
  backoff: attemptEnded(state.backoff, state.settings, at),
});

/** The recovery ends because its restart was skipped. Nothing has changed, so the outage goes on. */
export const endSkipped = (state: State, at: number): State =>
  closeRecord(step(state, 'restartSkipped', at), at, 'abandoned');

const WHY_ABANDONED = {
  checkPassed: 'tunnelWorks',
  gatewayStopped: 'stopped',
  gatewayDown: 'down',
  gatewayStartedAnew: 'startedAnew',
} as const satisfies Partial<Record<Signal, NoticeOf<'recoveryAbandoned'>['because']>>;

/** The recovery is no longer needed, or somebody else has taken over. */
export const abandon = (state: State, signal: keyof typeof WHY_ABANDONED, at: number): Transition =>
  to(endRecovery(state, signal, at, 'abandoned'), {
    notices: [{ kind: 'recoveryAbandoned', name: nameOf(state), because: WHY_ABANDONED[signal] }],
  });

/** Ends a recovery once every dependent has had a first try. Comes after the repairs, whose progress decides it. */
export const recoveryEnd: GatewayConcern<'conclude'> = { stage: 'conclude', reduce };

function reduce(state: State, event: Event): Transition {
  const { recovery: phase } = state;
  if (phase.value !== 'repairing' || !hasTriedAll(state)) return to(state);
  const { begunAt, isVerified } = phase;
  const notRestarted = notRepaired(state);
  const orphans = whyNotRecreated(state) === undefined ? [] : orphansIn(state);
  const tookMs = event.at - begunAt;
  const isComplete = isVerified && notRestarted.length === 0 && orphans.length === 0;
  const verdict: Notice = isComplete
    ? { kind: 'recoveryCompleted', tookMs, by: 'gateway' }
    : { kind: 'recoveryIncomplete', tookMs, isVerified, notRestarted, orphans };
  return to(endRecovery(state, 'allTried', event.at, isComplete ? 'completed' : 'incomplete'), {
    notices: [{ kind: 'dependentsRestarted' }, verdict],
  });
}

const orphansIn = (state: State): readonly string[] =>
  dependentsOf(state)
    .filter((facts) => attachmentOf(state, facts) === 'orphaned')
    .map(({ name }) => name);
