import type { Event } from '../../../streams/events.ts';
import {
  type Happening,
  checkBlind,
  checkFailed,
  checkPassed,
  checked,
  endpointRead,
  facts,
  gatewayFacts,
  happens,
  idOf,
  inspectedAs,
  listedAgain,
  onGateway,
  publicIpLogged,
  restartFailed,
  restartMessages,
  seconds,
  site,
  succeeded,
  turned,
  waveSucceeded,
} from '../builders.ts';
import { type History, type Setting, type Steps, settled } from '../history.ts';

const app = onGateway('app');
const down: Steps = [seconds(30), checkFailed(), seconds(10), checkFailed()];
/** The gateway is back after its restart, but not ready. */
const back: Steps = [
  seconds(1),
  restartMessages('gluetun'),
  inspectedAs('gluetun', { health: 'starting' }),
  succeeded(),
];

/** A check is to verify the tunnel. */
const verifying = (containers = [app], setting: Setting = {}): History =>
  settled(containers, setting)
    .feed(...down, ...back, seconds(5), turned('gluetun', 'healthy'))
    .forget();
/** The tunnel is verified, and the containers are asked for. */
const listing = (containers = [app], setting: Setting = {}): History =>
  verifying(containers, setting).feed(endpointRead('203.0.113.7'), checkPassed()).expectRecovery('listing');

/** The containers as the engine shows them when asked at that time. */
const listedAsOf =
  (requestedAt: number): Happening =>
  (state, at) =>
    listedAgain()(state, at).map((event): Event => ({ ...event, requestedAt }) as Event);

describe('a deadline of the recovery', () => {
  it('is judged after the events that arrived while the monitor stood still', () => {
    const history = settled([app]).feed(...down, ...back);
    history.now += 300_000;
    history.feed(turned('other', 'unhealthy'), turned('gluetun', 'healthy'));
    history.expectNoLine(/did not become ready/).expectRecovery('verifying');
  });
});

describe('a verification that ends without a passing check', () => {
  it('names the sites that still fail', () => {
    const history = verifying([app], { sites: [site('a'), site('b'), site('c')] });
    history.feed(endpointRead('203.0.113.7'), checked({ a: 'fail', b: 'fail' }), seconds(31));
    history.expectLine(/^No check has passed since the restart: https:\/\/a, https:\/\/b$/, 'warn');
  });

  it('names no site if none is known to fail', () => {
    const history = verifying().feed(endpointRead('203.0.113.7'), checkBlind());
    history.feed(happens({ type: 'sitesChanged', sites: [site('new')], faults: [] }), checkBlind());
    history.feed(seconds(31)).expectLine(/^No check has passed since the restart$/, 'warn');
  });
});

describe('a recovery that has verified the tunnel', () => {
  it("logs the endpoint at once and goes on if Gluetun's log has shown it", () => {
    verifying()
      .feed(publicIpLogged('203.0.113.7'), checkPassed())
      .expectLine(/^Status: NEW \| IP: 203\.0\.113\.7 /)
      .expectRecovery('listing');
  });

  it('goes on without the endpoint if it is not known yet', () => {
    verifying()
      .feed(checkPassed())
      .expectNoLine(/^Status/)
      .expectLine(/^Discovering and restarting dependent containers\.\.\.$/)
      .expectRecovery('listing');
  });
});

describe('the containers after the restart', () => {
  it('are listed once, and again every 15 s until there is an answer', () => {
    // By then the listing of each minute is nearly a minute away.
    const history = verifying().feed(endpointRead('203.0.113.7'), seconds(20)).forget();
    history.feed(checkPassed()).expectCommandCount('listContainers', 1);
    history
      .feed(inspectedAs('app', { startedAt: 2_000 }), seconds(14))
      .expectCommandCount('listContainers', 1);
    history.feed(seconds(1)).expectCommandCount('listContainers', 2);
    history
      .feed(inspectedAs('app', { startedAt: 2_000 }), seconds(14))
      .expectCommandCount('listContainers', 2);
    history.feed(seconds(1)).expectCommandCount('listContainers', 3).expectRecovery('listing');
  });

  it('are accepted from a listing requested in the same millisecond, but not from an earlier one', () => {
    const history = verifying().feed(endpointRead('203.0.113.7'));
    const askedAt = history.now;
    history.feed(checkPassed(), listedAsOf(askedAt - 1)).expectRecovery('listing');
    history.feed(listedAsOf(askedAt)).expectRecovery('repairing');
  });

  it('are not accepted from a listing in which the gateway could not be inspected', () => {
    const unknown = gatewayFacts({ inspected: false, runState: 'restarting' });
    const history = listing().withoutAnswers().feed(listedAgain(unknown)).expectRecovery('listing');
    history.feed(inspectedAs('gluetun'), listedAgain()).expectRecovery('repairing');
  });

  it('are left alone if somebody else has restarted them meanwhile', () => {
    listing()
      .feed(inspectedAs('app'), listedAgain())
      .expectLine(/^Discovered dependent containers: app$/)
      .expectLine(/^Recovery complete/)
      .expectNoAct();
  });
});

describe('the verdict on a recovery', () => {
  const former = 'f'.repeat(64);
  const known = {
    memory: {
      gateways: { gluetun: [idOf('gluetun'), former] },
      dependents: {},
      exits: {},
      backoff: {},
      sites: {},
      paused: {},
    },
  };
  const orphans = [facts('ftp', { ref: former }), facts('web', { ref: former })];

  it('names the dependents that must be re-created by hand if AUTO_RECREATE is off', () => {
    const history = listing([app, ...orphans], { ...known, settings: { autoRecreate: false } });
    history
      .feed(listedAgain(), waveSucceeded())
      .expectLine(/^Recovery ended after \d+s, but to be re-created by hand: ftp, web$/, 'error')
      .expectNoLine(/Recovery complete/);
  });

  it('names everything that went wrong', () => {
    verifying()
      .feed(endpointRead('203.0.113.7'), checkFailed(), seconds(31), listedAgain())
      .feed(restartFailed('app'), succeeded())
      .expectLine(/^Recovery ended after \d+s, but no check has passed yet; not restarted: app$/, 'error');
  });
});
