import type { RecoveryRecord } from '../../../src/model/recovery-phase.ts';
import type { State } from '../../../src/model/state.ts';
import { closeRecord, recoveryRecord } from '../../../src/recovery/recovery-record.ts';
import { settled } from '../history.ts';

const OPEN: RecoveryRecord = {
  begunAt: 1_000,
  endedAt: undefined,
  outcome: undefined,
  steps: [{ step: 'restarting', at: 1_000 }],
};
const CLOSED: RecoveryRecord = { ...OPEN, endedAt: 2_000, outcome: 'completed' };

const given = (latestRecovery: RecoveryRecord | undefined, changes: Partial<State> = {}): State => ({
  ...settled().state,
  latestRecovery,
  ...changes,
});

describe('the end of a recovery', () => {
  it('closes its record', () => {
    const { latestRecovery } = closeRecord(given(OPEN), 9_000, 'incomplete');
    expect(latestRecovery).toEqual({ ...OPEN, endedAt: 9_000, outcome: 'incomplete' });
  });

  it.each([
    ['only a closed record of an earlier recovery', CLOSED],
    ['no record', undefined],
  ])('leaves the record unchanged if there is %s', (_, record) => {
    const state = given(record);
    expect(closeRecord(state, 9_000, 'incomplete')).toBe(state);
  });
});

describe('the record of a recovery', () => {
  const verifying = { recovery: { value: 'verifying', begunAt: 1_000, until: 40_000 } } as const;
  const event = { type: 'timeReached', at: 9_000 } as const;

  it('keeps the latest fifty steps', () => {
    const steps = Array.from({ length: 50 }, (_, at) => ({ step: 'restarting' as const, at }));
    const before = given({ ...OPEN, steps });
    const { latestRecovery } = recoveryRecord.reduce({ ...before, ...verifying }, event, before).state;
    expect(latestRecovery?.steps).toEqual([...steps.slice(1), { step: 'verifying', at: 9_000 }]);
  });

  it('starts anew with the first step after an earlier recovery', () => {
    const before = given(CLOSED);
    const { latestRecovery } = recoveryRecord.reduce({ ...before, ...verifying }, event, before).state;
    expect(latestRecovery).toEqual({ ...OPEN, steps: [{ step: 'verifying', at: 9_000 }] });
  });
});
