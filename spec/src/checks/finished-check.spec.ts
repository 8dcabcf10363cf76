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
  ])('with $given is passing: $then', ({ given, then }) => {
    const history = settled([], { sites }).feed(seconds(30));
    const events = checked(given)(history.state, history.now);
    const last = events.at(-1);
    events.slice(0, -1).forEach((event) => history.reduce(event));
    expect(last && finishedCheck(last, history.state)?.passing).toBe(then);
  });
});

describe('a check that ends', () => {
  const history = settled([], { sites }).feed(seconds(30));
  const { state, now: at } = history;
  const checkId = state.checking.running?.checkId ?? -1;
  const ends: Event = { type: 'checkFinished', at, checkId, cutShort: undefined };

  it.each([
    ['no result', undefined],
    ['the stream ended', 'the stream ended'],
  ])('without results is unknown for each site: %s', (reason, cutShort) => {
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
    { given: 'another one than that under way', event: { ...ends, checkId: checkId + 1 } },
    { given: 'no check at all', event: { type: 'timeReached', at } },
  ])('is of no interest where it is $given', ({ event }) => {
    expect(finishedCheck(event, state)).toBeUndefined();
  });

  it('is of no interest where none is under way', () => {
    const { state: idle } = settled([], { sites });
    expect(finishedCheck(ends, idle)).toBeUndefined();
  });
});

describe('of a check that fails', () => {
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
    { given: 'begun before the start', state: gateway(500), begun: SEEN - 1, ofThisStart: false, counts: false },
    { given: 'begun at the start', state: gateway(SEEN), begun: SEEN, ofThisStart: true, counts: true },
    { given: 'begun before it was ready', state: gateway(5_000), begun: 4_999, ofThisStart: true, counts: false },
    { given: 'begun as it became ready', state: gateway(5_000), begun: 5_000, ofThisStart: true, counts: true },
    { given: 'of one with time left', state: gateway(undefined), begun: SEEN + HEALTHY_WAIT - 1, ofThisStart: true, counts: false },
    { given: 'of one out of time', state: gateway(undefined), begun: SEEN + HEALTHY_WAIT, ofThisStart: true, counts: true },
    { given: 'of one that is absent', state: { ...known, gateway: { value: 'absent' } }, begun: 5_000, ofThisStart: false, counts: false },
  ])('$given: it counts: $counts', ({ state, begun, ofThisStart, counts }) => {
    expect(isOfThisStart(state, startedAt(begun))).toBe(ofThisStart);
    expect(failuresCount(state, startedAt(begun))).toBe(counts);
  }); // prettier-ignore

  const signalled = { run: 'a', by: 'operator', stage: 'expected', at: 1, until: 99_000 } as const;
  it.each<{ given: string; exits: Shared['exits']; counts: boolean }>([
    { given: 'somebody stops it', exits: { x: signalled }, counts: false },
    { given: 'somebody stops another one', exits: { y: signalled }, counts: true },
    {
      given: 'our own command has sent it a signal',
      exits: { x: { ...signalled, by: 'monitor' } },
      counts: true,
    },
  ])('while $given it counts: $counts', ({ exits, counts }) => {
    expect(
      failuresCount({ ...gateway(5_000), shared: { ...gateway(5_000).shared, exits } }, startedAt(5_000)),
    ).toBe(counts);
  });
});
