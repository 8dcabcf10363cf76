import { downCause } from '../../../src/model/down-cause.ts';
import { NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import {
  checkFailed,
  checkPassed,
  compose,
  connected,
  connectedAfterCrash,
  created,
  destroyed,
  died,
  disconnected,
  facts,
  failed,
  gatewayFacts,
  happens,
  idOf,
  inspected,
  inspectedAs,
  killed,
  listed,
  listedAgain,
  minutes,
  ONE_OFF,
  onGateway,
  paused,
  publicIpLogged,
  renamed,
  restarted,
  restartMessages,
  seconds,
  site,
  started,
  stopped,
  stoppedByHand,
  succeeded,
  turned,
  unpaused,
} from '../builders.ts';
import type { Shape } from '../containers.ts';
import { History, settled, type Steps } from '../history.ts';

const start = (history: History) =>
  history.state.gateway.value === 'starting' || history.state.gateway.value === 'ready'
    ? history.state.gateway.start
    : undefined;

const NO_DEPENDENTS = 'Dependent containers (auto-discovery): none';

/** By a recovery, whose command is under way. */
const beingRestarted = () => settled().feed(seconds(30), checkFailed(), seconds(10), checkFailed());

describe('the search for the gateway', () => {
  const vpn = facts('vpn', { labels: compose('gluetun') });

  it.each([
    { given: 'finds it by its name', reference: 'gluetun', exist: [gatewayFacts()], then: 'gluetun' },
    { given: 'finds it by its compose service', reference: 'gluetun', exist: [vpn], then: 'vpn' },
    {
      given: 'prefers a match by name to one by service',
      reference: 'gluetun',
      exist: [vpn, gatewayFacts()],
      then: 'gluetun',
    },
    {
      given: 'finds it by its full ID',
      reference: idOf('gluetun'),
      exist: [gatewayFacts(), facts('other')],
      then: 'gluetun',
    },
    {
      given: 'finds it by the first twelve digits of its ID',
      reference: idOf('gluetun').slice(0, 12),
      exist: [gatewayFacts()],
      then: 'gluetun',
    },
    {
      given: 'does not accept fewer than twelve digits of its ID',
      reference: idOf('gluetun').slice(0, 11),
      exist: [gatewayFacts()],
      then: undefined,
    },
    {
      given: 'does not accept a service that two containers share',
      reference: 'gluetun',
      exist: [vpn, facts('vpn2', { labels: compose('gluetun') })],
      then: undefined,
    },
    {
      given: 'ignores a one-off container of the same service',
      reference: 'gluetun',
      exist: [vpn, facts('vpn-run', { labels: { ...compose('gluetun'), ...ONE_OFF } })],
      then: 'vpn',
    },
    {
      given: "ignores a container that has compose's interim name and is less than a minute old",
      reference: 'gluetun',
      exist: [facts('0123456789ab_gluetun', { labels: compose('gluetun'), createdAt: 9_950_000 })],
      then: undefined,
    },
  ])('$given', ({ reference, exist, then }) => {
    const { state } = new History({ settings: { gateway: reference } }).feed(connected(), listed(...exist));
    expect('name' in state.gateway ? state.gateway.name : undefined).toBe(then);
  });

  describe('during a replacement', () => {
    const labels = { ...compose('gluetun'), 'com.docker.compose.project': 'us' };
    const ofAnotherStack = facts('gluetun-us', { labels });

    it('does not pick a container of the same service in another stack', () => {
      new History()
        .feed(connected(), listed(gatewayFacts({ labels: compose('gluetun') }), ofAnotherStack))
        .feed(destroyed('gluetun'))
        .expectGateway('absent')
        .expectNoLine(/gluetun-us/);
    });

    it('picks the new container of the same service in the same stack', () => {
      const next = facts('media-gluetun-1', { labels: compose('gluetun') });
      const history = new History()
        .feed(connected(), listed(gatewayFacts({ labels: compose('gluetun') }), ofAnotherStack))
        .feed(destroyed('gluetun'), listedAgain(next, ofAnotherStack));
      expect(history.state.gateway).toMatchObject({ name: 'media-gluetun-1' });
    });
  });

  it('does not report the gateway as missing before the first listing', () => {
    new History().feed(connected()).expectGateway('unseen').expectLines();
  });

  it('reports a missing gateway once and suggests a container', () => {
    const vpn2 = facts('vpn', { image: 'qmcgaw/gluetun:v3' });
    const history = new History({ settings: { gateway: 'gluten' } })
      .feed(connected(), listed(vpn2, facts('db'), facts('app', { on: 'vpn' })), minutes(1))
      .feed(listed(vpn2, facts('app', { on: 'vpn' })));
    history
      .expectGateway('absent')
      .expectLines(
        'Container gluten not found; it could be vpn: set GLUETUN_CONTAINER to the right name; waiting for it',
      )
      .expectNoAct()
      .expectChecks(0);
  });

  it('suggests every Gluetun container, sorted by name', () => {
    const images = { image: 'qmcgaw/gluetun' };
    new History()
      .feed(connected(), listed(facts('vpn', images), facts('db'), facts('exit', images)))
      .expectLines(
        'Container gluetun not found; it could be exit, vpn: set GLUETUN_CONTAINER to the right name; waiting for it',
      );
  });

  it('suggests nothing if no container runs Gluetun', () => {
    new History()
      .feed(connected(), listed(facts('db')))
      .expectLines('Container gluetun not found; waiting for it');
  });

  it('finds a gateway that is created and started later', () => {
    new History()
      .feed(
        connected(),
        listed(),
        created('gluetun'),
        inspected(gatewayFacts({ runState: 'created', startedAt: 'never' })),
      )
      .feed(started('gluetun'))
      .expectGateway('starting')
      .expectLines(
        'Container gluetun not found; waiting for it',
        'Monitoring container: gluetun',
        NO_DEPENDENTS,
        'gluetun started; waiting until it is ready',
      );
  });

  it('does not log a start if the gateway appears already running', () => {
    new History()
      .feed(connected(), listed(), seconds(60), listed(gatewayFacts({ health: 'starting' })))
      .expectGateway('starting')
      .expectLines(
        'Container gluetun not found; waiting for it',
        'Monitoring container: gluetun',
        NO_DEPENDENTS,
      );
  });

  it('applies the persisted backoff of the name if the gateway is configured by ID', () => {
    const backoff = { gluetun: { attempts: 2, notBefore: 10_240_000 } };
    new History({
      settings: { gateway: idOf('gluetun') },
      memory: { ...NOTHING_PERSISTED, backoff },
    })
      .feed(connected(), listed(gatewayFacts()), checkPassed(), died('gluetun', 1))
      .expectLine(/; unless it comes back it is started in 240s \(backoff, attempt 3\)$/);
  });

  it('applies what is persisted about the sites of the name if the gateway is configured by ID', () => {
    const sites = [site('a'), site('b'), site('c')];
    const remembered = { held: ['https://c/'], blocked: undefined, passed: ['https://a/', 'https://c/'] };
    const { state } = new History({
      sites,
      settings: { gateway: idOf('gluetun') },
      memory: { ...NOTHING_PERSISTED, sites: { gluetun: remembered } },
    }).feed(connected(), listed(gatewayFacts()));
    expect({ ...state.demotion, passed: state.sites.passed }).toEqual(remembered);
  });

  it('finds a re-created gateway by its old name if it is configured by ID', () => {
    const again = gatewayFacts({ id: 'f'.repeat(64), startedAt: 10_000_000 });
    const history = new History({ settings: { gateway: idOf('gluetun') } })
      .feed(connected(), listed(gatewayFacts()), checkPassed(), killed('gluetun', '9'), died('gluetun', 137))
      .feed(destroyed('gluetun'))
      .expectGateway('absent')
      .feed(created('gluetun', { id: again.id }), inspected(again));
    expect(history.state.gateway).toMatchObject({ value: 'ready', id: again.id });
  });

  it('is not affected by the rename of another container', () => {
    settled([facts('db')])
      .feed(renamed('db', 'database'))
      .expectGateway('ready')
      .expectLines();
  });

  it('notices that the gateway was renamed while it was down', () => {
    settled()
      .feed(stoppedByHand('gluetun'), seconds(11), renamed('gluetun', 'vpn'))
      .expectLine(/^gluetun is called vpn now; it is still watched/, 'warn');
  });

  it('follows a renamed gateway until another container takes its old name', () => {
    const history = settled([onGateway('app')]).feed(renamed('gluetun', 'vpn'));
    history
      .expectGateway('ready')
      .expectLine(/^gluetun is called vpn now; it is still watched. Set GLUETUN_CONTAINER/, 'warn');
    const other = gatewayFacts({ id: idOf('another'), health: 'starting' });
    history.feed(created('gluetun', { id: other.id }), inspected(other)).expectGateway('starting');
    expect(history.state.gateway).toMatchObject({ id: other.id });
  });

  it('no longer warns once a renamed gateway has its own name back', () => {
    settled()
      .feed(renamed('gluetun', 'vpn'))
      .forget()
      .feed(renamed('gluetun', 'gluetun'))
      .expectLines('Monitoring container: gluetun');
  });

  it('does not follow a gateway renamed by compose to be replaced', () => {
    settled([onGateway('app')])
      .feed(renamed('gluetun', '0123456789ab_gluetun'))
      .expectGateway('absent')
      .expectLine(/^gluetun is gone; waiting until there is one again$/, 'warn');
  });
});

describe('a start of the gateway', () => {
  it('is recorded and logged once', () => {
    const history = settled().feed(stoppedByHand('gluetun'), seconds(20)).forget();
    const at = history.now;
    history.feed(started('gluetun'));
    history.expectGateway('starting').expectLines('gluetun started; waiting until it is ready');
    expect(start(history)).toMatchObject({ seenAt: at, startedAt: { engineMs: at } });
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'its start event arrives twice', event: [started('gluetun', { engineTimeMs: 10_000_100 })] },
    {
      given: 'an older start event arrives late',
      event: [started('gluetun', { engineTimeMs: 9_000_000 })],
    },
    {
      given: 'a listing shows it again',
      event: [seconds(1), inspectedAs('gluetun', { startedAt: 10_000_100 })],
    },
    { given: 'the restart event follows', event: [restarted('gluetun')] },
  ])('is not counted twice if $given', ({ event }) => {
    const history = settled();
    history.now = 10_000_100;
    history.feed(started('gluetun'), inspectedAs('gluetun', { startedAt: 10_000_100, health: 'starting' }));
    const known = start(history);
    history.feed(...event);
    expect(start(history)?.seenAt).toBe(known?.seenAt);
    history.expectLine(/started; waiting/);
  });

  it('is learned from an inspection if the start event was lost', () => {
    const history = settled([onGateway('app')]).feed(minutes(5));
    const at = history.now;
    history.forget().feed(inspectedAs('gluetun', { startedAt: at - 3_000, health: 'starting' }));
    history.expectGateway('starting').expectLine(/gluetun started; waiting until it is ready/);
    expect(start(history)?.seenAt).toBe(at);
  });

  it.each([
    { given: 'ahead of', offMs: 3_600_000 },
    { given: 'behind', offMs: -3_600_000 },
  ])("is logged once if the engine's clock is $given ours", ({ offMs }) => {
    const history = settled().feed(died('gluetun', 1), seconds(1)).forget();
    const engineTimeMs = history.now + offMs;
    history.feed(
      started('gluetun', { engineTimeMs }),
      inspectedAs('gluetun', { startedAt: engineTimeMs - 1, health: 'starting' }),
    );
    history.expectLines('gluetun started; waiting until it is ready');
  });

  it('is recognised even if it runs again before its end was inspected', () => {
    const history = settled([onGateway('app')]).withoutAnswers();
    history.feed(died('gluetun', 1), started('gluetun'), inspectedAs('gluetun', { health: 'starting' }));
    history
      .expectGateway('starting')
      .expectLine(/^gluetun started; waiting until it is ready$/)
      .expectLine(/^Dependent containers cut off from its network: app$/)
      .expectCommandCount('followGatewayLog', 1);
  });

  it('counts the earlier starts that ended before they were inspected', () => {
    const round: Steps = [
      died('gluetun', 1),
      started('gluetun'),
      inspectedAs('gluetun', { health: 'starting' }),
    ];
    settled()
      .feed(...round, ...round, ...round, ...round, ...round)
      .expectLine(/^gluetun keeps restarting: it has ended 3 times before it was ready/, 'warn');
  });

  it('is kept if a listing requested before it arrives late', () => {
    const history = settled().feed(died('gluetun', 1), seconds(1));
    const asked = history.now - 500;
    history.feed(started('gluetun')).forget();
    history.reduce({
      type: 'containersListed',
      at: history.now,
      requestedAt: asked,
      engineClockMs: history.now,
      containers: [gatewayFacts({ runState: 'exited' })],
    });
    history.expectGateway('starting').expectNoCommand();
  });

  it("makes us follow Gluetun's log from that start on", () => {
    const history = settled();
    history.feed(
      started('gluetun'),
      inspectedAs('gluetun', { startedAt: 10_500_000, health: 'healthy', tty: true }),
    );
    const startedAt = new Date(10_500_000).toISOString();
    expect(history.commands).toContainEqual(
      expect.objectContaining({ kind: 'followGatewayLog', startedAt, tty: true }),
    );
    history.expectCommandCount('leaveGatewayLog', 0);
  });
});

