import type { ProbeResult } from '../../../streams/events.ts';
import { isByAddress } from '../../../src/checks/only-dns.ts';
import {
  type Happening,
  checkBlind,
  checkCutShort,
  checkFailed,
  checkPassed,
  checked,
  connected,
  died,
  disconnected,
  endpointRead,
  gatewayFacts,
  killed,
  listed,
  listedAgain,
  minutes,
  paused,
  restartMessages,
  seconds,
  selfHealingLogged,
  inspectedAs,
  site,
  started,
  succeeded,
  tunnelUpLogged,
  turned,
  unpaused,
  vpnStartingLogged,
  vpnStoppingLogged,
} from '../builders.ts';
import { History, type Setting, type Steps, settled } from '../history.ts';

const A = 'https://a/';
const B = 'https://b/';
const two = { sites: [site('a'), site('b')], settings: { failThreshold: 3 } };
const failuresOf = ({ state }: History) => state.sites.failures;

/** One result of the check under way. */
const probed =
  (result: Partial<ProbeResult> = {}): Happening =>
  ({ checking }, at) => [
    {
      type: 'siteProbed',
      at,
      checkId: checking.running?.checkId ?? -1,
      result: {
        site: site('a'),
        verdict: 'pass',
        reason: 'OK',
        latencyMs: undefined,
        httpStatus: undefined,
        ...result,
      },
    },
  ];

/** The debug line for a result. */
const DEBUG = { level: 'debug', message: expect.stringMatching(/^Site https:\/\/a: /) as string };

/** A check comes and ends so, a good while later. */
const round = (step: Steps[number]): Steps => [seconds(30), step].flat();

const outageOf = (seconds: number): string =>
  `The tunnel of gluetun works again after ${String(seconds)}s: https://a had failed (Network failure (DNS or connection))`;

