import * as v from 'valibot';
import { statusSchema } from '../../src/status/schema.ts';
import { describeOnEngine } from './engine.ts';
import type { MonitorProcess } from './monitor.ts';
import { useEvents, useScenario } from './scenario.ts';
import { type Setting, createSetting, cutOff } from './setting.ts';

const SOON_MS = 60_000;
const LONG_MS = 240_000;

describeOnEngine('the commands that ask the running monitor', (engine) => {
  jest.setTimeout(LONG_MS);
  const { startMonitor, startWatching } = useScenario(engine);
  const events = useEvents(engine);
  let setting: Setting;
  let monitor: MonitorProcess;

  beforeEach(async () => {
    setting = await createSetting(engine, { controlServer: 'open' }, { app: 'gluetun' });
    monitor = await startWatching({ CHECK_INTERVAL: '1' }, SOON_MS);
  });

  /** A command of another process, in the same place as the monitor. */
  const command = async (...args: readonly string[]): Promise<{ code: number | null; text: string }> => {
    const process = await startMonitor({ args, env: { TMPDIR: monitor.folder } });
    const { code } = await process.exit;
    return { code, text: process.lines.map(({ text }) => text).join('\n') };
  };

  it('show the status, as a table and as JSON of the published form', async () => {
    const table = await command('status');
    expect(table).toEqual({ code: 0, text: expect.stringMatching(/^All is well\.\n\nGATEWAY /) as string });
    expect(table.text).toMatch(/^gluetun +up .* 203\.0\.113\.7 Amsterdam, Netherlands +3\/3 +1\/1 /m);
    const { code, text } = await command('status', '--json');
    expect(code).toBe(0);
    expect(v.parse(statusSchema, JSON.parse(text))).toMatchObject({ mood: 'well', sites_up: 3 });
  });

  it('hold back a repair by a pause, and let it go by a resumption', async () => {
    await expect(command('pause', '10m')).resolves.toEqual({
      code: 0,
      text: 'The operator has asked to pause the monitor for gluetun, for 10m',
    });
    await setting.gateway.restart();
    await monitor.waitForLine(/gluetun is healthy/, SOON_MS);
    const paused = await command('status');
    expect(paused).toEqual({ code: 1, text: expect.stringMatching(/app cannot be put back/) as string });
    expect(paused.text).toMatch(/gluetun-monitor resume/);
    await expect(cutOff(setting)).resolves.toEqual(['app']);

    await expect(command('resume')).resolves.toMatchObject({ code: 0 });
    await monitor.waitForLine(/app restarted successfully/, SOON_MS);
    await expect(cutOff(setting)).resolves.toEqual([]);
  });

  it('recover a gateway whose tunnel works, and tell of it until that is over', async () => {
    const { code, text } = await command('recover');
    expect(text).toMatch(
      /^The operator has asked to recover gluetun\n[^]*\nRestarting gluetun [^]*\napp restarted successfully\n[^]*Recovery complete \(took [\d.]+s\)$/,
    );
    expect(code).toBe(0);
    expect(events.of(setting.gateway.id).map(({ action }) => action)).toContain('restart');
    await expect(cutOff(setting)).resolves.toEqual([]);
  });

  it('reconnect the VPN without a restart of a container', async () => {
    const { code, text } = await command('reconnect');
    expect(text).toMatch(/\nThe VPN of gluetun is reconnected, and a check has passed \(took [\d.]+s\)$/m);
    expect(code).toBe(0);
    expect(events.of(setting.gateway.id).map(({ action }) => action)).not.toContain('restart');
  });

  it('say what to do if no monitor answers', async () => {
    await monitor.stop();
    const { code, text } = await command('status');
    expect(code).toBe(69);
    expect(text).toMatch(/^No running monitor of gluetun listens at .*\nRun this in its container/);
  });
});
