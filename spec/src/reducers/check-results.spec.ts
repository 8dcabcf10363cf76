import {
  checkBlind,
  checkCutShort,
  checkFailed,
  checkPassed,
  checked,
  connected,
  died,
  disconnected,
  gatewayFacts,
  listedAgain,
  minutes,
  paused,
  seconds,
  selfHealingLogged,
  inspectedAs,
  site,
  started,
  turned,
  unpaused,
} from '../builders.ts';
import { type History, type Step, type Steps, settled } from '../history.ts';

const A = 'https://a/';
const B = 'https://b/';
const two = { sites: [site('a'), site('b')], settings: { failThreshold: 3 } };
const failuresOf = ({ state }: History) => state.sites.failures;

/** A check comes and ends so, a good while later. */
const round = (step: Steps[number]): Steps => [seconds(30), step].flat();

describe('counting', () => {
  it.each<{ given: string; event: Steps; then: number }>([
    { given: 'a failure adds one', event: round(checkFailed('a')), then: 1 },
    { given: 'each one more', event: [...round(checkFailed('a')), ...round(checkFailed('a'))], then: 2 },
    { given: 'a pass clears', event: [...round(checkFailed('a')), ...round(checkPassed())], then: 0 },
    {
      given: 'unknown leaves what was',
      event: [...round(checkFailed('a')), ...round(checked({ a: 'unknown' }))],
      then: 1,
    },
    {
      given: 'a result that is missing is unknown',
      event: [...round(checkFailed('a')), ...round(checkCutShort())],
      then: 1,
    },
  ])('$given', ({ event, then }) => {
    const history = settled([], two).feed(...event);
    expect(failuresOf(history)[A] ?? 0).toBe(then);
    expect(failuresOf(history)[B] ?? 0).toBe(0);
  });

  it('reaches the threshold once, and says so once', () => {
    const history = settled([], { settings: { exclude: ['gluetun'] } });
    for (let times = 0; times < 5; times += 1) history.feed(...round(checkFailed()));
    history.expectLines(
      'Site https://a failed 2 consecutive times - THRESHOLD REACHED - Network failure (DNS or connection)',
      /^No recovery: .*; gluetun is in EXCLUDE_CONTAINERS$/,
    );
    history
      .forget()
      .feed(...round(checkPassed()))
      .expectLines('Site https://a can be reached again');
  });

  it('says a failure below the threshold at debug only', () => {
    const history = settled([], two).feed(...round(checkFailed('a')), ...round(checkPassed()));
    history.expectLines().expectLine(/^Site https:\/\/a failed \(1 of 3\)/, 'debug');
  });

  it('tells each result at debug, with its status and latency', () => {
    settled()
      .feed(...round(checkPassed()))
      .expectLine(/^Site https:\/\/a: pass \(OK, 40 ms\)$/, 'debug');
  });

  it('counts an advisory site, which starts nothing', () => {
    const history = settled([], { sites: [site('a'), site('b', { role: 'advisory' })] });
    for (let times = 0; times < 4; times += 1) history.feed(...round(checkFailed('b')));
    expect(failuresOf(history)[B]).toBe(4);
    history.expectNoAct().expectLine(/https:\/\/b failed 2 consecutive times - THRESHOLD REACHED/);
  });

  it('ignores the results of another check', () => {
    const history = settled().feed(seconds(30));
    const { everything } = history;
    history.reduce({
      type: 'siteProbed',
      at: history.now,
      checkId: 999,
      result: { site: site('a'), verdict: 'fail', reason: 'x', latencyMs: 1, httpStatus: undefined },
    });
    history.reduce({ type: 'checkFinished', at: history.now, checkId: 999, cutShort: undefined });
    expect(history.everything).toBe(everything);
  });
});

describe('a failure counts for nothing', () => {
  it.each<{ given: string; event: Steps }>([
    {
      given: 'in a check begun before the start',
      event: [seconds(30), died('gluetun', 1), started('gluetun'), checkFailed()],
    },
    {
      given: 'before the gateway is ready',
      event: [
        started('gluetun'),
        inspectedAs('gluetun', { health: 'starting' }),
        seconds(20),
        turned('gluetun', 'unhealthy'),
        checkFailed(),
      ],
    },
    {
      given: 'in a check begun before the gateway was ready',
      event: [
        started('gluetun'),
        inspectedAs('gluetun', { health: 'none' }),
        seconds(10),
        turned('gluetun', 'healthy'),
        checkFailed(),
      ],
    },
    {
      given: 'in a check during which the gateway was paused',
      event: [seconds(30), paused('gluetun'), unpaused('gluetun'), checkFailed()],
    },
    { given: 'while the gateway is down', event: [seconds(30), died('gluetun', 1), checkFailed()] },
  ])('$given', ({ event }) => {
    const history = settled().feed(...event);
    expect(failuresOf(history)[A] ?? 0).toBe(0);
  });

  it('but does once the time to become ready is over', () => {
    const history = settled()
      .feed(started('gluetun'), inspectedAs('gluetun', { health: 'starting' }), minutes(2), checkFailed())
      .feed(seconds(10), checkFailed());
    expect(failuresOf(history)[A]).toBe(2);
    history.expectActs('restartGateway');
  });
});

describe('blindness', () => {
  it('is said once when it begins, and once when it ends', () => {
    const history = settled();
    for (let times = 0; times < 5; times += 1) history.feed(...round(checkBlind()));
    history
      .expectLines(
        'Sites cannot be probed through gluetun: there is no wget; nothing is concluded from that, and nothing restarted',
      )
      .expectNoAct();
    history.forget().feed(...round(checkPassed()), ...round(checkPassed()));
    history.expectLines('Sites can be probed through gluetun again');
  });

  it('is the same one though its reason changes', () => {
    settled()
      .feed(...round(checkBlind('there is no wget')), ...round(checkBlind('exec refused')))
      .expectLine(/Sites cannot be probed/);
  });

  it('of one site is blindness too', () => {
    settled([], two)
      .feed(...round(checked({ b: 'unknown' })))
      .expectLine(/cannot be probed/);
  });

  it.each<{ given: string; event: Steps; reports: RegExp }>([
    {
      given: 'a gateway paused during a check',
      event: [paused('gluetun'), checkBlind('the container is paused')],
      reports: /gluetun is paused/,
    },
    {
      given: 'a gateway that died during a check',
      event: [died('gluetun', 1), checkCutShort()],
      reports: /gluetun died/,
    },
    {
      given: 'an engine lost during a check',
      event: [disconnected(), checkCutShort()],
      reports: /Lost the Docker engine/,
    },
    {
      given: 'an engine not yet caught up with',
      event: [disconnected(), connected(), checkCutShort()],
      reports: /Lost the Docker engine/,
    },
  ])('$given is reported once', ({ event, reports }) => {
    settled()
      .feed(seconds(30), ...event)
      .expectLine(reports)
      .expectNoLine(/cannot be probed/);
  });
});

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
    { given: 'a recovery, which is no answer', event: [checkFailed(), seconds(10), checkFailed()] },
  ])('is over with $given', ({ event }) => {
    const history = settled().feed(turned('gluetun', 'unhealthy'), ...event);
    expect(history.state.checking.alarm).toBeUndefined();
    history.expectNoLine(/nothing to restart$/);
  });

  it('is not raised by another container', () => {
    settled().feed(turned('other', 'unhealthy')).expectLines();
  });
});
