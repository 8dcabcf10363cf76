import { NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import {
  type Happening,
  checkFailed,
  checkPassed,
  happens,
  minutes,
  seconds,
  selfHealingLogged,
  site,
  turned,
} from '../builders.ts';
import { type History, type Setting, settled } from '../history.ts';

const FIVE = ['a', 'b', 'c', 'd', 'e'].map((name) => site(name));
/** The next check there is, whenever it comes. */
function nextCheck(history: History, outcome: Happening): History {
  const isUnderWay = (): boolean => history.state.checking.running !== undefined;
  for (let waited = 0; waited < 600 && !isUnderWay(); waited += 1) history.feed(seconds(1));
  return history.feed(outcome);
}

const failing = (history: History, ...names: readonly string[]): History =>
  [1, 2].reduce((soFar) => nextCheck(soFar, checkFailed(...names)), history);
const withWitness = (setting: Setting = {}): History => settled([], { ...setting, hasWitness: true });

const asked = ({ everything: { witness } }: History): number =>
  witness.value === 'none' ? -1 : (witness.awaited ?? -1);
const witness = (history: History, answers: boolean): History =>
  history.feed(happens({ type: 'witnessProbed', requestId: asked(history), answers }));

describe('a recovery is held back', () => {
  it.each<{ given: string; setting: Setting; down: string[]; says: RegExp }>([
    {
      given: 'while too few sites are down',
      setting: { sites: FIVE, settings: { siteQuorum: 'majority' } },
      down: ['a', 'b'],
      says: /^No recovery: 2 of 5 critical sites down, and SITE_QUORUM=majority asks for 3; so the tunnel counts as working$/,
    },
    {
      given: 'while Gluetun has time to heal itself',
      setting: { settings: { selfHealGraceMs: 120_000 } },
      down: ['a'],
      says: /^No recovery: 1 of 1 .*; Gluetun has 110s left to heal itself \(SELF_HEAL_GRACE\)$/,
    },
    {
      given: 'while the backoff is not over',
      setting: {
        memory: {
          ...NOTHING_PERSISTED,
          backoff: { gluetun: { attempts: 2, notBefore: 10_100_000 } },
        },
      },
      down: ['a'],
      says: /^No recovery: 1 of 1 .*; after 2 recoveries the next is due in \d+s$/,
    },
  ])('$given, with one line that says so', ({ setting, down, says }) => {
    const history = failing(settled([], setting), ...down)
      .expectNoAct()
      .expectLine(says, 'warn');
    nextCheck(history, checkFailed(...down))
      .expectNoAct()
      .expectLine(says);
  });

  it('no longer than the grace lasts', () => {
    const history = failing(settled([], { settings: { selfHealGraceMs: 60_000 } })).expectNoAct();
    nextCheck(history.feed(seconds(50)), checkFailed());
    history.feed(seconds(0)).expectActs('restartGateway');
  });

  it.each([
    ['Docker', turned('gluetun', 'unhealthy')],
    ['Gluetun', selfHealingLogged()],
  ])('by a grace that begins when %s reports trouble', (_, doubt) => {
    const history = settled([], { settings: { selfHealGraceMs: 60_000 } }).feed(doubt, seconds(40));
    failing(history).expectNoAct();
    nextCheck(history, checkFailed());
    nextCheck(history, checkFailed()).expectActs('restartGateway');
  });
});

describe('the witness', () => {
  it('is asked at the start and at the first failed check', () => {
    const history = withWitness();
    expect(asked(history)).toBeGreaterThan(0);
    witness(history, true);
    expect(asked(history)).toBe(-1);
    nextCheck(history, checkFailed());
    expect(asked(history)).toBeGreaterThan(0);
  });

  it('lets the recovery begin as soon as it answers', () => {
    const history = witness(withWitness({ settings: { failThreshold: 1 } }), true);
    history
      .feed(seconds(30), checkFailed())
      .expectNoAct()
      .expectNoLine(/No recovery/);
    witness(history, true)
      .expectActs('restartGateway')
      .expectLine(/^Why: .*the line is up, says the witness/);
  });

  it('shows that the line is down if it does not answer either', () => {
    const history = witness(withWitness(), true);
    history.feed(seconds(30), checkFailed());
    witness(history, false).feed(seconds(1.5));
    witness(history, false).expectLine(/^The line itself seems down: the witness does not answer/, 'warn');
    history.feed(seconds(8.5), checkFailed()).expectNoAct();
    history.expectLine(/^No recovery: .*; the line itself is down: the witness does not answer either$/);
    history.forget().feed(seconds(1));
    witness(history, true).expectLine(/^The line is up again after 1\ds, says the witness/);
    history.expectChecks(1);
  });

  it('is not reported for a single missed answer', () => {
    const history = witness(withWitness(), true).feed(seconds(61));
    witness(history, false).feed(seconds(1));
    witness(history, true).expectNoLine(/line|witness/i);
  });

  it('is reported and ignored if it has never answered', () => {
    const history = witness(withWitness(), false);
    history.expectLine(/^The witness has not answered \(no answer\); it is ignored until it does$/, 'warn');
    failing(history).expectActs('restartGateway');
  });

  it('is reported and ignored if it does not answer although the tunnel works', () => {
    const history = witness(withWitness(), true).feed(seconds(61));
    if (history.state.checking.running !== undefined) history.feed(checkPassed());
    witness(history, false).feed(seconds(1));
    witness(history, false).feed(seconds(30));
    if (history.state.checking.running !== undefined) history.feed(checkPassed());
    history.feed(seconds(2));
    witness(history, false).feed(seconds(2));
    witness(history, false).expectLine(/though the sites can be reached through the tunnel; it is ignored/);
  });
});

describe('a site that three recoveries did not bring back', () => {
  it('is held as advisory until it passes once', () => {
    const history = settled([], { sites: FIVE, settings: { backoffMs: 0 } });
    const state = history.state;
    history.state = { ...state, demotion: { held: [], blocked: { urls: ['https://c/'], recoveries: 3 } } };
    failing(history, 'c').expectNoAct();
    history.expectLine(
      /^https:\/\/c did not come back in 3 recoveries.*held as advisory until it passes once/,
      'warn',
    );
    history.feed(minutes(5));
    if (history.state.checking.running !== undefined) history.feed(checkFailed('c'));
    history.expectNoAct();
    history.feed(seconds(30), checkPassed());
    history.expectLine(/^Site https:\/\/c can be reached again, and counts as critical again$/);
    expect(history.state.demotion.held).toEqual([]);
  });

  it('stays critical if most of the sites are down', () => {
    const history = settled([], { sites: FIVE });
    const state = history.state;
    const urls = ['https://a/', 'https://b/', 'https://c/'];
    history.state = { ...state, demotion: { held: [], blocked: { urls, recoveries: 3 } } };
    failing(history, 'a', 'b', 'c').expectActs('restartGateway');
  });
});
