import type { ContainerFacts } from '../../../streams/events.ts';
import {
  JOIN_ERROR,
  checkFailed,
  checkPassed,
  compose,
  destroyed,
  died,
  disconnected,
  endpointRead,
  facts,
  failed,
  foundGone,
  happens,
  idOf,
  inspectedAs,
  listedAgain,
  minutes,
  onGateway,
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
import { type History, type Setting, type Steps, settled } from '../history.ts';

/** A recovery has come to its repairs: the first wave is under way. */
const repairing = (containers: readonly ContainerFacts[], setting: Setting = {}): History =>
  settled(containers, setting)
    .feed(seconds(30), checkFailed(), seconds(10), checkFailed(), seconds(1))
    .feed(restartMessages('gluetun'), inspectedAs('gluetun', { health: 'healthy' }), succeeded())
    .feed(endpointRead('203.0.113.7'), checkPassed())
    .forget()
    .feed(listedAgain());

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
    history.expectRecovery('none').expectLine(/^Recovery complete/);
  });

  it('are not over while it is not known yet how the owner of the next one has started', () => {
    const history = repairing([app, facts('far', { on: 'app', startedAt: 2_000 })]);
    history.feed(restartEnded('app'), started('app'), succeeded()).expectRecovery('repairing');
    history.feed(inspectedAs('app'));
    expect(waves(history)).toEqual([['app'], ['far']]);
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
        restartFailed('app', { untouched: true, reason: 'gluetun has stopped or started anew meanwhile' }),
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
      event: [checkFailed(), seconds(4.5), checkFailed()],
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

  it.each<{ given: string; event: Steps; says?: RegExp }>([
    {
      given: 'somebody else healed it',
      event: [restartMessages('app'), inspectedAs('app')],
      says: /^app needs no restart any more$/,
    },
    {
      given: 'its operator stopped it',
      event: [stoppedByHand('app'), inspectedAs('app', { runState: 'exited' })],
    },
    { given: 'it is gone', event: [destroyed('app')] },
  ])('is not tried again where $given', ({ event, says }) => {
    const history = repairing([app])
      .feed(restartFailed('app'), succeeded())
      .forget()
      .feed(seconds(1), ...event);
    expect(history.state.repairs.pending).toEqual({});
    if (says !== undefined) history.expectLine(says);
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
      .feed(restartFailed('app', { untouched: true }), succeeded())
      .forget();
    history.feed(seconds(4)).expectNoAct().feed(seconds(2)).expectActs('repairDependents');
  });
});
