import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { describeOnEngine } from './engine.ts';
import { eventually } from './eventually.ts';
import { type MonitorProcess, useMonitors } from './monitor.ts';
import { unexpectedDifferences } from './recreation/difference.ts';
import { EngineRelay, type Moment } from './recreation/engine-relay.ts';
import { checksums, containerNames, fill, volumeNames } from './recreation/world.ts';
import { SITES } from './setting.ts';
import { isOnLiveNetwork } from './stand-in/container.ts';
import { createDependent, findContainer } from './stand-in/dependent.ts';
import { type Gateway, createGateway } from './stand-in/gateway.ts';
import { buildImages } from './stand-in/images.ts';
import { removeContainers } from './test-engine.ts';

const PLACES = ['/data', '/library', '/anonymous'];

/** Of one re-creation; there are two, for `far` has joined `near`. */
const STEPS = [
  'POST /containers/{id}/rename',
  'POST /containers/create',
  'POST /containers/{id}/stop',
  'POST /containers/{id}/start',
  'DELETE /containers/{id}',
];
const ALL_STEPS = [...STEPS, ...STEPS];

const INSTANTS = (['before', 'after'] as const).flatMap((moment) =>
  ALL_STEPS.map((step, index) => ({ moment, number: index + 1, step, of: index < 5 ? 'near' : 'far' })),
);

interface Known {
  readonly inspection: Docker.ContainerInspectInfo;
  readonly checksums: string;
}

/** What must not be lost, as it was at first: it is created anew again and again. */
interface World {
  gateway: Gateway;
  readonly stateFile: string;
  readonly volumes: readonly string[];
  readonly dependents: ReadonlyMap<string, Known>;
}

describeOnEngine('a monitor that is killed while it re-creates', (engine) => {
  const startMonitor = useMonitors(engine);
  let relay: EngineRelay;
  let world: World | undefined;

  beforeAll(async () => {
    await buildImages(engine);
    relay = await EngineRelay.open(engine);
  });
  afterAll(async () => relay.close());

  const createWorld = async (): Promise<World> => {
    await removeContainers(engine);
    const gateway = await createGateway(engine, { name: 'gluetun' });
    const dependents = new Map<string, Known>();
    for (const name of ['near', 'far']) {
      const network = name === 'near' ? gateway.id : 'near';
      const binds = [`library-of-${name}:/library`, '/anonymous'];
      const container = await createDependent(engine, { name, network, binds });
      await fill(engine, name, PLACES);
      const inspection = await container.inspect();
      dependents.set(name, { inspection, checksums: await checksums(engine, name, PLACES) });
    }
    const stateFile = join(await mkdtemp(join(engine.folder, 'state-')), 'state.json');
    await (await watch(stateFile)).stop();
    return { gateway, stateFile, volumes: await volumeNames(engine), dependents };
  };

  const watch = async (stateFile: string, dockerHost = engine.dockerHost): Promise<MonitorProcess> => {
    const monitor = await startMonitor({
      env: { SITES, STATE_FILE: stateFile, DOCKER_HOST: dockerHost, LOG_LEVEL: 'debug' },
    });
    await monitor.waitForLine(/Dependent containers \(auto-discovery\)/);
    return monitor;
  };

  /** A world whose gateway has been created anew while nobody watched; another one after a test that failed. */
  const orphaned = async (): Promise<World> => {
    const orphans = world ?? (await createWorld());
    world = undefined;
    orphans.gateway = await orphans.gateway.recreate();
    return orphans;
  };

  const expectEachToExist = async (): Promise<void> => {
    const names = await containerNames(engine);
    for (const name of ['near', 'far']) {
      const found = names.filter((one) => one === name || one.startsWith(`${name}.orphan-of-gluetun-`));
      const containers = await Promise.all(found.map(async (one) => findContainer(engine, one)));
      expect(containers).not.toEqual([]);
    }
  };

  const expectWhole = async (orphans: World): Promise<void> => {
    await untilWhole(orphans);
    await expect(volumeNames(engine)).resolves.toEqual(orphans.volumes);
    for (const [name, known] of orphans.dependents) {
      const container = await findContainer(engine, name);
      expect(unexpectedDifferences(known.inspection, await container.inspect())).toEqual([]);
      await expect(checksums(engine, name, PLACES)).resolves.toBe(known.checksums);
    }
    world = orphans;
  };

  const untilWhole = async (orphans: World): Promise<boolean> =>
    eventually('all is whole', async () => isWhole(orphans), 40_000, 50);

  const isWhole = async ({ gateway }: World): Promise<boolean> => {
    const names = await containerNames(engine);
    if (names.join() !== 'far,gluetun,near') return false;
    const dependents = await Promise.all(['near', 'far'].map(async (name) => findContainer(engine, name)));
    const isLive = await Promise.all(dependents.map(async (one) => isOnLiveNetwork(one, gateway)));
    return isLive.every(Boolean);
  };

  it('would have made these calls', async () => {
    const orphans = await orphaned();
    await watch(orphans.stateFile, relay.dockerHost);
    await expectWhole(orphans);
    expect(relay.writes.map(({ what }) => what)).toEqual(ALL_STEPS);
  });

  it.each(INSTANTS)(
    '$moment call $number, $step of $of, leaves nothing that the next does not finish',
    async ({ moment, number }) => {
      const orphans = await orphaned();
      await killAt(orphans, number, moment);
      await expectEachToExist();
      const next = await watch(orphans.stateFile);
      await expectWhole(orphans);
      expect(next.linesMatching(/\[ERROR\]/)).toEqual([]);
    },
  );

  const killAt = async (orphans: World, number: number, moment: Moment): Promise<void> => {
    const held = relay.hold(number, moment);
    const monitor = await watch(orphans.stateFile, relay.dockerHost);
    // One that has fewer calls to make has come to the end of its work.
    await Promise.race([held.reached, untilWhole(orphans)]);
    await monitor.stop('SIGKILL');
    held.release();
  };

  it.each([1, 2, 3])('after %i calls of each of six lives never loses anybody', async (calls) => {
    const orphans = await orphaned();
    for (let life = 1; life <= 6; life += 1) {
      await killAt(orphans, calls, 'after');
      await expectEachToExist();
    }
    await watch(orphans.stateFile);
    await expectWhole(orphans);
  });
});
