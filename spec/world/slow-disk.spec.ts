import { World } from './world.ts';

/** The longest that an act waits for the disk. */
const DISK_MS = 2_000;

describe('a disk that is slow to write the state', () => {
  let world: World;
  beforeEach(() => {
    world = new World().populate().startMonitor().pass(60_000);
    world.diskTakesMs = DISK_MS;
  });
  afterEach(() => world.end());

  it('delays a recovery only by one write for each act and each restart', () => {
    world.standIn.breakTunnel();
    world.untilSaid(/^Health check failed/);
    const begunAt = world.now;
    world.untilSaid(/^Recovery complete/, 60_000);
    expect(world.cutOff()).toEqual([]);
    // One for the gateway, and two for the waves of dependents.
    expect(world.now - begunAt).toBeLessThan(30_000 + 5 * DISK_MS);
  });

  it('does not lead to a restart of a gateway that its operator stopped meanwhile', () => {
    world.standIn.breakTunnel();
    world.untilSaid(/^Restarting gluetun/);
    world.engine.stop('gluetun');
    world.pass(60_000);
    expect(world.client.written).toEqual([]);
    expect(world.engine.get('gluetun').status).toBe('exited');
  });

  it('does not lead to a restart of a dependent if the monitor was asked to end meanwhile', () => {
    world.standIn.breakTunnel();
    world.untilSaid(/^Restarting app1/);
    world.shutDownMonitor();
    world.pass(20_000);
    expect(world.client.written).not.toContain('restart app1');
  });

  it('does not lead to a restart of a dependent that its operator stopped meanwhile', () => {
    world.standIn.breakTunnel();
    world.untilSaid(/^Restarting app1/);
    world.engine.stop('app1');
    world.pass(60_000);
    expect(world.client.written).not.toContain('restart app1');
    expect(world.engine.get('app1').status).toBe('exited');
  });
});
