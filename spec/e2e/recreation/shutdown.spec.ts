import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { describeOnEngine } from '../engine.ts';
import type { MonitorProcess } from '../monitor.ts';
import { SITES } from '../setting.ts';
import { type TestContainer, isOnLiveNetwork } from '../stand-in/container.ts';
import { type DependentOptions, createDependent, findContainer } from '../stand-in/dependent.ts';
import { type Gateway, createGateway } from '../stand-in/gateway.ts';
import { differences } from './difference.ts';
import { EngineRelay } from './engine-relay.ts';
import { checksums, containerNames, fill } from './world.ts';
import { useEvents, useScenario } from '../scenario.ts';

const PLACES = ['/data', '/library'];

/** The engine's grace period before it kills. */
const GRACE_MS = 10_000;

describeOnEngine('SIGTERM during a re-creation', (engine) => {
  const { startMonitor } = useScenario(engine);
  let relay: EngineRelay;
  const events = useEvents(engine);
  let stateFile: string;
  let gateway: Gateway;
  let app: TestContainer;
  let content: string;

  beforeAll(async () => {
    relay = await EngineRelay.open(engine);
  });
  afterAll(async () => relay.close());
  beforeEach(async () => {
    stateFile = join(await mkdtemp(join(engine.folder, 'state-')), 'state.json');
    gateway = await createGateway(engine, { name: 'gluetun' });
  });

  const createApp = async (options: Partial<DependentOptions> = {}): Promise<void> => {
    app = await createDependent(engine, {
      name: 'app',
      network: gateway.id,
      binds: ['library:/library'],
      ...options,
    });
    await fill(engine, 'app', PLACES);
    content = await checksums(engine, 'app', PLACES);
  };

  const watch = async (): Promise<MonitorProcess> => {
    const monitor = await startMonitor({
      env: { SITES, STATE_FILE: stateFile, DOCKER_HOST: relay.dockerHost, LOG_LEVEL: 'debug' },
    });
    await monitor.waitForLine(/Dependent containers \(auto-discovery\): app/);
    return monitor;
  };

  const orphanApp = async (): Promise<void> => {
    await (await watch()).stop();
    gateway = await gateway.recreate();
  };

  const expectFinishedBy = async (monitor: MonitorProcess): Promise<void> => {
    await monitor.waitForLine(/app re-created successfully/, 40_000);
    const young = await findContainer(engine, 'app');
    expect(young.id).not.toBe(app.id);
    await expect(isOnLiveNetwork(young, gateway)).resolves.toBe(true);
    await expect(containerNames(engine)).resolves.toEqual(['app', 'gluetun']);
    await expect(checksums(engine, 'app', PLACES)).resolves.toBe(content);
    const [died] = events.of(app.id).filter(({ action }) => action === 'die');
    const [started] = events.of(young.id).filter(({ action }) => action === 'start');
    expect(died && started && died.engineTimeMs < started.engineTimeMs).toBe(true);
  };

  it('logs where the orphan is parked if it takes too long to stop, and the next monitor finishes it', async () => {
    await createApp({ ignoresTerm: true, stopTimeoutSeconds: 15 });
    await orphanApp();
    const stop = relay.hold(3, 'before');
    const monitor = await watch();
    await expect(stop.reached).resolves.toMatchObject({ what: 'POST /containers/{id}/stop' });
    stop.release();
    const { code, tookMs } = await monitor.stop();
    expect({ code, isInTime: tookMs < GRACE_MS }).toEqual({ code: 0, isInTime: true });
    const { text } = await monitor.waitForLine(/\[WARN\] app is still being re-created: it waits as/);
    const [, parkedAs = ''] =
      / waits as (app\.orphan-of-gluetun-[0-9a-f]{12}) until a monitor/.exec(text) ?? [];
    await expect(findContainer(engine, parkedAs)).resolves.toMatchObject({ id: app.id });
    await expectFinishedBy(await watch());
  });

  it('lets the re-creation finish if the orphan stops in time', async () => {
    await createApp();
    await orphanApp();
    const stop = relay.hold(3, 'before');
    const monitor = await watch();
    await stop.reached;
    monitor.kill('SIGTERM');
    await monitor.waitForLine(/Received shutdown signal/);
    stop.release();
    await expect(monitor.exit).resolves.toMatchObject({ code: 0 });
    await expectFinishedBy(monitor);
  });

  it.each([
    { call: 1, moment: 'after', what: 'after it has been parked' },
    { call: 2, moment: 'after', what: 'after its replacement has been created' },
  ] as const)('before the orphan is stopped undoes everything: $what', async ({ call, moment }) => {
    await createApp();
    await orphanApp();
    const before = await app.inspect();
    const held = relay.hold(call, moment);
    const monitor = await watch();
    await held.reached;
    monitor.kill('SIGTERM');
    await monitor.waitForLine(/Received shutdown signal/);
    held.release();
    await expect(monitor.exit).resolves.toMatchObject({ code: 0 });
    expect(differences(before, await app.inspect())).toEqual([]);
    await expect(containerNames(engine)).resolves.toEqual(['app', 'gluetun']);
    await expectFinishedBy(await watch());
  });
});
