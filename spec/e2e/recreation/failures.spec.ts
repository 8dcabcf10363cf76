import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parkedName } from '../../../src/model/parked.ts';
import { describeOnEngine } from '../engine.ts';
import type { MonitorProcess } from '../monitor.ts';
import { TestContainer, isOnLiveNetwork } from '../stand-in/container.ts';
import { createDependent, findContainer } from '../stand-in/dependent.ts';
import { type Gateway, createGateway } from '../stand-in/gateway.ts';
import { DEPENDENT_IMAGE } from '../stand-in/images.ts';
import { differences } from './difference.ts';
import { EngineRelay } from './engine-relay.ts';
import { containerNames, stateThatKnows, volumeNames } from './world.ts';
import { type Environment, useScenario } from '../scenario.ts';

describeOnEngine('a re-creation that fails', (engine) => {
  const { startWatching } = useScenario(engine);
  let source: string;
  let relay: EngineRelay;
  let gateway: Gateway;
  let app: TestContainer;

  beforeAll(async () => {
    source = join(engine.folder, 'source');
    relay = await EngineRelay.open(engine);
  });
  afterAll(async () => relay.close());
  beforeEach(async () => {
    relay.refuses = () => false;
    await mkdir(source, { recursive: true });
    gateway = await createGateway(engine, { name: 'gluetun' });
    // At a folder that exists in the image: otherwise a file could be bound there as well.
    const mounts = [{ Type: 'bind', Source: source, Target: '/tmp' } as const];
    app = await createDependent(engine, { name: 'app', network: gateway.id, mounts });
  });

  const watch = async (env: Environment = {}): Promise<MonitorProcess> => {
    return startWatching({ LOG_LEVEL: 'debug', DOCKER_HOST: relay.dockerHost, ...env });
  };

  const expectDone = async (monitor: MonitorProcess): Promise<void> => {
    await monitor.waitForLine(/app re-created successfully/, 30_000);
    const young = await findContainer(engine, 'app');
    expect(young.id).not.toBe(app.id);
    await expect(isOnLiveNetwork(young, gateway)).resolves.toBe(true);
    await expect(containerNames(engine)).resolves.toEqual(['app', 'gluetun']);
  };

  it('because the container cannot be created leaves the orphan running, and is retried with growing delays', async () => {
    const monitor = await watch();
    const before = await app.inspect();
    relay.refuses = ({ what }) => what === 'POST /containers/create';
    gateway = await gateway.recreate();
    await monitor.waitForLine(/\[ERROR\] Re-creating app failed: refused by the relay; trying again in 5s/);
    expect(differences(before, await app.inspect())).toEqual([]);
    await monitor.waitForLine(/\[DEBUG\] Re-creating app failed: refused by the relay; trying again in 10s/);
    expect(differences(before, await app.inspect())).toEqual([]);
    relay.refuses = () => false;
    await expectDone(monitor);
    expect(monitor.linesMatching(/\[ERROR\]/)).toHaveLength(1);
  });

  it('because the engine refuses it leaves the orphan running until the engine accepts it', async () => {
    const monitor = await watch();
    const before = await app.inspect();
    await rename(source, `${source}-away`);
    gateway = await gateway.recreate();
    await monitor.waitForLine(
      /Re-creating app failed: .*bind source path does not exist.*; trying again in 5s/,
    );
    expect(differences(before, await app.inspect())).toEqual([]);
    await rename(`${source}-away`, source);
    await expectDone(monitor);
  });

  it('because the new container does not start gives the orphan its name back, and is retried', async () => {
    const monitor = await watch();
    const volumes = await volumeNames(engine);
    await rm(source, { recursive: true });
    await writeFile(source, 'a file can be bound, but not onto a folder');
    gateway = await gateway.recreate();
    await monitor.waitForLine(/Re-creating app failed: .*; trying again in 5s/);
    await expect(findContainer(engine, 'app')).resolves.toMatchObject({ id: app.id });
    await expect(containerNames(engine)).resolves.toEqual(['app', 'gluetun']);
    await rm(source);
    await mkdir(source);
    await expectDone(monitor);
    await expect(volumeNames(engine)).resolves.toEqual(volumes);
  });

  it('because an unrelated container that never ran has its name touches neither until the conflict is resolved', async () => {
    const STATE_FILE = await stateThatKnows(engine, gateway.id);
    gateway = await gateway.recreate();
    const parked = parkedName('app', 'gluetun', app.id);
    await app.rename(parked);
    const { id } = await engine.docker.createContainer({
      name: 'app',
      Image: DEPENDENT_IMAGE,
      Labels: { ...engine.labels },
      HostConfig: { NetworkMode: 'none' },
    });
    const taker = new TestContainer(engine, id, 'app');
    const before = [await app.inspect(), await taker.inspect()];
    const monitor = await watch({ STATE_FILE });
    await monitor.waitForLine(
      new RegExp(`\\[ERROR\\] .*${parked} waits to be app again, but another container has that name`),
    );
    await monitor.waitForLine(/\[DEBUG\] .*waits to be app again/, 30_000);
    expect(differences(before[0] ?? {}, await app.inspect())).toEqual([]);
    expect(differences(before[1] ?? {}, await taker.inspect())).toEqual([]);
    await taker.remove();
    await expectDone(monitor);
  });
});