describe("Gluetun's log", () => {
  it('is still followed after the gateway was paused and resumed', () => {
    settled()
      .feed(paused('gluetun'))
      .feed(unpaused('gluetun'))
      .expectCommandCount('followGatewayLog', 0)
      .expectCommandCount('leaveGatewayLog', 0);
  });

  it.each<{ given: string; event: Steps; times: number }>([
    { given: 'is still followed after the gateway died by itself', event: [died('gluetun', 1)], times: 0 },
    { given: 'is left if the gateway is removed after it died', event: [died('gluetun', 1), destroyed('gluetun')], times: 1 },
    { given: 'is left if the gateway is stopped by hand', event: stoppedByHand('gluetun'), times: 1 },
    { given: 'is left if the gateway is removed', event: [destroyed('gluetun')], times: 1 },
  ])('$given', ({ event, times }) => {
    settled()
      .feed(...event, seconds(1))
      .expectCommandCount('leaveGatewayLog', times)
      .expectCommandCount('followGatewayLog', 0);
  }); // prettier-ignore

  it('is read for a start that ended before it could be inspected', () => {
    const history = settled().feed(died('gluetun', 1), started('gluetun')).forget();
    history.feed(
      died('gluetun', 1),
      inspectedAs('gluetun', { runState: 'restarting', startedAt: 10_600_000 }),
      inspectedAs('gluetun', { runState: 'restarting', startedAt: 10_600_000 }),
    );
    const followed = history.commands.filter(({ kind }) => kind === 'followGatewayLog');
    expect(followed).toEqual([expect.objectContaining({ startedAt: new Date(10_600_000).toISOString() })]);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'has died', event: [died('gluetun', 1)] },
    { given: 'was removed', event: [destroyed('gluetun')] },
  ])('has no effect if it arrives after the gateway $given', ({ event }) => {
    const history = settled()
      .feed(...event)
      .forget();
    const known = history.state.gateway;
    history.feed(publicIpLogged('203.0.113.5')).expectNoCommand().expectLines();
    expect(history.state.gateway).toBe(known);
  });
});

