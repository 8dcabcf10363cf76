import { parkedName } from '../../../src/model/parked.ts';
import type { ContainerFacts } from '../../../streams/events.ts';
import {
  type Happening,
  JOIN_ERROR,
  checkFailed,
  checkPassed,
  compose,
  connected,
  created,
  destroyed,
  died,
  disconnected,
  endpointRead,
  facts,
  failed,
  foundGone,
  gatewayFacts,
  happens,
  idOf,
  inspected,
  inspectedAs,
  killed,
  listed,
  listedAgain,
  minutes,
  onGateway,
  renamed,
  restartBegun,
  restartEnded,
  restartFailed,
  restartMessages,
  seconds,
  started,
  stoppedByHand,
  succeeded,
  turned,
  unpaused,
  waveSucceeded,
} from '../builders.ts';
import { History, type Setting, type Steps, settled } from '../history.ts';

/** A recovery has come to its repairs: the first wave is under way. */
const repairing = (containers: readonly ContainerFacts[], setting: Setting = {}): History =>
  settled(containers, setting)
    .feed(seconds(30), checkFailed(), seconds(10), checkFailed(), seconds(1))
    .feed(restartMessages('gluetun'), inspectedAs('gluetun', { health: 'healthy' }), succeeded())
    .feed(endpointRead('203.0.113.7'), checkPassed())
    .forget()
    .feed(listedAgain());

/** A monitor finds these at its start, and a gateway that has run since 5 s of the engine's clock. */
const found = (containers: readonly ContainerFacts[], setting: Setting = {}): History =>
  new History(setting).feed(connected(), listed(gatewayFacts({ startedAt: 5_000 }), ...containers));

/** The VPN was restarted inside the gateway: these are restarted, though they are on its network. */
const forced = (vpnRestartDependents: readonly string[], containers: readonly ContainerFacts[]): History =>
  settled(containers, { settings: { recoveryStrategy: 'vpn-first', vpnRestartDependents } }).feed(
    seconds(30),
    checkFailed(),
    seconds(10),
    checkFailed(),
    succeeded(),
    seconds(5),
    checkPassed(),
  );

/** The restart has succeeded; what it runs as now has not been inspected yet. */
const endedWell = (name: string): Happening =>
  happens({
    type: 'dependentRepairEnded',
    id: idOf(name),
    name,
    how: 'restart',
    outcome: { ok: true },
    facts: onGateway(name, { startedAt: 6_000 }),
  });

const waves = ({ acts }: History): readonly (readonly string[])[] =>
  acts.flatMap((act) => (act.kind === 'repairDependents' ? [act.dependents.map(({ name }) => name)] : []));

const app = onGateway('app');
const needs = (service: string) => ({ 'com.docker.compose.depends_on': `${service}:service_started:true` });

