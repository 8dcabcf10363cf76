import { parkedName } from '../../../src/model/parked.ts';
import { describeOnEngine } from '../engine.ts';
import type { MonitorProcess } from '../monitor.ts';
import { SITES } from '../setting.ts';
import { type TestContainer, isOnLiveNetwork } from '../stand-in/container.ts';
import { createDependent, findContainer } from '../stand-in/dependent.ts';
import { type Gateway, createGateway } from '../stand-in/gateway.ts';
import { EngineRelay, type Held } from './engine-relay.ts';
import { containerNames, stateThatKnows } from './world.ts';
import { type Environment, useScenario } from '../scenario.ts';

describeOnEngine('an orphan that its operator renames while another one is re-created', (engine) => {
  const { startMonitor } = useScenario(engine);
  let relay: EngineRelay;
  let gateway: Gateway;
  let first: TestContainer;
  let later: TestContainer;

  beforeAll(async () => {
    relay = await EngineRelay.open(engine);
  });
  afterAll(async () => relay.close());
  beforeEach(async () => {
    gateway = await createGateway(engine, { name: 'gluetun' });
    first = await createDependent(engine, { name: 'one', network: gateway.id });
    later = await createDependent(engine, { name: 'other', network: gateway.id });
  });

  const watch = async (env: Environment = {}): Promise<MonitorProcess> =>
    startMonitor({ env: { SITES, RESTART_CONCURRENCY: '1', DOCKER_HOST: relay.dockerHost, ...env } });

  /** The order is that of the engine's list. */
  const letWait = async (held: Held): Promise<void> => {
    const { query } = await held.reached;
    if (query['name']?.startsWith(later.name) === true) [first, later] = [later, first];
  };

  /** Once the first one is being re-created; `meanwhile`: what else its operator does before that ends. */
  const renamed = async (meanwhile?: () => Promise<void>): Promise<MonitorProcess> => {
    const monitor = await watch();
    await monitor.waitForLine(/Status: STARTUP/);
    const held = relay.hold(1, 'before');
    gateway = await gateway.recreate();
    await letWait(held);
    await later.rename(`${later.name}2`);
    await meanwhile?.();
    held.release();
    return monitor;
  };

  const expectBack = async (monitor: MonitorProcess): Promise<void> => {
    await monitor.waitForLine(
      new RegExp(`${later.name} is left alone: it is called ${later.name}2 by now`),
      30_000,
    );
    await monitor.waitForLine(new RegExp(`${later.name}2 re-created successfully`), 30_000);
    const young = await findContainer(engine, `${later.name}2`);
    expect(young.id).not.toBe(later.id);
    await expect(isOnLiveNetwork(young, gateway)).resolves.toBe(true);
  };

  it('keeps its new name', async () => {
    await expectBack(await renamed());
    await expect(containerNames(engine)).resolves.toEqual([first.name, 'gluetun', `${later.name}2`].sort());
  });

  it('keeps its new name even if another container has taken the old one, which is not touched', async () => {
    let taker: TestContainer | undefined;
    const monitor = await renamed(async () => {
      taker = await createDependent(engine, { name: later.name, network: gateway.id });
    });
    await expectBack(monitor);
    await expect(containerNames(engine)).resolves.toEqual(
      ['gluetun', 'one', 'other', `${later.name}2`].sort(),
    );
    await expect(findContainer(engine, later.name)).resolves.toMatchObject({ id: taker?.id });
  });

  it('is not mistaken for its own replacement if it was parked and gets its name back', async () => {
    const STATE_FILE = await stateThatKnows(engine, gateway.id);
    gateway = await gateway.recreate();
    for (const one of [first, later]) await one.rename(parkedName(one.name, 'gluetun', one.id));
    const held = relay.hold(1, 'before');
    const monitor = await watch({ STATE_FILE });
    await letWait(held);
    await later.rename(later.name);
    held.release();
    await monitor.waitForLine(new RegExp(`${later.name}: it has its own name again`), 30_000);
    await monitor.waitForLine(/All dependent containers are on the network of gluetun/, 45_000);
    await expect(containerNames(engine)).resolves.toEqual(['gluetun', 'one', 'other']);
    await expect(isOnLiveNetwork(await findContainer(engine, later.name), gateway)).resolves.toBe(true);
  });
});
