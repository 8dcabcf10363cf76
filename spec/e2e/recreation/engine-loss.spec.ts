import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { describeOnPrivateEngine } from '../engine.ts';
import { eventually } from '../eventually.ts';
import type { MonitorProcess } from '../monitor.ts';
import { SITES } from '../setting.ts';
import { isOnLiveNetwork } from '../stand-in/container.ts';
import { createDependent, findContainer } from '../stand-in/dependent.ts';
import { type Gateway, createGateway } from '../stand-in/gateway.ts';
import { EngineRelay } from './engine-relay.ts';
import { checksums, containerNames, fill } from './world.ts';
import { useScenario } from '../scenario.ts';

const PLACES = ['/data', '/library'];

const LOSSES = [
  ...['rename', 'create', 'stop', 'start', 'remove'].map((call, index) => ({
    how: 'killed',
    call,
    number: index + 1,
  })),
  { how: 'shut down', call: 'stop', number: 3 },
  { how: 'shut down', call: 'start', number: 4 },
];

describeOnPrivateEngine('after an engine goes away during a re-creation and comes back,', (engine) => {
  const { startMonitor } = useScenario(engine);
  let relay: EngineRelay;
  let stateFile: string;
  let gateway: Gateway;

  beforeAll(async () => {
    relay = await EngineRelay.open(engine);
  });
  afterAll(async () => relay.close());
  beforeEach(async () => {
    stateFile = join(await mkdtemp(join(engine.folder, 'state-')), 'state.json');
    gateway = await createGateway(engine, { name: 'gluetun', restartPolicy: 'always' });
  });

  const watch = async (): Promise<MonitorProcess> => {
    const monitor = await startMonitor({
      env: { SITES, STATE_FILE: stateFile, DOCKER_HOST: relay.dockerHost, LOG_LEVEL: 'debug' },
    });
    await monitor.waitForLine(/Dependent containers \(auto-discovery\): app/);
    return monitor;
  };

  const isWhole = async (): Promise<boolean> => {
    const names = await containerNames(engine);
    return names.join() === 'app,gluetun' && isOnLiveNetwork(await findContainer(engine, 'app'), gateway);
  };

  it.each(LOSSES)(
    'the orphan is completely re-created: $how after call $number ($call)',
    async ({ number, how }) => {
      await createDependent(engine, {
        name: 'app',
        network: gateway.id,
        binds: ['library:/library'],
        // A killed engine records its own cleanup at the next start as a stop by hand.
        restartPolicy: 'always',
      });
      await fill(engine, 'app', PLACES);
      const content = await checksums(engine, 'app', PLACES);
      await (await watch()).stop();
      gateway = await gateway.recreate();
      const held = relay.hold(number, 'after');
      await watch();
      await held.reached;
      await (how === 'killed' ? engine.kill() : engine.stop());
      held.release();
      await engine.start();
      await eventually('all is whole', isWhole, 50_000, 100);
      await expect(checksums(engine, 'app', PLACES)).resolves.toBe(content);
    },
  );
});