describe('the waves', () => {
  it.each<{ given: string; exist: ContainerFacts[]; then: string[][] }>([
    { given: 'all together where nobody waits', exist: [onGateway('a'), onGateway('b')], then: [['a', 'b']] },
    {
      given: 'the owner of a shared network first',
      exist: [facts('a-far', { on: 'mid', startedAt: 2_000 }), onGateway('mid')],
      then: [['mid'], ['a-far']],
    },
    {
      given: 'what depends_on asks for first',
      exist: [
        onGateway('web', { labels: compose('web', needs('db')) }),
        onGateway('db', { labels: compose('db') }),
        onGateway('lone'),
      ],
      then: [['db', 'lone'], ['web']],
    },
    {
      given: 'one that depends on the gateway at once',
      exist: [onGateway('web', { labels: compose('web', needs('gluetun')) })],
      then: [['web']],
    },
    {
      given: 'not after a service of the same name in another project',
      exist: [
        onGateway('web', { labels: compose('web', needs('db')) }),
        onGateway('db', { labels: { ...compose('db'), 'com.docker.compose.project': 'other' } }),
      ],
      then: [['db', 'web']],
    },
    {
      given: 'not after itself, whatever its labels say',
      exist: [onGateway('a', { labels: compose('a', needs('a')) }), onGateway('b')],
      then: [['a', 'b']],
    },
    {
      given: 'those in a circle together',
      exist: [
        onGateway('a', { labels: compose('a', needs('b')) }),
        onGateway('b', { labels: compose('b', needs('a')) }),
      ],
      then: [['a', 'b']],
    },
  ])('are $given', ({ exist, then }) => {
    const history = repairing(exist);
    then.forEach(() => history.feed(waveSucceeded()));
    expect(waves(history)).toEqual(then);
    history
      .expectRecovery('none')
      .expectLine(/^Recovery complete/)
      .expectNoLine(/^All dependent/);
  });

  it('are not over while it is not known yet how the owner of the next one has started', () => {
    const history = repairing([app, facts('far', { on: 'app', startedAt: 2_000 })]);
    history.feed(restartEnded('app'), started('app'), succeeded()).expectRecovery('repairing');
    history.feed(inspectedAs('app'));
    expect(waves(history)).toEqual([['app'], ['far']]);
  });

  it('have the owner of a shared network first where nothing is wrong with either network', () => {
    const history = forced(['far', 'mid'], [onGateway('mid'), facts('far', { on: 'mid', startedAt: 3_000 })]);
    history.feed(restartEnded('mid'), succeeded());
    expect(waves(history)).toEqual([['mid'], ['far']]);
  });

  it('have an id of their own each', () => {
    const history = found([app]).feed(restartFailed('app'), succeeded(), seconds(6));
    const [first, second] = history.acts.map(({ id }) => id);
    expect(second).toBeGreaterThan(first ?? Infinity);
  });

  it('carry the concurrency, the gateway and the start they rest on', () => {
    const history = repairing([app], { settings: { restartConcurrency: 2 } });
    history.expectActs({
      kind: 'repairDependents',
      concurrency: 2,
      gateway: { id: idOf('gluetun'), name: 'gluetun' },
      start: expect.any(String) as string,
    });
  });

  it('come one after another: none while one is under way', () => {
    repairing([app, facts('far', { on: 'app', startedAt: 2_000 })])
      .feed(minutes(3))
      .expectActs('repairDependents');
  });
});

describe('the outcome of a restart', () => {
  it.each<{ given: string; event: Steps; says: RegExp; then: 'settled' | 'pending' }>([
    {
      given: 'seen to be fresh',
      event: [restartEnded('app')],
      says: /^app restarted successfully$/,
      then: 'settled',
    },
    {
      given: 'not on the live network',
      event: [restartEnded('app', { startedAt: 2_000 })],
      says: /^Restarting app failed: it was restarted but is not on the live network; trying again in 5s$/,
      then: 'pending',
    },
    {
      given: 'ended by itself',
      event: [restartEnded('app', { runState: 'exited', exitCode: 3 })],
      says: /^app was restarted and has ended by itself \(exit code 3\)$/,
      then: 'settled',
    },
    {
      given: 'exited for want of its gateway',
      event: [restartEnded('app', { runState: 'exited', exitCode: 128, error: JOIN_ERROR })],
      says: /^Restarting app failed/,
      then: 'pending',
    },
    {
      given: 'gone',
      event: [foundGone('app'), restartFailed('app', { gone: true })],
      says: /^app is gone; nothing to restart$/,
      then: 'settled',
    },
    {
      given: 'left alone, for things were otherwise',
      event: [
        restartFailed('app', { isSkipped: true, reason: 'gluetun has stopped or started anew meanwhile' }),
      ],
      says: /^app is left alone: gluetun has stopped/,
      then: 'pending',
    },
    {
      given: 'refused',
      event: [restartFailed('app')],
      says: /^Restarting app failed: no space left on device; trying again in 5s$/,
      then: 'pending',
    },
    {
      given: 'not seen afterwards',
      event: [
        happens({
          type: 'dependentRepairEnded',
          id: idOf('app'),
          name: 'app',
          how: 'restart',
          outcome: { ok: true },
          facts: undefined,
        }),
      ],
      says: /^Restarting app failed: it could not be inspected afterwards/,
      then: 'pending',
    },
    {
      given: 'not told at all',
      event: [],
      says: /^Restarting app failed: there was no answer/,
      then: 'pending',
    },
  ])('$given', ({ event, says, then }) => {
    const history = repairing([app]).feed(restartBegun('app'), ...event, succeeded());
    history.expectLine(says);
    expect(Object.keys(history.state.repairs.pending)).toHaveLength(then === 'pending' ? 1 : 0);
  });

  it('that the command itself failed counts for all that have not answered', () => {
    const history = repairing([app, onGateway('db')]).feed(restartEnded('app'), failed('engine gone'));
    history
      .expectLine(/^app restarted successfully$/)
      .expectLine(/^Restarting db failed: engine gone/, 'error');
  });
});

