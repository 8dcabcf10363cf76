import type { Shape } from '../builders.ts';
import {
  checkBlind,
  checkFailed,
  checkPassed,
  connected,
  disconnected,
  gatewayFacts,
  inspectedAs,
  listed,
  listedAgain,
  minutes,
  onGateway,
  publicIpLogged,
  seconds,
  serverLogged,
  started,
  turned,
  tunnelUpLogged,
} from '../builders.ts';
import { History, settled, type Steps } from '../history.ts';

/** The gateway has been restarted by somebody, and inspected since. */
const restartedByOthers = (shape: Shape = {}): History => {
  const history = settled([onGateway('app')]).feed(seconds(30), checkPassed());
  const at = history.now;
  return history
    .feed(started('gluetun'), inspectedAs('gluetun', { startedAt: at, health: 'starting', ...shape }))
    .forget();
};

/** An unhealthy gateway is checked at once. */
const checkedOnce = [turned('gluetun', 'unhealthy'), checkPassed()];

describe('a gateway that starts is ready', () => {
  it.each<{ given: string; shape?: Shape; event: Steps; then: RegExp }>([
    {
      given: 'when Docker calls it healthy',
      event: [seconds(5), turned('gluetun', 'healthy')],
      then: /^gluetun is healthy after 5s$/,
    },
    {
      given: 'when an inspection shows it healthy, the message being lost',
      event: [seconds(5), listedAgain(gatewayFacts({ startedAt: 10_030_005, health: 'healthy' }))],
      then: /^gluetun is healthy after 5s$/,
    },
    {
      given: 'when its log shows a public IP and a check after that passes',
      event: [seconds(1), publicIpLogged('203.0.113.5'), seconds(1), checkPassed()],
      then: /^gluetun is healthy after 2s: its log shows the tunnel and a check passed$/,
    },
    {
      given: "when OpenVPN's initialisation is complete and a check after that passes",
      event: [seconds(1), tunnelUpLogged(), seconds(1), checkPassed()],
      then: /its log shows the tunnel and a check passed$/,
    },
    {
      given: 'when its log has shown a public IP, and shows it again while a check runs, which passes',
      event: [publicIpLogged('203.0.113.5'), seconds(2), publicIpLogged('203.0.113.5'), checkPassed()],
      then: /: its log shows the tunnel and a check passed$/,
    },
    {
      given: 'when a check passes, where it has no health check',
      shape: { health: 'none' },
      event: [seconds(10), checkPassed()],
      then: /^gluetun is healthy after 10s: a check passed, and it has no health check$/,
    },
    {
      given: 'when a check passes after the time for it is over',
      event: [seconds(121), checkPassed()],
      then: /^gluetun is healthy after 121s: a check passed, though Docker does not call it healthy$/,
    },
  ])('$given', ({ shape, event, then }) => {
    const history = restartedByOthers(shape);
    expect(history.now).toBe(10_030_007);
    history
      .feed(...event)
      .expectGateway('ready')
      .expectLine(then, 'info');
  });

  it('has a listing asked for: the failed start of a dependent emits nothing', () => {
    restartedByOthers()
      .feed(turned('gluetun', 'healthy'))
      .expectGateway('ready')
      .expectCommandCount('listContainers', 1);
  });

  it('with a warning where it has no health check and cannot be probed, at the end of its time', () => {
    const history = restartedByOthers({ health: 'none' }).feed(seconds(5), checkBlind());
    for (let round = 0; round < 11; round += 1) history.feed(seconds(10), checkBlind());
    history.expectGateway('starting').feed(seconds(10)).expectGateway('ready');
    history.expectLine(/^gluetun counts as ready: it has no health check and cannot be probed$/, 'warn');
    history.expectNoLine(/is healthy after/);
  });
});

