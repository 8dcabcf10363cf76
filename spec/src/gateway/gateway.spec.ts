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

describe('finding the gateway', () => {
  const vpn = facts('vpn', { labels: compose('gluetun') });

  it.each([
    { given: 'by its name', reference: 'gluetun', exist: [gatewayFacts()], then: 'gluetun' },
    { given: 'by its compose service', reference: 'gluetun', exist: [vpn], then: 'vpn' },
    { given: 'by name before service', reference: 'gluetun', exist: [vpn, gatewayFacts()], then: 'gluetun' },
    {
      given: 'by its whole id',
      reference: idOf('gluetun'),
      exist: [gatewayFacts(), facts('other')],
      then: 'gluetun',
    },
    {
      given: 'by the beginning of its id',
      reference: idOf('gluetun').slice(0, 12),
      exist: [gatewayFacts()],
      then: 'gluetun',
    },
    {
      given: 'not by fewer than twelve digits',
      reference: idOf('gluetun').slice(0, 11),
      exist: [gatewayFacts()],
      then: undefined,
    },
    {
      given: 'not by a service that fits two',
      reference: 'gluetun',
      exist: [vpn, facts('vpn2', { labels: compose('gluetun') })],
      then: undefined,
    },
    {
      given: 'by a service whose other container is a one-off',
      reference: 'gluetun',
      exist: [vpn, facts('vpn-run', { labels: { ...compose('gluetun'), ...ONE_OFF } })],
      then: 'vpn',
    },
    {
      given: "not under compose's interim name of the last minute",
      reference: 'gluetun',
      exist: [facts('0123456789ab_gluetun', { labels: compose('gluetun'), createdAt: 9_950_000 })],
      then: undefined,
    },
  ])('finds it $given', ({ reference, exist, then }) => {
    const { state } = new History({ settings: { gateway: reference } }).feed(connected(), listed(...exist));
    expect('name' in state.gateway ? state.gateway.name : undefined).toBe(then);
  });

  describe('while it is being replaced', () => {
    const labels = { ...compose('gluetun'), 'com.docker.compose.project': 'us' };
    const ofAnotherStack = facts('gluetun-us', { labels });

    it('does not take the gateway of another stack for it, which has the same compose service', () => {
      new History()
        .feed(connected(), listed(gatewayFacts({ labels: compose('gluetun') }), ofAnotherStack))
        .feed(destroyed('gluetun'))
        .expectGateway('absent')
        .expectNoLine(/gluetun-us/);
    });

    it('takes the one that follows it in its own stack, by its compose service', () => {
      const next = facts('media-gluetun-1', { labels: compose('gluetun') });
      const history = new History()
        .feed(connected(), listed(gatewayFacts({ labels: compose('gluetun') }), ofAnotherStack))
        .feed(destroyed('gluetun'), listedAgain(next, ofAnotherStack));
      expect(history.state.gateway).toMatchObject({ name: 'media-gluetun-1' });
    });
  });

  it('is not missed before the first listing', () => {
    new History().feed(connected()).expectGateway('unseen').expectLines();
  });

  it('is said to be absent once, with those that could be meant', () => {
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

  it('is said to be absent with all that could be meant, by their names', () => {
    const images = { image: 'qmcgaw/gluetun' };
    new History()
      .feed(connected(), listed(facts('vpn', images), facts('db'), facts('exit', images)))
      .expectLines(
        'Container gluetun not found; it could be exit, vpn: set GLUETUN_CONTAINER to the right name; waiting for it',
      );
  });

  it('is said to be absent without advice where nobody could be meant', () => {
    new History()
      .feed(connected(), listed(facts('db')))
      .expectLines('Container gluetun not found; waiting for it');
  });

  it('is watched as soon as it is created and started', () => {
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

  it('that appears running is named, and no more: it may have run for long', () => {
    new History()
      .feed(connected(), listed(), seconds(60), listed(gatewayFacts({ health: 'starting' })))
      .expectGateway('starting')
      .expectLines(
        'Container gluetun not found; waiting for it',
        'Monitoring container: gluetun',
        NO_DEPENDENTS,
      );
  });

  it('named by its id waits out the backoff that is remembered by its name', () => {
    const backoff = { gluetun: { attempts: 2, notBefore: 10_240_000 } };
    new History({
      settings: { gateway: idOf('gluetun') },
      memory: { ...NOTHING_PERSISTED, backoff },
    })
      .feed(connected(), listed(gatewayFacts()), checkPassed(), died('gluetun', 1))
      .expectLine(/; unless it comes back it is started in 240s \(backoff, attempt 3\)$/);
  });

  it('named by its id is kept by its name when it is created again', () => {
    const again = gatewayFacts({ id: 'f'.repeat(64), startedAt: 10_000_000 });
    const history = new History({ settings: { gateway: idOf('gluetun') } })
      .feed(connected(), listed(gatewayFacts()), checkPassed(), killed('gluetun', '9'), died('gluetun', 137))
      .feed(destroyed('gluetun'))
      .expectGateway('absent')
      .feed(created('gluetun', { id: again.id }), inspected(again));
    expect(history.state.gateway).toMatchObject({ value: 'ready', id: again.id });
  });

  it('keeps its name through a rename of another container', () => {
    settled([facts('db')])
      .feed(renamed('db', 'database'))
      .expectGateway('ready')
      .expectLines();
  });

  it('that is renamed while it is down is called by its new name', () => {
    settled()
      .feed(stoppedByHand('gluetun'), seconds(11), renamed('gluetun', 'vpn'))
      .expectLine(/^gluetun is called vpn now; it is still watched/, 'warn');
  });

  it('is followed under another name, as long as nobody has taken its own', () => {
    const history = settled([onGateway('app')]).feed(renamed('gluetun', 'vpn'));
    history
      .expectGateway('ready')
      .expectLine(/^gluetun is called vpn now; it is still watched. Set GLUETUN_CONTAINER/, 'warn');
    const other = gatewayFacts({ id: idOf('another'), health: 'starting' });
    history.feed(created('gluetun', { id: other.id }), inspected(other)).expectGateway('starting');
    expect(history.state.gateway).toMatchObject({ id: other.id });
  });

  it('that bears its own name again is no longer said to have another', () => {
    settled()
      .feed(renamed('gluetun', 'vpn'))
      .forget()
      .feed(renamed('gluetun', 'gluetun'))
      .expectLines('Monitoring container: gluetun');
  });

  it('is not followed under the name compose gives what it replaces', () => {
    settled([onGateway('app')])
      .feed(renamed('gluetun', '0123456789ab_gluetun'))
      .expectGateway('absent')
      .expectLine(/^gluetun is gone; waiting until there is one again$/, 'warn');
  });
});

describe('the start of the gateway', () => {
  it('is seen live, and told once', () => {
    const history = settled().feed(stoppedByHand('gluetun'), seconds(20)).forget();
    const at = history.now;
    history.feed(started('gluetun'));
    history.expectGateway('starting').expectLines('gluetun started; waiting until it is ready');
    expect(start(history)).toMatchObject({ seenAt: at, startedAt: { engineMs: at } });
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'its message comes twice', event: [started('gluetun', { engineTimeMs: 10_000_100 })] },
    {
      given: 'a message from before it comes late',
      event: [started('gluetun', { engineTimeMs: 9_000_000 })],
    },
    {
      given: 'a listing shows it once more',
      event: [seconds(1), inspectedAs('gluetun', { startedAt: 10_000_100 })],
    },
    { given: 'the message of the restart follows', event: [restarted('gluetun')] },
  ])('is the same one where $given', ({ event }) => {
    const history = settled();
    history.now = 10_000_100;
    history.feed(started('gluetun'), inspectedAs('gluetun', { startedAt: 10_000_100, health: 'starting' }));
    const known = start(history);
    history.feed(...event);
    expect(start(history)?.seenAt).toBe(known?.seenAt);
    history.expectLine(/started; waiting/);
  });

  it('is learned from an inspection alone where its message was lost', () => {
    const history = settled([onGateway('app')]).feed(minutes(5));
    const at = history.now;
    history.forget().feed(inspectedAs('gluetun', { startedAt: at - 3_000, health: 'starting' }));
    history.expectGateway('starting').expectLine(/gluetun started; waiting until it is ready/);
    expect(start(history)?.seenAt).toBe(at);
  });

  it.each([
    { given: 'ahead of', offMs: 3_600_000 },
    { given: 'behind', offMs: -3_600_000 },
  ])('is told once where the clock of the engine is $given ours', ({ offMs }) => {
    const history = settled().feed(died('gluetun', 1), seconds(1)).forget();
    const engineTimeMs = history.now + offMs;
    history.feed(
      started('gluetun', { engineTimeMs }),
      inspectedAs('gluetun', { startedAt: engineTimeMs - 1, health: 'starting' }),
    );
    history.expectLines('gluetun started; waiting until it is ready');
  });

  it('is a new one if it runs again by the time its end is looked at', () => {
    const history = settled([onGateway('app')]).withoutAnswers();
    history.feed(died('gluetun', 1), started('gluetun'), inspectedAs('gluetun', { health: 'starting' }));
    history
      .expectGateway('starting')
      .expectLine(/^gluetun started; waiting until it is ready$/)
      .expectLine(/^Dependent containers cut off from its network: app$/)
      .expectCommandCount('followGatewayLog', 1);
  });

  it('counts those before it that were over before they could be looked at', () => {
    const round: Steps = [
      died('gluetun', 1),
      started('gluetun'),
      inspectedAs('gluetun', { health: 'starting' }),
    ];
    settled()
      .feed(...round, ...round, ...round, ...round, ...round)
      .expectLine(/^gluetun keeps restarting: it has ended 3 times before it was ready/, 'warn');
  });

  it('is not forgotten for a listing that was asked for before it', () => {
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

  it("has Gluetun's log followed from there", () => {
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
  it('is followed on where the gateway is paused and resumed', () => {
    settled()
      .feed(paused('gluetun'))
      .feed(unpaused('gluetun'))
      .expectCommandCount('followGatewayLog', 0)
      .expectCommandCount('leaveGatewayLog', 0);
  });

  it.each<{ given: string; event: Steps; times: number }>([
    { given: 'is read on where the gateway has died by itself', event: [died('gluetun', 1)], times: 0 },
    { given: 'is left where it is removed after that', event: [died('gluetun', 1), destroyed('gluetun')], times: 1 },
    { given: 'is left where its operator has stopped it', event: stoppedByHand('gluetun'), times: 1 },
    { given: 'is left where it is gone', event: [destroyed('gluetun')], times: 1 },
  ])('$given', ({ event, times }) => {
    settled()
      .feed(...event, seconds(1))
      .expectCommandCount('leaveGatewayLog', times)
      .expectCommandCount('followGatewayLog', 0);
  }); // prettier-ignore

  it('is read of a start that was over before it could be looked at', () => {
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
    { given: 'has ended', event: [died('gluetun', 1)] },
    { given: 'is gone', event: [destroyed('gluetun')] },
  ])('read to its end after the gateway $given changes nothing', ({ event }) => {
    const history = settled()
      .feed(...event)
      .forget();
    const known = history.state.gateway;
    history.feed(publicIpLogged('203.0.113.5')).expectNoCommand().expectLines();
    expect(history.state.gateway).toBe(known);
  });
});

describe('a gateway found at the start of the monitor', () => {
  it('long running counts by its own age', () => {
    const history = new History();
    const at = history.now;
    history.feed(connected(), listed(gatewayFacts({ startedAt: at - 500_000, health: 'unhealthy' })));
    history.expectGateway('starting').expectNoLine(/started/);
    expect(start(history)?.seenAt).toBe(at + 1 - 500_001);
  });

  it('still starting is awaited', () => {
    const history = new History();
    history.feed(connected(), listed(gatewayFacts({ startedAt: history.now - 1_000, health: 'starting' })));
    history.feed(seconds(4), turned('gluetun', 'healthy')).expectGateway('ready');
    history.expectLine(/^gluetun is healthy after 5s$/);
  });

  it('exited is said once, and left alone', () => {
    new History()
      .feed(connected(), listed(gatewayFacts({ runState: 'exited' }), onGateway('app')), minutes(10))
      .expectGateway('down')
      .expectLine(/^gluetun is not running; standing by until it starts$/)
      .expectNoAct()
      .expectChecks(0);
  });

  it('paused is stood by', () => {
    new History()
      .feed(connected(), listed(gatewayFacts({ runState: 'paused' })), minutes(3))
      .expectLine(/^gluetun is paused; standing by until it is resumed$/)
      .expectChecks(0);
  });
});

describe('a gateway that goes down', () => {
  it.each<{ given: string; event: Steps; then: RegExp }>([
    {
      given: 'stopped by its operator',
      event: stoppedByHand('gluetun'),
      then: /^gluetun was stopped \(exit code 0\); standing by until it starts$/,
    },
    {
      given: 'killed by its operator',
      event: [killed('gluetun', 'SIGKILL'), died('gluetun', 137)],
      then: /^gluetun was stopped \(exit code 137\); standing by/,
    },
    {
      given: 'found ended after a signal that ends it',
      event: [killed('gluetun'), inspectedAs('gluetun', { runState: 'exited' })],
      then: /^gluetun was stopped \(exit code 0\); standing by until it starts$/,
    },
    {
      given: 'found ended, and nothing was heard of that, whatever its restart policy',
      event: [inspectedAs('gluetun', { runState: 'exited', restartPolicy: 'unless-stopped' })],
      then: /^gluetun is not running; standing by until it starts$/,
    },
    {
      given: 'found restarting by its policy',
      event: [inspectedAs('gluetun', { runState: 'restarting' })],
      then: /^gluetun is being restarted by its restart policy \(exit code 0\); standing by/,
    },
  ])('says so once where it is $given', ({ event, then }) => {
    settled()
      .feed(...event, minutes(10))
      .expectGateway('down')
      .expectLine(then, 'warn')
      .expectNoAct()
      .expectChecks(0);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'by itself', event: [died('gluetun', 1)] },
    { given: 'after a signal that does not end it', event: [killed('gluetun', '1'), died('gluetun', 1)] },
    { given: 'and was left so by its restart policy', event: [died('gluetun', 1), seconds(1)] },
  ])('$given is started after ten seconds', ({ event }) => {
    settled()
      .feed(...event)
      .expectLine(/^gluetun died \(exit code 1\); it is started unless it comes back within 10s$/, 'warn')
      .feed(seconds(8))
      .expectNoAct()
      .feed(seconds(3))
      .expectActs('startGateway')
      .expectLine(/^gluetun has not come back; starting it$/);
  });

  it('while we start it is started once more, and that is said', () => {
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

  it('by itself as the backoff ends in ten seconds has those to come back, as ever', () => {
    const backoff = { gluetun: { attempts: 1, notBefore: 10_020_000 } };
    const history = settled([], { memory: { ...NOTHING_PERSISTED, backoff } });
    history.now = 10_010_000;
    history
      .feed(died('gluetun', 1))
      .expectLine(/^gluetun died \(exit code 1\); it is started unless it comes back within 10s$/);
  });

  it.each([
    {
      given: 'left so',
      error: '',
      then: [],
      said: /^gluetun was stopped \(exit code 1\); standing by until it starts$/,
    },
    {
      given: 'failed to start again',
      error: 'port is already allocated',
      then: ['startGateway'],
      said: /^gluetun died \(exit code 1\); it is started/,
    },
  ])('by itself and that its restart policy $given: $then', ({ error, then, said }) => {
    const history = settled([], { gateway: gatewayFacts({ restartPolicy: 'unless-stopped' }) }).feed(
      died('gluetun', 1),
      inspectedAs('gluetun', { runState: 'exited', exitCode: 1, restartPolicy: 'unless-stopped', error }),
      minutes(5),
    );
    history.expectActs(...then).expectLine(said);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'its operator had stopped', event: stoppedByHand('vpn') },
    { given: 'had died', event: [died('vpn', 1)] },
  ])('before it was called so, for $given, is told as what is not running', ({ event }) => {
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

  it('by itself, again, is not started a second time before the first start has been answered', () => {
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

  it('by itself is not started where the user excluded it', () => {
    settled([], { settings: { exclude: ['gluetun'] } })
      .feed(died('gluetun', 1), minutes(10))
      .expectNoAct()
      .expectLine(/^gluetun died \(exit code 1\); it is in EXCLUDE_CONTAINERS: standing by until it starts$/);
  });

  it('by itself, again, is started when the backoff is over, and that is said', () => {
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

  it('with an engine that goes away, too, was not stopped by its operator, nor has it crashed', () => {
    settled()
      .feed(stoppedByHand('gluetun'), seconds(1), disconnected(), seconds(5), connected(), listedAgain())
      .feed(minutes(10))
      .expectNoAct();
  });

  it('by our own restart is no news', () => {
    settled()
      .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
      .forget()
      .feed(restartMessages('gluetun'))
      .expectLines();
  });

  it.each<{ given: string; event: Steps; then: readonly string[] }>([
    { given: 'starts again, is no news', event: [started('gluetun')], then: [] },
    {
      given: 'starts again and is paused, is told to be paused',
      event: [started('gluetun'), paused('gluetun')],
      then: ['gluetun is paused; standing by until it is resumed'],
    },
  ])('by our own restart, and after it $given', ({ event, then }) => {
    beingRestarted()
      .feed(killed('gluetun'), died('gluetun'), succeeded())
      .forget()
      .feed(...event)
      .expectLines(...then);
  });

  it('by our own restart, which failed, is started whatever its restart policy', () => {
    const exited = { runState: 'exited', restartPolicy: 'unless-stopped' } as const;
    beingRestarted()
      .feed(killed('gluetun'), died('gluetun'), inspectedAs('gluetun', exited), failed(), seconds(11))
      .expectActs('restartGateway', 'startGateway');
  });

  it('in a crash loop is told at most twice, and again once it was ready', () => {
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

  it("by an operator is an operator's stop though the restart policy meddles", () => {
    const { state } = settled().feed(
      stoppedByHand('gluetun'),
      inspectedAs('gluetun', { runState: 'exited' }),
    );
    expect(downCause(state)).toBe('operator');
  });

  it('has crashed where its restart policy gives up', () => {
    const { state } = settled().feed(
      died('gluetun', 1),
      inspectedAs('gluetun', { runState: 'restarting' }),
      seconds(30),
      inspectedAs('gluetun', { runState: 'exited' }),
    );
    expect(downCause(state)).toBe('crash');
  });

  it('is started where its restart policy gives up, though no message told of any end', () => {
    const history = settled().feed(
      inspectedAs('gluetun', { runState: 'restarting' }),
      seconds(30),
      inspectedAs('gluetun', { runState: 'exited' }),
    );
    history.feed(seconds(11)).expectActs('startGateway');
  });

  it('keeps why our own restart left it behind', () => {
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

  it('forgets the signal of an earlier start', () => {
    const { state } = settled().feed(
      killed('gluetun'),
      restartMessages('gluetun'),
      seconds(10),
      died('gluetun', 1),
    );
    expect(downCause(state)).toBe('crash');
  });

  it("does not take our own signal for an operator's", () => {
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

describe('a gateway that its restart policy has given up', () => {
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

  it('is said to be so, and started after ten seconds', () => {
    const history = settled([], { gateway: gatewayFacts(policy) }).feed(...failing);
    expect(history.said.at(-1)).toBe(SAID);
    history
      .feed(seconds(9))
      .expectNoAct()
      .feed(seconds(2))
      .expectActs('startGateway')
      .expectLine(/^gluetun has not come back; starting it$/);
  });

  it('is so also where it had been ready until then', () => {
    const history = settled([], { gateway: gatewayFacts(policy) }).forget();
    history.feed(died('gluetun', 1), inspectedAs('gluetun', givenUp)).expectLines(SAID);
    history.feed(seconds(11)).expectActs('startGateway');
  });

  it('is so for a monitor that starts afterwards', () => {
    new History()
      .feed(connected(), listed(gatewayFacts(givenUp)), seconds(9))
      .expectLine(new RegExp(`^${SAID.replaceAll(/[()]/g, '\\$&')}$`), 'warn')
      .expectNoAct()
      .feed(seconds(2))
      .expectActs('startGateway');
  });

  it('is so where it ends while the engine is away', () => {
    const history = settled([], { gateway: gatewayFacts(policy) })
      .feed(disconnected(), connected())
      .forget();
    history
      .feed(listedAgain(gatewayFacts(givenUp)))
      .expectLine(/^gluetun has failed, and its restart policy/);
    history.feed(seconds(11)).expectActs('startGateway');
  });

  it('is told again by nothing but how the recovery goes', () => {
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

  it('is not started where the user excluded it, which is said', () => {
    new History({ settings: { exclude: ['gluetun'] } })
      .feed(connected(), listed(gatewayFacts(givenUp)), minutes(10))
      .expectNoAct()
      .expectLine(/\(exit code 1\); it is in EXCLUDE_CONTAINERS: standing by until it starts$/);
  });

  it.each<{ given: string; shape: Shape }>([
    { given: 'has started it as often as need be', shape: { maximumRetryCount: 0, restartCount: 7 } },
    { given: 'would have started it once more', shape: { restartCount: 1 } },
    { given: 'starts it whatever its end', shape: { restartPolicy: 'always', restartCount: 2 } },
    { given: 'starts it unless it was stopped', shape: { restartPolicy: 'unless-stopped' } },
    { given: 'is none', shape: { restartPolicy: 'no' } },
    { given: 'does not start what has ended in good order', shape: { exitCode: 0 } },
    { given: 'may have met a SIGTERM', shape: { exitCode: 143 } },
    { given: 'may have met a SIGKILL', shape: { exitCode: 137 } },
  ])('is not meant by one found down whose policy $given: said, and left alone', ({ shape }) => {
    new History()
      .feed(connected(), listed(gatewayFacts({ ...givenUp, ...shape })), minutes(10))
      .expectNoAct()
      .expectLine(/^gluetun is not running; standing by until it starts$/);
  });

  it.each<{ given: string; event: Steps }>([
    {
      given: 'its operator has stopped',
      event: [...stoppedByHand('gluetun'), inspectedAs('gluetun', givenUp)],
    },
    {
      given: 'its operator has stopped between two starts, of which only the stop is told',
      event: [...failing.slice(0, 5), stopped('gluetun'), inspectedAs('gluetun', givenUp)],
    },
    {
      given: 'somebody has killed, unheard',
      event: [died('gluetun', 137), inspectedAs('gluetun', { ...givenUp, exitCode: 137 })],
    },
  ])('is not meant by one that $given', ({ event }) => {
    settled([], { gateway: gatewayFacts(policy) })
      .feed(...event, minutes(10))
      .expectNoAct()
      .expectLine(/^gluetun was stopped.*; standing by until it starts$/);
  });

  it('is not meant by one that an earlier monitor saw its operator stop', () => {
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

  it('after a crash loop that its operator has ended is told so', () => {
    const history = settled([], { gateway: gatewayFacts({ restartPolicy: 'always' }) })
      .feed(...loop(5))
      .forget();
    history.feed(stoppedByHand('gluetun')).expectLines(/^gluetun was stopped \(exit code 0\), again before/);
  });

  it('after its operator has ended a crash loop between two rounds is told so', () => {
    const history = settled([], { gateway: gatewayFacts({ restartPolicy: 'always' }) }).feed(...loop(5));
    history.feed(...loop(1).slice(0, 2)).forget();
    history
      .feed(stopped('gluetun'), inspectedAs('gluetun', { runState: 'exited' }))
      .expectLines(/^gluetun was stopped \(exit code \d+\), again before it was ready; standing by/);
  });

  it('in a crash loop is told to keep restarting, once', () => {
    const history = settled([], { gateway: gatewayFacts({ restartPolicy: 'always' }) }).feed(...loop(8));
    history.expectLine(
      /^gluetun keeps restarting: it has ended 3 times before it was ready; its starts and ends are not logged until it is$/,
      'warn',
    );
  });

  it('by a stop of which the signal was not heard is told to have been stopped after all', () => {
    settled()
      .forget()
      .feed(died('gluetun'), stopped('gluetun'), minutes(5))
      .expectNoAct()
      .expectLines(
        /^gluetun died \(exit code 0\)/,
        'gluetun was stopped (exit code 0); standing by until it starts',
      );
  });

  it('by its own stop signal is told to have been stopped', () => {
    settled([], { gateway: gatewayFacts({ stopSignal: 28 }) })
      .forget()
      .feed(killed('gluetun', '28'), died('gluetun'), minutes(5))
      .expectNoAct()
      .expectLines('gluetun was stopped (exit code 0); standing by until it starts');
  });

  it('since an engine that was killed ended it is told so where it has no restart policy', () => {
    const ended = gatewayFacts({ runState: 'exited', exitCode: 0 });
    settled()
      .feed(disconnected(), connectedAfterCrash('gluetun'), stoppedByHand('gluetun'), listed(ended))
      .expectLine(/^gluetun is not running; standing by until it starts$/);
  });

  it('since its restart policy failed to start it is told when it is started, if that is not soon', () => {
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
    { given: 'for a moment only', shape: { error: '' }, then: [] },
    {
      given: 'and could not be started, which no message tells',
      shape: { error: 'no such device' },
      then: ['gluetun could not be started: no such device; standing by until it starts'],
    },
  ])('since it was created, $given', ({ shape, then }) => {
    const one = gatewayFacts({ runState: 'created', startedAt: 'never', ...shape });
    const history = settled([], { settings: {} }).feed(destroyed('gluetun')).forget();
    history.feed(created('gluetun'), inspected(one)).expectNoAct();
    expect(history.said.filter((line) => line.includes('standing by'))).toEqual(then);
  });

  it('since it could not be started before the monitor began is told why', () => {
    const error = 'error gathering device information while adding custom device "/dev/net/tun"';
    new History()
      .feed(connected(), listed(gatewayFacts({ runState: 'exited', exitCode: 128, error })), minutes(5))
      .expectNoAct()
      .expectLine(/^gluetun could not be started: error gathering device .*; standing by until it starts$/);
  });

  it('since it was created, and nobody starts it, is told so with the next listing', () => {
    const one = gatewayFacts({ runState: 'created', startedAt: 'never' });
    new History()
      .feed(connected(), listed(one), seconds(61), listed(one), minutes(5))
      .expectNoAct()
      .expectLine(/^gluetun was created, but not started; standing by until it starts$/, 'warn');
  });

  it('after it has run does not count as left unstarted, however long it is down', () => {
    const { state } = settled().feed(stoppedByHand('gluetun'), minutes(5));
    expect(state.gateway).toMatchObject({ value: 'down', isLeft: false });
  });
});

describe('a paused gateway', () => {
  it('is stood by, and goes on as ready with a check when it is resumed', () => {
    const history = settled().feed(paused('gluetun'), minutes(2));
    history.expectLines('gluetun is paused; standing by until it is resumed').expectChecks(0).forget();
    history
      .feed(unpaused('gluetun'))
      .expectGateway('ready')
      .expectLines('gluetun is resumed')
      .expectChecks(1);
  });

  it('that was not ready yet goes on starting', () => {
    const history = settled().feed(started('gluetun'), paused('gluetun'), seconds(1)).forget();
    history.feed(unpaused('gluetun')).expectGateway('starting').expectLines('gluetun is resumed');
  });

  it('without a health check, that was ready, is ready again at once', () => {
    settled([], { gateway: gatewayFacts({ health: 'none' }) })
      .feed(paused('gluetun'), minutes(2), unpaused('gluetun'))
      .expectGateway('ready');
  });

  it('is judged by the checks begun since it was resumed', () => {
    settled()
      .feed(paused('gluetun'), minutes(2), unpaused('gluetun'), checkFailed(), seconds(10), checkFailed())
      .expectActs('restartGateway');
  });

  it('that was restarted meanwhile, of which only the start is heard, has to become ready anew', () => {
    const history = settled().feed(paused('gluetun'), seconds(5)).forget();
    history.feed(started('gluetun')).expectGateway('starting');
    history.expectLines('gluetun started; waiting until it is ready');
  });

  it('that was restarted meanwhile starts anew', () => {
    const history = settled().feed(paused('gluetun'), seconds(5), restartMessages('gluetun'));
    history.expectGateway('starting');
  });

  it('is not resumed by a lost connection', () => {
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