describe('a restart that failed', () => {
  it('is tried again with growing delay, at most 300 s, and said once', () => {
    const history = repairing([app]);
    let waited = 0;
    for (const wait of [5, 10, 20, 40, 80, 160, 300, 300]) {
      history.feed(restartFailed('app'), succeeded());
      waited = waves(history).length;
      history.feed(seconds(wait - 1));
      expect(waves(history)).toHaveLength(waited);
      history.feed(seconds(2));
      expect(waves(history)).toHaveLength(waited + 1);
    }
    const told = history.lines.filter(({ message }) => message.startsWith('Restarting app failed'));
    expect(told.filter(({ level }) => level === 'error')).toHaveLength(1);
    history.feed(waveSucceeded()).expectLine(/^app restarted successfully$/);
  });

  it('never stops the others', () => {
    const history = repairing([app, onGateway('db')]).feed(
      restartFailed('app'),
      restartEnded('db'),
      succeeded(),
    );
    history.expectLine(/^db restarted successfully$/).expectLine(/but not restarted: app/);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'the gateway is down', event: [died('gluetun', 1)] },
    { given: 'it is starting', event: [started('gluetun'), inspectedAs('gluetun', { health: 'starting' })] },
    { given: 'the engine is lost', event: [disconnected()] },
    { given: 'the monitor ends', event: [happens({ type: 'shutdownRequested', signal: 'SIGTERM' })] },
    {
      given: 'a recovery is about to restart the gateway',
      event: [checkFailed()],
    },
  ])('is not tried again while $given', ({ event }) => {
    const history = repairing([app], { settings: { retryIntervalMs: 4_000, backoffMs: 0 } }).feed(
      restartFailed('app'),
      succeeded(),
    );
    if (history.state.checking.running === undefined) history.feed(turned('gluetun', 'unhealthy'));
    history.forget().feed(...event, minutes(1));
    expect(waves(history)).toEqual([]);
  });

  it('is tried again as soon as the gateway is ready', () => {
    const history = repairing([app])
      .feed(restartFailed('app'), succeeded(), stoppedByHand('gluetun'), minutes(1))
      .forget();
    history.feed(started('gluetun'), inspectedAs('gluetun', { health: 'starting' })).expectNoAct();
    history.feed(turned('gluetun', 'healthy')).expectActs('repairDependents');
  });

  it.each<{ given: string; event: Steps; says?: RegExp; saysNot?: RegExp }>([
    {
      given: 'somebody else healed it',
      event: [restartMessages('app'), inspectedAs('app')],
      says: /^app needs no restart any more$/,
    },
    {
      given: 'its operator stopped it',
      event: [stoppedByHand('app'), inspectedAs('app', { runState: 'exited' })],
    },
    {
      given: 'it is found stopped',
      event: [listedAgain(onGateway('app', { runState: 'exited' }))],
      says: /^app needs no restart any more$/,
    },
    { given: 'it is gone', event: [destroyed('app')], saysNot: /needs no restart/ },
    { given: 'it is excluded under its new name', event: [renamed('app', 'web')] },
  ])('is not tried again where $given', ({ event, says, saysNot = /^$/ }) => {
    const history = repairing([app], { settings: { exclude: ['web'] } })
      .feed(restartFailed('app'), succeeded())
      .forget()
      .feed(seconds(1), ...event);
    expect(history.state.repairs.pending).toEqual({});
    if (says !== undefined) history.expectLine(says);
    history.expectNoLine(saysNot);
    history.feed(minutes(5)).expectNoAct();
  });
});

