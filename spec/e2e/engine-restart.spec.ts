import { describeOnPrivateEngine } from './engine.ts';
import { eventually } from './eventually.ts';
import { EngineRelay } from './recreation/engine-relay.ts';
import { SITES, type Setting, createSetting, cutOff, messages } from './setting.ts';
import { createDependent } from './stand-in/dependent.ts';
import { useScenario } from './scenario.ts';

describeOnPrivateEngine('an engine that goes away', (engine) => {
  const { startMonitor, startWatching } = useScenario(engine);
  let setting: Setting;
  let relay: EngineRelay | undefined;

  beforeEach(async () => {
    setting = await createSetting(engine, { restartPolicy: 'always' });
  });
  afterEach(async () => {
    await relay?.close();
    relay = undefined;
  });

  it('and comes back is reported once each time, and no change in between is missed', async () => {
    const monitor = await startWatching();
    await engine.stop();
    const lost = await monitor.waitForLine(/Lost the Docker engine/);
    await engine.start();
    await setting.gateway.untilServing();
    await monitor.waitForLine(/The Docker engine answers again after/, 30_000, lost);
    // While it is connected again: the live stream works, and the listing has caught up.
    await createDependent(engine, { name: 'late', network: setting.gateway.id });
    await monitor.waitForLine(/Dependent container added: late$/);
    await setting.gateway.breakTunnel();
    await monitor.waitForLine(/Recovery complete/, 40_000);
    await expect(cutOff(setting)).resolves.toEqual([]);
    expect(messages(monitor).filter((message) => message.includes('Lost the Docker engine'))).toHaveLength(1);
    expect(messages(monitor).filter((message) => message.includes('removed'))).toEqual([]);
  });

  it('with SIGKILL does not hide the removal of a dependent meanwhile', async () => {
    const monitor = await startWatching();
    monitor.kill('SIGSTOP');
    await setting.dependents[1]?.remove();
    await engine.kill();
    await engine.start();
    monitor.kill('SIGCONT');
    await monitor.waitForLine(/Dependent container removed: app2$/, 30_000);
    expect(monitor.hasExited).toBe(false);
  });

  it('only for the monitor does not make it start a dependent that was just stopped by hand', async () => {
    relay = await EngineRelay.open(engine);
    const monitor = await startWatching({ DOCKER_HOST: relay.dockerHost });
    await setting.dependents[1]?.kill();
    await monitor.waitForLine(/Dependent container stopped: app2$/);
    relay.cut();
    await monitor.waitForLine(/The Docker engine answers again after/);
    await setting.gateway.restart();
    await monitor.waitForLine(/All dependent containers are on the network of gluetun/, 40_000);
    expect((await setting.dependents[1]?.inspect())?.State.Running).toBe(false);
    await expect(cutOff(setting)).resolves.toEqual(['app2']);
  });

  it('before the monitor starts is waited for', async () => {
    await engine.stop();
    const monitor = await startMonitor({ env: { SITES } });
    await monitor.waitForLine(/The Docker engine does not answer: /);
    await engine.start();
    await monitor.waitForLine(/Monitoring container: gluetun/, 30_000);
    await eventually('one report', async () =>
      Promise.resolve(
        messages(monitor).filter((message) => message.includes('does not answer')).length === 1,
      ),
    );
    expect(monitor.hasExited).toBe(false);
  });
});