describe('a gateway found when the monitor starts', () => {
  it('is given its real age if it has been running for long', () => {
    const history = new History();
    const at = history.now;
    history.feed(connected(), listed(gatewayFacts({ startedAt: at - 500_000, health: 'unhealthy' })));
    history.expectGateway('starting').expectNoLine(/started/);
    expect(start(history)?.seenAt).toBe(at + 1 - 500_001);
  });

  it('is waited for if it is still starting', () => {
    const history = new History();
    history.feed(connected(), listed(gatewayFacts({ startedAt: history.now - 1_000, health: 'starting' })));
    history.feed(seconds(4), turned('gluetun', 'healthy')).expectGateway('ready');
    history.expectLine(/^gluetun is healthy after 5s$/);
  });

  it('is reported once and left alone if it has exited', () => {
    new History()
      .feed(connected(), listed(gatewayFacts({ runState: 'exited' }), onGateway('app')), minutes(10))
      .expectGateway('down')
      .expectLine(/^gluetun is not running; standing by until it starts$/)
      .expectNoAct()
      .expectChecks(0);
  });

  it('is waited for if it is paused', () => {
    new History()
      .feed(connected(), listed(gatewayFacts({ runState: 'paused' })), minutes(3))
      .expectLine(/^gluetun is paused; standing by until it is resumed$/)
      .expectChecks(0);
  });
});

