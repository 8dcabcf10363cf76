import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { describeOnPrivateEngine } from '../engine.ts';
import { eventually } from '../eventually.ts';
import { type MonitorProcess, useMonitors } from '../monitor.ts';
import { SITES } from '../setting.ts';
import { isOnLiveNetwork } from '../stand-in/container.ts';
import { createDependent, findContainer } from '../stand-in/dependent.ts';
import { type Gateway, createGateway } from '../stand-in/gateway.ts';
import { buildImages } from '../stand-in/images.ts';
import { removeContainers } from '../test-engine.ts';
import { EngineRelay } from './engine-relay.ts';
import { checksums, containerNames, fill } from './world.ts';

const PLACES = ['/data', '/library'];

const CALLS = ['rename', 'create', 'stop', 'start', 'remove'].map((call, index) => ({ call, number: index + 1 }));

describeOnPrivateEngine('an engine that goes away while an orphan is re-created', (engine) => {
  const startMonitor = useMonitors(engine);
  let relay: EngineRelay;
  let stateFile: string;
  let gateway: Gateway;

  beforeAll(async () => {
    await buildImages(engine);
    relay = await EngineRelay.open(engine);
  });
  afterAll(async () => relay.close());
  beforeEach(async () => {
    stateFile = join(await mkdtemp(join(engine.folder, 'state-')), 'state.json');
    gateway = await createGateway(engine, { name: 'gluetun', restartPolicy: 'always' });
  });
  afterEach(async () => removeContainers(engine));

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

  it.each(
    CALLS.flatMap((call) => [
      { ...call, how: 'killed' as const },
      { ...call, how: 'restarted' as const },
    ]),
  )('finds it whole in the end: $how after call $number ($call)', async ({ number, how }) => {
    await createDependent(engine, { name: 'app', network: gateway.id, binds: ['library:/library'] });
    await fill(engine, 'app', PLACES);
    const content = await checksums(engine, 'app', PLACES);
    await (await watch()).stop();
    gateway = await gateway.recreate();
    const held = relay.hold(number, 'after');
    const monitor = await watch();
    await held.reached;
    await (how === 'killed' ? engine.kill() : engine.stop());
    held.release();
    await engine.start();
    await eventually('all is whole', isWhole, 50_000, 100).catch(async (e) => { console.log(JSON.stringify([(await engine.docker.getContainer('app').inspect()), (await gateway.inspect())].map((i) => [i.Name, i.State, i.RestartCount, i.HostConfig.RestartPolicy])), (await import('node:child_process')).execFileSync('sh', ['-c', `grep -v 'level=info' ${engine.folder}/dockerd.log | tail -30`]).toString(), monitor.lines.map((l) => l.text).filter((l) => !/Site http/.test(l)).join('\n')); throw e; });
    await expect(checksums(engine, 'app', PLACES)).resolves.toBe(content);
    if (number === 3) console.log(how, monitor.lines.map((l) => l.text).filter((l) => !/Site http/.test(l)).join('\n'));
  });
});
