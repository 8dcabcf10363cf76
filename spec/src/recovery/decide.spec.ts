import type { Settings, State, Watch } from '../../../src/model/state.ts';
import type { Witness } from '../../../src/model/witness.ts';
import { type Decision, decide, graceEndsAt } from '../../../src/recovery/decide.ts';
import { lineOf } from '../../../src/notices/wording.ts';
import { site } from '../builders.ts';
import { settled } from '../history.ts';

const AT = 20_000_000;
const FIVE = ['a', 'b', 'c', 'd', 'e'].map((name) => site(name));

/** A state in which so many of five critical sites are down. */
const down = (
  count: number,
  { witness, ...changes }: Partial<Omit<Watch, 'shared'>> & { readonly witness?: Witness } = {},
  settings: Partial<Settings> = {},
): State => {
  const { state } = settled([], { sites: [...FIVE, site('x', { role: 'advisory' })], settings });
  const failures = Object.fromEntries(FIVE.slice(0, count).map(({ url }) => [url, 2]));
  const shared = { ...state.shared, witness: witness ?? state.shared.witness };
  return { ...state, shared, sites: { ...state.sites, failures }, ...changes };
};

const backoff = (attempts: number, notBefore: number): State['backoff'] => ({
  attempts,
  notBefore,
  calmSince: undefined,
});
const answering = (answeredAt: number): Witness => ({
  value: 'answering',
  answeredAt,
  nextProbeAt: 0,
  awaited: undefined,
});
const silent: Witness = {
  value: 'silent',
  since: 0,
  misses: 2,
  reason: 'no answer',
  doubtedFrom: undefined,
  nextProbeAt: 0,
  awaited: undefined,
};

const ANY = '1 of 5 critical sites down, and SITE_QUORUM=any asks for 1';
const GRACE = { selfHealGraceMs: 60_000 };

const sentenceOf = (decision: Decision | undefined): string | undefined =>
  decision && lineOf(decision.notice).message;

describe('the decision about a recovery', () => {
  it.each<{ given: string; state: State; why: string }>([
    {
      given: 'one critical site is down and the quorum is "any"',
      state: down(1),
      why: `${ANY}; recovery 1 since all was well, the next one not before 60s after its end`,
    },
    {
      given: 'the quorum is met',
      state: down(3, {}, { siteQuorum: 'majority' }),
      why: '3 of 5 critical sites down, and SITE_QUORUM=majority asks for 3; recovery 1 since all was well, the next one not before 60s after its end',
    },
    {
      given: 'the backoff ends at this very moment',
      state: down(1, { backoff: backoff(2, AT) }),
      why: `${ANY}; recovery 3 since all was well, the next one not before 240s after its end`,
    },
    {
      given: 'the grace ends at this very moment',
      state: down(1, { outageSince: AT - 60_000 }, GRACE),
      why: `${ANY}; recovery 1 since all was well, the next one not before 60s after its end`,
    },
    {
      given: 'there is a grace but no sign of an outage',
      state: down(1, { outageSince: undefined }, GRACE),
      why: `${ANY}; recovery 1 since all was well, the next one not before 60s after its end`,
    },
    {
      given: 'the witness answered as the outage began',
      state: down(1, { outageSince: 5_000, witness: answering(5_000) }),
      why: `${ANY}; the line is up, says the witness; recovery 1 since all was well, the next one not before 60s after its end`,
    },
    {
      given: 'the witness answers and there is no sign of an outage',
      state: down(1, { outageSince: undefined, witness: answering(0) }),
      why: `${ANY}; the line is up, says the witness; recovery 1 since all was well, the next one not before 60s after its end`,
    },
    {
      given: 'another gateway is excluded',
      state: down(1, {}, { exclude: ['other'] }),
      why: `${ANY}; recovery 1 since all was well, the next one not before 60s after its end`,
    },
  ])('is to begin if $given', ({ state, why }) => {
    const decision = decide(state, AT);
    expect(decision?.act).toBe(true);
    expect(sentenceOf(decision)).toBe(`Why: ${why}`);
  });

  it.each<{ given: string; state: State; hold: string; why: string }>([
    {
      given: 'the quorum is not met, whatever else applies',
      state: down(
        2,
        { witness: silent, backoff: backoff(1, AT + 1) },
        { siteQuorum: 3, exclude: ['gluetun'] },
      ),
      hold: 'quorum',
      why: '2 of 5 critical sites down, and SITE_QUORUM=3 asks for 3; so the tunnel counts as working',
    },
    {
      given: 'the gateway is excluded',
      state: down(1, { witness: silent }, { exclude: ['gluetun'] }),
      hold: 'excluded',
      why: `${ANY}; gluetun is in EXCLUDE_CONTAINERS`,
    },
    {
      given: 'the witness was never asked',
      state: down(1, { witness: { value: 'untried', nextProbeAt: 0, awaited: undefined } }),
      hold: 'awaitingWitness',
      why: `${ANY}; the witness is being asked`,
    },
    {
      given: 'the witness last answered before the outage',
      state: down(1, { outageSince: 5_000, witness: answering(4_999) }),
      hold: 'awaitingWitness',
      why: `${ANY}; the witness is being asked`,
    },
    {
      given: 'the line itself is down',
      state: down(1, { witness: silent, outageSince: AT }, GRACE),
      hold: 'line',
      why: `${ANY}; the line itself is down: the witness does not answer either`,
    },
    {
      given: 'the grace is not over',
      state: down(1, { outageSince: AT - 55_000, backoff: backoff(1, AT + 1) }, GRACE),
      hold: 'grace',
      why: `${ANY}; Gluetun has 5s left to heal itself (SELF_HEAL_GRACE)`,
    },
    {
      given: 'the backoff after one recovery is not over',
      state: down(1, { backoff: backoff(1, AT + 30_000) }),
      hold: 'backoff',
      why: `${ANY}; after 1 recovery the next is due in 30s`,
    },
    {
      given: 'the backoff after several recoveries is not over',
      state: down(1, { backoff: backoff(2, AT + 1_500) }),
      hold: 'backoff',
      why: `${ANY}; after 2 recoveries the next is due in 1.5s`,
    },
  ])('is to hold back if $given', ({ state, hold, why }) => {
    const decision = decide(state, AT);
    expect(decision).toMatchObject({ act: false, notice: { because: hold } });
    expect(sentenceOf(decision)).toBe(`No recovery: ${why}`);
  });

  it('is not made if no critical site is down', () => {
    expect(decide(down(0), AT)).toBeUndefined();
  });
});

describe('the grace for Gluetun to heal itself', () => {
  it.each([
    ['without a sign of an outage', undefined, 60_000, 0],
    ['of zero length', 5_000, 0, 0],
    ['counted from the first sign of an outage', 5_000, 60_000, 65_000],
  ])('%s ends at the right time', (_, outageSince, selfHealGraceMs, then) => {
    expect(graceEndsAt(down(1, { outageSince }, { selfHealGraceMs }))).toBe(then);
  });
});
