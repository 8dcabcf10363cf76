import fc from 'fast-check';
import { LATENCY_BOUNDS, bucketOf, quantile } from '../../../src/status/latency.ts';
import { statisticsOf } from '../../../src/status/statistics.ts';
import { type Tally, countRecovery, countResult, emptyTally } from '../../../src/status/tally.ts';
import { site } from '../builders.ts';

describe('a quantile of latencies', () => {
  it.each([
    { latencies: [], share: 0.5, then: undefined },
    { latencies: [80, 80, 80, 80], share: 0.5, then: 0.075 },
    { latencies: [10, 10, 200, 200], share: 0.5, then: 0.05 },
    { latencies: [10, 10, 10, 2_000], share: 0.99, then: 1 + 1.5 * 0.96 },
    { latencies: [90_000], share: 0.5, then: 30 },
  ])('of $latencies at $share is $then', ({ latencies, share, then }) => {
    const counts = new Array<number>(LATENCY_BOUNDS.length + 1).fill(0);
    for (const latency of latencies) counts[bucketOf(latency)] = (counts[bucketOf(latency)] ?? 0) + 1;
    const found = quantile(counts, share);
    expect(found === undefined ? undefined : Number(found.toFixed(6))).toBe(then);
  });

  it('is in the bucket of the true one, and grows with the share', () => {
    const some = fc.array(fc.integer({ min: 1, max: 29_000 }), { minLength: 1 });
    fc.assert(
      fc.property(some, fc.double({ min: 0.01, max: 1, noNaN: true }), (latencies, share) => {
        const counts: number[] = [];
        for (const latency of latencies) counts[bucketOf(latency)] = (counts[bucketOf(latency)] ?? 0) + 1;
        const filled = Array.from(counts, (count) => (count as number | undefined) ?? 0);
        const found = quantile(filled, share) ?? NaN;
        const sorted = latencies.toSorted((one, other) => one - other);
        const real = sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
        const bucket = bucketOf(real);
        expect(found).toBeGreaterThanOrEqual(LATENCY_BOUNDS[bucket - 1] ?? 0);
        expect(found).toBeLessThanOrEqual(LATENCY_BOUNDS[bucket] ?? 0);
        expect(quantile(filled, 1)).toBeGreaterThanOrEqual(found);
      }),
    );
  });
});

describe('the statistics of a gateway', () => {
  const tallyOf = (recoveries: readonly (readonly string[])[]): Tally => {
    const tally = emptyTally();
    for (const name of ['a', 'b'])
      countResult(tally, {
        site: site(name, { name }),
        verdict: 'pass',
        reason: 'OK',
        latencyMs: 80,
        httpStatus: 200,
      });
    for (const down of recoveries) countRecovery(tally, down);
    return tally;
  };
  const shown = (tally: Tally) => statisticsOf({ day: tally, week: tally, month: tally });

  it('have the shares of time and probes, and null if there are none', () => {
    const tally = tallyOf([]);
    Object.assign(tally.seconds, { up: 300, down: 100, stopped: 50, unknown: 20 });
    expect(shown(tally)).toMatchObject({
      availability_24h: 0.75,
      sites: [{ name: 'a', availability_7d: 1, latency_p50_seconds: 0.075, recoveries_caused_30d: 0 }, {}],
    });
    expect(shown(emptyTally())).toMatchObject({ availability_24h: null, sites: [], advice: [] });
  });

  it.each([
    { if: 'one site alone causes most of them', recoveries: [['a'], ['a'], ['a'], ['a', 'b']], then: 1 },
    { if: 'there are too few to tell', recoveries: [['a'], ['a']], then: 0 },
    { if: 'all sites fail together', recoveries: [['a', 'b'], ['a', 'b'], ['a', 'b'], ['a']], then: 0 },
    { if: 'no site causes most of them', recoveries: [['a'], ['a'], ['a'], ['b'], ['b'], ['b']], then: 0 },
  ])('advise something only if one site alone causes most recoveries: $if', ({ recoveries, then }) => {
    const { advice } = shown(tallyOf(recoveries));
    expect(advice).toHaveLength(then);
    expect(advice.map(({ sentence }) => sentence).join()).toMatch(
      then === 1 ? /^a alone caused 3 of the 4 recoveries in 30 days: give it role=advisory/ : /^$/,
    );
  });

  it('advise nothing about the only site there is', () => {
    const tally = emptyTally();
    for (let times = 0; times < 5; times += 1) countRecovery(tally, ['a']);
    expect(shown(tally).advice).toEqual([]);
  });
});
