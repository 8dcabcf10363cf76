import fc from 'fast-check';
import {
  NO_BACKOFF,
  afterCheck,
  attemptBegun,
  attemptEnded,
  bounded,
  waitAfter,
} from '../../../src/recovery/backoff.ts';

const WAITS = { backoffMs: 60_000, backoffMaxMs: 1_800_000 };
const minutes = (count: number): number => count * 60_000;

describe('the backoff', () => {
  it.each([
    [0, 0],
    [1, minutes(1)],
    [2, minutes(2)],
    [3, minutes(4)],
    [5, minutes(16)],
    [6, minutes(30)],
    [1_000, minutes(30)],
  ])('after %p recoveries is %p ms', (attempts, waitMs) => {
    expect(waitAfter(attempts, WAITS)).toBe(waitMs);
  });

  it('runs from the beginning of a recovery, and anew from its end', () => {
    const begun = attemptBegun(NO_BACKOFF, WAITS, 1_000);
    expect(begun).toMatchObject({ attempts: 1, notBefore: 61_000 });
    expect(attemptEnded(begun, WAITS, 50_000)).toMatchObject({ attempts: 1, notBefore: 110_000 });
  });

  const after = (
    attempts: number,
    checks: readonly (readonly [atMinute: number, passed: boolean])[],
  ): number =>
    checks.reduce<ReturnType<typeof afterCheck>>(
      (soFar, [at, passed]) =>
        afterCheck(soFar, WAITS, { passed, startedAt: minutes(at), at: minutes(at) + 100 }),
      { attempts, notBefore: 0, calmSince: undefined },
    ).attempts;

  it.each<{ given: string; attempts: number; checks: [number, boolean][]; then: number }>([
    { given: 'nine minutes of passing checks', attempts: 1, checks: [[0, true], [9, true]], then: 1 },
    { given: 'ten minutes of passing checks', attempts: 1, checks: [[0, true], [10, true]], then: 0 },
    { given: 'ten minutes with a failure in them', attempts: 1, checks: [[0, true], [5, false], [10, true]], then: 1 },
    { given: 'ten minutes of passing checks since that failure', attempts: 1, checks: [[0, true], [5, false], [10, true], [20, true]], then: 0 },
    { given: 'ten minutes of passing checks, if the backoff is half an hour', attempts: 6, checks: [[0, true], [10, true]], then: 6 },
    { given: 'half an hour of passing checks, if the backoff is half an hour', attempts: 6, checks: [[0, true], [30, true]], then: 0 },
  ])('after $given counts $then recoveries', ({ attempts, checks, then }) => {
    expect(after(attempts, checks)).toBe(then);
  }); // prettier-ignore

  const TEN_MINUTES = minutes(10);

  it.each([
    [TEN_MINUTES - 1, 1],
    [TEN_MINUTES, 0],
  ])('after %p ms of passing checks counts %p recoveries', (calmMs, then) => {
    const calm = { attempts: 1, notBefore: 0, calmSince: 1_000 };
    const check = { passed: true, startedAt: 1_000 + calmMs - 5, at: 1_000 + calmMs };
    expect(afterCheck(calm, WAITS, check).attempts).toBe(then);
  });

  it.each([
    ['a first check that fails', { attempts: 1, notBefore: 0, calmSince: undefined }, false],
    ['another check that passes', { attempts: 1, notBefore: 0, calmSince: 1_000 }, true],
    ['a check without any recovery before', NO_BACKOFF, true],
  ])('stays the same object after %s', (_, backoff, passed) => {
    expect(afterCheck(backoff, WAITS, { passed, startedAt: 2_000, at: 2_100 })).toBe(backoff);
  });

  it('is cut to the longest backoff if an earlier monitor with another clock persisted it', () => {
    const left = { attempts: 3, notBefore: 10 ** 15, calmSince: undefined };
    expect(bounded(left, WAITS, 1_000).notBefore).toBe(1_801_000);
    expect(bounded({ ...left, notBefore: 5_000 }, WAITS, 1_000).notBefore).toBe(5_000);
  });

  it('stays the same object if the persisted backoff equals the longest one', () => {
    const left = { attempts: 9, notBefore: 1_801_000, calmSince: undefined };
    expect(bounded(left, WAITS, 1_000)).toBe(left);
  });

  it('always separates two recoveries by at least the backoff of the first', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(600_000), { maxLength: 30 }), (lasting) => {
        let [backoff, now] = [NO_BACKOFF, 0];
        const tooShort = lasting.filter((lastingMs) => {
          const begunAt = Math.max(now, backoff.notBefore);
          const isTooShort = begunAt - now < waitAfter(backoff.attempts, WAITS);
          backoff = attemptBegun(backoff, WAITS, begunAt);
          now = begunAt + lastingMs;
          backoff = attemptEnded(backoff, WAITS, now);
          return isTooShort;
        });
        expect(tooShort).toEqual([]);
      }),
    );
  });
});
