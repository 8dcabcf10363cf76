import type { GatewayConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import type { RecoveryRecord } from '../model/recovery-phase.ts';
import type { State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/** A recovery whose restarts fail again and again takes steps without end. */
const KEPT_STEPS = 50;

/** Keeps when each step of a recovery began, for those who show it. Comes after everything that may begin one. */
export const recoveryRecord: GatewayConcern<'record'> = { stage: 'record', reduce };

function reduce(state: State, { at }: Event, before: State): Transition {
  const { recovery: phase, latestRecovery: record } = state;
  if (phase.value === 'none' || phase.value === before.recovery.value) return to(state);
  const step = { step: phase.value, at };
  const latestRecovery: RecoveryRecord =
    record === undefined || record.endedAt !== undefined
      ? { begunAt: phase.begunAt, endedAt: undefined, outcome: undefined, steps: [step] }
      : { ...record, steps: [...record.steps, step].slice(-KEPT_STEPS) };
  return to({ ...state, latestRecovery });
}

/** A recovery that ends in the event in which it began has no record yet. */
export function closeRecord(state: State, endedAt: number, outcome: RecoveryRecord['outcome']): State {
  const { latestRecovery: record } = state;
  if (record === undefined || record.endedAt !== undefined) return state;
  return { ...state, latestRecovery: { ...record, endedAt, outcome } };
}
