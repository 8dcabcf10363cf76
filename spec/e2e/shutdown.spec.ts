import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeOnEngine } from './engine.ts';
import { EngineEvents } from './engine-events.ts';
import type { MonitorProcess } from './monitor.ts';
import { SITES, type Setting, createSetting, cutOff } from './setting.ts';
import { sites } from './stand-in/gateway.ts';
import { useScenario } from './scenario.ts';

/** The engine's grace period: whatever takes longer would be killed. */
const GRACE_MS = 10_000;

describeOnEngine('SIGTERM', (engine) => {
  const { startMonitor, startWatching } = useScenario(engine);
  let setting: Setting;

  const expectCleanEnd = async (monitor: MonitorProcess): Promise<void> => {
    const { code, tookMs } = await monitor.stop();
    expect(code).toBe(0);
    expect(tookMs < GRACE_MS).toBe(true);
    const file = await readFile(join(monitor.folder, 'gluetun-monitor.log'), 'utf8');
    expect(file).toMatch(/Received shutdown signal, exiting\.\.\.\n/);
    expect(file.trimEnd().split('\n')).toEqual(monitor.lines.map(({ text }) => text));
  };

  it.each([
    { phase: 'at its start', until: /Gluetun Monitor starting/, breaks: false, env: {} },
    { phase: 'while nothing happens', until: /Status: STARTUP/, breaks: false, env: {} },
    {
      phase: 'while a check hangs',
      until: /Status: STARTUP/,
      breaks: false,
      env: { SITES: `${SITES},${sites.hangs}|role=advisory|timeout=30` },
    },
    { phase: 'while the gateway is restarted', until: /Restarting gluetun to force/, breaks: true, env: {} },
    {
      phase: 'while the monitor waits for the gateway',
      until: /Restarting gluetun to force/,
      breaks: true,
      env: { SITES: `${SITES},http://127.0.0.1:1/` },
    },
    { phase: 'while dependents are restarted', until: /Restarting app1\.\.\./, breaks: true, env: {} },
  ])('$phase ends the monitor with exit code 0 and a flushed log', async ({ until, breaks, env }) => {
    setting = await createSetting(engine);
    const monitor = await startMonitor({ env: { SITES, ...env } });
    if (breaks) {
      await monitor.waitForLine(/Dependent containers/);
      await setting.gateway.breakTunnel();
    }
    await monitor.waitForLine(until, 40_000);
    await expectCleanEnd(monitor);
  });

  it('lets the current command finish, so that a dependent that is being restarted is not left stopped', async () => {
    setting = await createSetting(engine);
    const monitor = await startWatching();
    await setting.gateway.breakTunnel();
    await monitor.waitForLine(/Restarting app1\.\.\./, 40_000);
    await expectCleanEnd(monitor);
    // The first wave was under way; the next one, with app3 through app1, was not started.
    await expect(cutOff(setting)).resolves.toEqual(['app3']);
    await expect(setting.dependents[2]?.inspect()).resolves.toMatchObject({ State: { Running: true } });
  });

  it('ends the monitor at once the second time', async () => {
    setting = await createSetting(engine, { ignoresTerm: true });
    const events = await EngineEvents.open(engine);
    const monitor = await startWatching();
    await setting.gateway.breakTunnel();
    // Not the log line: the call is made only after its intent is written to the state.
    await events.waitFor('kill', setting.gateway, 40_000);
    events.close();
    monitor.kill('SIGTERM');
    await monitor.waitForLine(/Received shutdown signal/);
    await expect(monitor.stop()).resolves.toMatchObject({ code: 143 });
  });
});