describe('a gateway that goes down', () => {
  it.each<{ given: string; event: Steps; then: RegExp }>([
    {
      given: 'stopped by hand',
      event: stoppedByHand('gluetun'),
      then: /^gluetun was stopped \(exit code 0\); standing by until it starts$/,
    },
    {
      given: 'killed by hand',
      event: [killed('gluetun', 'SIGKILL'), died('gluetun', 137)],
      then: /^gluetun was stopped \(exit code 137\); standing by/,
    },
    {
      given: 'found exited after a signal that ends it',
      event: [killed('gluetun'), inspectedAs('gluetun', { runState: 'exited' })],
      then: /^gluetun was stopped \(exit code 0\); standing by until it starts$/,
    },
    {
      given: 'found exited without any event, whatever its restart policy',
      event: [inspectedAs('gluetun', { runState: 'exited', restartPolicy: 'unless-stopped' })],
      then: /^gluetun is not running; standing by until it starts$/,
    },
    {
      given: 'found restarting by its restart policy',
      event: [inspectedAs('gluetun', { runState: 'restarting' })],
      then: /^gluetun is being restarted by its restart policy \(exit code 0\); standing by/,
    },
  ])('is reported once and left alone if it is $given', ({ event, then }) => {
    settled()
      .feed(...event, minutes(10))
      .expectGateway('down')
      .expectLine(then, 'warn')
      .expectNoAct()
      .expectChecks(0);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'died by itself', event: [died('gluetun', 1)] },
    {
      given: 'died after a signal that does not end it',
      event: [killed('gluetun', '1'), died('gluetun', 1)],
    },
    { given: 'died and its restart policy did not start it', event: [died('gluetun', 1), seconds(1)] },
  ])('is started after ten seconds if it $given', ({ event }) => {
    settled()
      .feed(...event)
      .expectLine(/^gluetun died \(exit code 1\); it is started unless it comes back within 10s$/, 'warn')
      .feed(seconds(8))
      .expectNoAct()
      .feed(seconds(3))
      .expectActs('startGateway')
      .expectLine(/^gluetun has not come back; starting it$/);
  });

  it('is started again, with a backoff, if it dies after we started it', () => {
    settled()
      .feed(died('gluetun', 1), seconds(11), started('gluetun'))
      .forget()
      .feed(died('gluetun', 1))
      .expectLines(
        'gluetun died (exit code 1), again before it was ready; unless it comes back it is started in 59s (backoff, attempt 2)',
      )
      .feed(failed(), minutes(2))
      .expectActs('startGateway');
  });

  it('gets ten seconds to come back even if the backoff ends sooner', () => {
    const backoff = { gluetun: { attempts: 1, notBefore: 10_020_000 } };
    const history = settled([], { memory: { ...NOTHING_PERSISTED, backoff } });
    history.now = 10_010_000;
    history
      .feed(died('gluetun', 1))
      .expectLine(/^gluetun died \(exit code 1\); it is started unless it comes back within 10s$/);
  });

  it.each([
    {
      given: 'left it down',
      error: '',
      then: [],
      said: /^gluetun was stopped \(exit code 1\); standing by until it starts$/,
    },
    {
      given: 'failed to start it',
      error: 'port is already allocated',
      then: ['startGateway'],
      said: /^gluetun died \(exit code 1\); it is started/,
    },
  ])(
    'leads to the acts $then if it died by itself and its restart policy $given',
    ({ error, then, said }) => {
      const history = settled([], { gateway: gatewayFacts({ restartPolicy: 'unless-stopped' }) }).feed(
        died('gluetun', 1),
        inspectedAs('gluetun', { runState: 'exited', exitCode: 1, restartPolicy: 'unless-stopped', error }),
        minutes(5),
      );
      history.expectActs(...then).expectLine(said);
    },
  );

  it.each<{ given: string; event: Steps }>([
    { given: 'was stopped by hand', event: stoppedByHand('vpn') },
    { given: 'had died', event: [died('vpn', 1)] },
  ])("is reported as not running if it $given before it was renamed to the gateway's name", ({ event }) => {
    new History()
      .feed(connected(), listed(facts('vpn')), ...event, seconds(11))
      .forget()
      .feed(renamed('vpn', 'gluetun'))
      .expectLines(
        'Monitoring container: gluetun',
        'gluetun is not running; standing by until it starts',
        NO_DEPENDENTS,
      );
  });

  it('is not started a second time before the first start has ended', () => {
    const history = settled().feed(died('gluetun', 1), seconds(11)).expectActs('startGateway');
    history.feed(
      started('gluetun'),
      inspectedAs('gluetun'),
      turned('gluetun', 'healthy'),
      died('gluetun', 1),
    );
    history.feed(minutes(5)).expectActs('startGateway');
    const [{ id, kind } = { id: NaN, kind: '' }] = history.acts;
    history.feed(happens({ type: 'actEnded', id, kind, outcome: { ok: true } }), seconds(11));
    history.expectActs('startGateway', 'startGateway');
  });

  it('is not started if it died by itself and is excluded', () => {
    settled([], { settings: { exclude: ['gluetun'] } })
      .feed(died('gluetun', 1), minutes(10))
      .expectNoAct()
      .expectLine(/^gluetun died \(exit code 1\); it is in EXCLUDE_CONTAINERS: standing by until it starts$/);
  });

  it('is started when the backoff is over if it died by itself', () => {
    const backoff = { gluetun: { attempts: 2, notBefore: 10_240_000 } };
    settled([], { memory: { ...NOTHING_PERSISTED, backoff } })
      .feed(died('gluetun', 1))
      .expectLine(
        /^gluetun died \(exit code 1\); unless it comes back it is started in 240s \(backoff, attempt 3\)$/,
        'warn',
      )
      .feed(seconds(238))
      .expectNoAct()
      .feed(seconds(3))
      .expectActs('startGateway');
  });

  it('is left alone if it was stopped by hand just before the engine went away', () => {
    settled()
      .feed(stoppedByHand('gluetun'), seconds(1), disconnected(), seconds(5), connected(), listedAgain())
      .feed(minutes(10))
      .expectNoAct();
  });

  it('is not reported if our own restart stopped it', () => {
    settled()
      .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
      .forget()
      .feed(restartMessages('gluetun'))
      .expectLines();
  });

  it.each<{ given: string; event: Steps; then: readonly string[] }>([
    { given: 'starts again (no line)', event: [started('gluetun')], then: [] },
    {
      given: 'starts again and is paused (the pause)',
      event: [started('gluetun'), paused('gluetun')],
      then: ['gluetun is paused; standing by until it is resumed'],
    },
  ])('is reported correctly after our own restart if it $given', ({ event, then }) => {
    beingRestarted()
      .feed(killed('gluetun'), died('gluetun'), succeeded())
      .forget()
      .feed(...event)
      .expectLines(...then);
  });

  it('is started if our own restart failed, whatever its restart policy', () => {
    const exited = { runState: 'exited', restartPolicy: 'unless-stopped' } as const;
    beingRestarted()
      .feed(killed('gluetun'), died('gluetun'), inspectedAs('gluetun', exited), failed(), seconds(11))
      .expectActs('restartGateway', 'startGateway');
  });

  it('is reported at most twice in a crash loop, and again once it was ready', () => {
    const round = [seconds(20), died('gluetun', 1), seconds(1), started('gluetun')];
    const loop = Array.from({ length: 8 }, () => round).flat();
    const history = settled().feed(...loop);
    expect(history.said.filter((line) => line.includes('died'))).toEqual([
      'gluetun died (exit code 1); it is started unless it comes back within 10s',
      'gluetun died (exit code 1), again before it was ready; it is started unless it comes back within 10s',
    ]);
    expect(history.said.filter((line) => line.includes('started;'))).toHaveLength(2);
    history.feed(turned('gluetun', 'healthy')).forget();
    history.feed(died('gluetun', 1)).expectLines(/^gluetun died/);
  });

  it('counts as stopped by hand even if its restart policy interferes', () => {
    const { state } = settled().feed(
      stoppedByHand('gluetun'),
      inspectedAs('gluetun', { runState: 'exited' }),
    );
    expect(downCause(state)).toBe('operator');
  });

  it('counts as crashed if its restart policy gives up', () => {
    const { state } = settled().feed(
      died('gluetun', 1),
      inspectedAs('gluetun', { runState: 'restarting' }),
      seconds(30),
      inspectedAs('gluetun', { runState: 'exited' }),
    );
    expect(downCause(state)).toBe('crash');
  });

  it('is started if its restart policy gives up, even if no event showed it die', () => {
    const history = settled().feed(
      inspectedAs('gluetun', { runState: 'restarting' }),
      seconds(30),
      inspectedAs('gluetun', { runState: 'exited' }),
    );
    history.feed(seconds(11)).expectActs('startGateway');
  });

  it('keeps our own restart as the cause if that restart failed', () => {
    const { state } = settled().feed(
      seconds(30),
      checkFailed(),
      seconds(10),
      checkFailed(),
      killed('gluetun'),
      died('gluetun'),
      failed(),
    );
    expect(downCause(state)).toBe('ourRestart');
  });

  it('counts as crashed if the signal belonged to an earlier start', () => {
    const { state } = settled().feed(
      killed('gluetun'),
      restartMessages('gluetun'),
      seconds(10),
      died('gluetun', 1),
    );
    expect(downCause(state)).toBe('crash');
  });

  it('does not count as stopped by hand if the signal was our own', () => {
    const { state } = settled().feed(
      seconds(30),
      checkFailed(),
      seconds(10),
      checkFailed(),
      killed('gluetun'),
      succeeded(),
      died('gluetun', 1),
    );
    expect(downCause(state)).not.toBe('operator');
  });
});

