import type { ContainerSpec } from '../simulated-engine/create-request.ts';
import { World, type WorldOptions } from './world.ts';

/** What a review of the repairs once found: each was a container that stayed cut off, was lost, or was not ours. */
describe('whatever happens around a repair', () => {
  let world: World;
  afterEach(() => world.end());
  const running = (options: WorldOptions = {}, dependents?: readonly ContainerSpec[]): World =>
    (world = new World(options).populate(dependents).startMonitor().pass(70_000));
  const writesTo = (name: string): readonly string[] =>
    world.client.written.filter((call) => call.split(' ')[1] === name);
  const names = (): readonly string[] => world.engine.containers.map(({ name }) => name).sort();
  const areLive = (...which: readonly string[]): boolean =>
    which.every((name) => world.engine.isOnLiveNetwork(name));

  it('a gateway restarted twice in quick succession strands nobody, whenever the second one comes', () => {
    for (let offsetMs = 700; offsetMs < 1_300; offsetMs += 50) {
      world = new World().populate().startMonitor().pass(70_000);
      world.engine.restart('gluetun');
      world.pass(offsetMs).engine.restart('gluetun');
      world.pass(120_000);
      expect([offsetMs, world.cutOff(), areLive('app1', 'app2', 'app3')]).toEqual([offsetMs, [], true]);
      world.dispose();
    }
  });

  it('a dependent whose middleman is stopped by hand is left alone, for its network lives', () => {
    running();
    world.engine.stop('app1');
    world.pass(600_000);
    expect(world.client.written).toEqual([]);
    expect(areLive('app2')).toBe(true);
  });

  it('a dependent waits for a middleman that its operator has stopped, and is repaired once that runs', () => {
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

  it('a renamed gateway that is restarted has its dependents put back', () => {
    running();
    world.engine.rename('gluetun', 'vpn');
    world.pass(1_000).engine.restart('vpn');
    world.until(() => world.client.written.length === 3 && areLive('app1', 'app2', 'app3'));
    expect(world.cutOff()).toEqual([]);
  });

  it("an operator's stop is not undone though its messages were lost", () => {
    running();
    world.engine.events.loses = ({ action }) => action === 'kill' || action === 'stop';
    world.engine.stop('gluetun');
    world.pass(600_000);
    expect(world.client.written).toEqual([]);
  });

  describe('while an orphan is created anew', () => {
    const APP: ContainerSpec = {
      name: 'app',
      networkMode: 'container:gluetun',
      restartPolicy: 'unless-stopped',
    };
    const parked = (): string => names().find((name) => name.startsWith('app.orphan-of-')) ?? 'none';
    const recreating = (): World => running({}, [APP]);

    it('a container that somebody else has created under its name is not removed', () => {
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

    it('its old self may be removed by somebody: the new one is started', () => {
      recreating();
      world.client.beforeWrite = (call) => {
        if (call.startsWith('stop app.orphan')) world.engine.remove(parked(), { force: true });
      };
      world.recreateGateway().until(() => names().includes('app') && areLive('app'), 120_000);
      expect(names()).toEqual(['app', 'gluetun']);
    });

    it('its operator may stop it before anything is done: then nothing is', () => {
      recreating();
      world.client.failNext(/^inspectImage/, 'busy');
      world.recreateGateway().untilSaid(/^Re-creating app failed: busy/);
      world.engine.stop('app');
      world.pass(600_000);
      expect(world.client.written).toEqual([]);
      expect(world.engine.get('app').state.running).toBe(false);
    });

    it('the gateway may be given another name: who is parked is finished all the same', () => {
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