describe('the count of failures of a site', () => {
  it.each<{ given: string; event: Steps; then: number }>([
    { given: 'grows by one with a failure', event: round(checkFailed('a')), then: 1 },
    {
      given: 'grows with each further failure',
      event: [...round(checkFailed('a')), ...round(checkFailed('a'))],
      then: 2,
    },
    { given: 'is reset by a pass', event: [...round(checkFailed('a')), ...round(checkPassed())], then: 0 },
    {
      given: 'stays the same after an unknown result',
      event: [...round(checkFailed('a')), ...round(checked({ a: 'unknown' }))],
      then: 1,
    },
    {
      given: 'stays the same if the result is missing',
      event: [...round(checkFailed('a')), ...round(checkCutShort())],
      then: 1,
    },
  ])('$given', ({ event, then }) => {
    const history = settled([], two).feed(...event);
    expect(failuresOf(history)[A] ?? 0).toBe(then);
    expect(failuresOf(history)[B] ?? 0).toBe(0);
  });

  it('leads to one line when it reaches the threshold', () => {
    const history = settled([], { settings: { exclude: ['gluetun'] } });
    for (let times = 0; times < 5; times += 1) history.feed(...round(checkFailed()));
    history.expectLines(
      'Site https://a failed 2 consecutive times - THRESHOLD REACHED - Network failure (DNS or connection)',
      /^No recovery: .*; gluetun is in EXCLUDE_CONTAINERS$/,
    );
    history
      .forget()
      .feed(...round(checkPassed()))
      .expectLines('Site https://a can be reached again', outageOf(150));
  });

  it.each<{ given: number; then: readonly string[] }>([
    { given: 1, then: [] },
    { given: 2, then: ['Site https://a can be reached again', outageOf(60)] },
    { given: 3, then: ['Site https://a can be reached again', outageOf(90)] },
  ])('after $given failures of 2 leads to these lines when the site passes: $then', ({ given, then }) => {
    const history = settled([], { settings: { exclude: ['gluetun'] } });
    for (let times = 0; times < given; times += 1) history.feed(...round(checkFailed()));
    history
      .forget()
      .feed(...round(checkPassed()))
      .expectLines(...then);
  });

  it('leads to no line beyond the threshold', () => {
    const history = settled([], { settings: { exclude: ['gluetun'] } });
    history.feed(...round(checkFailed()), ...round(checkFailed()), seconds(30)).forget();
    history.feed(checkFailed());
    expect(history.lines).toEqual([DEBUG]);
  });

  it('leads to a debug line below the threshold', () => {
    const history = settled([], two).feed(...round(checkFailed('a')), ...round(checkPassed()));
    history.expectLines().expectLine(/^Site https:\/\/a failed \(1 of 3\)/, 'debug');
  });

  it.each<{ given: Partial<ProbeResult>; then: string }>([
    { given: { latencyMs: 40.4 }, then: 'pass (OK, 40 ms)' },
    { given: { httpStatus: 403, latencyMs: 40.5 }, then: 'pass (OK, HTTP 403, 41 ms)' },
    { given: { verdict: 'unknown', reason: 'there is no wget' }, then: 'unknown (there is no wget)' },
  ])('comes with a debug line for each result, with its status and latency: $then', ({ given, then }) => {
    const history = settled().feed(seconds(30)).forget().feed(probed(given));
    expect(history.lines).toEqual([{ level: 'debug', message: `Site https://a: ${then}` }]);
  });

  it('of an advisory site grows, too, but starts no recovery', () => {
    const history = settled([], { sites: [site('a'), site('b', { role: 'advisory' })] });
    for (let times = 0; times < 4; times += 1) history.feed(...round(checkFailed('b')));
    expect(failuresOf(history)[B]).toBe(4);
    history.expectNoAct().expectLine(/https:\/\/b failed 2 consecutive times - THRESHOLD REACHED/);
  });

  it('ignores a result that arrives while no check is running', () => {
    const history = settled();
    const { everything } = history;
    expect(history.feed(probed()).everything).toBe(everything);
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

describe("Docker's report that the gateway is unhealthy", () => {
  const unhealthy = turned('gluetun', 'unhealthy');
  const AGREED = /^Docker calls gluetun unhealthy, and no critical site passes: /;
  const three = {
    sites: [site('a'), site('b'), site('x', { role: 'advisory' })],
    settings: { failThreshold: 9 },
  };

  it('is enough, together with the one failed check that it triggers', () => {
    settled()
      .feed(unhealthy, checkFailed())
      .expectLine(AGREED)
      .expectLine(/^Site https:\/\/a failed 2 consecutive times - THRESHOLD REACHED - /, 'warn')
      .expectActs('restartGateway');
  });

  it.each<{ given: string; event: Steps; a: number; b: number; x: number }>([
    { given: 'adds one failure to each site that fails', event: [unhealthy, checkFailed()], a: 2, b: 2, x: 2 },
    { given: 'adds nothing to a site with an unknown result', event: [unhealthy, checked({ a: 'fail', b: 'unknown', x: 'unknown' })], a: 2, b: 0, x: 0 },
    { given: 'counts even if an advisory site passes', event: [unhealthy, checkFailed('a', 'b')], a: 2, b: 2, x: 0 },
    { given: 'does not count if a critical site passes', event: [unhealthy, checkFailed('a', 'x')], a: 1, b: 0, x: 1 },
    { given: 'does not count if no critical site fails', event: [unhealthy, checked({ a: 'unknown', b: 'unknown', x: 'fail' })], a: 0, b: 0, x: 1 },
    { given: 'counts only once, whatever the next check shows', event: [unhealthy, checkFailed(), seconds(10), checkFailed()], a: 3, b: 3, x: 3 },
    { given: 'counts only once, however often it is repeated', event: [unhealthy, unhealthy, listedAgain(gatewayFacts({ health: 'unhealthy' })), checkFailed(), seconds(10), checkFailed()], a: 3, b: 3, x: 3 },
    { given: 'counts again if the gateway was healthy in between', event: [unhealthy, checkFailed(), turned('gluetun', 'healthy'), checkFailed(), unhealthy, checkFailed()], a: 5, b: 5, x: 5 },
    { given: 'counts in the next check if one is already running', event: [seconds(30), unhealthy, checkFailed(), checkFailed()], a: 3, b: 3, x: 3 },
    { given: 'does not count if it was withdrawn before the next check', event: [seconds(30), unhealthy, turned('gluetun', 'healthy'), checkFailed(), checkFailed()], a: 2, b: 2, x: 2 },
    { given: 'counts if its event was lost and an inspection shows it', event: [listedAgain(gatewayFacts({ health: 'unhealthy' })), checkFailed()], a: 2, b: 2, x: 2 },
    { given: 'does not count within 15 s of a VPN restart announced by Gluetun', event: [selfHealingLogged(), checkFailed(), seconds(10), checkFailed(), unhealthy, checkFailed()], a: 3, b: 3, x: 3 },
    { given: 'counts again 15 s after a VPN restart announced by Gluetun', event: [selfHealingLogged(), checkFailed(), seconds(10), checkFailed(), seconds(10), checkFailed(), unhealthy, checkFailed()], a: 5, b: 5, x: 5 },
    { given: 'does not count if the gateway was only paused', event: [seconds(30), paused('gluetun'), unpaused('gluetun'), checkFailed(), inspectedAs('gluetun', { health: 'unhealthy', startedAt: 1_000 }), checkFailed()], a: 1, b: 1, x: 1 },
    { given: 'does not count while the gateway is being stopped', event: [seconds(30), killed('gluetun'), unhealthy, checkFailed()], a: 0, b: 0, x: 0 },
    { given: 'does not count if the gateway was listed while it was paused', event: [seconds(30), paused('gluetun'), listedAgain(gatewayFacts({ runState: 'paused', health: 'unhealthy' })), unpaused('gluetun'), checkFailed(), inspectedAs('gluetun', { health: 'unhealthy', startedAt: 1_000 }), checkFailed()], a: 1, b: 1, x: 1 },
    { given: 'does not count before the gateway is ready', event: [started('gluetun'), inspectedAs('gluetun', { health: 'starting' }), unhealthy, checkFailed()], a: 0, b: 0, x: 0 },
  ])('$given', ({ event, a, b, x }) => {
    const failures = failuresOf(settled([], three).feed(...event));
    expect([A, B, 'https://x/'].map((url) => failures[url] ?? 0)).toEqual([a, b, x]);
  }); // prettier-ignore
});

it("Docker's report that the gateway is unhealthy does not count if the monitor found it so at its start", () => {
  const history = new History({ sites: [site('a')] }).feed(
    connected(),
    listed(gatewayFacts({ health: 'unhealthy', startedAt: 1_000 })),
    checkFailed(),
  );
  expect(failuresOf(history)[A] ?? 0).toBeLessThan(2);
  history.expectNoAct();
});

describe('a site that has never passed', () => {
  const URL = 'https://b/';
  const told =
    /^Site https:\/\/b has never passed \(.*\), while others do: check its URL; it starts no recovery as long as another critical site passes$/;
  /** All but `b` have passed. */
  const mistyped = (rest: Setting = {}): History =>
    new History({ sites: [site('a'), site('b')], ...rest })
      .feed(connected(), listed(gatewayFacts()), endpointRead('203.0.113.1'), checkFailed('b'))
      .feed(...round(checkFailed('b')), ...round(checkFailed('b')));

  it('starts no recovery while another site passes, and is reported once', () => {
    mistyped()
      .expectLine(told, 'warn')
      .expectNoLine(/THRESHOLD/)
      .expectNoAct();
  });

  it('neither keeps a check from passing nor shortens the interval', () => {
    const history = mistyped();
    expect(history.state.outageSince).toBeUndefined();
    history.forget().feed(seconds(29)).expectChecks(0).feed(seconds(2)).expectChecks(1);
  });

  it('counts like any other once no other site passes', () => {
    mistyped()
      .feed(...round(checkFailed()))
      .expectNoAct()
      .feed(seconds(10), checkFailed())
      .expectActs('restartGateway');
  });

  it('starts a recovery if no site has ever passed', () => {
    new History({ sites: [site('a'), site('b')] })
      .feed(connected(), listed(gatewayFacts()), endpointRead('203.0.113.1'), checkFailed(), seconds(10))
      .feed(checkFailed())
      .expectNoLine(told)
      .expectActs('restartGateway');
  });

  it('counts like any other once it has passed, also for the next monitor', () => {
    const history = mistyped().feed(...round(checkPassed()));
    const { memory } = history;
    expect(memory.sites['gluetun']?.passed).toEqual([A, URL]);
    new History({ sites: [site('a'), site('b')], memory })
      .feed(connected(), listed(gatewayFacts()), endpointRead('203.0.113.1'), checkFailed('b'))
      .feed(seconds(10), checkFailed('b'))
      .expectActs('restartGateway');
  });

  it('is persisted in a dry run, too', () => {
    const { memory } = mistyped({ settings: { dryRun: true } });
    expect(memory.sites['gluetun']).toEqual({ held: [], blocked: undefined, passed: [A] });
  });

  it('is not reported if it is advisory', () => {
    mistyped({ sites: [site('a'), site('b', { role: 'advisory' })] })
      .expectNoLine(told)
      .expectLine(/^Site https:\/\/b failed 2 consecutive times/);
  });

  it('does not count for the quorum in SITE_QUORUM', () => {
    const history = new History({
      sites: ['a', 'b', 'c'].map((name) => site(name)),
      settings: { siteQuorum: 2 },
    })
      .feed(connected(), listed(gatewayFacts()), endpointRead('203.0.113.1'), checkFailed('b'))
      .feed(seconds(30), checkFailed('b', 'c'), seconds(10), checkFailed('b', 'c'));
    history.expectNoAct().expectLine(/^No recovery: 1 of 3 critical sites down/);
    history.feed(...round(checkFailed()), seconds(10), checkFailed()).expectActs('restartGateway');
  });
});

describe('a check that confirms a failed one', () => {
  const sites = [site('a'), site('b'), site('x', { role: 'advisory' })];
  /** Each that fails is silent for all of the time that it gets. */
  const silent =
    (...names: readonly string[]): Happening =>
    (state, at) =>
      checkFailed(...names)(state, at).map((event) =>
        event.type === 'siteProbed' && event.result.verdict === 'fail'
          ? { ...event, result: { ...event.result, latencyMs: event.result.site.timeoutSeconds * 1000 } }
          : event,
      );
  const timesOf = ({ state }: History) =>
    (state.checking.running?.sites ?? []).map(({ timeoutSeconds }) => timeoutSeconds);
  const given = (...steps: Steps): History =>
    settled([], { sites })
      .feed(seconds(30))
      .feed(...steps);

  it.each<{ given: string; event: Steps; then: readonly number[] }>([
    { given: 'has short timeouts if all sites timed out before', event: [silent(), seconds(10)], then: [5, 5, 5] },
    { given: 'has short timeouts only for sites that timed out', event: [checked({ a: 'fail', b: 'unknown', x: 'unknown' }), seconds(10)], then: [10, 10, 10] },
    { given: 'has full timeouts if any site passed before, even an advisory one', event: [silent('a', 'b'), seconds(10)], then: [10, 10, 10] },
    { given: 'has full timeouts if the sites failed at once', event: [checkFailed(), seconds(10)], then: [10, 10, 10] },
    { given: 'has short timeouts after an inconclusive check, too', event: [silent(), seconds(10), checkBlind(), seconds(10)], then: [5, 5, 5] },
    { given: 'has full timeouts after a new start of the gateway', event: [silent(), died('gluetun', 1), started('gluetun'), inspectedAs('gluetun', { health: 'healthy' })], then: [10, 10, 10] },
    { given: 'has full timeouts after Gluetun has restarted its VPN', event: [silent(), selfHealingLogged()], then: [10, 10, 10] },
  ])('$given', ({ event, then }) => {
    expect(timesOf(given(...event))).toEqual(then);
  }); // prettier-ignore

  it('starts a recovery with short timeouts if no site passes', () => {
    given(silent(), seconds(10), silent()).expectActs('restartGateway');
  });

  it('does not count a short timeout if another site passes, and is repeated at once with full timeouts', () => {
    const history = given(silent(), seconds(10), silent('a'));
    expect(history.state.sites.failures).toMatchObject({ [A]: 1, [B]: 0 });
    expect(timesOf(history)).toEqual([10, 10, 10]);
    history.feed(silent('a')).expectActs('restartGateway');
  });

  it('has full timeouts again once the threshold is reached, even if the recovery is held back', () => {
    const history = settled([], { sites, settings: { exclude: ['gluetun'] } }).feed(seconds(30));
    history.feed(silent(), seconds(10), silent(), seconds(10));
    expect(timesOf(history)).toEqual([10, 10, 10]);
  });
});

describe('a failure does not count', () => {
  it.each<{ given: string; event: Steps }>([
    {
      given: 'in a check begun before the gateway started',
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

  it('unless the time to become ready is over', () => {
    const history = settled()
      .feed(started('gluetun'), inspectedAs('gluetun', { health: 'starting' }), minutes(2), checkFailed())
      .feed(seconds(10), checkFailed());
    expect(failuresOf(history)[A]).toBe(2);
    history.expectActs('restartGateway');
  });
});

describe('a check during a restart of the VPN', () => {
  const overlapping = (by: 'monitor' | 'gluetun', ends: Happening): number | undefined => {
    const history = settled([], two).feed(...round(checkFailed('a')), seconds(30));
    const { state, now } = history;
    history.state = { ...state, checking: { ...state.checking, reconnect: { by, at: now } } };
    return failuresOf(history.feed(ends))[A];
  };

  it.each<{ given: string; by: 'monitor' | 'gluetun'; ends: Happening; then: number }>([
    { given: 'by us does not count if it fails', by: 'monitor', ends: checkFailed('a'), then: 1 },
    { given: 'by us does not count if it passes', by: 'monitor', ends: checkPassed(), then: 1 },
    {
      given: 'by Gluetun counts, because Gluetun only does so in trouble',
      by: 'gluetun',
      ends: checkFailed('a'),
      then: 2,
    },
  ])('$given', ({ by, ends, then }) => {
    expect(overlapping(by, ends)).toBe(then);
  });
});

describe('a check during a stop and start of the VPN by hand', () => {
  it.each<{ given: string; event: Steps; then: number }>([
    { given: 'does not count if the VPN is stopped meanwhile', event: [vpnStoppingLogged()], then: 0 },
    {
      given: 'does not count even if the tunnel is up again by the end',
      event: [vpnStoppingLogged(), vpnStartingLogged(), tunnelUpLogged()],
      then: 0,
    },
    {
      given: 'counts if it begins after the tunnel is up again',
      event: [vpnStoppingLogged(), tunnelUpLogged(), checkFailed('a'), seconds(30)],
      then: 1,
    },
    {
      given: 'counts if it begins half a minute later, whatever the state of the VPN',
      event: [vpnStoppingLogged(), checkFailed('a'), seconds(30), checkFailed('a'), seconds(30)],
      then: 1,
    },
    {
      given: 'counts if the gateway has started again since',
      event: [
        vpnStoppingLogged(),
        checkPassed(),
        started('gluetun'),
        inspectedAs('gluetun', { health: 'healthy' }),
      ],
      then: 1,
    },
    {
      given: 'counts if Gluetun had announced the restart itself',
      event: [selfHealingLogged(), vpnStoppingLogged()],
      then: 1,
    },
    {
      given: 'counts if Gluetun had announced the restart itself and was delayed by its port forwarding',
      event: [selfHealingLogged(), checkPassed(), minutes(2), vpnStoppingLogged()],
      then: 1,
    },
    { given: 'counts if the stop is a log line of the past', event: [vpnStoppingLogged(true)], then: 1 },
  ])('$given', ({ event, then }) => {
    const history = settled([], two).feed(seconds(30), ...event);
    expect(failuresOf(history.feed(checkFailed('a')))[A] ?? 0).toBe(then);
  });
});

describe('a check begun before the gateway started', () => {
  const restarts: Steps = [seconds(30), died('gluetun', 1), started('gluetun')];

  it('does not reset the failures if it passes', () => {
    const history = settled([], two).feed(...round(checkFailed('a')), ...restarts, checkPassed());
    expect(failuresOf(history)[A]).toBe(1);
  });

  it.each([
    ['fails', checkFailed()],
    ['is inconclusive', checkBlind()],
  ])('is only logged at debug level if it %s', (_, ends) => {
    const history = settled([], { settings: { failThreshold: 1 } });
    history.feed(...restarts).forget();
    expect(history.feed(ends).lines).toEqual([DEBUG]);
  });
});

describe('a check that was cut short', () => {
  const CUT = checkCutShort('the probe was cut short');
  const BLIND = /^Sites cannot be probed through gluetun: the probe was cut short; /;

  it('is not reported, and is soon repeated', () => {
    settled()
      .feed(seconds(30), CUT)
      .expectLines()
      .forget()
      .feed(seconds(9))
      .expectChecks(0)
      .feed(seconds(2))
      .expectChecks(1)
      .feed(checkPassed())
      .expectLines();
  });

  it('is reported once, if the next one is cut short, too', () => {
    const history = settled().feed(seconds(30), CUT, seconds(10), CUT, seconds(30), CUT);
    history.expectLines(BLIND).forget();
    history.feed(seconds(30), checkPassed()).expectLines('Sites can be probed through gluetun again');
  });

  it('is not reported if a whole check came in between', () => {
    settled().feed(seconds(30), CUT, seconds(10), checkPassed(), seconds(30), CUT).expectLines();
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'dies and the event arrives late', event: [CUT, died('gluetun', 1), started('gluetun'), inspectedAs('gluetun', { health: 'healthy' })] },
    { given: 'is killed and the event arrives late', event: [CUT, killed('gluetun', '9'), died('gluetun', 137), started('gluetun'), inspectedAs('gluetun', { health: 'healthy' })] },
    { given: 'is restarted by hand', event: [killed('gluetun'), CUT, died('gluetun'), started('gluetun'), inspectedAs('gluetun', { health: 'healthy' })] },
    { given: 'is paused and resumed', event: [paused('gluetun'), unpaused('gluetun'), CUT] },
  ])('is not reported if the gateway $given each time', ({ event }) => {
    const history = settled();
    for (let times = 0; times < 3; times += 1) history.feed(seconds(30), ...event, checkPassed());
    history.expectNoLine(/probed/);
  }); // prettier-ignore

  it('is not reported if the engine goes away and that shows only afterwards', () => {
    settled()
      .feed(seconds(30), CUT, disconnected(), connected(), listedAgain(), checkPassed())
      .expectNoLine(/probed/);
  });

  it('is not reported if our own restart is the cause', () => {
    const history = settled([], { settings: { recoveryStrategy: 'vpn-first' } });
    history.feed(seconds(30), checkFailed(), seconds(10), checkFailed(), succeeded());
    // A check is under way when the time for one to pass is over.
    history.feed(seconds(31)).expectRecovery('restarting');
    expect(history.state.checking.running).toBeDefined();
    history.feed(CUT, restartMessages('gluetun'), inspectedAs('gluetun', { health: 'healthy' }), succeeded());
    history.feed(checkPassed());
    history.expectNoLine(/probed/).expectActs('restartVpn', 'restartGateway');
  });
});

describe('the line that sites cannot be probed', () => {
  it('is logged once, and so is the end', () => {
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

  it('is not logged again if the reason changes', () => {
    settled()
      .feed(...round(checkBlind('there is no wget')), ...round(checkBlind('exec refused')))
      .expectLine(/Sites cannot be probed/);
  });

  it('is logged even if only one site cannot be probed', () => {
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
      given: 'an engine that has not been listed since a reconnect',
      event: [disconnected(), connected(), checkCutShort()],
      reports: /Lost the Docker engine/,
    },
  ])('is not logged for $given, which is reported itself', ({ event, reports }) => {
    settled()
      .feed(seconds(30), ...event)
      .expectLine(reports)
      .expectNoLine(/cannot be probed/);
  });
});

describe('the line that only DNS fails', () => {
  const byName = { ...site('n'), name: 'https://n.example', url: 'https://n.example/' };
  const other = {
    ...site('o'),
    name: 'https://o.example',
    url: 'https://o.example/',
    role: 'advisory',
  } as const;
  const byAddress = { ...site('i'), name: 'https://192.0.2.1', url: 'https://192.0.2.1/' };
  const given = { sites: [byName, other, byAddress], settings: { failThreshold: 2, exclude: ['gluetun'] } };
  const SAID = /^Only DNS fails in gluetun: sites by address pass, and those by name cannot be resolved$/;

  /** How the three came out: `dns` or another failure, a pass, unknown. */
  const came = (...outcomes: readonly ('dns' | 'refused' | 'pass' | 'unknown')[]): Steps => [
    seconds(30),
    ({ checking: { running } }, at) => [
      ...(running?.sites ?? []).map((one, index) => {
        const outcome = outcomes[index] ?? 'pass';
        const verdict = outcome === 'pass' || outcome === 'unknown' ? outcome : ('fail' as const);
        return {
          type: 'siteProbed' as const,
          at,
          checkId: running?.checkId ?? -1,
          result: {
            site: one,
            verdict,
            reason: outcome,
            cause: verdict === 'fail' ? (outcome as 'dns' | 'refused') : undefined,
            latencyMs: 40,
            httpStatus: undefined,
          },
        };
      }),
      { type: 'checkFinished' as const, at, checkId: running?.checkId ?? -1, cutShort: undefined },
    ],
  ];

  it('is logged once, when a site by name reaches its threshold', () => {
    const history = settled([], given).feed(...came('dns', 'dns', 'pass'));
    history.expectNoLine(/Only DNS/).forget();
    history
      .feed(...came('dns', 'dns', 'pass'))
      .expectLine(SAID)
      .forget();
    history
      .feed(...came('dns', 'dns', 'pass'), ...came('dns', 'refused', 'pass'), ...came('dns', 'dns', 'pass'))
      .expectNoLine(/Only DNS/);
  });

  it('is logged again if a site by name has passed in between', () => {
    settled([], given)
      .feed(...came('dns', 'dns', 'pass'), ...came('dns', 'dns', 'pass'), ...came('pass', 'dns', 'pass'))
      .forget()
      .feed(...came('dns', 'dns', 'pass'), ...came('dns', 'dns', 'pass'))
      .expectLine(SAID);
  });

  it.each([
    ['another site by name fails for another reason', came('dns', 'refused', 'pass')],
    ['another site by name passes', came('dns', 'pass', 'pass')],
    ['another site by name cannot be probed', came('dns', 'unknown', 'pass')],
    ['no site by address passes', came('dns', 'dns', 'refused')],
    ['all sites by name fail for another reason', came('refused', 'refused', 'pass')],
  ])('is not logged if %s', (_, outcome) => {
    settled([], given)
      .feed(...outcome, ...outcome, ...outcome)
      .expectNoLine(/Only DNS/);
  });

  it('is not logged if all sites have a name, or none has', () => {
    for (const sites of [[byName, other], [byAddress]])
      settled([], { ...given, sites })
        .feed(...came('dns', 'dns'), ...came('dns', 'dns'))
        .expectNoLine(/Only DNS/);
  });
});

describe('isByAddress', () => {
  it.each([
    ['https://192.0.2.1/', true],
    ['http://192.0.2.1:8080/x', true],
    ['https://[2001:db8::1]/', true],
    ['https://192.0.2.1.example/', false],
    ['https://a.example/192.0.2.1/', false],
    ['https://1.example/', false],
  ])('%s: %s', (url, is) => {
    expect(isByAddress({ ...site('a'), url })).toBe(is);
  });
});
