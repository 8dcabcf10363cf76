import { NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import {
  type Happening,
  checkBlind,
  checkFailed,
  checkPassed,
  checked,
  connected,
  disconnected,
  gatewayFacts,
  inspectedAs,
  listed,
  listedAgain,
  onGateway,
  restartMessages,
  seconds,
  site,
  succeeded,
  waveSucceeded,
} from '../builders.ts';
import { History, type Steps, settled } from '../history.ts';

const down: Steps = [seconds(30), checkFailed('a'), seconds(30), checkFailed('a')];

/** Checks for so many minutes, two in each. */
const checksFor = (history: History, lastsMinutes: number, outcome: Happening = checkPassed()): History =>
  Array.from({ length: lastsMinutes * 2 }).reduce<History>(
    (soFar) => soFar.feed(seconds(30), outcome),
    history,
  );

describe('sites held as advisory by an earlier monitor', () => {
  const sites = ['a', 'b', 'c', 'd', 'e'].map((name) => site(name));
  const held = ['https://a/', 'https://b/'];
  const memory = {
    ...NOTHING_PERSISTED,
    sites: { gluetun: { held, blocked: undefined, passed: sites.map(({ url }) => url) } },
  };
  const restarted = (): History => new History({ sites, memory }).feed(connected(), listed(gatewayFacts()));
  const PASSES = /^Site https:\/\/a can be reached again, and counts as critical again$/;

  it('are named after the first listing, and only then', () => {
    const STILL = /^Still held as advisory until it passes once: https:\/\/a, https:\/\/b$/;
    new History({ sites, memory }).feed(connected()).expectNoLine(STILL);
    restarted().feed(listedAgain(), disconnected(), connected(), listedAgain()).expectLine(STILL, 'info');
  });

  it('are not mentioned if there are none', () => {
    const history = new History({ sites }).feed(connected(), listed(gatewayFacts()));
    history.expectLines('Monitoring container: gluetun', 'Dependent containers (auto-discovery): none');
  });

  it('become critical again one by one, as each passes', () => {
    const history = restarted().feed(checkFailed('b')).expectLine(PASSES, 'info');
    history.feed(seconds(30), checkFailed('b'), seconds(30), checkFailed('b')).expectNoAct();
    history.feed(seconds(30), checkFailed('a'), seconds(30), checkFailed('a')).expectActs('restartGateway');
  });

  it('do not become critical again because of a late result of a finished check', () => {
    const late = (history: History): Happening => {
      const [probed] = checkPassed()(history.state, 0);
      return (_state, at) => (probed === undefined ? [] : [{ ...probed, at }]);
    };
    const history = restarted();
    const tooLate = late(history);
    history.feed(checkFailed('a', 'b'), tooLate).expectNoLine(PASSES);
    history.feed(seconds(30), tooLate).expectNoLine(PASSES);
  });
});

describe('the count of recoveries', () => {
  const sites = ['a', 'b', 'c'].map((name) => site(name));
  /** In a dry run a recovery is over as soon as it has begun. */
  const settings = { dryRun: true };
  const recovered = (): History =>
    settled([], { sites, settings })
      .feed(...down)
      .forget();
  const nth = (count: number): RegExp => new RegExp(`; recovery ${String(count)} since all was well,`);

  it('is reset after ten minutes of passing checks', () => {
    checksFor(recovered(), 11)
      .feed(...down)
      .expectLine(nth(1));
  });

  it('is kept before ten minutes have passed', () => {
    checksFor(recovered(), 9)
      .feed(...down)
      .expectLine(nth(2));
  });

  it('is reset even if a check in between was inconclusive', () => {
    const history = checksFor(recovered(), 6).feed(seconds(30), checkBlind());
    checksFor(history, 5)
      .feed(...down)
      .expectLine(nth(1));
  });

  it('is kept if a site failed in between', () => {
    const history = checksFor(recovered(), 6).feed(seconds(30), checkFailed('a'));
    checksFor(history, 6)
      .feed(...down)
      .expectLine(nth(2));
  });

  it('is kept if the ten minutes include checks during the recovery', () => {
    const history = settled([onGateway('app')], { sites })
      .feed(...down, seconds(1), restartMessages('gluetun'))
      .feed(inspectedAs('gluetun', { health: 'healthy' }), succeeded(), seconds(6), checkPassed())
      .feed(listedAgain())
      .expectRecovery('repairing');
    checksFor(history, 6).feed(waveSucceeded()).expectRecovery('none').forget();
    checksFor(history, 6)
      .feed(...down)
      .expectLine(nth(2));
  });

  it('is reset together with the record of the sites it was for', () => {
    const RESTART = /^\[DRY-RUN\] Restarting gluetun/;
    const again: Steps = [
      seconds(60),
      checkPassed(),
      seconds(300),
      checkFailed('a'),
      seconds(30),
      checkFailed('a'),
    ];
    const history = recovered().feed(...again, ...again);
    checksFor(history, 11)
      .forget()
      .feed(...down)
      .expectLine(RESTART);
    history.feed(...again, ...again).forget();
    history
      .feed(...again)
      .expectNoLine(RESTART)
      .expectLine(/^https:\/\/a did not come back in 3 recoveries/);
  });

  it('is reset by checks that meet the quorum, even if a site fails in each', () => {
    const history = settled([], { sites, settings: { ...settings, siteQuorum: 'majority' } });
    const both = checked({ a: 'fail', b: 'fail' });
    history.feed(seconds(30), both, seconds(30), both).forget();
    checksFor(history, 11, checked({ a: 'fail' })).feed(seconds(30), both, seconds(30), both);
    history.expectLine(nth(1));
  });
});
