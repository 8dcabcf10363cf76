import { checkDueAt } from '../../../src/checks/check-schedule.ts';
import {
  checkBlind,
  checkFailed,
  checkPassed,
  connected,
  died,
  disconnected,
  endpointRead,
  gatewayFacts,
  happens,
  idOf,
  inspectedAs,
  killed,
  listed,
  listedAgain,
  minutes,
  outOfMemory,
  paused,
  publicIpLogged,
  seconds,
  selfHealingLogged,
  site,
  started,
  succeeded,
  tunnelUpLogged,
  turned,
  unpaused,
} from '../builders.ts';
import { History, settled, type Steps } from '../history.ts';

const shuttingDown = happens({ type: 'shutdownRequested', signal: 'SIGTERM' });
const starting = [started('gluetun'), inspectedAs('gluetun', { health: 'starting' })];

describe('the pace of checks', () => {
  it.each<{ given: string; event: Steps; waitSeconds: number }>([
    { given: 'CHECK_INTERVAL while all is well', event: [seconds(30), checkPassed()], waitSeconds: 30 },
    { given: 'CHECK_INTERVAL while blind', event: [seconds(30), checkBlind()], waitSeconds: 30 },
    {
      given: 'RETRY_INTERVAL once a critical site has failed',
      event: [seconds(30), checkFailed('a')],
      waitSeconds: 10,
    },
    {
      given: 'CHECK_INTERVAL once an advisory one has',
      event: [seconds(30), checkFailed('b')],
      waitSeconds: 30,
    },
    {
      given: 'RETRY_INTERVAL under an alarm',
      event: [turned('gluetun', 'unhealthy'), checkBlind()],
      waitSeconds: 10,
    },
    {
      given: 'at most 5 s while a gateway that shows its tunnel is awaited',
      event: [...starting, tunnelUpLogged(), checkFailed()],
      waitSeconds: 5,
    },
    {
      given: 'at most 5 s while a gateway without a health check is awaited',
      event: [started('gluetun'), inspectedAs('gluetun', { health: 'none' }), seconds(6), checkFailed()],
      waitSeconds: 5,
    },
    {
      given: 'at most 5 s while a gateway is awaited whose time is over',
      event: [...starting, seconds(121), checkFailed()],
      waitSeconds: 5,
    },
  ])('is $given', ({ event, waitSeconds }) => {
    const history = settled([], { sites: [site('a'), site('b', { role: 'advisory' })] });
    history.feed(...event).forget();
    const since = history.state.checking.lastStartedAt ?? 0;
    history.feed({ waitMs: since + waitSeconds * 1000 - 1 - history.now }).expectChecks(0);
    history.feed({ waitMs: 1 }).expectChecks(1);
  });

  it('is even where both intervals are alike', () => {
    const history = settled([], { settings: { retryIntervalMs: 30_000, failThreshold: 9 } });
    history.feed(seconds(30), checkFailed()).forget();
    history.feed(seconds(29)).expectChecks(0).feed(seconds(1)).expectChecks(1);
  });

  it('is CHECK_INTERVAL while too few sites stay down', () => {
    const sites = [site('a'), site('b'), site('c')];
    const history = settled([], { sites, settings: { siteQuorum: 'majority' } });
    history.feed(seconds(30), checkFailed('a'), seconds(10), checkFailed('a')).forget();
    history.feed(seconds(29)).expectChecks(0).feed(seconds(1)).expectChecks(1);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'while one is under way', event: [seconds(30)] },
    { given: 'while the gateway is down', event: [died('gluetun', 1)] },
    { given: 'while the engine is lost', event: [disconnected()] },
  ])('has none due $given', ({ event }) => {
    expect(checkDueAt(settled().feed(...event).state)).toBeUndefined();
  });

  it('never has two checks at once, however long one takes', () => {
    settled().feed(minutes(10)).expectChecks(1);
  });

  it('waits until a starting gateway may prove something, or its time is over', () => {
    const history = settled()
      .feed(seconds(30), checkPassed(), ...starting)
      .forget();
    history.feed(seconds(119)).expectChecks(0).feed(seconds(2)).expectChecks(1);
  });
});