describe('a dependent on one that cannot be put back', () => {
  const mid = onGateway('mid');
  const far = facts('far', { on: 'mid', startedAt: 2_000 });

  it('waits for one that its operator stopped, which is said, and the recovery does not', () => {
    const history = repairing([{ ...mid, runState: 'exited' }, far]);
    history
      .expectNoAct()
      .expectLine(/^far waits for mid, whose network it shares$/, 'info')
      .expectLine(/^Recovery complete/);
    history.feed(started('mid'), inspectedAs('mid'));
    expect(waves(history)).toEqual([['far']]);
  });

  it('is not waited for where that has failed, and is restarted once it is well', () => {
    const history = repairing([mid, far]).feed(restartFailed('mid'), succeeded());
    history
      .expectRecovery('none')
      .expectLine(/^Recovery ended after .*, but not restarted: far, mid$/, 'error');
    history.feed(seconds(6), restartBegun('mid'), restartEnded('mid'), succeeded());
    expect(waves(history)).toEqual([['mid'], ['mid'], ['far']]);
  });

  it('says nothing where it only waits its turn', () => {
    repairing([mid, far]).expectNoLine(/waits for/);
  });
});

describe('a dependent that is not restarted now', () => {
  it('because it is paused is restarted when it is resumed', () => {
    const history = repairing([onGateway('app', { runState: 'paused' })]).expectNoAct();
    history.expectLine(/^app is paused; it is restarted when it is resumed$/, 'info');
    history.feed(seconds(20), unpaused('app')).expectActs('repairDependents');
  });

  it('because its time has not come is restarted at that time, not a moment later', () => {
    const history = repairing([app]).feed(restartFailed('app'), succeeded()).forget();
    const dueAt = history.state.repairs.pending[idOf('app')]?.dueAt ?? 0;
    history.feed({ waitMs: dueAt - history.now - 1 }).expectNoAct();
    history.feed({ waitMs: 1 }).expectActs('repairDependents');
  });

  it('because it was left alone is looked at again 5 s later', () => {
    const history = repairing([app])
      .feed(restartFailed('app', { isSkipped: true }), succeeded())
      .forget();
    history.feed(seconds(4)).expectNoAct().feed(seconds(2)).expectActs('repairDependents');
  });
});

