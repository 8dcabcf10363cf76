import { describeOnPrivateEngine } from '../engine.ts';
import { useMonitors } from '../monitor.ts';
import { SITES, createSetting, cutOff } from '../setting.ts';
import { buildImages } from '../stand-in/images.ts';
import { removeContainers } from '../test-engine.ts';

describeOnPrivateEngine('scratch', (engine) => {
  const startMonitor = useMonitors(engine);
  beforeAll(async () => buildImages(engine));
  afterEach(async () => removeContainers(engine));
  it.each([1])('x', async () => {
    const setting = await createSetting(engine, { restartPolicy: 'always' });
    const monitor = await startMonitor({ env: { SITES, LOG_LEVEL: 'debug' } });
    await monitor.waitForLine(/Status: STARTUP/);
    await engine.kill();
    await engine.start();
    await monitor.waitForLine(/nope/, 100000).catch(() => 0);
    console.log(monitor.lines.map(l => l.text).filter((l) => !/Site http/.test(l)).join('\n'), await cutOff(setting));
    console.log((await import('node:child_process')).execFileSync('sh', ['-c', `grep -iE 'join|fail|restart|start' ${engine.folder}/dockerd.log | grep -v plugin | tail -40`]).toString());
    for (const c of [setting.gateway, ...setting.dependents]) { const i = await c.inspect(); console.log(i.Name, i.State.Status, i.State.ExitCode, i.State.Error, i.State.StartedAt, i.State.FinishedAt, i.RestartCount); }
  }, 120000);
});