describe('a check at once', () => {
  it.each<{ given: string; event: Steps }>([
    { given: 'Docker calls the gateway unhealthy', event: [turned('gluetun', 'unhealthy')] },
    { given: 'it ran out of memory', event: [outOfMemory('gluetun')] },
    { given: 'Gluetun restarts its VPN', event: [selfHealingLogged()] },
    {
      given: 'it is resumed before it was ready',
      event: [...starting, paused('gluetun'), unpaused('gluetun')],
    },
    { given: 'it is resumed', event: [paused('gluetun'), unpaused('gluetun')] },
    { given: 'the engine is caught up with', event: [disconnected(), connected(), listedAgain()] },
    {
      given: 'the sites have changed',
      event: [happens({ type: 'sitesChanged', sites: [site('z')], faults: [] })],
    },
    { given: 'it has become ready', event: [...starting, turned('gluetun', 'healthy')] },
    { given: 'its log shows the tunnel while it is awaited', event: [...starting, tunnelUpLogged()] },
    {
      given: 'its log shows the public IP while it is awaited',
      event: [...starting, publicIpLogged('203.0.113.9')],
    },
  ])('is made where $given', ({ event }) => {
    settled()
      .feed(seconds(1))
      .feed(...event)
      .expectChecks(1);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'another container turns unhealthy', event: [turned('other', 'unhealthy')] },
    { given: 'a public IP is logged by a gateway that is ready', event: [publicIpLogged('203.0.113.9')] },
    { given: 'the gateway starts', event: starting },
    { given: 'a listing shows what is known', event: [listedAgain()] },
    {
      given: 'the sites file holds nothing',
      event: [happens({ type: 'sitesUnusable', reason: 'x', faults: [] })],
    },
  ])('is not made where $given', ({ event }) => {
    settled()
      .feed(seconds(1))
      .feed(...event)
      .expectChecks(0);
  });

  it('is made each time that Gluetun restarts its VPN, and not for what its log tells of the past', () => {
    const history = settled().feed(seconds(1), selfHealingLogged(), checkBlind()).expectChecks(1);
    const another = { type: 'selfHealingLogged', gatewayId: idOf('gluetun') } as const;
    history.feed(happens({ ...another, isPast: true })).expectChecks(1);
    history.feed(happens({ ...another, gatewayId: idOf('other'), isPast: false })).expectChecks(1);
    history.feed(selfHealingLogged()).expectChecks(2);
  });

  it('is made as soon as our restart is over, where the log has shown the tunnel before that', () => {
    const history = settled([], { settings: { failThreshold: 1 } }).feed(seconds(30), checkFailed());
    history.feed(killed('gluetun'), died('gluetun'), started('gluetun'));
    history.feed(inspectedAs('gluetun', { health: 'starting' }), tunnelUpLogged()).forget();
    history.feed(succeeded()).expectChecks(1);
  });

  it('is made when the log shows the tunnel, where our restart is over by then', () => {
    const history = settled([], { settings: { failThreshold: 1 } }).feed(seconds(30), checkFailed());
    history.feed(killed('gluetun'), died('gluetun'), started('gluetun'));
    history.feed(inspectedAs('gluetun', { health: 'starting' }), succeeded()).forget();
    history.expectChecks(0).feed(tunnelUpLogged()).expectChecks(1);
  });

  it('has an id that nothing else has', () => {
    const found = [connected(), listed(gatewayFacts()), endpointRead('203.0.113.1'), checkPassed()];
    const { commands } = new History().feed(...found, seconds(30), checkPassed());
    const ids = commands.flatMap((command) =>
      'checkId' in command ? command.checkId : 'requestId' in command ? command.requestId : [],
    );
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(3);
  });

  it('asked for during another follows it at once, and only once', () => {
    const history = settled().feed(seconds(30), turned('gluetun', 'unhealthy'), outOfMemory('gluetun'));
    history.expectChecks(1).feed(checkBlind()).expectChecks(2).feed(checkBlind()).expectChecks(2);
  });

  it('is not made where a check has proved the gateway ready', () => {
    const history = settled()
      .feed(...starting, tunnelUpLogged(), seconds(1))
      .forget();
    history.feed(checkPassed()).expectGateway('ready').expectChecks(0);
  });
});

describe('no check', () => {
  it.each<{ given: string; event: Steps }>([
    { given: 'the gateway is down', event: [died('gluetun', 1)] },
    { given: 'it is paused', event: [paused('gluetun')] },
    { given: 'the engine is lost', event: [disconnected()] },
    { given: 'the engine is not caught up with', event: [disconnected(), connected()] },
    { given: 'the monitor ends', event: [shuttingDown] },
  ])('is made while $given', ({ event }) => {
    const history = settled()
      .feed(...event)
      .feed(minutes(20), turned('gluetun', 'unhealthy'), minutes(20));
    history.expectChecks(0);
  });

  it('is made while the gateway is being restarted', () => {
    settled()
      .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
      .forget()
      .feed(minutes(5))
      .expectChecks(0);
  });

  it('asked for before the gateway went down is forgotten: becoming ready asks for one', () => {
    const history = settled().feed(seconds(30), outOfMemory('gluetun'), died('gluetun', 137), checkBlind());
    expect(history.state.checking.again).toBe(false);
  });

  it('is left running for a gateway that is gone: the next one is of the new start', () => {
    settled([], { gateway: gatewayFacts({ health: 'none' }) })
      .feed(seconds(30))
      .feed(started('gluetun'), inspectedAs('gluetun'), checkPassed(), seconds(6))
      .expectChecks(2);
  });
});