describe('who is put back', () => {
  const late = onGateway('late', { runState: 'exited', error: JOIN_ERROR });

  it('is who a listing shows to have failed to join', () => {
    expect(waves(settled([app]).feed(listedAgain(late)))).toEqual([['late']]);
  });

  it('is who is stale once a check has proven a gateway without a health check', () => {
    const history = settled([app], { gateway: gatewayFacts({ health: 'none' }) });
    history.feed(restartMessages('gluetun'), inspectedAs('gluetun'), seconds(30)).expectNoAct();
    expect(waves(history.feed(checkPassed()))).toEqual([['app']]);
  });

  it('waits for a recovery that has not restarted the gateway, no longer', () => {
    const history = settled([app]).feed(seconds(30), checkFailed(), seconds(10), checkFailed(), failed());
    history.feed(listedAgain(late), seconds(10)).expectActs('restartGateway');
    history.feed(checkPassed()).expectLine(/^The tunnel works again without a restart$/);
    expect(waves(history)).toEqual([['late']]);
  });

  it('is also who fails anew while the others of its wave are still at work', () => {
    const history = found([app, onGateway('db')]).feed(restartEnded('app'));
    history.feed(listedAgain({ ...late, id: app.id, name: 'app' }), restartEnded('db'));
    expect(waves(history.feed(succeeded()))).toEqual([['app', 'db'], ['app']]);
  });

  it('is who is stale where AUTO_RECREATE is off, too', () => {
    const history = found([app], { settings: { autoRecreate: false } });
    expect(waves(history)).toEqual([['app']]);
    history.feed(restartFailed('app'), succeeded(), seconds(4)).expectNoLine(/needs no restart/);
    expect(waves(history)).toHaveLength(1);
    expect(waves(history.feed(seconds(2)))).toHaveLength(2);
  });

  it.each<{ given: string; before: Steps }>([
    { given: 'removed before the next attempt', before: [] },
    { given: 'removed while the gateway is down', before: [stoppedByHand('gluetun')] },
  ])('is nobody who is $given', ({ before }) => {
    const history = found([app]).feed(restartFailed('app'), succeeded(), ...before);
    expect(Object.keys(history.state.repairs.pending)).toEqual([app.id]);
    expect(history.feed(destroyed('app')).state.repairs.pending).toEqual({});
    expect(waves(history.feed(seconds(6)))).toHaveLength(1);
  });

  it('is not said to wait before the gateway is ready', () => {
    const history = settled([onGateway('app', { runState: 'paused' })]).feed(stoppedByHand('gluetun'));
    history.feed(seconds(1)).expectNoLine(/^app is paused/);
    history.feed(started('gluetun'), inspectedAs('gluetun', { health: 'healthy' }));
    history.expectLine(/^app is paused; it is restarted when it is resumed$/);
  });

  it.each<{ given: string; shown: ContainerFacts; says: 'at once' | 'after the wave' }>([
    { given: 'one of the wave', shown: onGateway('app'), says: 'after the wave' },
    { given: 'one of it by another name', shown: onGateway('web', { id: app.id }), says: 'after the wave' },
    { given: 'what replaces one of it', shown: onGateway('app', { id: idOf('x') }), says: 'after the wave' },
    { given: 'somebody else', shown: onGateway('new'), says: 'at once' },
  ])('is told $says of $given', ({ shown, says }) => {
    const known: ContainerFacts = { ...shown, name: 'unused', runState: 'exited' };
    const isApp = shown.id === app.id;
    const history = found([app, onGateway('db'), ...(isApp ? [] : [known])]).feed(endedWell('app'));
    history.feed(listedAgain({ ...shown, runState: 'paused' }));
    if (says === 'after the wave') history.expectNoLine(/is paused/).feed(succeeded());
    history.expectLine(new RegExp(`^${shown.name} is paused; it is restarted when it is resumed$`));
  });
});

