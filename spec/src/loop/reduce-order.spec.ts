import { lineOf } from '../../../src/notices/wording.ts';
import { initialState } from '../../../src/loop/initial-state.ts';
import { reduce } from '../../../src/loop/reduce.ts';
import type { Everything, Settings } from '../../../src/model/state.ts';
import { type Transition, combine, to } from '../../../src/model/transition.ts';
import { viewsOf } from '../../../src/model/watches.ts';
import {
  type Happening,
  SETTINGS,
  checkBlind,
  checkFailed,
  checkPassed,
  connected,
  endpointRead,
  facts,
  gatewayFacts,
  inspectedAs,
  listed,
  minutes,
  onGateway,
  restartMessages,
  seconds,
  site,
  started,
  succeeded,
  turned,
} from '../builders.ts';
import { History, type Steps, settled } from '../history.ts';

const app = onGateway('app');
const startedAnew: Steps = [started('gluetun'), inspectedAs('gluetun', { health: 'starting' })];
const healthy = turned('gluetun', 'healthy');

/** Of a monitor with nothing but its settings. */
function begun(settings: readonly Partial<Settings>[], ...happenings: readonly Happening[]) {
  const all = initialState(
    settings.map((one) => ({ ...SETTINGS, ...one })),
    [site('a')],
  );
  return happenings.reduce<Transition<Everything>>(
    (soFar, happening, index) =>
      viewsOf(soFar.state)
        .slice(0, 1)
        .flatMap((view) => happening(view, 1_000_000 + index))
        .reduce((now, event) => combine(now, reduce(now.state, event)), soFar),
    to(all),
  );
}

describe('a monitor that starts', () => {
  it.each<{ settings: readonly Partial<Settings>[]; inspect: readonly string[] }>([
    { settings: [{}], inspect: ['gluetun'] },
    { settings: [{ dependents: ['app', 'far'] }], inspect: ['gluetun', 'app', 'far'] },
    {
      settings: [{ dependents: ['app'] }, { gateway: 'inner' }],
      inspect: ['gluetun', 'app', 'inner'],
    },
  ])('requests a listing that inspects the containers in its settings: $inspect', (given) => {
    const { requests: commands } = begun(given.settings, connected());
    expect(commands).toEqual([{ kind: 'listContainers', inspect: given.inspect }]);
  });

  it('assigns each dependent to exactly one gateway', () => {
    const inner = facts('inner', { on: 'gluetun', startedAt: 1_500, health: 'healthy' });
    const { notices } = begun(
      [{}, { gateway: 'inner' }],
      connected(),
      listed(gatewayFacts(), inner, facts('app', { on: 'inner', startedAt: 2_000 })),
    );
    const said = notices
      .map((notice) => lineOf(notice, true).message)
      .filter((message) => message.includes('Dependent'));
    expect(said).toEqual([
      'gluetun: Dependent containers (auto-discovery): inner',
      'inner: Dependent containers (auto-discovery): app',
    ]);
  });

  it('sends no request to a witness if there is none', () => {
    const { requests: commands } = begun([{}], connected(), listed(gatewayFacts()));
    expect(commands.map(({ kind }) => kind)).not.toContain('probeWitness');
    settled().feed(seconds(30), checkFailed(), minutes(2)).expectCommandCount('probeWitness', 0);
  });
});

describe('the next deadline', () => {
  const quick = { settings: { healthyWaitMs: 20_000 } };
  const withoutHealth = settled.bind(undefined, [], {
    ...quick,
    gateway: gatewayFacts({ health: 'none' }),
  });
  const startedWithout: Steps = [started('gluetun'), seconds(5)];

  it('does not exist before the engine answers', () => {
    expect(new History().nextDeadline()).toBeUndefined();
  });

  it('is the end of the time to become ready if the gateway has no health check and cannot be probed', () => {
    const history = withoutHealth();
    const startedAt = history.now;
    history.feed(...startedWithout, checkBlind(), seconds(5)).expectGateway('starting');
    expect(history.nextDeadline()).toBe(startedAt + 20_000);
  });

  it('is the end of the time to become ready for any starting gateway, once', () => {
    const history = withoutHealth().feed(endpointRead('203.0.113.1'));
    const startedAt = history.now;
    history.feed(...startedWithout, checkFailed(), seconds(5));
    expect(history.expectGateway('starting').nextDeadline()).toBe(startedAt + 20_000);
    history
      .feed(seconds(16))
      .expectGateway('starting')
      .expectLine(/^gluetun did not become ready within 20s/);
    expect(history.nextDeadline()).not.toBe(startedAt + 20_000);
  });

  it('is the next check if the gateway is ready but cannot be probed', () => {
    const history = settled([], quick).feed(...startedAnew, healthy);
    const checkedAt = history.now - 1;
    history.feed(endpointRead('203.0.113.1'), checkBlind()).expectGateway('ready');
    expect(history.nextDeadline()).toBe(checkedAt + 30_000);
  });

  it('is the repeated request for a listing that does not arrive during a recovery', () => {
    const history = settled([app])
      .feed(seconds(30), checkFailed(), seconds(10), checkFailed(), seconds(1))
      .feed(restartMessages('gluetun'), inspectedAs('gluetun', { health: 'starting' }), succeeded())
      .feed(seconds(20), healthy, checkPassed(), endpointRead('203.0.113.7'))
      .expectRecovery('listing')
      .forget();
    const askedAt = history.now - 2;
    expect(history.nextDeadline()).toBe(askedAt + 15_000);
    history.feed({ waitMs: askedAt + 15_000 - history.now }).expectCommandCount('listContainers', 1);
  });
});
