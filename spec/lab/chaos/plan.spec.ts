import { FAULTS, type Fault, faults } from './plan.ts';

const first = (count: number, seed: number): readonly Fault[] => {
  const plan = faults(seed);
  return Array.from({ length: count }, () => plan.next().value);
};

describe('the plan of faults', () => {
  it('is the same for the same seed', () => {
    expect(first(200, 7)).toEqual(first(200, 7));
  });

  it('differs for another seed', () => {
    expect(first(20, 7)).not.toEqual(first(20, 8));
  });

  it('contains each kind once before it repeats any', () => {
    const kinds = first(3 * FAULTS.length, 11).map(({ kind }) => kind);
    for (let round = 0; round < 3; round += 1)
      expect(kinds.slice(round * FAULTS.length, (round + 1) * FAULTS.length).sort()).toEqual(
        [...FAULTS].sort(),
      );
  });

  it('leaves the monitor the time to ask a killed engine what it ended', () => {
    const plan = first(20 * FAULTS.length, 13);
    const afterKill = plan.filter(
      (_, index) => plan[index - 1]?.kind === 'the engine is killed, and started',
    );
    expect(afterKill.length).toBeGreaterThan(10);
    expect(Math.min(...afterKill.map(({ waitMs }) => waitMs))).toBeGreaterThanOrEqual(6_000);
  });
});