describe('what is left to do', () => {
  it('is kept, without a word, while there is no gateway', () => {
    const history = found([app]).feed(restartFailed('app'), succeeded());
    history.feed(died('gluetun'), destroyed('gluetun'), seconds(1)).expectNoLine(/needs no restart/);
  });

  it('is nothing if somebody else has restarted it before the first try', () => {
    const history = found([onGateway('app', { runState: 'paused' })]).forget();
    history
      .feed(listedAgain(onGateway('app', { startedAt: 9_000 })))
      .expectLines('Dependent container started: app')
      .forget();
    history
      .feed(minutes(1))
      .expectNoAct()
      .expectNoLine(/app|All dependent/);
  });

  it('is nothing for one that was removed while the gateway was down', () => {
    const history = found([app]).feed(restartFailed('app'), succeeded(), stoppedByHand('gluetun'));
    history.forget().feed(destroyed('app'), started('gluetun'));
    history.feed(inspectedAs('gluetun', { health: 'healthy' }), minutes(1)).expectNoAct();
  });

  it('is to finish what an earlier monitor has parked, with growing delay', () => {
    const name = parkedName('app', 'gluetun', app.id);
    const history = found([facts(name, { id: app.id, ref: idOf('former'), runState: 'exited' })]);
    history.feed(restartFailed('app'), succeeded(), seconds(6), restartFailed('app'), succeeded());
    expect(waves(history.feed(seconds(6)))).toEqual([['app'], ['app']]);
    expect(waves(history.feed(seconds(5)))).toHaveLength(3);
    history.feed(restartFailed('app', { isSkipped: true }), succeeded(), seconds(4));
    expect(waves(history)).toHaveLength(3);
    expect(waves(history.feed(seconds(2)))).toHaveLength(4);
    history.expectNoLine(/needs no restart/);
  });

  it('is to finish it 5 s later, where it was left alone at the first try', () => {
    const name = parkedName('app', 'gluetun', app.id);
    const history = found([facts(name, { id: app.id, ref: idOf('former'), runState: 'exited' })]);
    history.feed(restartFailed('app', { isSkipped: true }), succeeded(), seconds(4));
    expect(waves(history)).toEqual([['app']]);
    expect(waves(history.feed(seconds(2)))).toEqual([['app'], ['app']]);
  });

  it('is not a forced restart of one that its operator has stopped since', () => {
    const history = forced(['app'], [app]).feed(restartFailed('app'), succeeded(), stoppedByHand('app'));
    history.feed(inspectedAs('app', { runState: 'exited' }), minutes(1));
    expect(waves(history)).toEqual([['app']]);
  });

  it('is not to start one that was found stopped in its turn', () => {
    const history = found([app]).feed(restartBegun('app'), ...stoppedByHand('app'));
    history.feed(inspectedAs('app', { runState: 'exited' }), restartFailed('app', { isSkipped: true }));
    expect(waves(history.feed(succeeded(), minutes(1)))).toEqual([['app']]);
  });

  it('is not to start one that was stopped just before its turn', () => {
    const history = found([app]).feed(stoppedByHand('app'), inspectedAs('app', { runState: 'exited' }));
    history.feed(restartFailed('app', { isSkipped: true, reason: 'it is exited by now' }), succeeded());
    expect(waves(history.feed(minutes(1)))).toEqual([['app']]);
  });

  it.each<{ given: string; shown: Steps }>([
    { given: 'runs', shown: [] },
    {
      given: 'our restart has left down',
      shown: [
        restartBegun('app'),
        killed('app'),
        died('app'),
        inspectedAs('app', { runState: 'exited', error: JOIN_ERROR }),
      ],
    },
  ])('is not to create anew one that $given, where AUTO_RECREATE is off', ({ shown }) => {
    const anew = gatewayFacts({ id: idOf('gluetun anew') });
    const history = found([app], { settings: { autoRecreate: false } });
    history.feed(...shown, restartFailed('app'), succeeded(), died('gluetun'), destroyed('gluetun'));
    history.feed(created('gluetun', { id: anew.id }), inspected(anew), minutes(2));
    history.expectGateway('ready').expectLine(/^AUTO_RECREATE is off: app must be re-created by hand/);
    history.expectNoLine(/needs no restart/);
    expect(waves(history)).toEqual([['app']]);
  });

  it('is told by the outcome of one that has its turn, though it is seen to be well before', () => {
    const history = found([app, onGateway('db')]);
    history.feed(failed('engine gone'), seconds(6));
    expect(waves(history)).toEqual([
      ['app', 'db'],
      ['app', 'db'],
    ]);
    history.feed(inspectedAs('app')).expectNoLine(/needs no restart/);
    history.feed(restartEnded('app'), succeeded());
    history.expectLine(/^app restarted successfully$/).expectNoLine(/needs no restart/);
  });

  it('is nothing for one that heals while others have their turn', () => {
    const history = found([app]).feed(restartFailed('app'), succeeded());
    history.feed(listedAgain(onGateway('late', { runState: 'exited', error: JOIN_ERROR })));
    history.feed(listedAgain(onGateway('app', { startedAt: 9_000 })));
    history.expectLine(/^app needs no restart any more$/, 'info');
    expect(waves(history)).toEqual([['app'], ['late']]);
  });
});

