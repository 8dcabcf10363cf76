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

describe('a starting gateway becomes ready', () => {
  it.each<{ given: string; shape?: Shape; event: Steps; then: RegExp }>([
    {
      given: 'when Docker reports it healthy',
      event: [seconds(5), turned('gluetun', 'healthy')],
      then: /^gluetun is healthy after 5s$/,
    },
    {
      given: 'when an inspection shows it healthy and the health event was lost',
      event: [seconds(5), listedAgain(gatewayFacts({ startedAt: 10_030_005, health: 'healthy' }))],
      then: /^gluetun is healthy after 5s$/,
    },
    {
      given: 'when its log shows a public IP and a later check passes',
      event: [seconds(1), publicIpLogged('203.0.113.5'), seconds(1), checkPassed()],
      then: /^gluetun is healthy after 2s: its log shows the tunnel and a check passed$/,
    },
    {
      given: 'when its log shows that OpenVPN is up and a later check passes',
      event: [seconds(1), tunnelUpLogged(), seconds(1), checkPassed()],
      then: /its log shows the tunnel and a check passed$/,
    },
    {
      given: 'when its log shows a public IP again during a check that passes',
      event: [publicIpLogged('203.0.113.5'), seconds(2), publicIpLogged('203.0.113.5'), checkPassed()],
      then: /: its log shows the tunnel and a check passed$/,
    },
    {
      given: 'when a check passes and it has no health check',
      shape: { health: 'none' },
      event: [seconds(10), checkPassed()],
      then: /^gluetun is healthy after 10s: a check passed, and it has no health check$/,
    },
    {
      given: 'when a check passes after its time to become ready is over',
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

  it('and requests a listing, because a dependent that failed to start emits no event', () => {
    restartedByOthers()
      .feed(turned('gluetun', 'healthy'))
      .expectGateway('ready')
      .expectCommandCount('listContainers', 1);
  });

  it('with a warning at the end of its time if it has no health check and cannot be probed', () => {
    const history = restartedByOthers({ health: 'none' }).feed(seconds(5), checkBlind());
    for (let round = 0; round < 11; round += 1) history.feed(seconds(10), checkBlind());
    history.expectGateway('starting').feed(seconds(10)).expectGateway('ready');
    history.expectLine(/^gluetun counts as ready: it has no health check and cannot be probed$/, 'warn');
    history.expectNoLine(/is healthy after/);
  });
});

describe('a starting gateway does not become ready', () => {
  it.each<{ given: string; shape?: Shape; event: Steps }>([
    { given: 'just because time passes', event: [minutes(1)] },
    {
      given: 'when a "healthy" event of an earlier start arrives',
      event: [turned('gluetun', 'healthy', { engineTimeMs: 10_030_000 })],
    },
    {
      given: 'when an inspection shows the health of an earlier start',
      event: [listedAgain(gatewayFacts({ startedAt: 1_000, health: 'starting' }))],
    },
    { given: 'when Docker reports it unhealthy', event: [turned('gluetun', 'unhealthy')] },
    {
      given: 'when its log shows a public IP but no check passes',
      event: [publicIpLogged('203.0.113.5'), minutes(1)],
    },
    {
      given: 'when the log of another container shows a public IP',
      event: [publicIpLogged('203.0.113.5', {}, 'f'.repeat(64)), minutes(1)],
    },
    {
      given: 'when the log of another container shows a public IP and a check passes',
      event: [publicIpLogged('203.0.113.5', {}, 'f'.repeat(64)), ...checkedOnce],
    },
    {
      given: 'when its log shows only a VPN server and a check passes',
      event: [serverLogged('198.51.100.4'), ...checkedOnce],
    },
    { given: 'when another container becomes healthy', event: [turned('app', 'healthy')] },
    {
      given: 'when a check fails after its time is over and it has no health check',
      shape: { health: 'none' },
      event: [minutes(3), checkFailed()],
    },
    {
      given: 'when its log shows a public IP and a check fails',
      event: [publicIpLogged('203.0.113.5'), checkFailed()],
    },
    {
      given: 'when its log shows a public IP and a check is inconclusive',
      event: [publicIpLogged('203.0.113.5'), checkBlind()],
    },
    {
      given: 'when a check fails and it has no health check',
      shape: { health: 'none' },
      event: [seconds(6), checkFailed()],
    },
    {
      given: 'when it cannot be probed and has no health check, before its time is over',
      shape: { health: 'none' },
      event: [seconds(6), checkBlind(), seconds(100)],
    },
    {
      given: 'when it cannot be probed and its health check has not reported yet',
      event: [minutes(2), checkBlind(), minutes(3)],
    },
    { given: 'when a check fails after its time is over', event: [minutes(3), checkFailed()] },
  ])('$given', ({ shape, event }) => {
    restartedByOthers(shape)
      .feed(...event)
      .expectGateway('starting')
      .expectNoAct();
  });

  it('when a check begun before the start passes', () => {
    const history = settled([], { gateway: gatewayFacts({ health: 'none' }) });
    history.feed(seconds(30), started('gluetun'), inspectedAs('gluetun'), checkPassed());
    history.expectGateway('starting');
  });

  it('when a check begun before its log showed the tunnel passes, but when the next one does', () => {
    const history = restartedByOthers().feed(seconds(1), turned('gluetun', 'unhealthy'));
    history.expectChecks(1).feed(publicIpLogged('203.0.113.5'), checkPassed()).expectGateway('starting');
    history.expectChecks(2).feed(checkPassed()).expectGateway('ready');
  });

  it('because it was healthy before it was restarted', () => {
    settled().feed(started('gluetun')).expectGateway('starting');
  });
});

describe('a gateway that takes too long to become ready', () => {
  const LATE = /^gluetun did not become ready within 120s$/;

  it('is reported once', () => {
    restartedByOthers().feed(seconds(119)).expectNoLine(LATE).feed(seconds(1), minutes(5)).expectLine(LATE);
  });

  it('is not reported while the engine is away', () => {
    restartedByOthers().feed(disconnected(), minutes(5)).expectNoLine(LATE);
  });

  it('is not reported if the monitor found it starting', () => {
    const shape = { health: 'starting', startedAt: 1_000 } as const;
    new History().feed(connected(), listed(gatewayFacts(shape)), minutes(5)).expectNoLine(LATE);
  });
});

describe('a gateway found running for long', () => {
  it('is ready at once if it is healthy, without a line about it', () => {
    new History()
      .feed(connected(), listed(gatewayFacts()))
      .expectGateway('ready')
      .expectLines('Monitoring container: gluetun', 'Dependent containers (auto-discovery): none')
      .expectCommandCount('listContainers', 1);
  });

  it('is ready at the first check that passes if it is unhealthy', () => {
    new History()
      .feed(connected(), listed(gatewayFacts({ health: 'unhealthy' })), checkPassed())
      .expectGateway('ready')
      .expectNoAct();
  });
});