describe('a gateway on which its restart policy has given up', () => {
  const policy = { restartPolicy: 'on-failure', maximumRetryCount: 2 } as const;
  const givenUp = { ...policy, runState: 'exited', exitCode: 1, restartCount: 2 } as const;
  /** It ends at each start, as often as its policy starts it. */
  const failing: Steps = [
    died('gluetun', 1),
    inspectedAs('gluetun', { ...policy, runState: 'restarting', restartCount: 1 }),
    started('gluetun'),
    died('gluetun', 1),
    inspectedAs('gluetun', { ...policy, runState: 'restarting', restartCount: 2 }),
    started('gluetun'),
    died('gluetun', 1),
    inspectedAs('gluetun', givenUp),
  ];
  const SAID =
    'gluetun has failed, and its restart policy has given up after 2 restarts (exit code 1); it is started unless it comes back within 10s';

  it('is reported and started after ten seconds', () => {
    const history = settled([], { gateway: gatewayFacts(policy) }).feed(...failing);
    expect(history.said.at(-1)).toBe(SAID);
    history
      .feed(seconds(9))
      .expectNoAct()
      .feed(seconds(2))
      .expectActs('startGateway')
      .expectLine(/^gluetun has not come back; starting it$/);
  });

  it('is reported and started even if it was ready before', () => {
    const history = settled([], { gateway: gatewayFacts(policy) }).forget();
    history.feed(died('gluetun', 1), inspectedAs('gluetun', givenUp)).expectLines(SAID);
    history.feed(seconds(11)).expectActs('startGateway');
  });

  it('is reported and started by a monitor that starts afterwards', () => {
    new History()
      .feed(connected(), listed(gatewayFacts(givenUp)), seconds(9))
      .expectLine(new RegExp(`^${SAID.replaceAll(/[()]/g, '\\$&')}$`), 'warn')
      .expectNoAct()
      .feed(seconds(2))
      .expectActs('startGateway');
  });

  it('is reported and started if it ended while the engine was away', () => {
    const history = settled([], { gateway: gatewayFacts(policy) })
      .feed(disconnected(), connected())
      .forget();
    history
      .feed(listedAgain(gatewayFacts(givenUp)))
      .expectLine(/^gluetun has failed, and its restart policy/);
    history.feed(seconds(11)).expectActs('startGateway');
  });

  it('is not reported again when it fails the same way during a recovery', () => {
    const history = settled([], { gateway: gatewayFacts(policy) })
      .feed(...failing, seconds(11))
      .forget();
    history.feed(succeeded(), started('gluetun'), ...failing.slice(0, -1), seconds(1));
    history.feed(inspectedAs('gluetun', givenUp), minutes(5)).expectActs('startGateway');
    history.expectLines(/^gluetun did not become ready/);
  });

  it('is started once the backoff is over', () => {
    const backoff = { gluetun: { attempts: 2, notBefore: 10_240_000 } };
    const history = new History({ memory: { ...NOTHING_PERSISTED, backoff } });
    history.feed(connected(), listed(gatewayFacts(givenUp)), seconds(200)).expectNoAct();
    history.expectLine(/; unless it comes back it is started in 240s \(backoff, attempt 3\)$/);
    history.feed(seconds(60)).expectActs('startGateway');
  });

  it('is reported but not started if it is excluded', () => {
    new History({ settings: { exclude: ['gluetun'] } })
      .feed(connected(), listed(gatewayFacts(givenUp)), minutes(10))
      .expectNoAct()
      .expectLine(/\(exit code 1\); it is in EXCLUDE_CONTAINERS: standing by until it starts$/);
  });

  it.each<{ given: string; shape: Shape }>([
    {
      given: 'whose restart policy sets no limit to its restarts',
      shape: { maximumRetryCount: 0, restartCount: 7 },
    },
    { given: 'whose restart policy would have restarted it once more', shape: { restartCount: 1 } },
    { given: 'whose restart policy restarts it always', shape: { restartPolicy: 'always', restartCount: 2 } },
    {
      given: 'whose restart policy restarts it unless it was stopped',
      shape: { restartPolicy: 'unless-stopped' },
    },
    { given: 'whose restart policy is "no"', shape: { restartPolicy: 'no' } },
    { given: 'after exit code 0, for which its restart policy does not restart it', shape: { exitCode: 0 } },
    { given: 'after exit code 143, which may come from a SIGTERM', shape: { exitCode: 143 } },
    { given: 'after exit code 137, which may come from a SIGKILL', shape: { exitCode: 137 } },
  ])('is not assumed if it is found down $given', ({ shape }) => {
    new History()
      .feed(connected(), listed(gatewayFacts({ ...givenUp, ...shape })), minutes(10))
      .expectNoAct()
      .expectLine(/^gluetun is not running; standing by until it starts$/);
  });

  it.each<{ given: string; event: Steps }>([
    {
      given: 'was stopped by hand',
      event: [...stoppedByHand('gluetun'), inspectedAs('gluetun', givenUp)],
    },
    {
      given: 'was stopped by hand between two starts, with only the stop event seen',
      event: [...failing.slice(0, 5), stopped('gluetun'), inspectedAs('gluetun', givenUp)],
    },
    {
      given: 'was killed without any event',
      event: [died('gluetun', 137), inspectedAs('gluetun', { ...givenUp, exitCode: 137 })],
    },
  ])('is not assumed if it $given', ({ event }) => {
    settled([], { gateway: gatewayFacts(policy) })
      .feed(...event, minutes(10))
      .expectNoAct()
      .expectLine(/^gluetun was stopped.*; standing by until it starts$/);
  });

  it('is not assumed if an earlier monitor saw it stopped by hand', () => {
    const exits = { [idOf('gluetun')]: { run: undefined, by: 'operator' as const } };
    const memory = { ...NOTHING_PERSISTED, exits };
    new History({ memory })
      .feed(connected(), listed(gatewayFacts(givenUp)), minutes(10))
      .expectNoAct()
      .expectLine(/^gluetun was stopped \(exit code 1\); standing by until it starts$/);
  });
});

