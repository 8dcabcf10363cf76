import { join } from 'node:path';
import { peekStateFile } from '../../src/edges/state-file.ts';
import { describeOnEngine } from './engine.ts';
import { EngineEvents } from './engine-events.ts';
import { eventually } from './eventually.ts';
import { SITES, messages } from './setting.ts';
import { type TestContainer, isOnLiveNetwork } from './stand-in/container.ts';
import { createDependent } from './stand-in/dependent.ts';
import { type Gateway, createGateway } from './stand-in/gateway.ts';
import { useScenario } from './scenario.ts';

const SIGWINCH = 28;
const SIGRTMIN_3 = 37;

describeOnEngine('the monitor, knowing why a container does not run,', (engine) => {
  const { startMonitor, startWatching } = useScenario(engine);

  const statusOf = async (container: TestContainer): Promise<string> =>
    (await container.inspect()).State.Status;
  const untilLive = async (app: TestContainer, gateway: Gateway): Promise<boolean> =>
    eventually(`${app.name} is on the live network`, async () => isOnLiveNetwork(app, gateway), 30_000);

  it('starts a gateway whose restart policy gave up, whether it saw that happen or found it so', async () => {
    const gateway = await createGateway(engine, {
      name: 'gluetun',
      restartPolicy: 'on-failure',
      maximumRetryCount: 2,
    });
    const app = await createDependent(engine, { name: 'app', network: gateway.id });
    const monitor = await startWatching();
    await gateway.setConfigurationError('reading settings: not valid');
    await gateway.crash();
    const givenUp =
      /gluetun has failed, and its restart policy has given up after 2 restarts \(exit code 1\); it is started unless/;
    await monitor.waitForLine(givenUp);
    await monitor.stop('SIGKILL');
    const next = await startMonitor({ env: { SITES } });
    await next.waitForLine(givenUp);
    await gateway.setConfigurationError(undefined);
    await next.waitForLine(/gluetun has not come back; starting it/, 20_000);
    await expect(untilLive(app, gateway)).resolves.toBe(true);
  });

  it('does not start what an operator stopped by its own stop signal, and neither does the next monitor', async () => {
    const gateway = await createGateway(engine, { name: 'gluetun', stopSignal: SIGWINCH });
    const network = gateway.id;
    const app = await createDependent(engine, { name: 'app', network, stopSignal: SIGRTMIN_3 });
    const web = await createDependent(engine, { name: 'web', network });
    const monitor = await startWatching();
    const events = await EngineEvents.open(engine);
    await gateway.stop();
    await app.kill(String(SIGRTMIN_3));
    await monitor.waitForLine(/gluetun was stopped \(exit code 0\); standing by until it starts/);
    const signals = await eventually('both signals', () => {
      const told = events.all.filter(({ action }) => action === 'kill');
      return told.length === 2 && told.map(({ attributes }) => attributes['signal']);
    });
    events.close();
    expect(signals).toEqual([String(SIGWINCH), String(SIGRTMIN_3)]);
    const stateFile = join(monitor.folder, 'state.json');
    await eventually(
      'both are remembered as stopped',
      () => {
        const { exits } = peekStateFile(stateFile);
        return [gateway.id, app.id].every((id) => exits[id]?.by === 'operator');
      },
      20_000,
    );
    expect(messages(monitor).filter((message) => /died|starting it/.test(message))).toEqual([]);
    await monitor.stop();
    const next = await startMonitor({ env: { SITES, STATE_FILE: stateFile } });
    await next.waitForLine(/gluetun was stopped \(exit code 0\); standing by until it starts/);
    await gateway.start();
    await expect(untilLive(web, gateway)).resolves.toBe(true);
    await next.waitForLine(/web restarted successfully/);
    await expect(statusOf(app)).resolves.toBe('exited');
  });

  it('starts what compose did not start because of an unhealthy gateway, but not what was only created', async () => {
    // As Compose 2.40 labels them.
    const labels = (project: string, service: string, needs = ''): Readonly<Record<string, string>> => ({
      'com.docker.compose.project': project,
      'com.docker.compose.service': service,
      'com.docker.compose.depends_on': needs,
      'com.docker.compose.oneoff': 'False',
    });
    const gateway = await createGateway(engine, { name: 'gluetun', labels: labels('stack', 'gluetun') });
    const create = async (project: string, service: string, needs: string): Promise<TestContainer> =>
      createDependent(engine, {
        name: service,
        network: gateway.id,
        labels: labels(project, service, needs),
        isLeftUnstarted: true,
      });
    const app = await create('stack', 'app', 'gluetun:service_healthy:false');
    const far = await create('stack', 'far', 'app:service_started:false,gluetun:service_started:true');
    const lone = await create('another', 'lone', 'gluetun:service_healthy:false');
    await eventually('the gateway is healthy', async () => {
      const { Health } = (await gateway.inspect()).State;
      return Health?.Status === 'healthy';
    });
    const monitor = await startMonitor({ env: { SITES } });
    await monitor.waitForLine(/Not running, and left alone: lone$/);
    await monitor.waitForLine(/was never started, because its gateway was unhealthy: app$/);
    await monitor.waitForLine(/app restarted successfully/, 30_000);
    await monitor.waitForLine(/far restarted successfully/, 30_000);
    await expect(untilLive(app, gateway)).resolves.toBe(true);
    await expect(untilLive(far, gateway)).resolves.toBe(true);
    await expect(statusOf(lone)).resolves.toBe('created');
  });
});
