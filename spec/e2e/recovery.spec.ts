import { describeOnEngine } from './engine.ts';
import { EngineEvents } from './engine-events.ts';
import { useMonitors } from './monitor.ts';
import { isOnLiveNetwork, type TestContainer } from './stand-in/container.ts';
import { createDependent } from './stand-in/dependent.ts';
import { createGateway, type Gateway, sites } from './stand-in/gateway.ts';
import { SHELL_LESS_IMAGE, buildImages } from './stand-in/images.ts';
import { removeContainers } from './test-engine.ts';

const SITES = sites.ok.join(',');

describeOnEngine('a broken tunnel', (engine) => {
  const startMonitor = useMonitors(engine);
  let gateway: Gateway;
  let dependents: TestContainer[];

  beforeAll(async () => buildImages(engine));
  beforeEach(async () => {
    gateway = await createGateway(engine, { name: 'gluetun' });
    dependents = [];
    for (const name of ['app1', 'app2', 'app3', 'app4', 'app5'])
      dependents.push(
        await createDependent(engine, {
          name,
          network: name === 'app3' ? 'app1' : gateway.id,
          ...(name === 'app5' && { image: SHELL_LESS_IMAGE }),
        }),
      );
  });
  afterEach(async () => removeContainers(engine));

  it('is recovered, and every dependent put back on the live network', async () => {
    const monitor = await startMonitor({ env: { SITES } });
    await monitor.waitForLine(/Status: STARTUP/);
    await gateway.breakTunnel();
    await monitor.waitForLine(/Recovery complete/, 40_000);
    console.log(monitor.lines.map(({ text, atMs }) => `${atMs.toFixed(0)} ${text}`).join('\n'));
    for (const dependent of dependents) await expect(isOnLiveNetwork(dependent, gateway)).resolves.toBe(true);
  });
});
