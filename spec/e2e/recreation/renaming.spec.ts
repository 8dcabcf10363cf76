import { parkedName } from '../../../src/parked.ts';
import { describeOnEngine } from '../engine.ts';
import { type MonitorProcess, useMonitors } from '../monitor.ts';
import { SITES } from '../setting.ts';
import { type TestContainer, isOnLiveNetwork } from '../stand-in/container.ts';
import { createDependent, findContainer } from '../stand-in/dependent.ts';
import { type Gateway, createGateway } from '../stand-in/gateway.ts';
import { buildImages } from '../stand-in/images.ts';
import { removeContainers } from '../test-engine.ts';
import { EngineRelay } from './engine-relay.ts';
import { containerNames } from './world.ts';

describeOnEngine('an orphan that its operator renames while another one is created anew', (engine) => {
  const startMonitor = useMonitors(engine);
  let relay: EngineRelay;
  let gateway: Gateway;
  let first: TestContainer;
  let later: TestContainer;

  beforeAll(async () => {
    await buildImages(engine);
    relay = await EngineRelay.open(engine);
  });
  afterAll(async () => relay.close());
  beforeEach(async () => {
    gateway = await createGateway(engine, { name: 'gluetun' });
    first = await createDependent(engine, { name: 'first', network: gateway.id });
    later = await createDependent(engine, { name: 'later', network: gateway.id });
  });
  afterEach(async () => removeContainers(engine));

  const watch = async (): Promise<MonitorProcess> =>
    startMonitor({ env: { SITES, RESTART_CONCURRENCY: '1', DOCKER_HOST: relay.dockerHost } });

  /** Once the first one's turn has come; `meanwhile`: what else its operator does before that one's is over. */
  const renamed = async (meanwhile?: () => Promise<void>): Promise<MonitorProcess> => {
    const monitor = await watch();
    await monitor.waitForLine(/Status: STARTUP/);
    const held = relay.hold(1, 'before');
    gateway = await gateway.recreate();
    expect((await held.reached).query['name']).toMatch(/^first\.orphan-of-/);
    await later.rename('later2');
    await meanwhile?.();
    held.release();
    return monitor;
  };

  const expectBack = async (monitor: MonitorProcess): Promise<void> => {
    await monitor.waitForLine(/later is left alone: it is called later2 by now/, 30_000);
    await monitor.waitForLine(/later2 re-created successfully/, 30_000);
    const young = await findContainer(engine, 'later2');
    expect(young.id).not.toBe(later.id);
    await expect(isOnLiveNetwork(young, gateway)).resolves.toBe(true);
  };

  it('keeps the name that it was given', async () => {
    await expectBack(await renamed());
    await expect(containerNames(engine)).resolves.toEqual(['first', 'gluetun', 'later2']);
  });

  it('keeps it also where its old one has gone to somebody else, who is not touched', async () => {
    let taker: TestContainer | undefined;
    const monitor = await renamed(async () => {
      taker = await createDependent(engine, { name: 'later', network: gateway.id });
    });
    await expectBack(monitor);
    await expect(containerNames(engine)).resolves.toEqual(['first', 'gluetun', 'later', 'later2']);
    await expect(findContainer(engine, 'later')).resolves.toMatchObject({ id: taker?.id });
  });

  it('is not taken for its own replacement where it was parked and gets its name back', async () => {
    gateway = await gateway.recreate();
    for (const one of [first, later]) await one.rename(parkedName(one.name, 'gluetun', one.id));
    const held = relay.hold(1, 'before');
    const monitor = await watch();
    expect((await held.reached).query).toEqual({ name: 'first' });
    await later.rename('later');
    held.release();
    await monitor.waitForLine(/later: it has its own name again/, 30_000);
    await monitor.waitForLine(/All dependent containers are on the network of gluetun/, 45_000);
    await expect(containerNames(engine)).resolves.toEqual(['first', 'gluetun', 'later']);
    await expect(isOnLiveNetwork(await findContainer(engine, 'later'), gateway)).resolves.toBe(true);
  });
});
