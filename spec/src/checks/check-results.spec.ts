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

/** The line that tells of a result. */
const DEBUG = { level: 'debug', message: expect.stringMatching(/^Site https:\/\/a: /) as string };

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

  it.each<{ given: number; then: readonly string[] }>([
    { given: 1, then: [] },
    { given: 2, then: ['Site https://a can be reached again'] },
    { given: 3, then: ['Site https://a can be reached again'] },
  ])('says after $given failures of 2 that a site is back: $then', ({ given, then }) => {
    const history = settled([], { settings: { exclude: ['gluetun'] } });
    for (let times = 0; times < given; times += 1) history.feed(...round(checkFailed()));
    history
      .forget()
      .feed(...round(checkPassed()))
      .expectLines(...then);
  });

  it('says nothing of the failures beyond the threshold', () => {
    const history = settled([], { settings: { exclude: ['gluetun'] } });
    history.feed(...round(checkFailed()), ...round(checkFailed()), seconds(30)).forget();
    history.feed(checkFailed());
    expect(history.lines).toEqual([DEBUG]);
  });

  it('says a failure below the threshold at debug only', () => {
    const history = settled([], two).feed(...round(checkFailed('a')), ...round(checkPassed()));
    history.expectLines().expectLine(/^Site https:\/\/a failed \(1 of 3\)/, 'debug');
  });

  it.each<{ given: Partial<ProbeResult>; then: string }>([
    { given: { latencyMs: 40.4 }, then: 'pass (OK, 40 ms)' },
    { given: { httpStatus: 403, latencyMs: 40.5 }, then: 'pass (OK, HTTP 403, 41 ms)' },
    { given: { verdict: 'unknown', reason: 'there is no wget' }, then: 'unknown (there is no wget)' },
  ])('tells each result at debug, with its status and latency: $then', ({ given, then }) => {
    const history = settled().feed(seconds(30)).forget().feed(probed(given));
    expect(history.lines).toEqual([{ level: 'debug', message: `Site https://a: ${then}` }]);
  });

  it('counts an advisory site, which starts nothing', () => {
    const history = settled([], { sites: [site('a'), site('b', { role: 'advisory' })] });
    for (let times = 0; times < 4; times += 1) history.feed(...round(checkFailed('b')));
    expect(failuresOf(history)[B]).toBe(4);
    history.expectNoAct().expectLine(/https:\/\/b failed 2 consecutive times - THRESHOLD REACHED/);
  });

  it('ignores a result that comes when no check is under way', () => {
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

describe("Docker's unhealthy", () => {
  const unhealthy = turned('gluetun', 'unhealthy');
  const AGREED = /^Docker calls gluetun unhealthy, and no critical site passes: /;
  const three = {
    sites: [site('a'), site('b'), site('x', { role: 'advisory' })],
    settings: { failThreshold: 9 },
  };

  it('decides with the one check that it asks for', () => {
    settled()
      .feed(unhealthy, checkFailed())
      .expectLine(AGREED)
      .expectLine(/^Site https:\/\/a failed 2 consecutive times - THRESHOLD REACHED - /, 'warn')
      .expectActs('restartGateway');
  });

  it.each<{ given: string; event: Steps; a: number; b: number; x: number }>([
    { given: 'counts as one failure of each that fails', event: [unhealthy, checkFailed()], a: 2, b: 2, x: 2 },
    { given: 'counts for none that is unknown', event: [unhealthy, checked({ a: 'fail', b: 'unknown', x: 'unknown' })], a: 2, b: 0, x: 0 },
    { given: 'counts though an advisory site passes', event: [unhealthy, checkFailed('a', 'b')], a: 2, b: 2, x: 0 },
    { given: 'counts for nothing where a critical site passes', event: [unhealthy, checkFailed('a', 'x')], a: 1, b: 0, x: 1 },
    { given: 'counts for nothing where no critical site fails', event: [unhealthy, checked({ a: 'unknown', b: 'unknown', x: 'fail' })], a: 0, b: 0, x: 1 },
    { given: 'counts once, whatever the next check shows', event: [unhealthy, checkFailed(), seconds(10), checkFailed()], a: 3, b: 3, x: 3 },
    { given: 'counts once, however often it is said', event: [unhealthy, unhealthy, listedAgain(gatewayFacts({ health: 'unhealthy' })), checkFailed(), seconds(10), checkFailed()], a: 3, b: 3, x: 3 },
    { given: 'counts again once it was healthy between', event: [unhealthy, checkFailed(), turned('gluetun', 'healthy'), checkFailed(), unhealthy, checkFailed()], a: 5, b: 5, x: 5 },
    { given: 'counts in the next check where one is under way', event: [seconds(30), unhealthy, checkFailed(), checkFailed()], a: 3, b: 3, x: 3 },
    { given: 'counts for nothing where it was withdrawn before that begins', event: [seconds(30), unhealthy, turned('gluetun', 'healthy'), checkFailed(), checkFailed()], a: 2, b: 2, x: 2 },
    { given: 'counts where its message was lost, and an inspection shows it', event: [listedAgain(gatewayFacts({ health: 'unhealthy' })), checkFailed()], a: 2, b: 2, x: 2 },
    { given: 'counts for nothing within 15 s of a restart of the VPN that Gluetun announced', event: [selfHealingLogged(), checkFailed(), seconds(10), checkFailed(), unhealthy, checkFailed()], a: 3, b: 3, x: 3 },
    { given: 'counts 15 s after that', event: [selfHealingLogged(), checkFailed(), seconds(10), checkFailed(), seconds(10), checkFailed(), unhealthy, checkFailed()], a: 5, b: 5, x: 5 },
    { given: 'counts for nothing where the gateway was only paused', event: [seconds(30), paused('gluetun'), unpaused('gluetun'), checkFailed(), inspectedAs('gluetun', { health: 'unhealthy', startedAt: 1_000 }), checkFailed()], a: 1, b: 1, x: 1 },
    { given: 'counts for nothing where somebody is stopping the gateway', event: [seconds(30), killed('gluetun'), unhealthy, checkFailed()], a: 0, b: 0, x: 0 },
    { given: 'counts for nothing where the gateway was listed while it was paused', event: [seconds(30), paused('gluetun'), listedAgain(gatewayFacts({ runState: 'paused', health: 'unhealthy' })), unpaused('gluetun'), checkFailed(), inspectedAs('gluetun', { health: 'unhealthy', startedAt: 1_000 }), checkFailed()], a: 1, b: 1, x: 1 },
    { given: 'counts for nothing before the gateway is ready', event: [started('gluetun'), inspectedAs('gluetun', { health: 'starting' }), unhealthy, checkFailed()], a: 0, b: 0, x: 0 },
  ])('$given', ({ event, a, b, x }) => {
    const failures = failuresOf(settled([], three).feed(...event));
    expect([A, B, 'https://x/'].map((url) => failures[url] ?? 0)).toEqual([a, b, x]);
  }); // prettier-ignore
});

it("Docker's unhealthy counts for nothing if the monitor found the gateway so: that may have been for hours", () => {
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

  it('starts no recovery while another passes, and is told of once', () => {
    mistyped()
      .expectLine(told, 'warn')
      .expectNoLine(/THRESHOLD/)
      .expectNoAct();
  });

  it('does not keep a check from passing, nor the pace up', () => {
    const history = mistyped();
    expect(history.state.outageSince).toBeUndefined();
    history.forget().feed(seconds(29)).expectChecks(0).feed(seconds(2)).expectChecks(1);
  });

  it('is no excuse where no other passes: as many checks in a row decide as for any other', () => {
    mistyped()
      .feed(...round(checkFailed()))
      .expectNoAct()
      .feed(seconds(10), checkFailed())
      .expectActs('restartGateway');
  });

  it('starts a recovery where none has ever passed', () => {
    new History({ sites: [site('a'), site('b')] })
      .feed(connected(), listed(gatewayFacts()), endpointRead('203.0.113.1'), checkFailed(), seconds(10))
      .feed(checkFailed())
      .expectNoLine(told)
      .expectActs('restartGateway');
  });

  it('counts like any other once it has passed, also to the next monitor', () => {
    const history = mistyped().feed(...round(checkPassed()));
    const { memory } = history;
    expect(memory.sites['gluetun']?.passed).toEqual([A, URL]);
    new History({ sites: [site('a'), site('b')], memory })
      .feed(connected(), listed(gatewayFacts()), endpointRead('203.0.113.1'), checkFailed('b'))
      .feed(seconds(10), checkFailed('b'))
      .expectActs('restartGateway');
  });

  it('is remembered in a dry run, too', () => {
    const { memory } = mistyped({ settings: { dryRun: true } });
    expect(memory.sites['gluetun']).toEqual({ held: [], blocked: undefined, passed: [A] });
  });

  it('is of no account where it is advisory', () => {
    mistyped({ sites: [site('a'), site('b', { role: 'advisory' })] })
      .expectNoLine(told)
      .expectLine(/^Site https:\/\/b failed 2 consecutive times/);
  });

  it('is excused from the sites that are down, whatever SITE_QUORUM asks for', () => {
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

describe('a check that confirms', () => {
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
    { given: 'is quick after one in which all were silent', event: [silent(), seconds(10)], then: [5, 5, 5] },
    { given: 'is quick for those only that were silent', event: [checked({ a: 'fail', b: 'unknown', x: 'unknown' }), seconds(10)], then: [10, 10, 10] },
    { given: 'takes its time where one passed, though an advisory one', event: [silent('a', 'b'), seconds(10)], then: [10, 10, 10] },
    { given: 'takes its time where they failed at once', event: [checkFailed(), seconds(10)], then: [10, 10, 10] },
    { given: 'is quick, too, after one that tells nothing', event: [silent(), seconds(10), checkBlind(), seconds(10)], then: [5, 5, 5] },
    { given: 'takes its time after a new start', event: [silent(), died('gluetun', 1), started('gluetun'), inspectedAs('gluetun', { health: 'healthy' })], then: [10, 10, 10] },
    { given: 'takes its time after Gluetun has restarted its VPN', event: [silent(), selfHealingLogged()], then: [10, 10, 10] },
  ])('$given', ({ event, then }) => {
    expect(timesOf(given(...event))).toEqual(then);
  }); // prettier-ignore

  it('decides by the shortened time where no site passes', () => {
    given(silent(), seconds(10), silent()).expectActs('restartGateway');
  });

  it('proves nothing of a slow site where another passes, and is followed at once by one that takes its time', () => {
    const history = given(silent(), seconds(10), silent('a'));
    expect(history.state.sites.failures).toMatchObject({ [A]: 1, [B]: 0 });
    expect(timesOf(history)).toEqual([10, 10, 10]);
    history.feed(silent('a')).expectActs('restartGateway');
  });

  it('is quick no more once enough have failed, whatever holds a recovery back', () => {
    const history = settled([], { sites, settings: { exclude: ['gluetun'] } }).feed(seconds(30));
    history.feed(silent(), seconds(10), silent(), seconds(10));
    expect(timesOf(history)).toEqual([10, 10, 10]);
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

describe('a check that overlaps a restart of the VPN', () => {
  const overlapping = (by: 'monitor' | 'gluetun', ends: Happening): number | undefined => {
    const history = settled([], two).feed(...round(checkFailed('a')), seconds(30));
    const { state, now } = history;
    history.state = { ...state, checking: { ...state.checking, reconnect: { by, at: now } } };
    return failuresOf(history.feed(ends))[A];
  };

  it.each<{ given: string; by: 'monitor' | 'gluetun'; ends: Happening; then: number }>([
    { given: 'by us counts for nothing where it fails', by: 'monitor', ends: checkFailed('a'), then: 1 },
    { given: 'by us counts for nothing where it passes', by: 'monitor', ends: checkPassed(), then: 1 },
    {
      given: 'by Gluetun counts, for that does so in trouble',
      by: 'gluetun',
      ends: checkFailed('a'),
      then: 2,
    },
  ])('$given', ({ by, ends, then }) => {
    expect(overlapping(by, ends)).toBe(then);
  });
});

describe('a check that overlaps a stop and start of the VPN by its operator', () => {
  it.each<{ given: string; event: Steps; then: number }>([
    { given: 'counts for nothing if the VPN is stopped during it', event: [vpnStoppingLogged()], then: 0 },
    {
      given: 'counts for nothing, though the tunnel is up again by its end',
      event: [vpnStoppingLogged(), vpnStartingLogged(), tunnelUpLogged()],
      then: 0,
    },
    {
      given: 'counts if it begins once the tunnel is up again',
      event: [vpnStoppingLogged(), tunnelUpLogged(), checkFailed('a'), seconds(30)],
      then: 1,
    },
    {
      given: 'counts if it begins half a minute later, whatever has become of the VPN',
      event: [vpnStoppingLogged(), checkFailed('a'), seconds(30), checkFailed('a'), seconds(30)],
      then: 1,
    },
    {
      given: 'counts if the gateway has started anew since',
      event: [
        vpnStoppingLogged(),
        checkPassed(),
        started('gluetun'),
        inspectedAs('gluetun', { health: 'healthy' }),
      ],
      then: 1,
    },
    {
      given: 'counts if it was Gluetun itself that had said it would',
      event: [selfHealingLogged(), vpnStoppingLogged()],
      then: 1,
    },
    {
      given: 'counts if Gluetun itself had said so, and its port forwarding has held it up',
      event: [selfHealingLogged(), checkPassed(), minutes(2), vpnStoppingLogged()],
      then: 1,
    },
    { given: 'counts if that was long ago', event: [vpnStoppingLogged(true)], then: 1 },
  ])('$given', ({ event, then }) => {
    const history = settled([], two).feed(seconds(30), ...event);
    expect(failuresOf(history.feed(checkFailed('a')))[A] ?? 0).toBe(then);
  });
});

describe('a check begun before the start', () => {
  const restarts: Steps = [seconds(30), died('gluetun', 1), started('gluetun')];

  it('clears nothing where it passes', () => {
    const history = settled([], two).feed(...round(checkFailed('a')), ...restarts, checkPassed());
    expect(failuresOf(history)[A]).toBe(1);
  });

  it.each([
    ['fails', checkFailed()],
    ['is blind', checkBlind()],
  ])('is told of at debug only where it %s', (_, ends) => {
    const history = settled([], { settings: { failThreshold: 1 } });
    history.feed(...restarts).forget();
    expect(history.feed(ends).lines).toEqual([DEBUG]);
  });
});

describe('a check that is cut short', () => {
  const CUT = checkCutShort('the probe was cut short');
  const BLIND = /^Sites cannot be probed through gluetun: the probe was cut short; /;

  it('is no blindness yet, and is soon followed by another one', () => {
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

  it('is blindness where the next one is, too; said once', () => {
    const history = settled().feed(seconds(30), CUT, seconds(10), CUT, seconds(30), CUT);
    history.expectLines(BLIND).forget();
    history.feed(seconds(30), checkPassed()).expectLines('Sites can be probed through gluetun again');
  });

  it('is none where one between them was whole', () => {
    settled().feed(seconds(30), CUT, seconds(10), checkPassed(), seconds(30), CUT).expectLines();
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'dies, of which is told only then', event: [CUT, died('gluetun', 1), started('gluetun'), inspectedAs('gluetun', { health: 'healthy' })] },
    { given: 'is killed, of which is told only then', event: [CUT, killed('gluetun', '9'), died('gluetun', 137), started('gluetun'), inspectedAs('gluetun', { health: 'healthy' })] },
    { given: 'is restarted by its operator', event: [killed('gluetun'), CUT, died('gluetun'), started('gluetun'), inspectedAs('gluetun', { health: 'healthy' })] },
    { given: 'is paused and resumed', event: [paused('gluetun'), unpaused('gluetun'), CUT] },
  ])('says nothing of probes where the gateway $given, each time', ({ event }) => {
    const history = settled();
    for (let times = 0; times < 3; times += 1) history.feed(seconds(30), ...event, checkPassed());
    history.expectNoLine(/probed/);
  }); // prettier-ignore

  it('says nothing of probes where the engine goes, of which is told only then', () => {
    settled()
      .feed(seconds(30), CUT, disconnected(), connected(), listedAgain(), checkPassed())
      .expectNoLine(/probed/);
  });

  it('by our own restart says nothing of probes', () => {
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

describe('only DNS', () => {
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

  it('is said once, when a site by name reaches its threshold', () => {
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

  it('is said again once a site by name has passed in between', () => {
    settled([], given)
      .feed(...came('dns', 'dns', 'pass'), ...came('dns', 'dns', 'pass'), ...came('pass', 'dns', 'pass'))
      .forget()
      .feed(...came('dns', 'dns', 'pass'), ...came('dns', 'dns', 'pass'))
      .expectLine(SAID);
  });

  it.each([
    ['another site by name fails of something else', came('dns', 'refused', 'pass')],
    ['another site by name passes', came('dns', 'pass', 'pass')],
    ['another site by name cannot be probed', came('dns', 'unknown', 'pass')],
    ['no site by address passes', came('dns', 'dns', 'refused')],
    ['all fails of something else', came('refused', 'refused', 'pass')],
  ])('is not said where %s', (_, outcome) => {
    settled([], given)
      .feed(...outcome, ...outcome, ...outcome)
      .expectNoLine(/Only DNS/);
  });

  it('is not said of sites that all have a name, or none', () => {
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
