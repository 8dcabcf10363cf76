import type { MonitorProcess } from './monitor.ts';
import { describeOnPodman } from './engine.ts';
import { useScenario } from './scenario.ts';
import { actions, createSetting, cutOff, messages } from './setting.ts';

/** The gateway has a health check, which nothing here runs: it is ready by its log and a check. */
const healthPace = { intervalSeconds: 1, startPeriodSeconds: 0, retries: 1 };
const JOINS = { app1: 'gluetun', app2: 'gluetun', app3: 'app1' };

describeOnPodman('on Podman', (engine) => {
  const { startWatching } = useScenario(engine);
  const watching = async (): Promise<MonitorProcess> => startWatching({}, 30_000);

  it('finds the dependents, although the listing tells no network', async () => {
    await createSetting(engine, { healthPace }, JOINS);
    const monitor = await watching();

    expect(messages(monitor)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^\[INFO\] The engine is Podman \d+\.\d+\S*: each container is inspected/),
        '[INFO] Dependent containers (auto-discovery): app1,app2,app3',
      ]),
    );
  });

  it('recovers a broken tunnel, and puts every dependent back on the live network', async () => {
    const setting = await createSetting(engine, { healthPace }, JOINS);
    const monitor = await watching();
    await setting.gateway.breakTunnel();
    await monitor.waitForLine(/Recovery complete/, 60_000);

    await expect(cutOff(setting)).resolves.toEqual([]);
    expect(actions(monitor)).toEqual([
      '[WARN] Health check failed, initiating recovery...',
      '[INFO] Restarting gluetun to force new endpoint...',
      expect.stringMatching(/Restarting app[12]\.\.\.$/),
      expect.stringMatching(/Restarting app[12]\.\.\.$/),
      expect.stringMatching(/app[12] restarted successfully$/),
      expect.stringMatching(/app[12] restarted successfully$/),
      '[INFO] Restarting app3...',
      '[INFO] app3 restarted successfully',
    ]);
  });

  it('puts the dependents back after somebody has restarted the gateway', async () => {
    const setting = await createSetting(engine, { healthPace }, JOINS);
    const monitor = await watching();
    await engine.run('restart', 'gluetun');
    await monitor.waitForLine(/All dependent containers are on the network of gluetun/, 30_000);

    await expect(cutOff(setting)).resolves.toEqual([]);
    expect(monitor.linesMatching(/initiating recovery/)).toEqual([]);
  });

  it('leaves a gateway stopped by hand alone, and puts the dependents back once it is started', async () => {
    const setting = await createSetting(engine, { healthPace }, JOINS);
    const monitor = await watching();
    await setting.gateway.stop();
    await monitor.waitForLine(/gluetun was stopped \(exit code \d+\); standing by until it starts/, 30_000);

    expect((await setting.gateway.inspect()).State.Running).toBe(false);

    await setting.gateway.start();
    await monitor.waitForLine(/All dependent containers are on the network of gluetun/, 30_000);

    await expect(cutOff(setting)).resolves.toEqual([]);
    expect(monitor.linesMatching(/initiating recovery|has not come back/)).toEqual([]);
  });

  it('starts a gateway that has crashed, and puts the dependents back', async () => {
    const setting = await createSetting(engine, { healthPace, restartPolicy: 'no' }, JOINS);
    const monitor = await watching();
    await setting.gateway.crash(3);
    await monitor.waitForLine(/gluetun died \(exit code 3\)/, 30_000);
    await monitor.waitForLine(/gluetun has not come back; starting it/, 30_000);
    await monitor.waitForLine(/Recovery complete/, 60_000);

    await expect(cutOff(setting)).resolves.toEqual([]);
  });

  it('leaves a dependent that was stopped by hand alone in a recovery', async () => {
    const setting = await createSetting(engine, { healthPace }, JOINS);
    const [, stopped] = setting.dependents;
    const monitor = await watching();
    await stopped?.stop();
    await monitor.waitForLine(/Dependent container stopped: app2/, 30_000);
    await setting.gateway.breakTunnel();
    await monitor.waitForLine(/Recovery complete/, 60_000);

    await expect(cutOff(setting)).resolves.toEqual(['app2']);
    expect((await stopped?.inspect())?.State.Running).toBe(false);
  });
});