describe('a gateway that stays down', () => {
  const loop = (rounds: number): Steps =>
    Array.from({ length: rounds }, () => [
      died('gluetun', 1),
      inspectedAs('gluetun', { runState: 'restarting', restartPolicy: 'always' }),
      started('gluetun'),
    ]).flat();

  it('is reported as stopped if it was stopped by hand in a crash loop', () => {
    const history = settled([], { gateway: gatewayFacts({ restartPolicy: 'always' }) })
      .feed(...loop(5))
      .forget();
    history.feed(stoppedByHand('gluetun')).expectLines(/^gluetun was stopped \(exit code 0\), again before/);
  });

  it('is reported as stopped if it was stopped by hand between two rounds of a crash loop', () => {
    const history = settled([], { gateway: gatewayFacts({ restartPolicy: 'always' }) }).feed(...loop(5));
    history.feed(...loop(1).slice(0, 2)).forget();
    history
      .feed(stopped('gluetun'), inspectedAs('gluetun', { runState: 'exited' }))
      .expectLines(/^gluetun was stopped \(exit code \d+\), again before it was ready; standing by/);
  });

  it('is reported once to keep restarting if it is in a crash loop', () => {
    const history = settled([], { gateway: gatewayFacts({ restartPolicy: 'always' }) }).feed(...loop(8));
    history.expectLine(
      /^gluetun keeps restarting: it has ended 3 times before it was ready; its starts and ends are not logged until it is$/,
      'warn',
    );
  });

  it('is reported as stopped after all if the stop event came without its signal', () => {
    settled()
      .forget()
      .feed(died('gluetun'), stopped('gluetun'), minutes(5))
      .expectNoAct()
      .expectLines(
        /^gluetun died \(exit code 0\)/,
        'gluetun was stopped (exit code 0); standing by until it starts',
      );
  });

  it('is reported as stopped if it was ended by its own stop signal', () => {
    settled([], { gateway: gatewayFacts({ stopSignal: 28 }) })
      .forget()
      .feed(killed('gluetun', '28'), died('gluetun'), minutes(5))
      .expectNoAct()
      .expectLines('gluetun was stopped (exit code 0); standing by until it starts');
  });

  it('is reported as not running if it ended with a killed engine and has no restart policy', () => {
    const ended = gatewayFacts({ runState: 'exited', exitCode: 0 });
    settled()
      .feed(disconnected(), connectedAfterCrash('gluetun'), stoppedByHand('gluetun'), listed(ended))
      .expectLine(/^gluetun is not running; standing by until it starts$/);
  });

  it('is reported with the time of its start if its restart policy failed and a backoff runs', () => {
    const backoff = { gluetun: { attempts: 2, notBefore: 10_240_000 } };
    const history = settled([], { memory: { ...NOTHING_PERSISTED, backoff } }).feed(
      inspectedAs('gluetun', { runState: 'restarting' }),
    );
    history.forget().feed(inspectedAs('gluetun', { runState: 'exited', error: 'no such device' }));
    history.expectLines(
      /^gluetun died \(exit code 0\); unless it comes back it is started in \d+s \(backoff, attempt 3\)$/,
    );
  });

  it.each<{ given: string; shape: Shape; then: readonly string[] }>([
    { given: 'is not reported right away', shape: { error: '' }, then: [] },
    {
      given: 'is reported if it could not be started',
      shape: { error: 'no such device' },
      then: ['gluetun could not be started: no such device; standing by until it starts'],
    },
  ])('after it was created $given', ({ shape, then }) => {
    const one = gatewayFacts({ runState: 'created', startedAt: 'never', ...shape });
    const history = settled([], { settings: {} }).feed(destroyed('gluetun')).forget();
    history.feed(created('gluetun'), inspected(one)).expectNoAct();
    expect(history.said.filter((line) => line.includes('standing by'))).toEqual(then);
  });

  it("is reported with the engine's error if it could not be started before the monitor began", () => {
    const error = 'error gathering device information while adding custom device "/dev/net/tun"';
    new History()
      .feed(connected(), listed(gatewayFacts({ runState: 'exited', exitCode: 128, error })), minutes(5))
      .expectNoAct()
      .expectLine(/^gluetun could not be started: error gathering device .*; standing by until it starts$/);
  });

  it('is reported at the next listing if it was created but never started', () => {
    const one = gatewayFacts({ runState: 'created', startedAt: 'never' });
    new History()
      .feed(connected(), listed(one), seconds(61), listed(one), minutes(5))
      .expectNoAct()
      .expectLine(/^gluetun was created, but not started; standing by until it starts$/, 'warn');
  });

  it('does not count as left unstarted if it has run before', () => {
    const { state } = settled().feed(stoppedByHand('gluetun'), minutes(5));
    expect(state.gateway).toMatchObject({ value: 'down', isLeft: false });
  });
});

