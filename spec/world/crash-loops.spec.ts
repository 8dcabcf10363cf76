import type { ContainerSpec } from '../simulated-engine/create-request.ts';
import { World, dependent } from './world.ts';

const HOUR_MS = 3600_000;

/** Crashes after two seconds, until it is mended. */
class Crashing {
  isMended = false;
  readonly spec: ContainerSpec = {
    ...dependent('app', 'gluetun'),
    workload: {
      started: (host) => {
        if (!this.isMended) host.later(2_000, () => host.exit(1));
      },
    },
  };
}

describe('a dependent that keeps crashing', () => {
  let world: World;
  let app: Crashing;
  const running = (...more: readonly ContainerSpec[]): World => {
    app = new Crashing();
    world = new World().populate([app.spec, ...more]).startMonitor();
    return world;
  };
  afterEach(() => world.end());
  const told = (): readonly string[] => world.said(/^Dependent container (started|stopped)/);

  it('is reported once, and once more when it has run for long enough', () => {
    running().pass(HOUR_MS);
    expect(world.said(/^Dependent container keeps restarting: app has ended 3 times by itself/)).toHaveLength(
      1,
    );
    expect(told().length).toBeLessThanOrEqual(5);
    const before = world.lines.length;
    app.isMended = true;
    world.pass(HOUR_MS);
    expect(world.lines.slice(before).map(({ message }) => message)).toEqual([
      'Dependent container has stopped restarting: app has run for 600s',
    ]);
    expect(world.client.written).toEqual([]);
  });

  it('is reported as stopped if its operator stops it', () => {
    running().pass(HOUR_MS);
    world.engine.stop('app');
    world.pass(HOUR_MS);
    expect(told().at(-1)).toBe('Dependent container stopped: app');
    expect(world.client.written).toEqual([]);
  });

  it('does not cause restarts of the containers on its network', () => {
    running(dependent('app2', 'app')).pass(HOUR_MS);
    expect(world.client.written.length).toBeLessThanOrEqual(3);
    expect(world.engine.isOnLiveNetwork('app2')).toBe(true);
    app.isMended = true;
    world.pass(HOUR_MS);
    expect(world.client.written.length).toBeLessThanOrEqual(4);
    expect(world.cutOff()).toEqual([]);
  });

  it('is reported at each start and stop if its operator restarts it', () => {
    running();
    app.isMended = true;
    world.pass(HOUR_MS);
    const before = told().length;
    for (let time = 0; time < 5; time += 1) {
      world.engine.restart('app');
      world.pass(20_000);
    }
    expect(told()).toHaveLength(before + 10);
  });
});
