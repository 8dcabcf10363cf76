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

describe('the waves of a repair', () => {
  it.each<{ given: string; exist: ContainerFacts[]; then: string[][] }>([
    {
      given: 'take all dependents together if none waits for another',
      exist: [onGateway('a'), onGateway('b')],
      then: [['a', 'b']],
    },
    {
      given: 'take the owner of a shared network first',
      exist: [facts('a-far', { on: 'mid', startedAt: 2_000 }), onGateway('mid')],
      then: [['mid'], ['a-far']],
    },
    {
      given: 'respect depends_on',
      exist: [
        onGateway('web', { labels: compose('web', needs('db')) }),
        onGateway('db', { labels: compose('db') }),
        onGateway('lone'),
      ],
      then: [['db', 'lone'], ['web']],
    },
    {
      given: 'ignore depends_on if it names the gateway',
      exist: [onGateway('web', { labels: compose('web', needs('gluetun')) })],
      then: [['web']],
    },
    {
      given: 'ignore depends_on if the service belongs to another project',
      exist: [
        onGateway('web', { labels: compose('web', needs('db')) }),
        onGateway('db', { labels: { ...compose('db'), 'com.docker.compose.project': 'other' } }),
      ],
      then: [['db', 'web']],
    },
    {
      given: 'ignore a dependent that depends on itself',
      exist: [onGateway('a', { labels: compose('a', needs('a')) }), onGateway('b')],
      then: [['a', 'b']],
    },
    {
      given: 'take dependents that wait for each other together',
      exist: [
        onGateway('a', { labels: compose('a', needs('b')) }),
        onGateway('b', { labels: compose('b', needs('a')) }),
      ],
      then: [['a', 'b']],
    },
  ])('$given', ({ exist, then }) => {
    const history = repairing(exist);
    then.forEach(() => history.feed(waveSucceeded()));
    expect(waves(history)).toEqual(then);
    history
      .expectRecovery('none')
      .expectLine(/^Recovery complete/)
      .expectNoLine(/^All dependent/);
  });

  it('wait until the owner has been inspected after its restart', () => {
    const history = repairing([app, facts('far', { on: 'app', startedAt: 2_000 })]);
    history.feed(restartEnded('app'), started('app'), succeeded()).expectRecovery('repairing');
    history.feed(inspectedAs('app'));
    expect(waves(history)).toEqual([['app'], ['far']]);
  });

  it('take the owner of a shared network first even for forced restarts', () => {
    const history = forced(['far', 'mid'], [onGateway('mid'), facts('far', { on: 'mid', startedAt: 3_000 })]);
    history.feed(restartEnded('mid'), succeeded());
    expect(waves(history)).toEqual([['mid'], ['far']]);
  });

  it('have increasing IDs', () => {
    const history = found([app]).feed(restartFailed('app'), succeeded(), seconds(6));
    const [first, second] = history.acts.map(({ id }) => id);
    expect(second).toBeGreaterThan(first ?? Infinity);
  });

  it('carry the concurrency, the gateway and its start', () => {
    const history = repairing([app], { settings: { restartConcurrency: 2 } });
    history.expectActs({
      kind: 'repairDependents',
      concurrency: 2,
      gateway: { id: idOf('gluetun'), name: 'gluetun' },
      start: expect.any(String) as string,
    });
  });

  it('are sent one at a time', () => {
    repairing([app, facts('far', { on: 'app', startedAt: 2_000 })])
      .feed(minutes(3))
      .expectActs('repairDependents');
  });
});

