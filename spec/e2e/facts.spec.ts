import { describeOnEngine } from './engine.ts';
import { eventually } from './eventually.ts';
import type { MonitorProcess } from './monitor.ts';
import { createSetting, cutOff, messages } from './setting.ts';
import { useScenario } from './scenario.ts';

/** The events during a pause of the process are read at once, so an exit and a start lie between two inspections. */
async function whileItStandsStill(monitor: MonitorProcess, happening: () => Promise<void>): Promise<void> {
  monitor.kill('SIGSTOP');
  await happening();
  monitor.kill('SIGCONT');
}

const countOf = (monitor: MonitorProcess, pattern: RegExp): number =>
  messages(monitor).filter((message) => pattern.test(message)).length;

describeOnEngine('the monitor, when an inspection shows more than the last event did,', (engine) => {
  const { startWatching } = useScenario(engine);

  it('puts all dependents back after a restart of the gateway that it learns of later', async () => {
    const setting = await createSetting(engine);
    const monitor = await startWatching();
    await whileItStandsStill(monitor, async () => setting.gateway.restart(0));
    await monitor.waitForLine(/gluetun started; waiting until it is ready/);
    await eventually('all are on the live network', async () => (await cutOff(setting)).length === 0, 30_000);
    await monitor.waitForLine(/All dependent containers are on the network of gluetun/);
    expect(countOf(monitor, /gluetun started/)).toBe(1);
    expect(countOf(monitor, /gluetun (?:died|was stopped)/)).toBe(0);
  });

  it('logs each restart of a dependent once, and leaves alone what an operator stopped meanwhile', async () => {
    const { gateway, dependents } = await createSetting(engine);
    const [app1, app2] = dependents;
    const monitor = await startWatching();
    await app1?.restart(0);
    await eventually(
      'the restart is said',
      () => countOf(monitor, /Dependent container started: app1$/) === 1,
    );
    await whileItStandsStill(monitor, async () => {
      await app1?.restart(0);
      await app2?.stop(0);
    });
    await eventually('both are said', () => countOf(monitor, /Dependent container .*: app[12]$/) === 5);
    for (const [line, times] of [
      ['stopped: app1', 2],
      ['started: app1', 2],
      ['stopped: app2', 1],
    ] as const)
      expect([line, countOf(monitor, new RegExp(`Dependent container ${line}$`))]).toEqual([line, times]);
    await gateway.restart(0);
    await monitor.waitForLine(/app4 restarted successfully/, 30_000);
    expect((await app2?.inspect())?.State.Status).toBe('exited');
  });
});
