import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { peekStateFile } from '../../src/edges/state-file.ts';
import { describeOnPrivateEngine } from './engine.ts';
import { EngineEvents } from './engine-events.ts';
import { eventually } from './eventually.ts';
import type { MonitorProcess } from './monitor.ts';
import { SITES, type Setting, createSetting, cutOff } from './setting.ts';
import { createDependent } from './stand-in/dependent.ts';
import { type Environment, useScenario } from './scenario.ts';

describeOnPrivateEngine('after a power cut', (engine) => {
  const { startMonitor, startWatching } = useScenario(engine);
  let setting: Setting;
  const stateFile = (): string => join(engine.folder, 'power-cut-state.json');

  beforeEach(async () => {
    await rm(stateFile(), { force: true });
    // Its stop takes long enough to be interrupted.
    setting = await createSetting(engine, { restartPolicy: 'unless-stopped', ignoresTerm: true });
  });

  const env = (): Environment => ({ SITES, RECOVERY_BACKOFF: '10', STATE_FILE: stateFile() });

  const watch = async (): Promise<MonitorProcess> => startWatching(env(), 30_000);

  /** Also ends the monitor, which the engine starts again like every other container. */
  const cutPower = async (monitor: MonitorProcess): Promise<MonitorProcess> => {
    monitor.kill('SIGKILL');
    await engine.cutPower();
    await engine.start();
    return startMonitor({ env: env() });
  };

  const expectAllBackBut = async (...others: readonly string[]): Promise<void> => {
    const names = others.join();
    await eventually(
      'all others are back',
      async () => (await cutOff(setting)).join() === names,
      50_000,
      100,
    );
    expect((await setting.gateway.inspect()).State.Running).toBe(true);
  };

  it('all containers are on a live network again, except those that an operator had stopped', async () => {
    const before = await watch();
    await setting.dependents[1]?.stop();
    await eventually(
      'that is remembered',
      () => peekStateFile(stateFile()).exits[setting.dependents[1]?.id ?? '']?.by === 'operator',
      30_000,
      100,
    );
    const monitor = await cutPower(before);
    await expectAllBackBut('app2');
    expect(monitor.linesMatching(/Restarting app2|app2 (re)?started/)).toEqual([]);
  });

  it("during the monitor's restart of the gateway, the gateway is started", async () => {
    const events = await EngineEvents.open(engine);
    const before = await watch();
    await setting.gateway.breakTunnel();
    await events.waitFor('kill', setting.gateway, 40_000);
    const monitor = await cutPower(before);
    expect((await setting.gateway.inspect()).State.ExitCode).toBe(255);
    await expectAllBackBut();
    await monitor.waitForLine(/gluetun has not come back; starting it/);
  });

  it("during the monitor's restart of a dependent, that dependent is restarted", async () => {
    const events = await EngineEvents.open(engine);
    const before = await watch();
    const deaf = await createDependent(engine, {
      name: 'deaf',
      network: setting.gateway.id,
      ignoresTerm: true,
    });
    await before.waitForLine(/added: deaf/);
    await setting.gateway.restart(0);
    await events.waitFor('kill', deaf, 40_000);
    const monitor = await cutPower(before);
    expect((await deaf.inspect()).State.ExitCode).toBe(255);
    await monitor.waitForLine(/deaf restarted successfully/, 50_000);
    await expectAllBackBut();
  });
});
