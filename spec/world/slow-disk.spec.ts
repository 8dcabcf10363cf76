import { World } from './world.ts';

/** As long as an act ever waits for it. */
const DISK_MS = 2_000;

describe('a disk that is slow to take the state', () => {
  let world: World;
  beforeEach(() => {
    world = new World().populate().startMonitor().pass(60_000);
    world.diskTakesMs = DISK_MS;
  });
  afterEach(() => world.end());

  it('delays a recovery by its time for each act and each restart, and no more', () => {
    world.standIn.breakTunnel();
    world.untilSaid(/^Health check failed/);
    const begunAt = world.now;
    world.untilSaid(/^Recovery complete/, 60_000);
    expect(world.cutOff()).toEqual([]);
    // Of the gateway, and of two waves of dependents.
    expect(world.now - begunAt).toBeLessThan(30_000 + 5 * DISK_MS);
  });

  it('keeps an act from a gateway that its operator has stopped meanwhile', () => {
    world.standIn.breakTunnel();
    world.untilSaid(/^Restarting gluetun/);
    world.engine.stop('gluetun');
    world.pass(60_000);
    expect(world.client.written).toEqual([]);
    expect(world.engine.get('gluetun').status).toBe('exited');
  });

  it('keeps a restart from a dependent if the monitor has been asked to end meanwhile', () => {
    world.standIn.breakTunnel();
    world.untilSaid(/^Restarting app1/);
    world.shutDownMonitor();
    world.pass(20_000);
    expect(world.client.written).not.toContain('restart app1');
  });

  it('keeps a restart from a dependent that its operator has stopped meanwhile', () => {
    world.standIn.breakTunnel();
    world.untilSaid(/^Restarting app1/);
    world.engine.stop('app1');
    world.pass(60_000);
    expect(world.client.written).not.toContain('restart app1');
    expect(world.engine.get('app1').status).toBe('exited');
  });
});
