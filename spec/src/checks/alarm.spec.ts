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

  it('by Docker is logged, has the sites checked at once, and ends with a passing check', () => {
    const history = settled().feed(turned('gluetun', 'unhealthy'));
    history.expectLines(unhealthy).expectChecks(1).forget();
    history
      .feed(checkPassed())
      .expectLines('The sites can be reached, though Docker calls gluetun unhealthy: nothing to restart')
      .expectNoAct()
      .forget();
    history.feed(seconds(29)).expectChecks(0).feed(seconds(2)).expectChecks(1);
  });

  it('has the sites checked every RETRY_INTERVAL until a check passes', () => {
    const history = settled().feed(turned('gluetun', 'unhealthy'), checkBlind()).forget();
    history.feed(seconds(10)).expectChecks(1).feed(checkBlind(), seconds(10)).expectChecks(2);
  });

  it('by Docker ends when Docker reports the gateway healthy', () => {
    const history = settled().feed(turned('gluetun', 'unhealthy'), checkBlind()).forget();
    history.feed(turned('gluetun', 'healthy')).expectLine(/^gluetun is healthy again, says Docker$/);
    expect(history.state.checking.alarm).toBeUndefined();
  });

  it('by Docker is raised by an inspection if the event was lost', () => {
    settled()
      .feed(seconds(5), listedAgain(gatewayFacts({ health: 'unhealthy' })))
      .expectLines(unhealthy)
      .expectChecks(1);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'and the events show it', event: [paused('gluetun'), unpaused('gluetun')] },
    {
      given: 'and a listing arrived meanwhile',
      event: [paused('gluetun'), listedAgain(), unpaused('gluetun')],
    },
  ])('by Docker is not raised if the gateway was only paused $given', ({ event }) => {
    settled()
      .feed(...event, inspectedAs('gluetun', { health: 'unhealthy', startedAt: 1_000 }))
      .expectNoLine(/unhealthy/)
      .feed(checkPassed(), turned('gluetun', 'healthy'), checkPassed())
      .feed(turned('gluetun', 'unhealthy'))
      .expectLine(/^gluetun is unhealthy, says Docker; checking the sites now$/);
  });

  it('by Docker is logged once, however often the engine reports it', () => {
    settled()
      .feed(
        turned('gluetun', 'unhealthy'),
        turned('gluetun', 'unhealthy'),
        listedAgain(gatewayFacts({ health: 'unhealthy' })),
      )
      .expectLines(unhealthy);
  });

  it('by Gluetun is logged once and ends with a passing check', () => {
    const history = settled().feed(selfHealingLogged(), selfHealingLogged(), selfHealingLogged());
    history.expectLines('gluetun restarts its VPN itself; checking the sites now').forget();
    history.feed(checkPassed()).expectLines('The sites can be reached: nothing to restart').expectNoAct();
  });

  it('by Gluetun is not raised by a log line from before we followed the log', () => {
    const past: Step = (state, at) =>
      selfHealingLogged()(state, at).map((event) => ({ ...event, isPast: true }) as typeof event);
    settled().feed(past).expectLines().expectChecks(0);
  });

  it('by Docker takes precedence over one by Gluetun', () => {
    const history = settled().feed(selfHealingLogged(), turned('gluetun', 'unhealthy'));
    expect(history.state.checking.alarm).toBe('unhealthy');
    history.feed(selfHealingLogged());
    expect(history.state.checking.alarm).toBe('unhealthy');
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'a new start of the gateway', event: [started('gluetun')] },
    { given: 'the end of the gateway', event: [died('gluetun', 1)] },
    { given: 'a recovery, without an all-clear', event: [checkFailed()] },
  ])('ends with $given', ({ event }) => {
    const history = settled().feed(turned('gluetun', 'unhealthy'), ...event);
    expect(history.state.checking.alarm).toBeUndefined();
    history.expectNoLine(/nothing to restart$/);
  });

  it('is not raised by another container', () => {
    settled().feed(turned('other', 'unhealthy')).expectLines();
  });

  it('names the gateway by its container name, not by the word in GLUETUN_CONTAINER', () => {
    const labels = { 'com.docker.compose.service': 'vpn' };
    settled([], {
      gateway: gatewayFacts({ labels }),
      settings: { gateway: 'vpn' },
    })
      .feed(turned('gluetun', 'unhealthy'))
      .expectLines(unhealthy);
  });

  it('by Gluetun is logged at debug level if Gluetun repeats it', () => {
    const history = settled().feed(selfHealingLogged()).forget();
    history.feed(selfHealingLogged()).expectLines();
    history.expectLine(/^gluetun restarts its VPN itself; checking the sites now$/, 'debug');
  });

  it('by Docker is logged again if the sites have passed since the last one', () => {
    const history = settled().feed(turned('gluetun', 'unhealthy'), checkPassed());
    history.feed(turned('gluetun', 'healthy')).forget();
    history.feed(turned('gluetun', 'unhealthy')).expectLines(unhealthy);
  });

  it.each<{ given: string; history: () => History; event: Steps }>([
    {
      given: 'when the monitor starts',
      history: () => new History().feed(connected()),
      event: [listed(gatewayFacts({ health: 'unhealthy' }))],
    },
    {
      given: 'after a start without any event',
      history: () => settled().feed(disconnected(), seconds(60), connected()),
      event: [listedAgain(gatewayFacts({ health: 'unhealthy', startedAt: 10_030_000 }))],
    },
  ])('by Docker is logged if the gateway is found unhealthy $given', ({ history, event }) => {
    history()
      .feed(...event)
      .expectLine(/^gluetun is unhealthy, says Docker; checking the sites now$/, 'warn');
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'is being stopped', event: [killed('gluetun'), turned('gluetun', 'unhealthy')] },
    { given: 'is paused', event: [paused('gluetun'), turned('gluetun', 'unhealthy')] },
  ])('by Docker is not raised if the gateway $given', ({ event }) => {
    const history = settled().feed(...event);
    history.expectNoLine(/unhealthy/);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'has died', event: [died('gluetun', 1), selfHealingLogged()] },
    { given: 'is paused', event: [paused('gluetun'), selfHealingLogged()] },
  ])('by Gluetun is not raised by a log line that arrives when the gateway $given', ({ event }) => {
    settled()
      .feed(...event)
      .expectNoLine(/restarts its VPN/)
      .expectChecks(0);
  });

  it('by Gluetun is not raised by other log lines', () => {
    const history = settled().feed(
      serverLogged('a.example'),
      tunnelUpLogged(),
      publicIpLogged('203.0.113.1'),
    );
    history.expectLines().expectChecks(0);
  });

  it('by Gluetun is not raised by the log of another container', () => {
    const other: Step = happens({ type: 'selfHealingLogged', gatewayId: idOf('other'), isPast: false });
    settled().feed(other).expectLines().expectChecks(0);
  });
});
