import type { ProbeResult } from '../../../streams/events.ts';
import { isByAddress } from '../../../src/only-dns.ts';
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
  minutes,
  paused,
  seconds,
  inspectedAs,
  site,
  started,
  turned,
  unpaused,
} from '../builders.ts';
import { type History, type Steps, settled } from '../history.ts';

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
