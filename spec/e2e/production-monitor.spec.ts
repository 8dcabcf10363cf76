import { describeOnEngine } from './engine.ts';
import { EngineEvents } from './engine-events.ts';
import { eventually } from './eventually.ts';
import { buildProductionImage, shippedCapabilities } from './production-image.ts';
import { SITES, type Setting, createSetting, cutOff } from './setting.ts';
import { TestContainer } from './stand-in/container.ts';
import { buildImages } from './stand-in/images.ts';
import { removeContainers } from './test-engine.ts';
import { monitorsSocket } from './way-in.ts';

describeOnEngine('the monitor in its production image', (engine) => {
  let image: string;
  let events: EngineEvents;

  beforeAll(async () => {
    await buildImages(engine);
    image = await buildProductionImage(engine);
    events = await EngineEvents.open(engine);
  });
  afterAll(() => events.close());
  afterEach(async () => removeContainers(engine));

  /** As compose.yaml runs it: read-only, with its capabilities and 64 MB. */
  const runMonitor = async (networkMode = 'none', env: readonly string[] = []): Promise<TestContainer> => {
    const { id } = await engine.docker.createContainer({
      name: 'gluetun-monitor',
      Image: image,
      Labels: { ...engine.labels },
      Env: [`SITES=${SITES}`, 'CHECK_INTERVAL=5', 'LOG_FILE=/logs/gluetun-monitor.log', ...env],
      HostConfig: {
        NetworkMode: networkMode,
        ReadonlyRootfs: true,
        Tmpfs: { '/tmp': '', '/logs': '' },
        CapDrop: ['ALL'],
        CapAdd: [...shippedCapabilities()],
        SecurityOpt: ['no-new-privileges:true'],
        Memory: 64 * 1024 * 1024,
        Binds: [`${monitorsSocket(engine)}:/var/run/docker.sock`],
      },
    });
    const monitor = new TestContainer(engine, id, 'gluetun-monitor');
    await monitor.start();
    return monitor;
  };

  const untilSaid = async (monitor: TestContainer, pattern: RegExp): Promise<void> => {
    await eventually(String(pattern), async () => pattern.test(await monitor.log()), 40_000, 100);
  };

  it('recovers a broken tunnel, is healthy, checks on demand, and stops when told', async () => {
    const setting: Setting = await createSetting(engine);
    const monitor = await runMonitor();
    await untilSaid(monitor, /Status: STARTUP/);
    await setting.gateway.breakTunnel();
    await untilSaid(monitor, /Recovery complete/);
    await expect(cutOff(setting)).resolves.toEqual([]);

    const check = await monitor.exec('gluetun-monitor', 'check');
    expect(check).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('The tunnel works.') as string,
    });
    // The command begins as root, and the socket is the user's that the monitor has become.
    await expect(monitor.exec('gluetun-monitor', 'status')).resolves.toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('All is well.') as string,
    });
    await events.waitFor('health_status: healthy', monitor, 45_000);
    await monitor.stop();
    await expect(monitor.inspect()).resolves.toMatchObject({ State: { ExitCode: 0, OOMKilled: false } });
    await expect(monitor.log()).resolves.toMatch(/Received shutdown signal, exiting\.\.\.\n/);
  });

  it("warns if it is on the gateway's own network, and still recovers the tunnel although its witness does not answer", async () => {
    const setting: Setting = await createSetting(engine);
    const monitor = await runMonitor('container:gluetun', ['WITNESS=tcp://127.0.0.1:1']);
    await untilSaid(
      monitor,
      /WITNESS is not asked, because that would be through the tunnel of gluetun itself/,
    );
    await untilSaid(
      monitor,
      /gluetun-monitor, a monitor, is on the network of gluetun and goes down with it/,
    );
    await untilSaid(monitor, /Status: STARTUP/);
    await setting.gateway.breakTunnel();
    await untilSaid(monitor, /Recovery complete/);
    await expect(cutOff(setting)).resolves.toEqual([]);
  });
});
