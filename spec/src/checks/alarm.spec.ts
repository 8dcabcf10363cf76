import {
  checkBlind,
  checkFailed,
  checkPassed,
  connected,
  died,
  disconnected,
  gatewayFacts,
  happens,
  idOf,
  inspectedAs,
  killed,
  listed,
  listedAgain,
  paused,
  publicIpLogged,
  seconds,
  selfHealingLogged,
  serverLogged,
  started,
  tunnelUpLogged,
  turned,
  unpaused,
} from '../builders.ts';
import { History, type Step, type Steps, settled } from '../history.ts';

describe('an alarm', () => {
  const unhealthy = 'gluetun is unhealthy, says Docker; checking the sites now';

  it('by Docker is said when it begins, has the sites checked at once, and is answered by them', () => {
    const history = settled().feed(turned('gluetun', 'unhealthy'));
    history.expectLines(unhealthy).expectChecks(1).forget();
    history
      .feed(checkPassed())
      .expectLines('The sites can be reached, though Docker calls gluetun unhealthy: nothing to restart')
      .expectNoAct()
      .forget();
    history.feed(seconds(29)).expectChecks(0).feed(seconds(2)).expectChecks(1);
  });

  it('checks every RETRY_INTERVAL until a check passes', () => {
    const history = settled().feed(turned('gluetun', 'unhealthy'), checkBlind()).forget();
    history.feed(seconds(10)).expectChecks(1).feed(checkBlind(), seconds(10)).expectChecks(2);
  });

  it('by Docker is cleared by "healthy"', () => {
    const history = settled().feed(turned('gluetun', 'unhealthy'), checkBlind()).forget();
    history.feed(turned('gluetun', 'healthy')).expectLine(/^gluetun is healthy again, says Docker$/);
    expect(history.state.checking.alarm).toBeUndefined();
  });

  it('by Docker is learned from an inspection where its message was lost', () => {
    settled()
      .feed(seconds(5), listedAgain(gatewayFacts({ health: 'unhealthy' })))
      .expectLines(unhealthy)
      .expectChecks(1);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'with its messages', event: [paused('gluetun'), unpaused('gluetun')] },
    { given: 'and listed meanwhile', event: [paused('gluetun'), listedAgain(), unpaused('gluetun')] },
  ])('by Docker is none where the gateway was only paused $given: that leaves it unhealthy', ({ event }) => {
    settled()
      .feed(...event, inspectedAs('gluetun', { health: 'unhealthy', startedAt: 1_000 }))
      .expectNoLine(/unhealthy/)
      .feed(checkPassed(), turned('gluetun', 'healthy'), checkPassed())
      .feed(turned('gluetun', 'unhealthy'))
      .expectLine(/^gluetun is unhealthy, says Docker; checking the sites now$/);
  });

  it('is said once however often the engine says so', () => {
    settled()
      .feed(
        turned('gluetun', 'unhealthy'),
        turned('gluetun', 'unhealthy'),
        listedAgain(gatewayFacts({ health: 'unhealthy' })),
      )
      .expectLines(unhealthy);
  });

  it('by Gluetun is said once, and answered by the sites', () => {
    const history = settled().feed(selfHealingLogged(), selfHealingLogged(), selfHealingLogged());
    history.expectLines('gluetun restarts its VPN itself; checking the sites now').forget();
    history.feed(checkPassed()).expectLines('The sites can be reached: nothing to restart').expectNoAct();
  });

  it('by Gluetun is not raised by a line from before its log was followed', () => {
    const past: Step = (state, at) =>
      selfHealingLogged()(state, at).map((event) => ({ ...event, isPast: true }) as typeof event);
    settled().feed(past).expectLines().expectChecks(0);
  });

  it('by Docker outranks that by Gluetun', () => {
    const history = settled().feed(selfHealingLogged(), turned('gluetun', 'unhealthy'));
    expect(history.state.checking.alarm).toBe('unhealthy');
    history.feed(selfHealingLogged());
    expect(history.state.checking.alarm).toBe('unhealthy');
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'a new start of the gateway', event: [started('gluetun')] },
    { given: 'the end of the gateway', event: [died('gluetun', 1)] },
    { given: 'a recovery, which is no answer', event: [checkFailed()] },
  ])('is over with $given', ({ event }) => {
    const history = settled().feed(turned('gluetun', 'unhealthy'), ...event);
    expect(history.state.checking.alarm).toBeUndefined();
    history.expectNoLine(/nothing to restart$/);
  });

  it('is not raised by another container', () => {
    settled().feed(turned('other', 'unhealthy')).expectLines();
  });

  it('names the gateway by its name, whatever it is called in GLUETUN_CONTAINER', () => {
    const labels = { 'com.docker.compose.service': 'vpn' };
    settled([], {
      gateway: gatewayFacts({ labels }),
      settings: { gateway: 'vpn' },
    })
      .feed(turned('gluetun', 'unhealthy'))
      .expectLines(unhealthy);
  });

  it('tells at debug what Gluetun says again while it lasts', () => {
    const history = settled().feed(selfHealingLogged()).forget();
    history.feed(selfHealingLogged()).expectLines();
    history.expectLine(/^gluetun restarts its VPN itself; checking the sites now$/, 'debug');
  });

  it('by Docker is said again where the sites have answered the one before', () => {
    const history = settled().feed(turned('gluetun', 'unhealthy'), checkPassed());
    history.feed(turned('gluetun', 'healthy')).forget();
    history.feed(turned('gluetun', 'unhealthy')).expectLines(unhealthy);
  });

  it.each<{ given: string; history: () => History; event: Steps }>([
    {
      given: "at the monitor's own start",
      history: () => new History().feed(connected()),
      event: [listed(gatewayFacts({ health: 'unhealthy' }))],
    },
    {
      given: 'after a start that nobody told of',
      history: () => settled().feed(disconnected(), seconds(60), connected()),
      event: [listedAgain(gatewayFacts({ health: 'unhealthy', startedAt: 10_030_000 }))],
    },
  ])('by Docker is said where the gateway is found unhealthy $given', ({ history, event }) => {
    history()
      .feed(...event)
      .expectLine(/^gluetun is unhealthy, says Docker; checking the sites now$/, 'warn');
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'is being ended', event: [killed('gluetun'), turned('gluetun', 'unhealthy')] },
    { given: 'is paused', event: [paused('gluetun'), turned('gluetun', 'unhealthy')] },
  ])('by Docker is none where the gateway $given', ({ event }) => {
    const history = settled().feed(...event);
    history.expectNoLine(/unhealthy/);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'has died', event: [died('gluetun', 1), selfHealingLogged()] },
    { given: 'is paused', event: [paused('gluetun'), selfHealingLogged()] },
  ])('by Gluetun is none where its log tells when it $given', ({ event }) => {
    settled()
      .feed(...event)
      .expectNoLine(/restarts its VPN/)
      .expectChecks(0);
  });

  it('by Gluetun is none where its log tells something else', () => {
    const history = settled().feed(
      serverLogged('a.example'),
      tunnelUpLogged(),
      publicIpLogged('203.0.113.1'),
    );
    history.expectLines().expectChecks(0);
  });

  it('by Gluetun is none where another container logs it', () => {
    const other: Step = happens({ type: 'selfHealingLogged', gatewayId: idOf('other'), isPast: false });
    settled().feed(other).expectLines().expectChecks(0);
  });
});