describe('the outcome of a restart', () => {
  it.each<{ given: string; event: Steps; says: RegExp; then: 'settled' | 'pending' }>([
    {
      given: 'is fresh',
      event: [restartEnded('app')],
      says: /^app restarted successfully$/,
      then: 'settled',
    },
    {
      given: 'is not on the live network',
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
      given: 'exited because it could not join its gateway',
      event: [restartEnded('app', { runState: 'exited', exitCode: 128, error: JOIN_ERROR })],
      says: /^Restarting app failed/,
      then: 'pending',
    },
    {
      given: 'is gone',
      event: [foundGone('app'), restartFailed('app', { gone: true })],
      says: /^app is gone; nothing to restart$/,
      then: 'settled',
    },
    {
      given: 'was skipped',
      event: [
        restartFailed('app', { isSkipped: true, reason: 'gluetun has stopped or started anew meanwhile' }),
      ],
      says: /^app is left alone: gluetun has stopped/,
      then: 'pending',
    },
    {
      given: 'the engine refused to restart',
      event: [restartFailed('app')],
      says: /^Restarting app failed: no space left on device; trying again in 5s$/,
      then: 'pending',
    },
    {
      given: 'could not be inspected afterwards',
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
      given: 'got no answer',
      event: [],
      says: /^Restarting app failed: there was no answer/,
      then: 'pending',
    },
  ])('is reported for a dependent that $given', ({ event, says, then }) => {
    const history = repairing([app]).feed(restartBegun('app'), ...event, succeeded());
    history.expectLine(says);
    expect(Object.keys(history.state.repairs.pending)).toHaveLength(then === 'pending' ? 1 : 0);
  });

  it('is a failure for all dependents without an answer if the act itself fails', () => {
    const history = repairing([app, onGateway('db')]).feed(restartEnded('app'), failed('engine gone'));
    history
      .expectLine(/^app restarted successfully$/)
      .expectLine(/^Restarting db failed: engine gone/, 'error');
  });
});

