import { describeOnPrivateEngine } from '../engine.ts';
import { useMonitors } from '../monitor.ts';
import { SITES, createSetting, cutOff } from '../setting.ts';
import { createDependent, findContainer } from '../stand-in/dependent.ts';
import { createGateway } from '../stand-in/gateway.ts';
import { buildImages } from '../stand-in/images.ts';
import { removeContainers } from '../test-engine.ts';

describeOnPrivateEngine('scratch', (engine) => {
  const startMonitor = useMonitors(engine);
  beforeAll(async () => buildImages(engine));
  afterEach(async () => removeContainers(engine));
  it.each(['orphan', 'stale'])('stop %s', async (how) => {
    const gateway = await createGateway(engine, { name: 'gluetun' });
    const app = await createDependent(engine, { name: 'app', network: gateway.id, ignoresTerm: true, stopTimeoutSeconds: 9 });
    const monitor = await startMonitor({ env: { SITES } });
    await monitor.waitForLine(/Status: STARTUP/);
    const stop = how === 'stale' ? app.stop() : undefined;
    if (how === 'orphan') await gateway.recreate(); else await gateway.restart();
    await (stop ?? app.stop()).catch((e) => console.log(e.message));
    await monitor.waitForLine(/nope/, 15000).catch(() => 0);
    const now = await (await findContainer(engine, 'app')).inspect();
    console.log(how, monitor.lines.map(l => l.text).slice(-6).join('\n'), now.Id === app.id, now.State.Status);
  }, 60000);
  it('crash', async () => {
    const setting = await createSetting(engine);
    const monitor = await startMonitor({ env: { SITES } });
    await monitor.waitForLine(/Status: STARTUP/);
    await engine.kill();
    await engine.start();
    await monitor.waitForLine(/nope/, 70000).catch(() => 0);
    console.log(monitor.lines.map(l => l.text).join('\n'), await cutOff(setting).catch((e) => e.message));
    for (const c of [setting.gateway, ...setting.dependents]) { const i = await c.inspect(); console.log(i.Name, i.State.Status, i.State.ExitCode, i.State.Error, i.State.StartedAt, i.State.FinishedAt, i.RestartCount); }
  }, 120000);
});
