import type { ContainerSpec } from '../simulated-engine/create-request.ts';
import { World, type WorldOptions } from './world.ts';

/** Regressions: in each case a container once stayed cut off, was lost, or was not ours to touch. */
describe('during a repair,', () => {
  let world: World;
  afterEach(() => world.end());
  const running = (options: WorldOptions = {}, dependents?: readonly ContainerSpec[]): World =>
    (world = new World(options).populate(dependents).startMonitor().pass(70_000));
  const writesTo = (name: string): readonly string[] =>
    world.client.written.filter((call) => call.split(' ')[1] === name);
  const names = (): readonly string[] => world.engine.containers.map(({ name }) => name).sort();
  const areLive = (...which: readonly string[]): boolean =>
    which.every((name) => world.engine.isOnLiveNetwork(name));

  it('no dependent stays cut off if the gateway is restarted twice in quick succession, at any interval', () => {
    for (let offsetMs = 700; offsetMs < 1_300; offsetMs += 50) {
      world = new World().populate().startMonitor().pass(70_000);
      world.engine.restart('gluetun');
      world.pass(offsetMs).engine.restart('gluetun');
      world.pass(120_000);
      expect([offsetMs, world.cutOff(), areLive('app1', 'app2', 'app3')]).toEqual([offsetMs, [], true]);
      world.dispose();
    }
  });

  it('a dependent is left alone if the container it joined through is stopped by hand, as its network is still live', () => {
    running();
    world.engine.stop('app1');
    world.pass(600_000);
    expect(world.client.written).toEqual([]);
    expect(areLive('app2')).toBe(true);
  });

  it('a dependent waits if the container it joined through was stopped by hand, and is repaired once that runs', () => {
    running();
    world.engine.stop('app1');
    world.pass(15_000).engine.restart('gluetun');
    world.untilSaid(/^app2 waits for app1, whose network it shares$/);
    world.pass(600_000);
    expect(writesTo('app2')).toEqual([]);
    world.engine.start('app1');
    world.until(() => areLive('app1', 'app2', 'app3'));
    expect(world.said(/^app2 restarted successfully$/)).toHaveLength(1);
  });

  it('the dependents of a renamed gateway are put back after its restart', () => {
    running();
    world.engine.rename('gluetun', 'vpn');
    world.pass(1_000).engine.restart('vpn');
    world.until(() => world.client.written.length === 3 && areLive('app1', 'app2', 'app3'));
    expect(world.cutOff()).toEqual([]);
  });

  it("an operator's stop is not undone even if its events were lost", () => {
    running();
    world.engine.events.loses = ({ action }) => action === 'kill' || action === 'stop';
    world.engine.stop('gluetun');
    world.pass(600_000);
    expect(world.client.written).toEqual([]);
  });

  describe('while an orphan is re-created,', () => {
    const APP: ContainerSpec = {
      name: 'app',
      networkMode: 'container:gluetun',
      restartPolicy: 'unless-stopped',
    };
    const parked = (): string => names().find((name) => name.startsWith('app.orphan-of-')) ?? 'none';
    const recreating = (): World => running({}, [APP]);

    it('a container that somebody else creates under its name is not removed', () => {
      recreating();
      let theirs = '';
      world.client.beforeWrite = (call) => {
        if (call === 'create app' && theirs === '') theirs = world.engine.create(APP).id;
      };
      world
        .recreateGateway()
        .until(() => theirs !== '')
        .pass(120_000);
      expect(world.engine.get('app').id).toBe(theirs);
    });

    it('the new container is started if somebody removes the old one', () => {
      recreating();
      world.client.beforeWrite = (call) => {
        if (call.startsWith('stop app.orphan')) world.engine.remove(parked(), { force: true });
      };
      world.recreateGateway().until(() => names().includes('app') && areLive('app'), 120_000);
      expect(names()).toEqual(['app', 'gluetun']);
    });

    it('nothing is done if its operator stops it before the first step', () => {
      recreating();
      world.client.failNext(/^inspectImage/, 'busy');
      world.recreateGateway().untilSaid(/^Re-creating app failed: busy/);
      world.engine.stop('app');
      world.pass(600_000);
      expect(world.client.written).toEqual([]);
      expect(world.engine.get('app').state.running).toBe(false);
    });

    it('the re-creation is finished even if the gateway is renamed', () => {
      recreating();
      world.client.afterWrite = (call) => {
        if (call.startsWith('stop app.orphan')) world.killMonitor();
      };
      world
        .recreateGateway()
        .until(() => parked() !== 'none')
        .pass(30_000);
      world.client.afterWrite = undefined;
      world.engine.rename('gluetun', 'vpn');
      world.startMonitor().until(() => names().join() === 'app,vpn' && areLive('app'), 300_000);
      expect(world.said(/^app re-created successfully$/)).toHaveLength(1);
    });
  });
});
