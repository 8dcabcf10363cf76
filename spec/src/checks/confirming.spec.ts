import { hasTimedOut, timesOf, withPasses } from '../../../src/checks/confirming.ts';
import type { ProbeResult } from '../../../streams/events.ts';
import type { State } from '../../../src/model/state.ts';
import { gatewayFacts, site } from '../builders.ts';
import { settled } from '../history.ts';

const MINUTE = 60_000;
const URL = site('a').url;

const result = (rest: Partial<ProbeResult> = {}): ProbeResult => ({
  site: site('a'),
  verdict: 'pass',
  reason: 'OK',
  latencyMs: 100,
  httpStatus: 200,
  ...rest,
});

describe('the record of a passing probe', () => {
  it.each<{ latencyMs: number | undefined; seconds: number }>([
    { latencyMs: 0, seconds: 5 },
    { latencyMs: 1_000, seconds: 5 },
    { latencyMs: 1_001, seconds: 6 },
    { latencyMs: 1_400, seconds: 7 },
    { latencyMs: 9_900, seconds: 50 },
    { latencyMs: undefined, seconds: Infinity },
  ])(
    'holds five times its latency, but at least five seconds: $latencyMs ms, $seconds s',
    ({ latencyMs, seconds }) => {
      expect(withPasses({}, [result({ latencyMs })], 7)).toEqual({ [URL]: [{ at: 7, seconds }] });
    },
  );

  it('is not made for a failed or unknown result', () => {
    const results = [result({ verdict: 'fail' }), result({ verdict: 'unknown' })];
    expect(withPasses({}, results, 7)).toEqual({});
  });

  it('is dropped after an hour or when a later pass was just as slow', () => {
    const seconds = [1_000, 9_000, 5_000, 3_000, 3_000, 100].reduce(
      (passes, latencyMs, index) => withPasses(passes, [result({ latencyMs })], index * MINUTE),
      {},
    );
    expect(seconds).toEqual({
      [URL]: [
        { at: MINUTE, seconds: 45 },
        { at: 2 * MINUTE, seconds: 25 },
        { at: 4 * MINUTE, seconds: 15 },
        { at: 5 * MINUTE, seconds: 5 },
      ],
    });
    expect(withPasses(seconds, [result()], 61 * MINUTE)[URL]).toEqual([
      { at: 2 * MINUTE, seconds: 25 },
      { at: 4 * MINUTE, seconds: 15 },
      { at: 61 * MINUTE, seconds: 5 },
    ]);
  });
});

describe('the timeout of a site in a confirming check', () => {
  const sites = [site('a'), site('b', { timeoutSeconds: 4 })];
  const { state, now } = settled([], { sites, gateway: gatewayFacts() });
  const NOW = now + 180 * MINUTE;
  const knowing = (
    passes: State['sites']['passes'],
    { silent = [URL], reconnectedAt = 0, timeoutSeconds = 10 } = {},
  ): State => ({
    ...state,
    sites: { ...state.sites, list: [site('a', { timeoutSeconds }), sites[1] ?? site('b')], passes },
    checking: { ...state.checking, silent, reconnect: { by: 'gluetun', at: reconnectedAt } },
  });
  const pass = (minutesAgo: number, seconds: number) => ({ at: NOW - minutesAgo * MINUTE, seconds });

  it.each<{ given: string; then: number; passes: readonly ReturnType<typeof pass>[]; rest?: object }>([
    { given: 'is short if the site has just timed out and used to be fast', passes: [pass(3, 5)], then: 5 },
    {
      given: 'follows from the slowest pass of the last hour',
      passes: [pass(50, 8), pass(3, 5)],
      then: 8,
    },
    { given: 'ignores passes older than an hour', passes: [pass(61, 8), pass(3, 5)], then: 5 },
    {
      given: 'is the configured one if there was no pass within the last hour',
      passes: [pass(61, 5)],
      then: 10,
    },
    { given: 'is the configured one if the site has never passed', passes: [], then: 10 },
    { given: 'is the configured one if the site used to be slow', passes: [pass(3, 45)], then: 10 },
    {
      given: 'is the configured one if the site has not timed out',
      passes: [pass(3, 5)],
      rest: { silent: [] },
      then: 10,
    },
    {
      given: 'is the configured one if the site has not passed since the VPN was reconnected',
      passes: [pass(3, 5)],
      rest: { reconnectedAt: NOW - 2 * MINUTE },
      then: 10,
    },
    {
      given: 'is the configured one if that is shorter',
      passes: [pass(3, 5)],
      rest: { timeoutSeconds: 3 },
      then: 3,
    },
  ])('$given', ({ passes, rest, then }) => {
    const { sites: probed, shortened } = timesOf(knowing({ [URL]: passes }, rest), NOW);
    expect(probed.map(({ timeoutSeconds }) => timeoutSeconds)).toEqual([then, 4]);
    expect(shortened).toEqual(then === 5 || then === 8 ? [URL] : []);
  });

  it('is the configured one if the gateway has started since the last pass', () => {
    const known = knowing({ [URL]: [pass(3, 5)] });
    const { gateway } = known;
    if (gateway.value !== 'ready') throw new Error('it is ready');
    const start = { ...gateway.start, seenAt: NOW - MINUTE };
    expect(timesOf({ ...known, gateway: { ...gateway, start } }, NOW).shortened).toEqual([]);
  });
});

describe('a probe counts as timed out', () => {
  it.each<{ given: Partial<ProbeResult>; then: boolean }>([
    { given: { verdict: 'fail', latencyMs: 9_500 }, then: true },
    { given: { verdict: 'fail', latencyMs: 9_499 }, then: false },
    { given: { verdict: 'fail', latencyMs: undefined }, then: false },
    { given: { verdict: 'pass', latencyMs: 9_900 }, then: false },
    { given: { verdict: 'unknown', latencyMs: 9_900 }, then: false },
    { given: { verdict: 'fail', latencyMs: 5_000, site: site('a', { timeoutSeconds: 5 }) }, then: true },
  ])('with $given: $then', ({ given, then }) => {
    expect(hasTimedOut(result(given))).toBe(then);
  });
});
