import { CALLS, type EngineCall, RECREATION_CALLS, isOnlyForRecreation } from '../../streams/engine-calls.ts';
import { EngineError } from '../../streams/engine.ts';
import { conditionsOf } from '../../src/notices/conditions.ts';
import { World, type WorldOptions } from './world.ts';

/** A proxy in front of the engine that lets everything through but what is named. */
class WorldBehindProxy extends World {
  constructor(forbidden: readonly EngineCall[], options: WorldOptions = {}) {
    super(options);
    this.forbid(...forbidden);
  }

  forbid(...forbidden: readonly EngineCall[]): void {
    const words = forbidden.map((call): string => CLIENTS_WORDS[call] ?? call);
    this.client.disturb = (call) =>
      words.includes(call.split(' ')[0] ?? '')
        ? { error: new EngineError('it is forbidden (HTTP 403)', 403) }
        : undefined;
  }

  /** As over TCP, unless told otherwise. */
  override startMonitor(rehearses = true): this {
    return this.beginMonitor({ rehearses }).pass(2_000);
  }
}

const CLIENTS_WORDS: Partial<Record<EngineCall, string>> = { openEvents: 'events', followLog: 'logs' };
const escaped = (text: string): string => text.replace(/[{}]/g, '\\$&');

describe('behind a proxy that forbids', () => {
  let world: WorldBehindProxy;
  afterEach(() => world.end());

  const behind = (...forbidden: readonly EngineCall[]): WorldBehindProxy =>
    (world = new WorldBehindProxy(forbidden).populate().startMonitor().pass(70_000));
  const areLive = (): boolean => ['app1', 'app2', 'app3'].every((name) => world.engine.isOnLiveNetwork(name));
  const saidOf = (call: EngineCall): readonly string[] =>
    world.said(new RegExp(`forbids ${escaped(CALLS[call])} `));
  /** What was done to existing containers. */
  const written = (): readonly string[] =>
    world.client.written.filter((call) => !/ 0{64}| gluetun-monitor-rehearsal/.test(call));

  it.each(Object.keys(CALLS) as EngineCall[])(
    '%s, that is said at the start, once an hour or longer, and it is a condition until it is allowed',
    (call) => {
      behind(call).pass(3_600_000);
      expect(saidOf(call)).toHaveLength(1);
      expect(conditionsOf(world.state).map(({ key }) => key)).toContain(
        `callForbidden ${isOnlyForRecreation(call) ? 'recreation' : call}`,
      );

      world.forbid();
      world.client.cutStreams();
      world.pass(120_000);

      expect(world.said(new RegExp(`^${escaped(CALLS[call])} is allowed again$`))).toHaveLength(1);
      expect(conditionsOf(world.state)).toEqual([]);
    },
  );

  it('all that only a re-creation needs, the loss is said once, and is one condition', () => {
    const calls = RECREATION_CALLS.filter(isOnlyForRecreation);
    behind(...calls).pass(3_600_000);
    expect(world.said(/ forbids /)).toHaveLength(1);
    expect(conditionsOf(world.state)).toMatchObject([
      { key: 'callForbidden recreation', subject: calls.map((call) => CALLS[call]).join(', ') },
    ]);
  });

  it('nothing, nothing of that kind is said, and the rehearsal changes nothing', () => {
    behind().pass(600_000);
    expect(world.said(/forbids|allowed again/)).toEqual([]);
    expect(written()).toEqual([]);
    expect(areLive()).toBe(true);
  });

  it.each(['info', 'openEvents', 'followLog', ...RECREATION_CALLS] as const)(
    '%s, a broken tunnel is still recovered, and the dependents put back',
    (call) => {
      behind(call);
      world.standIn.breakTunnel();
      world.untilSaid(/^Recovery complete/).pass(1_000);
      expect(areLive()).toBe(true);
    },
  );

  it.each(['info', 'openEvents', 'followLog', 'exec', ...RECREATION_CALLS] as const)(
    '%s, dependents are put back after somebody has restarted the gateway',
    (call) => {
      behind(call);
      world.engine.restart('gluetun');
      world.pass(5_000).until(areLive, 90_000);
      expect([...written()].sort()).toEqual(['restart app1', 'restart app2', 'restart app3']);
    },
  );

  it('openEvents, a gateway that was stopped by hand stays stopped', () => {
    behind('openEvents');
    world.engine.stop('gluetun');
    world.pass(600_000);
    expect(written()).toEqual([]);
    expect(world.said(/^gluetun .*standing by until it starts$/)).toEqual([
      'gluetun is not running; standing by until it starts',
    ]);
  });

  it.each(RECREATION_CALLS)('%s, an orphan is not touched at all, and is left to its owner', (call) => {
    behind(call);
    world.recreateGateway().pass(600_000);
    expect(written()).toEqual([]);
    expect(
      world.said(
        /^A proxy .* forbids a part of what a re-creation needs: app1, app3 must be re-created by hand/,
      ),
    ).toHaveLength(1);
  });

  it('create, an orphan is created anew once that is allowed', () => {
    behind('create');
    world.recreateGateway().pass(60_000);
    world.forbid();
    world.client.cutStreams();
    world.until(areLive, 120_000);
    expect(world.said(/re-created successfully/)).not.toEqual([]);
  });

  it('create, a monitor that did not try that before gives an orphan its name back, and does not try again until it may', () => {
    world = new WorldBehindProxy(['create']).populate().startMonitor(false).pass(70_000);
    const { id } = world.engine.get('app1');
    world.recreateGateway().pass(600_000);
    expect(world.engine.get('app1').id).toBe(id);
    expect(world.client.written.filter((call) => call.startsWith('rename app1 '))).toHaveLength(1);
    expect(saidOf('create')).toHaveLength(1);
    world.forbid();
    world.client.cutStreams();
    world.until(areLive, 120_000);
    expect(world.said(/re-created successfully/)).not.toEqual([]);
  });

  it.each(['list', 'inspect'] as const)('%s, nothing is touched', (call) => {
    behind(call);
    world.engine.restart('gluetun');
    world.pass(600_000);
    expect(written()).toEqual([]);
  });

  it('restart, nothing is lost: all is put right once it is allowed', () => {
    behind('restart');
    world.engine.restart('gluetun');
    world.pass(120_000);
    expect(areLive()).toBe(false);
    world.forbid();
    world.until(areLive, 900_000);
    expect(world.said(/restart\S* is allowed again/)).toHaveLength(1);
  });
});

describe('behind a proxy that keeps the messages of the engine back', () => {
  it('that is said, and dependents are put back sooner than by a listing a minute', () => {
    const world = new World().populate().startMonitor().pass(70_000);
    world.client.tell = () => [];
    for (let times = 0; times < 2; times += 1) {
      world.engine.restart('gluetun');
      world.pass(130_000);
    }
    expect(world.said(/^The engine's messages do not arrive/)).toHaveLength(1);
    expect(conditionsOf(world.state).map(({ kind }) => kind)).toEqual(['engineUnheard']);

    world.engine.restart('gluetun');
    world.pass(5_000).until(() => world.cutOff().length === 0, 25_000);
    world.client.tell = () => [0];
    world.engine.restart('app1');
    world.untilSaid(/^The engine's messages arrive again$/, 5_000);
    world.end();
  });
});