describe('a gateway that starts is not ready', () => {
  it.each<{ given: string; shape?: Shape; event: Steps }>([
    { given: 'by time alone', event: [minutes(1)] },
    {
      given: 'by a "healthy" of an earlier start',
      event: [turned('gluetun', 'healthy', { engineTimeMs: 10_030_000 })],
    },
    {
      given: 'by an inspection that shows the health of an earlier start',
      event: [listedAgain(gatewayFacts({ startedAt: 1_000, health: 'starting' }))],
    },
    { given: 'by being called unhealthy', event: [turned('gluetun', 'unhealthy')] },
    { given: 'by its log alone', event: [publicIpLogged('203.0.113.5'), minutes(1)] },
    {
      given: 'by the log of another container',
      event: [publicIpLogged('203.0.113.5', {}, 'f'.repeat(64)), minutes(1)],
    },
    {
      given: 'by the log of another container and a check that passes',
      event: [publicIpLogged('203.0.113.5', {}, 'f'.repeat(64)), ...checkedOnce],
    },
    {
      given: 'by a server that its log names and a check that passes',
      event: [serverLogged('198.51.100.4'), ...checkedOnce],
    },
    { given: 'by another container that becomes healthy', event: [turned('app', 'healthy')] },
    {
      given: 'by checks that fail after its time, where it has no health check',
      shape: { health: 'none' },
      event: [minutes(3), checkFailed()],
    },
    { given: 'by its log and a check that fails', event: [publicIpLogged('203.0.113.5'), checkFailed()] },
    {
      given: 'by its log and a check that tells nothing',
      event: [publicIpLogged('203.0.113.5'), checkBlind()],
    },
    {
      given: 'by a check that fails, where it has no health check',
      shape: { health: 'none' },
      event: [seconds(6), checkFailed()],
    },
    {
      given: 'while it is blind and has no health check, before its time is over',
      shape: { health: 'none' },
      event: [seconds(6), checkBlind(), seconds(100)],
    },
    {
      given: 'while it is blind and its health check is not heard of yet',
      event: [minutes(2), checkBlind(), minutes(3)],
    },
    { given: 'by checks that fail after its time', event: [minutes(3), checkFailed()] },
  ])('$given', ({ shape, event }) => {
    restartedByOthers(shape)
      .feed(...event)
      .expectGateway('starting')
      .expectNoAct();
  });

  it('by a check begun before the start', () => {
    const history = settled([], { gateway: gatewayFacts({ health: 'none' }) });
    history.feed(seconds(30), started('gluetun'), inspectedAs('gluetun'), checkPassed());
    history.expectGateway('starting');
  });

  it('by a check begun before its log showed the tunnel, but by the one that follows', () => {
    const history = restartedByOthers().feed(seconds(1), turned('gluetun', 'unhealthy'));
    history.expectChecks(1).feed(publicIpLogged('203.0.113.5'), checkPassed()).expectGateway('starting');
    history.expectChecks(2).feed(checkPassed()).expectGateway('ready');
  });

  it('by the health it had before it was restarted, shown in the same details', () => {
    settled().feed(started('gluetun')).expectGateway('starting');
  });
});

describe('a gateway that takes too long to become ready', () => {
  const LATE = /^gluetun did not become ready within 120s$/;

  it('is reported once', () => {
    restartedByOthers().feed(seconds(119)).expectNoLine(LATE).feed(seconds(1), minutes(5)).expectLine(LATE);
  });

  it('is not reported while nobody knows how it is, because the engine is away', () => {
    restartedByOthers().feed(disconnected(), minutes(5)).expectNoLine(LATE);
  });

  it('is not reported if it was found like that', () => {
    const shape = { health: 'starting', startedAt: 1_000 } as const;
    new History().feed(connected(), listed(gatewayFacts(shape)), minutes(5)).expectNoLine(LATE);
  });
});

describe('a gateway found long running', () => {
  it('is ready at once where it is healthy, and nothing is said of it', () => {
    new History()
      .feed(connected(), listed(gatewayFacts()))
      .expectGateway('ready')
      .expectLines('Monitoring container: gluetun', 'Dependent containers (auto-discovery): none')
      .expectCommandCount('listContainers', 1);
  });

  it('though unhealthy is ready by the first check that passes', () => {
    new History()
      .feed(connected(), listed(gatewayFacts({ health: 'unhealthy' })), checkPassed())
      .expectGateway('ready')
      .expectNoAct();
  });
});