describe('a paused gateway', () => {
  it('is waited for, and is ready and checked as soon as it is resumed', () => {
    const history = settled().feed(paused('gluetun'), minutes(2));
    history.expectLines('gluetun is paused; standing by until it is resumed').expectChecks(0).forget();
    history
      .feed(unpaused('gluetun'))
      .expectGateway('ready')
      .expectLines('gluetun is resumed')
      .expectChecks(1);
  });

  it('continues to start when it is resumed if it was not ready before', () => {
    const history = settled().feed(started('gluetun'), paused('gluetun'), seconds(1)).forget();
    history.feed(unpaused('gluetun')).expectGateway('starting').expectLines('gluetun is resumed');
  });

  it('is ready as soon as it is resumed if it was ready before and has no health check', () => {
    settled([], { gateway: gatewayFacts({ health: 'none' }) })
      .feed(paused('gluetun'), minutes(2), unpaused('gluetun'))
      .expectGateway('ready');
  });

  it('is judged only by checks begun after it was resumed', () => {
    settled()
      .feed(paused('gluetun'), minutes(2), unpaused('gluetun'), checkFailed(), seconds(10), checkFailed())
      .expectActs('restartGateway');
  });

  it('has to become ready again if only the start event of a restart was seen', () => {
    const history = settled().feed(paused('gluetun'), seconds(5)).forget();
    history.feed(started('gluetun')).expectGateway('starting');
    history.expectLines('gluetun started; waiting until it is ready');
  });

  it('has to become ready again if it was restarted meanwhile', () => {
    const history = settled().feed(paused('gluetun'), seconds(5), restartMessages('gluetun'));
    history.expectGateway('starting');
  });

  it('stays paused if the connection to the engine is lost', () => {
    settled()
      .feed(
        paused('gluetun'),
        disconnected(),
        seconds(1),
        connected(),
        listed(gatewayFacts({ runState: 'paused' })),
      )
      .expectGateway('paused');
  });
});
