import { dependentsOf } from '../../../src/model/dependents-of.ts';
import {
  checkBlind,
  checkCutShort,
  checkFailed,
  checkPassed,
  checked,
  compose,
  connected,
  created,
  destroyed,
  died,
  endpointRead,
  endpointUnavailable,
  facts,
  failed,
  gatewayFacts,
  inspected,
  inspectedAs,
  listed,
  listedAgain,
  minutes,
  onGateway,
  publicIpLogged,
  restartEnded,
  restartFailed,
  restartMessages,
  seconds,
  site,
  started,
  stoppedByHand,
  succeeded,
  turned,
  waveSucceeded,
} from '../builders.ts';
import { History, type Steps, settled } from '../history.ts';

const app = onGateway('app');
const db = onGateway('db');
const down: Steps = [seconds(30), checkFailed('a'), seconds(10), checkFailed('a')];
const sites = [site('a'), site('b')];
const back: Steps = [
  seconds(1),
  restartMessages('gluetun'),
  inspectedAs('gluetun', { health: 'healthy' }),
  succeeded(),
  endpointRead('203.0.113.7'),
];

/** What the shell-script way of doing this gets wrong, by its numbers in FACTS.md D. */
describe('regressions', () => {
  it('D1: one dead site does not leave the stack stranded', () => {
    const history = settled([app], { sites }).feed(...down, ...back);
    history.feed(checkFailed('a'));
    for (let times = 0; times < 4; times += 1) history.feed(seconds(5), checkFailed('a'));
    history.feed(seconds(10));
    history.feed(listedAgain(), waveSucceeded());
    history.expectActs('restartGateway', 'repairDependents').expectLine(/^app restarted successfully$/);
  });

  it('D2: a dependent that cannot be restarted does not stop the restart of the others', () => {
    settled([app, db], { sites })
      .feed(...down, ...back, checkPassed(), listedAgain())
      .feed(restartFailed('app'), restartEnded('db'), succeeded())
      .expectLine(/^db restarted successfully$/)
      .feed(seconds(6))
      .expectActs('restartGateway', 'repairDependents', 'repairDependents');
  });

  it('D3: the monitor goes on if the public IP or its place is unknown', () => {
    new History()
      .feed(
        connected(),
        listed(gatewayFacts()),
        publicIpLogged(undefined),
        endpointUnavailable(),
        checkPassed(),
        seconds(10),
      )
      .expectLine(/^Status: STARTUP \| IP: unknown \| Country: unknown/)
      .expectGateway('ready');
  });

  it('D4: a gateway restarted or re-created by somebody else is followed', () => {
    const again = gatewayFacts({ id: 'f'.repeat(64), startedAt: 10_000_000 });
    const history = settled([facts('app', { ref: 'gluetun' })]).feed(restartMessages('gluetun'));
    history.expectLine(/^gluetun started; waiting until it is ready$/);
    history.feed(destroyed('gluetun'), created('gluetun', { id: again.id }), inspected(again));
    expect(history.state.gateway).toMatchObject({ value: 'ready', id: again.id });
    history.feed(minutes(1)).expectChecks(1);
    expect(history.commands.findLast(({ kind }) => kind === 'checkSites')).toMatchObject({
      gatewayId: again.id,
    });
  });

  it('D5: a gateway that could not be inspected does not match every network', () => {
    const all = [
      gatewayFacts({ inspected: false }),
      facts('gluetun2'),
      facts('theirs', { on: 'gluetun2' }),
      facts('nobody', { ref: '' }),
      app,
    ];
    const history = new History().feed(connected(), listed(...all));
    expect(dependentsOf(history.state)).toEqual([]);
    history.feed(inspected(gatewayFacts()));
    expect(dependentsOf(history.state).map(({ name }) => name)).toEqual(['app']);
    const absent = new History().feed(connected(), listed(...all.slice(1)));
    expect(dependentsOf(absent.state)).toEqual([]);
  });

  it('D7: a stopped dependent is noticed', () => {
    const { state } = settled([onGateway('off', { runState: 'exited' })]);
    expect(dependentsOf(state).map(({ name }) => name)).toEqual(['off']);
  });

  it('D8: a stopped gateway leads to one line, and one missing at the start is waited for', () => {
    const history = settled([app]).feed(stoppedByHand('gluetun'), minutes(60));
    expect(history.said.filter((line) => line.includes('gluetun'))).toHaveLength(1);
    history.expectChecks(0).expectNoAct();
    new History()
      .feed(connected(), listed(app), minutes(5), created('gluetun'), inspected(gatewayFacts()))
      .expectGateway('ready');
  });

  it('D9: a gateway without a health check becomes ready, and its dependents are restarted', () => {
    settled([app], { sites, gateway: gatewayFacts({ health: 'none' }) })
      .feed(...down)
      .feed(seconds(1), restartMessages('gluetun'), inspectedAs('gluetun', { health: 'none' }), succeeded())
      .feed(seconds(5), checkPassed(), endpointRead('203.0.113.7'), listedAgain(), waveSucceeded())
      .expectActs('restartGateway', 'repairDependents')
      .expectLine(/^Recovery complete/);
  });

  it('D9: a gateway whose health check always fails although the sites pass is recovered all the same', () => {
    settled([app], { sites })
      .feed(...down)
      .feed(
        seconds(1),
        restartMessages('gluetun'),
        inspectedAs('gluetun', { health: 'starting' }),
        succeeded(),
      )
      .feed(publicIpLogged('203.0.113.7'), checkPassed(), endpointRead('203.0.113.7'))
      .feed(listedAgain(), waveSucceeded())
      .expectLine(/^Recovery complete/);
  });

  it('D10: a failed restart is reported, and a "healthy" from before it is ignored', () => {
    settled([app], { sites })
      .feed(...down, failed('server error'))
      .expectLine(/^Restarting gluetun failed: server error$/)
      .feed(turned('gluetun', 'healthy'))
      .expectRecovery('awaitingReady')
      .expectActs('restartGateway');
  });

  it('D12: the verification does not accept a check with a failed site', () => {
    settled([app], { sites, settings: { failThreshold: 5 } })
      .feed(
        ...down,
        seconds(10),
        checkFailed('a'),
        seconds(10),
        checkFailed('a'),
        seconds(10),
        checkFailed('a'),
      )
      .feed(...back, checkFailed('b'))
      .expectRecovery('verifying');
  });

  it('D17: the IP of an earlier start is not reported as new', () => {
    settled([], { sites })
      .feed(...down, seconds(1), restartMessages('gluetun'), inspectedAs('gluetun', { health: 'healthy' }))
      .feed(succeeded(), seconds(1), checkPassed(), endpointUnavailable(), seconds(30))
      .expectLine(/^Status: NEW \| IP: unknown/);
  });

  it('D18: the city in the endpoint line is the city', () => {
    new History()
      .feed(connected(), listed(gatewayFacts()))
      .feed(endpointRead('203.0.113.1', { country: 'Germany', region: 'Hesse', city: 'Frankfurt am Main' }))
      .expectLine(/Country: Germany \| City: Frankfurt am Main \|/);
  });

  it('D21: an added dependent is logged at once and included in the next recovery', () => {
    const added = onGateway('new', { startedAt: 9_999_000, labels: compose('new') });
    const history = settled([app], { sites }).feed(created('new'), inspected(added));
    history.expectLines('Dependent container added: new');
    history
      .feed(...down, ...back, checkPassed(), listedAgain())
      .expectLine(/^Discovered dependent containers: app,new$/);
  });

  it('D22: warns that sites cannot be probed only after two checks without results', () => {
    settled([], { sites })
      .feed(seconds(30), checkCutShort(), seconds(10), checkCutShort())
      .expectLine(/^Sites cannot be probed through gluetun: the stream ended/)
      .expectNoAct();
    settled([], { sites })
      .feed(seconds(30), checked({ a: 'unknown' }))
      .expectLine(/cannot be probed/);
  });

  it('D23: a dependent is reported as restarted only if it was seen on the live network', () => {
    settled([app], { sites })
      .feed(
        ...down,
        ...back,
        checkPassed(),
        listedAgain(),
        restartEnded('app', { startedAt: 2_000 }),
        succeeded(),
      )
      .expectNoLine(/restarted successfully/);
  });

  it('an hour without problems leads to no lines', () => {
    const history = settled([app, db]);
    for (let times = 0; times < 120; times += 1) history.feed(seconds(30), checkPassed(), listedAgain());
    history.expectLines().expectNoAct();
  });

  it('an hour in which sites cannot be probed leads to one line', () => {
    const history = settled([app]);
    for (let times = 0; times < 120; times += 1) history.feed(seconds(30), checkBlind());
    expect(history.said).toHaveLength(1);
    history.expectNoAct();
  });

  it('dependents are not restarted before a gateway that its restart policy started is ready', () => {
    settled([app])
      .feed(
        died('gluetun', 1),
        seconds(1),
        started('gluetun'),
        inspectedAs('gluetun', { health: 'starting' }),
        minutes(1),
      )
      .expectNoAct();
  });
});