describe('a dependent whose restart has failed', () => {
  it('is restarted again with increasing delay up to 300 s, with one line at error level', () => {
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

  it('does not stop the restart of the others', () => {
    const history = repairing([app, onGateway('db')]).feed(
      restartFailed('app'),
      restartEnded('db'),
      succeeded(),
    );
    history.expectLine(/^db restarted successfully$/).expectLine(/but not restarted: app/);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'the gateway is down', event: [died('gluetun', 1)] },
    {
      given: 'the gateway is starting',
      event: [started('gluetun'), inspectedAs('gluetun', { health: 'starting' })],
    },
    { given: 'the engine is lost', event: [disconnected()] },
    {
      given: 'the monitor is shutting down',
      event: [happens({ type: 'shutdownRequested', signal: 'SIGTERM' })],
    },
    {
      given: 'a recovery is about to restart the gateway',
      event: [checkFailed()],
    },
  ])('is not restarted again while $given', ({ event }) => {
    const history = repairing([app], { settings: { retryIntervalMs: 4_000, backoffMs: 0 } }).feed(
      restartFailed('app'),
      succeeded(),
    );
    if (history.state.checking.running === undefined) history.feed(turned('gluetun', 'unhealthy'));
    history.forget().feed(...event, minutes(1));
    expect(waves(history)).toEqual([]);
  });

  it('is restarted again as soon as the gateway is ready', () => {
    const history = repairing([app])
      .feed(restartFailed('app'), succeeded(), stoppedByHand('gluetun'), minutes(1))
      .forget();
    history.feed(started('gluetun'), inspectedAs('gluetun', { health: 'starting' })).expectNoAct();
    history.feed(turned('gluetun', 'healthy')).expectActs('repairDependents');
  });

  it.each<{ given: string; event: Steps; says?: RegExp; saysNot?: RegExp }>([
    {
      given: 'somebody else has restarted it',
      event: [restartMessages('app'), inspectedAs('app')],
      says: /^app needs no restart any more$/,
    },
    {
      given: 'it was stopped by hand',
      event: [stoppedByHand('app'), inspectedAs('app', { runState: 'exited' })],
    },
    {
      given: 'it is found stopped',
      event: [listedAgain(onGateway('app', { runState: 'exited' }))],
      says: /^app needs no restart any more$/,
    },
    { given: 'it was removed', event: [destroyed('app')], saysNot: /needs no restart/ },
    { given: 'it is excluded under its new name', event: [renamed('app', 'web')] },
  ])('is not restarted again if $given', ({ event, says, saysNot = /^$/ }) => {
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

describe('a dependent on the network of another one that cannot be repaired', () => {
  const mid = onGateway('mid');
  const far = facts('far', { on: 'mid', startedAt: 2_000 });

  it('waits for an owner that was stopped by hand, without delaying the recovery', () => {
    const history = repairing([{ ...mid, runState: 'exited' }, far]);
    history
      .expectNoAct()
      .expectLine(/^far waits for mid, whose network it shares$/, 'info')
      .expectLine(/^Recovery complete/);
    history.feed(started('mid'), inspectedAs('mid'));
    expect(waves(history)).toEqual([['far']]);
  });

  it('is not restarted if the restart of its owner failed, but is once that is fresh', () => {
    const history = repairing([mid, far]).feed(restartFailed('mid'), succeeded());
    history
      .expectRecovery('none')
      .expectLine(/^Recovery ended after .*, but not restarted: far, mid$/, 'error');
    history.feed(seconds(6), restartBegun('mid'), restartEnded('mid'), succeeded());
    expect(waves(history)).toEqual([['mid'], ['mid'], ['far']]);
  });

  it('causes no line if it only waits for its turn', () => {
    repairing([mid, far]).expectNoLine(/waits for/);
  });
});

describe('a dependent that cannot be restarted yet', () => {
  it('is restarted when it is resumed if it is paused', () => {
    const history = repairing([onGateway('app', { runState: 'paused' })]).expectNoAct();
    history.expectLine(/^app is paused; it is restarted when it is resumed$/, 'info');
    history.feed(seconds(20), unpaused('app')).expectActs('repairDependents');
  });

  it('is restarted exactly when its next attempt is due', () => {
    const history = repairing([app]).feed(restartFailed('app'), succeeded()).forget();
    const dueAt = history.state.repairs.pending[idOf('app')]?.dueAt ?? 0;
    history.feed({ waitMs: dueAt - history.now - 1 }).expectNoAct();
    history.feed({ waitMs: 1 }).expectActs('repairDependents');
  });

  it('is left to Compose if that is at work when the next attempt is due, however long ago the first one was', () => {
    const history = repairing([app, onGateway('far')]);
    history.feed(restartFailed('app', { refused: true }), restartEnded('far'), succeeded()).forget();
    const dueAt = history.state.repairs.pending[idOf('app')]?.dueAt ?? 0;
    expect(dueAt - history.now).toBeGreaterThan(minutes(1).waitMs);
    history.feed({ waitMs: dueAt - history.now - 1_000 }, created('far', { id: idOf('anew') }));
    history.feed(seconds(4)).expectNoAct().feed(seconds(2)).expectActs('repairDependents');
  });

  it('is looked at again after 5 s if its restart was skipped', () => {
    const history = repairing([app])
      .feed(restartFailed('app', { isSkipped: true }), succeeded())
      .forget();
    history.feed(seconds(4)).expectNoAct().feed(seconds(2)).expectActs('repairDependents');
  });
});

describe('the choice of dependents to repair', () => {
  const late = onGateway('late', { runState: 'exited', error: JOIN_ERROR });

  it('includes one that a listing shows to have failed to join', () => {
    expect(waves(settled([app]).feed(listedAgain(late)))).toEqual([['late']]);
  });

  it('includes a stale one once a check has proven a gateway without a health check', () => {
    const history = settled([app], { gateway: gatewayFacts({ health: 'none' }) });
    history.feed(restartMessages('gluetun'), inspectedAs('gluetun'), seconds(30)).expectNoAct();
    expect(waves(history.feed(checkPassed()))).toEqual([['app']]);
  });

  it('waits for the end of a recovery that has not restarted the gateway', () => {
    const history = settled([app]).feed(seconds(30), checkFailed(), seconds(10), checkFailed(), failed());
    history.feed(listedAgain(late), seconds(10)).expectActs('restartGateway');
    history.feed(checkPassed()).expectLine(/^The tunnel works again without a restart$/);
    expect(waves(history)).toEqual([['late']]);
  });

  it('includes one that fails again while others of its wave are still being repaired', () => {
    const history = found([app, onGateway('db')]).feed(restartEnded('app'));
    history.feed(listedAgain({ ...late, id: app.id, name: 'app' }), restartEnded('db'));
    expect(waves(history.feed(succeeded()))).toEqual([['app', 'db'], ['app']]);
  });

  it('includes a stale one even if AUTO_RECREATE is off', () => {
    const history = found([app], { settings: { autoRecreate: false } });
    expect(waves(history)).toEqual([['app']]);
    history.feed(restartFailed('app'), succeeded(), seconds(4)).expectNoLine(/needs no restart/);
    expect(waves(history)).toHaveLength(1);
    expect(waves(history.feed(seconds(2)))).toHaveLength(2);
  });

  it.each<{ given: string; before: Steps }>([
    { given: 'removed before the next attempt', before: [] },
    { given: 'removed while the gateway is down', before: [stoppedByHand('gluetun')] },
  ])('leaves out one that was $given', ({ before }) => {
    const history = found([app]).feed(restartFailed('app'), succeeded(), ...before);
    expect(Object.keys(history.state.repairs.pending)).toEqual([app.id]);
    expect(history.feed(destroyed('app')).state.repairs.pending).toEqual({});
    expect(waves(history.feed(seconds(6)))).toHaveLength(1);
  });

  it('reports a paused one only once the gateway is ready', () => {
    const history = settled([onGateway('app', { runState: 'paused' })]).feed(stoppedByHand('gluetun'));
    history.feed(seconds(1)).expectNoLine(/^app is paused/);
    history.feed(started('gluetun'), inspectedAs('gluetun', { health: 'healthy' }));
    history.expectLine(/^app is paused; it is restarted when it is resumed$/);
  });

  it.each<{ given: string; shown: ContainerFacts; says: 'at once' | 'after the wave' }>([
    { given: 'a dependent of the current wave', shown: onGateway('app'), says: 'after the wave' },
    {
      given: 'a renamed dependent of the current wave',
      shown: onGateway('web', { id: app.id }),
      says: 'after the wave',
    },
    {
      given: 'the replacement of a dependent of the current wave',
      shown: onGateway('app', { id: idOf('x') }),
      says: 'after the wave',
    },
    { given: 'another dependent', shown: onGateway('new'), says: 'at once' },
  ])('reports $says that $given is paused', ({ shown, says }) => {
    const known: ContainerFacts = { ...shown, name: 'unused', runState: 'exited' };
    const isApp = shown.id === app.id;
    const history = found([app, onGateway('db'), ...(isApp ? [] : [known])]).feed(endedWell('app'));
    history.feed(listedAgain({ ...shown, runState: 'paused' }));
    if (says === 'after the wave') history.expectNoLine(/is paused/).feed(succeeded());
    history.expectLine(new RegExp(`^${shown.name} is paused; it is restarted when it is resumed$`));
  });
});

describe('a pending repair', () => {
  it('is kept without a line while there is no gateway', () => {
    const history = found([app]).feed(restartFailed('app'), succeeded());
    history.feed(died('gluetun'), destroyed('gluetun'), seconds(1)).expectNoLine(/needs no restart/);
  });

  it('is dropped if somebody else has restarted the dependent before the first attempt', () => {
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

  it('is dropped if the dependent was removed while the gateway was down', () => {
    const history = found([app]).feed(restartFailed('app'), succeeded(), stoppedByHand('gluetun'));
    history.forget().feed(destroyed('app'), started('gluetun'));
    history.feed(inspectedAs('gluetun', { health: 'healthy' }), minutes(1)).expectNoAct();
  });

  it('finishes what an earlier monitor has parked, with increasing delay', () => {
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

  it('finishes what an earlier monitor has parked 5 s later if it was skipped at first', () => {
    const name = parkedName('app', 'gluetun', app.id);
    const history = found([facts(name, { id: app.id, ref: idOf('former'), runState: 'exited' })]);
    history.feed(restartFailed('app', { isSkipped: true }), succeeded(), seconds(4));
    expect(waves(history)).toEqual([['app']]);
    expect(waves(history.feed(seconds(2)))).toEqual([['app'], ['app']]);
  });

  it('does not force a restart of a dependent that was stopped by hand since', () => {
    const history = forced(['app'], [app]).feed(restartFailed('app'), succeeded(), stoppedByHand('app'));
    history.feed(inspectedAs('app', { runState: 'exited' }), minutes(1));
    expect(waves(history)).toEqual([['app']]);
  });

  it('does not start a dependent that was stopped by hand during its turn', () => {
    const history = found([app]).feed(restartBegun('app'), ...stoppedByHand('app'));
    history.feed(inspectedAs('app', { runState: 'exited' }), restartFailed('app', { isSkipped: true }));
    expect(waves(history.feed(succeeded(), minutes(1)))).toEqual([['app']]);
  });

  it('does not start a dependent that was stopped by hand just before its turn', () => {
    const history = found([app]).feed(stoppedByHand('app'), inspectedAs('app', { runState: 'exited' }));
    history.feed(restartFailed('app', { isSkipped: true, reason: 'it is exited by now' }), succeeded());
    expect(waves(history.feed(minutes(1)))).toEqual([['app']]);
  });

  it.each<{ given: string; shown: Steps }>([
    { given: 'runs', shown: [] },
    {
      given: 'our own restart has left stopped',
      shown: [
        restartBegun('app'),
        killed('app'),
        died('app'),
        inspectedAs('app', { runState: 'exited', error: JOIN_ERROR }),
      ],
    },
  ])('does not re-create a dependent that $given if AUTO_RECREATE is off', ({ shown }) => {
    const anew = gatewayFacts({ id: idOf('gluetun anew') });
    const history = found([app], { settings: { autoRecreate: false } });
    history.feed(...shown, restartFailed('app'), succeeded(), died('gluetun'), destroyed('gluetun'));
    history.feed(created('gluetun', { id: anew.id }), inspected(anew), minutes(2));
    history.expectGateway('ready').expectLine(/^AUTO_RECREATE is off: app must be re-created by hand/);
    history.expectNoLine(/needs no restart/);
    expect(waves(history)).toEqual([['app']]);
  });

  it('reports the outcome of the current act, not that the dependent became fresh before', () => {
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

  it('is dropped if the dependent becomes fresh while others are being repaired', () => {
    const history = found([app]).feed(restartFailed('app'), succeeded());
    history.feed(listedAgain(onGateway('late', { runState: 'exited', error: JOIN_ERROR })));
    history.feed(listedAgain(onGateway('app', { startedAt: 9_000 })));
    history.expectLine(/^app needs no restart any more$/, 'info');
    expect(waves(history)).toEqual([['app'], ['late']]);
  });
});

describe('a dependent on the network of another one that', () => {
  const mid = onGateway('mid');
  const loops = (times: number): Steps =>
    Array.from({ length: times }, () => [died('mid', 1), started('mid'), inspectedAs('mid')]).flat();

  it('is paused waits until that one is resumed', () => {
    const far = facts('far', { on: 'mid', startedAt: 2_000 });
    const history = found([onGateway('mid', { startedAt: 6_000, runState: 'paused' }), far]).expectNoAct();
    history.expectLine(/^far waits for mid, whose network it shares$/);
    expect(waves(history.feed(unpaused('mid')))).toEqual([['far']]);
  });

  it.each<{ given: string; times: number; startedAt: number; then: string[][] }>([
    {
      given: 'keeps restarting is left alone if it started after the gateway',
      times: 3,
      startedAt: 3_000,
      then: [],
    },
    { given: 'has restarted once is restarted', times: 1, startedAt: 3_000, then: [['far']] },
    {
      given: 'keeps restarting is restarted if it started before the gateway',
      times: 3,
      startedAt: 900,
      then: [['far']],
    },
    {
      given: 'keeps restarting is restarted if it started at the same time as the gateway',
      times: 3,
      startedAt: 1_000,
      then: [['far']],
    },
  ])('$given', ({ times, startedAt, then }) => {
    const history = settled([mid]).feed(...loops(times), listedAgain(facts('far', { on: 'mid', startedAt })));
    expect(waves(history)).toEqual(then);
  });

  it('keeps restarting is restarted in a recovery if its own start is unknown', () => {
    const far = facts('far', { on: 'mid', inspected: false });
    const history = settled([mid]).feed(...loops(3), listedAgain(far));
    history.feed(seconds(30), checkFailed(), seconds(10), checkFailed(), seconds(1));
    history.feed(restartMessages('gluetun'), inspectedAs('gluetun', { health: 'healthy' }), succeeded());
    history.feed(endpointRead('203.0.113.7'), checkPassed(), listedAgain());
    history.feed(restartEnded('mid'), succeeded());
    expect(waves(history)).toEqual([['mid'], ['far']]);
  });
});

describe('the line that all dependents are on the network', () => {
  const all = /^All dependent containers are on the network of gluetun$/;

  it('is logged after the last wave, not before', () => {
    const history = found([app])
      .feed(restartEnded('app'))
      .expectNoLine(/^All dependent/);
    history.feed(succeeded()).expectLine(all, 'info');
  });

  it('is not logged if one must be re-created by hand', () => {
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
    { given: 'was stopped', event: [] },
    { given: 'was removed', event: [destroyed('gluetun')] },
  ])('is not logged if the gateway $given together with the last dependent', ({ event }) => {
    const history = found([app]).feed(stoppedByHand('app'), stoppedByHand('gluetun'), destroyed('app'));
    history.feed(restartFailed('app', { gone: true }), ...event, succeeded()).expectNoLine(/^All dependent/);
  });
});

describe('a dry run', () => {
  it('logs each repair only once', () => {
    const history = found([app], { settings: { dryRun: true } }).feed(endpointRead('203.0.113.1'));
    history.expectLine(/^\[DRY-RUN\] Restarting app\.\.\.$/).forget();
    expect(history.feed(seconds(40)).lines).toEqual([]);
  });
});