describe('a dependent whose owner', () => {
  const mid = onGateway('mid');
  const loops = (times: number): Steps =>
    Array.from({ length: times }, () => [died('mid', 1), started('mid'), inspectedAs('mid')]).flat();

  it('is paused waits until that is resumed', () => {
    const far = facts('far', { on: 'mid', startedAt: 2_000 });
    const history = found([onGateway('mid', { startedAt: 6_000, runState: 'paused' }), far]).expectNoAct();
    history.expectLine(/^far waits for mid, whose network it shares$/);
    expect(waves(history.feed(unpaused('mid')))).toEqual([['far']]);
  });

  it.each<{ given: string; times: number; startedAt: number; then: string[][] }>([
    {
      given: 'keeps restarting is left on the network that they share',
      times: 3,
      startedAt: 3_000,
      then: [],
    },
    { given: 'has restarted is restarted', times: 1, startedAt: 3_000, then: [['far']] },
    {
      given: 'keeps restarting is restarted where it is older than the gateway’s start',
      times: 3,
      startedAt: 900,
      then: [['far']],
    },
    {
      given: 'keeps restarting is restarted where it is just as old',
      times: 3,
      startedAt: 1_000,
      then: [['far']],
    },
  ])('$given', ({ times, startedAt, then }) => {
    const history = settled([mid]).feed(...loops(times), listedAgain(facts('far', { on: 'mid', startedAt })));
    expect(waves(history)).toEqual(then);
  });

  it('keeps restarting is restarted in a recovery where nothing is known of its own start', () => {
    const far = facts('far', { on: 'mid', inspected: false });
    const history = settled([mid]).feed(...loops(3), listedAgain(far));
    history.feed(seconds(30), checkFailed(), seconds(10), checkFailed(), seconds(1));
    history.feed(restartMessages('gluetun'), inspectedAs('gluetun', { health: 'healthy' }), succeeded());
    history.feed(endpointRead('203.0.113.7'), checkPassed(), listedAgain());
    history.feed(restartEnded('mid'), succeeded());
    expect(waves(history)).toEqual([['mid'], ['far']]);
  });
});

describe('that all are on the network', () => {
  const all = /^All dependent containers are on the network of gluetun$/;

  it('is said when the last wave is over, not before', () => {
    const history = found([app])
      .feed(restartEnded('app'))
      .expectNoLine(/^All dependent/);
    history.feed(succeeded()).expectLine(all, 'info');
  });

  it('is not said where one is left to be re-created by hand', () => {
    const history = settled([app, facts('by-name', { ref: 'gluetun', startedAt: 2_000 })], {
      settings: { autoRecreate: false },
    });
    const anew = gatewayFacts({ id: idOf('gluetun anew'), startedAt: history.now });
    history.feed(died('gluetun'), destroyed('gluetun'), created('gluetun', { id: anew.id }), inspected(anew));
    history.feed(seconds(10)).forget().feed(restartEnded('by-name'), succeeded());
    history.expectLines('by-name restarted successfully');
    expect(history.lines).toHaveLength(1);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'has stopped', event: [] },
    { given: 'has gone', event: [destroyed('gluetun')] },
  ])('is not said where the gateway $given with the last of them', ({ event }) => {
    const history = found([app]).feed(stoppedByHand('app'), stoppedByHand('gluetun'), destroyed('app'));
    history.feed(restartFailed('app', { gone: true }), ...event, succeeded()).expectNoLine(/^All dependent/);
  });
});

describe('a dry run of the repairs', () => {
  it('says each once, and nothing else, however often it is looked at', () => {
    const history = found([app], { settings: { dryRun: true } }).feed(endpointRead('203.0.113.1'));
    history.expectLine(/^\[DRY-RUN\] Restarting app\.\.\.$/).forget();
    expect(history.feed(seconds(40)).lines).toEqual([]);
  });
});
