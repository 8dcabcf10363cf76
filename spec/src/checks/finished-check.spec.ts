import type { Event, Verdict } from '../../../streams/events.ts';
import {
  type FinishedCheck,
  failuresCount,
  finishedCheck,
  isOfThisStart,
} from '../../../src/checks/finished-check.ts';
import type { Shared, State } from '../../../src/model/state.ts';
import { checkCutShort, checked, engineText, gatewayFacts, seconds, site } from '../builders.ts';
import { settled } from '../history.ts';

const sites = [site('a'), site('b'), site('c', { role: 'advisory' })];

describe('a check', () => {
  it.each<{ given: Record<string, Verdict>; then: boolean }>([
    { given: {}, then: true },
    { given: { c: 'fail' }, then: true },
    { given: { b: 'unknown' }, then: true },
    { given: { b: 'fail' }, then: false },
    { given: { a: 'unknown', b: 'unknown' }, then: false },
    { given: { a: 'fail', b: 'fail' }, then: false },
  ])('with $given counts as passing: $then', ({ given, then }) => {
    const history = settled([], { sites }).feed(seconds(30));
    const events = checked(given)(history.state, history.now);
    const last = events.at(-1);
    events.slice(0, -1).forEach((event) => history.reduce(event));
    expect(last && finishedCheck(last, history.state)?.passing).toBe(then);
  });
});

describe('the end of a check', () => {
  const history = settled([], { sites }).feed(seconds(30));
  const { state, now: at } = history;
  const checkId = state.checking.running?.checkId ?? -1;
  const ends: Event = { type: 'checkFinished', at, checkId, cutShort: undefined };

  it.each([
    ['no result', undefined],
    ['the stream ended', 'the stream ended'],
  ])('without results leaves each site unknown: %s', (reason, cutShort) => {
    const [event] = checkCutShort(cutShort)(state, at);
    const check = event && finishedCheck({ ...ends, cutShort }, state);
    expect(check).toMatchObject({ startedAt: state.checking.running?.startedAt, passing: false });
    expect(check?.results).toEqual(
      sites.map((one) => ({
        site: one,
        verdict: 'unknown',
        reason,
        latencyMs: undefined,
        httpStatus: undefined,
      })),
    );
  });

  it.each<{ given: string; event: Event }>([
    { given: 'another check than the one running', event: { ...ends, checkId: checkId + 1 } },
    { given: 'no check', event: { type: 'timeReached', at } },
  ])('is ignored if it belongs to $given', ({ event }) => {
    expect(finishedCheck(event, state)).toBeUndefined();
  });

  it('is ignored if no check is running', () => {
    const { state: idle } = settled([], { sites });
    expect(finishedCheck(ends, idle)).toBeUndefined();
  });
});

describe('the failure of a check', () => {
  const { state: known } = settled([], { gateway: gatewayFacts({ health: 'healthy' }) });
  const HEALTHY_WAIT = known.settings.healthyWaitMs;
  const SEEN = 1_000;
  const startedAt = (at: number): FinishedCheck => ({
    startedAt: at,
    results: [],
    isInconclusive: false,
    cutShort: undefined,
    isDoubted: false,
    passing: false,
  });
  /** A gateway seen to start at `SEEN`, ready or not. */
  const gateway = (readyAt: number | undefined): State => ({
    ...known,
    gateway: {
      value: readyAt === undefined ? 'starting' : 'ready',
      id: 'x',
      name: 'gluetun',
      start: {
        seenAt: SEEN,
        startedAt: { engineMs: SEEN, text: engineText(SEEN) },
        tunnelShownAt: undefined,
        readyAt,
        unreadyRuns: 0,
        isLate: false,
      },
    },
  });

  it.each<{ given: string; state: State; begun: number; ofThisStart: boolean; counts: boolean }>([
    { given: 'began before the start', state: gateway(500), begun: SEEN - 1, ofThisStart: false, counts: false },
    { given: 'began at the start', state: gateway(SEEN), begun: SEEN, ofThisStart: true, counts: true },
    { given: 'began before the gateway was ready', state: gateway(5_000), begun: 4_999, ofThisStart: true, counts: false },
    { given: 'began as the gateway became ready', state: gateway(5_000), begun: 5_000, ofThisStart: true, counts: true },
    { given: 'began while the gateway had time left to become ready', state: gateway(undefined), begun: SEEN + HEALTHY_WAIT - 1, ofThisStart: true, counts: false },
    { given: "began when the gateway's time to become ready was over", state: gateway(undefined), begun: SEEN + HEALTHY_WAIT, ofThisStart: true, counts: true },
    { given: 'belongs to an absent gateway', state: { ...known, gateway: { value: 'absent' } }, begun: 5_000, ofThisStart: false, counts: false },
  ])('that $given counts: $counts', ({ state, begun, ofThisStart, counts }) => {
    expect(isOfThisStart(state, startedAt(begun))).toBe(ofThisStart);
    expect(failuresCount(state, startedAt(begun))).toBe(counts);
  }); // prettier-ignore

  const signalled = { run: 'a', by: 'operator', stage: 'expected', at: 1, until: 99_000 } as const;
  it.each<{ given: string; exits: Shared['exits']; counts: boolean }>([
    { given: 'somebody stops the gateway', exits: { x: signalled }, counts: false },
    { given: 'somebody stops another container', exits: { y: signalled }, counts: true },
    {
      given: 'our own act has sent the gateway a signal',
      exits: { x: { ...signalled, by: 'monitor' } },
      counts: true,
    },
  ])('counts while $given: $counts', ({ exits, counts }) => {
    expect(
      failuresCount({ ...gateway(5_000), shared: { ...gateway(5_000).shared, exits } }, startedAt(5_000)),
    ).toBe(counts);
  });
});
