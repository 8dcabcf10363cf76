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

describe('the interval between checks', () => {
  it.each<{ given: string; event: Steps; waitSeconds: number }>([
    { given: 'CHECK_INTERVAL while all is well', event: [seconds(30), checkPassed()], waitSeconds: 30 },
    {
      given: 'CHECK_INTERVAL while sites cannot be probed',
      event: [seconds(30), checkBlind()],
      waitSeconds: 30,
    },
    {
      given: 'RETRY_INTERVAL after a critical site has failed',
      event: [seconds(30), checkFailed('a')],
      waitSeconds: 10,
    },
    {
      given: 'CHECK_INTERVAL after only an advisory site has failed',
      event: [seconds(30), checkFailed('b')],
      waitSeconds: 30,
    },
    {
      given: 'RETRY_INTERVAL during an alarm',
      event: [turned('gluetun', 'unhealthy'), checkBlind()],
      waitSeconds: 10,
    },
    {
      given: 'at most 5 s while a gateway whose log shows the tunnel becomes ready',
      event: [...starting, tunnelUpLogged(), checkFailed()],
      waitSeconds: 5,
    },
    {
      given: 'at most 5 s while a gateway without a health check becomes ready',
      event: [started('gluetun'), inspectedAs('gluetun', { health: 'none' }), seconds(6), checkFailed()],
      waitSeconds: 5,
    },
    {
      given: 'at most 5 s while a gateway is late',
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

  it('is exact if CHECK_INTERVAL and RETRY_INTERVAL are the same', () => {
    const history = settled([], { settings: { retryIntervalMs: 30_000, failThreshold: 9 } });
    history.feed(seconds(30), checkFailed()).forget();
    history.feed(seconds(29)).expectChecks(0).feed(seconds(1)).expectChecks(1);
  });

  it('is CHECK_INTERVAL if too few sites are down for the quorum', () => {
    const sites = [site('a'), site('b'), site('c')];
    const history = settled([], { sites, settings: { siteQuorum: 'majority' } });
    history.feed(seconds(30), checkFailed('a'), seconds(10), checkFailed('a')).forget();
    history.feed(seconds(29)).expectChecks(0).feed(seconds(1)).expectChecks(1);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'while a check is running', event: [seconds(30)] },
    { given: 'while the gateway is down', event: [died('gluetun', 1)] },
    { given: 'while the engine is lost', event: [disconnected()] },
  ])('does not apply $given', ({ event }) => {
    expect(checkDueAt(settled().feed(...event).state)).toBeUndefined();
  });

  it('never leads to two checks at the same time, however long one takes', () => {
    settled().feed(minutes(10)).expectChecks(1);
  });

  it('is suspended until a starting gateway can prove itself or its time is over', () => {
    const history = settled()
      .feed(seconds(30), checkPassed(), ...starting)
      .forget();
    history.feed(seconds(119)).expectChecks(0).feed(seconds(2)).expectChecks(1);
  });
});

describe('an immediate check', () => {
  it.each<{ given: string; event: Steps }>([
    { given: 'Docker calls the gateway unhealthy', event: [turned('gluetun', 'unhealthy')] },
    { given: 'the gateway runs out of memory', event: [outOfMemory('gluetun')] },
    { given: 'Gluetun restarts its VPN', event: [selfHealingLogged()] },
    {
      given: 'the gateway is resumed before it was ready',
      event: [...starting, paused('gluetun'), unpaused('gluetun')],
    },
    { given: 'the gateway is resumed', event: [paused('gluetun'), unpaused('gluetun')] },
    {
      given: 'the engine has been listed after a reconnect',
      event: [disconnected(), connected(), listedAgain()],
    },
    {
      given: 'the sites change',
      event: [happens({ type: 'sitesChanged', sites: [site('z')], faults: [] })],
    },
    { given: 'the gateway becomes ready', event: [...starting, turned('gluetun', 'healthy')] },
    { given: 'the log of a starting gateway shows the tunnel', event: [...starting, tunnelUpLogged()] },
    {
      given: 'the log of a starting gateway shows the public IP',
      event: [...starting, publicIpLogged('203.0.113.9')],
    },
  ])('is made when $given', ({ event }) => {
    settled()
      .feed(seconds(1))
      .feed(...event)
      .expectChecks(1);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'another container turns unhealthy', event: [turned('other', 'unhealthy')] },
    { given: 'the log of a ready gateway shows the public IP', event: [publicIpLogged('203.0.113.9')] },
    { given: 'the gateway starts', event: starting },
    { given: 'a listing shows nothing new', event: [listedAgain()] },
    {
      given: 'the sites file cannot be used',
      event: [happens({ type: 'sitesUnusable', reason: 'x', faults: [] })],
    },
  ])('is not made when $given', ({ event }) => {
    settled()
      .feed(seconds(1))
      .feed(...event)
      .expectChecks(0);
  });

  it('is made each time Gluetun restarts its VPN, but not for past log lines', () => {
    const history = settled().feed(seconds(1), selfHealingLogged(), checkBlind()).expectChecks(1);
    const another = { type: 'selfHealingLogged', gatewayId: idOf('gluetun') } as const;
    history.feed(happens({ ...another, isPast: true })).expectChecks(1);
    history.feed(happens({ ...another, gatewayId: idOf('other'), isPast: false })).expectChecks(1);
    history.feed(selfHealingLogged()).expectChecks(2);
  });

  it('is made as soon as our restart has ended if the log has already shown the tunnel', () => {
    const history = settled([], { settings: { failThreshold: 1 } }).feed(seconds(30), checkFailed());
    history.feed(killed('gluetun'), died('gluetun'), started('gluetun'));
    history.feed(inspectedAs('gluetun', { health: 'starting' }), tunnelUpLogged()).forget();
    history.feed(succeeded()).expectChecks(1);
  });

  it('is made when the log shows the tunnel if our restart has already ended', () => {
    const history = settled([], { settings: { failThreshold: 1 } }).feed(seconds(30), checkFailed());
    history.feed(killed('gluetun'), died('gluetun'), started('gluetun'));
    history.feed(inspectedAs('gluetun', { health: 'starting' }), succeeded()).forget();
    history.expectChecks(0).feed(tunnelUpLogged()).expectChecks(1);
  });

  it('has an ID that nothing else has', () => {
    const found = [connected(), listed(gatewayFacts()), endpointRead('203.0.113.1'), checkPassed()];
    const { commands } = new History().feed(...found, seconds(30), checkPassed());
    const ids = commands.flatMap((command) =>
      'checkId' in command ? command.checkId : 'requestId' in command ? command.requestId : [],
    );
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(3);
  });

  it('follows the running check at once, and only once, however often it is requested', () => {
    const history = settled().feed(seconds(30), turned('gluetun', 'unhealthy'), outOfMemory('gluetun'));
    history.expectChecks(1).feed(checkBlind()).expectChecks(2).feed(checkBlind()).expectChecks(2);
  });

  it('is not made if a check has just proven the gateway ready', () => {
    const history = settled()
      .feed(...starting, tunnelUpLogged(), seconds(1))
      .forget();
    history.feed(checkPassed()).expectGateway('ready').expectChecks(0);
  });
});

describe('no check', () => {
  it.each<{ given: string; event: Steps }>([
    { given: 'the gateway is down', event: [died('gluetun', 1)] },
    { given: 'the gateway is paused', event: [paused('gluetun')] },
    { given: 'the engine is lost', event: [disconnected()] },
    { given: 'the engine has not been listed since a reconnect', event: [disconnected(), connected()] },
    { given: 'the monitor is shutting down', event: [shuttingDown] },
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

  it('is made for a request from before the gateway went down', () => {
    const history = settled().feed(seconds(30), outOfMemory('gluetun'), died('gluetun', 137), checkBlind());
    expect(history.state.checking.again).toBe(false);
  });

  it('of an earlier start stands in for a check of the new start', () => {
    settled([], { gateway: gatewayFacts({ health: 'none' }) })
      .feed(seconds(30))
      .feed(started('gluetun'), inspectedAs('gluetun'), checkPassed(), seconds(6))
      .expectChecks(2);
  });
});
