import { describeOnEngine } from './engine.ts';
import { isCheck } from './engine-events.ts';
import { eventually } from './eventually.ts';
import { HARDLY_EVER, SITES, type Setting, actions, createSetting, cutOff } from './setting.ts';
import { createDependent } from './stand-in/dependent.ts';
import { DEPENDENT_IMAGE } from './stand-in/images.ts';
import { useEvents, useScenario } from './scenario.ts';

describeOnEngine('a broken tunnel', (engine) => {
  const { startMonitor, startWatching } = useScenario(engine);
  let setting: Setting;
  const events = useEvents(engine);

  it('is checked as soon as Docker reports the gateway unhealthy, whatever the interval', async () => {
    setting = await createSetting(engine);
    const monitor = await startWatching(HARDLY_EVER);
    await setting.gateway.setHealth('failing');
    const unhealthy = await events.waitFor('health_status: unhealthy', setting.gateway);
    const check = await eventually('a check after the event', () =>
      events.all.slice(events.all.indexOf(unhealthy)).find(isCheck),
    );
    await monitor.waitForLine(/unhealthy, says Docker; checking the sites now/);
    await monitor.waitForLine(/nothing to restart/);
    expect(check.engineTimeMs).toBeGreaterThan(unhealthy.engineTimeMs);
    process.stderr.write(
      `unhealthy to check: ${(check.engineTimeMs - unhealthy.engineTimeMs).toFixed(0)} ms\n`,
    );
  });

  it('is recovered if the gateway has no health check', async () => {
    setting = await createSetting(engine, { health: 'none' });
    const monitor = await startWatching();
    await setting.gateway.breakTunnel();
    await monitor.waitForLine(/Recovery complete/, 40_000);
    await expect(cutOff(setting)).resolves.toEqual([]);
  });

  it('is recovered even if the health check always fails while the sites pass', async () => {
    setting = await createSetting(engine, { health: 'failing' });
    const monitor = await startWatching();
    await setting.gateway.breakTunnel();
    await monitor.waitForLine(/Recovery complete/, 40_000);
    await expect(cutOff(setting)).resolves.toEqual([]);
  });

  it('that a restart does not heal leaves no dependent cut off, and is reported as still failing', async () => {
    setting = await createSetting(engine, { staysBroken: true });
    const monitor = await startWatching({ HEALTHY_WAIT_TIMEOUT: '10' });
    await setting.gateway.breakTunnel();
    await monitor.waitForLine(/Recovery ended after .* no check has passed/, 55_000);
    await expect(cutOff(setting)).resolves.toEqual([]);
  });

  it('is left alone if the operator is just stopping the gateway', async () => {
    setting = await createSetting(engine, { ignoresTerm: true });
    const { gateway } = setting;
    const monitor = await startWatching({ FAIL_THRESHOLD: '1', LOG_LEVEL: 'debug' });
    const stopped = gateway.stop(10);
    await events.waitFor('kill', gateway);
    await gateway.breakTunnel();
    await monitor.waitForLine(/Site .*: fail/);
    await stopped;
    await monitor.waitForLine(/gluetun was stopped \(exit code 137\); standing by until it starts/);
    expect(actions(monitor)).toEqual([]);
    await expect(gateway.inspect()).resolves.toMatchObject({ State: { Running: false } });
  });

  it('is recovered with the right dependents, including those added, removed or renamed meanwhile', async () => {
    setting = await createSetting(engine);
    const [app1, app2] = setting.dependents;
    const monitor = await startWatching();
    const added = await createDependent(engine, { name: 'late', network: setting.gateway.id });
    await monitor.waitForLine(/Dependent container added: late$/);
    await app2?.remove();
    await monitor.waitForLine(/Dependent container removed: app2$/);
    await app1?.rename('first');
    await monitor.waitForLine(/Dependent container renamed: app1 to first$/);
    await setting.gateway.breakTunnel();
    await monitor.waitForLine(/Recovery complete/, 40_000);
    await monitor.waitForLine(/Discovered dependent containers: app3,app4,app5,first,late$/);
    const rest = setting.dependents.filter(({ name }) => name !== 'app2');
    await expect(cutOff({ gateway: setting.gateway, dependents: [...rest, added] })).resolves.toEqual([]);
  });

  it('is recovered without touching containers that are excluded, stopped by hand, or monitors', async () => {
    setting = await createSetting(engine);
    const [app1, app2] = setting.dependents;
    const monitorLabel = { 'org.gluetun-monitor.role': 'monitor' };
    const other = await createDependent(engine, {
      name: 'other-monitor',
      network: setting.gateway.id,
      labels: monitorLabel,
    });
    await app2?.stop();
    const monitor = await startMonitor({ env: { SITES, EXCLUDE_CONTAINERS: 'app4' } });
    await monitor.waitForLine(/Dependent containers \(auto-discovery\): app1,app2,app3,app5$/);
    await monitor.waitForLine(/Status: STARTUP/);
    await setting.gateway.breakTunnel();
    await monitor.waitForLine(/Recovery complete/, 40_000);
    await expect(cutOff({ ...setting, dependents: [...setting.dependents, other] })).resolves.toEqual([
      'app2',
      'app4',
      'other-monitor',
    ]);
    await expect(app2?.inspect()).resolves.toMatchObject({ State: { Running: false } });
    await expect(app1?.inspect()).resolves.toMatchObject({ State: { Running: true } });
  });

  it("is recovered with a restart of the listed containers only, even one that is not on the gateway's network", async () => {
    setting = await createSetting(engine);
    const { id } = await engine.docker.createContainer({
      name: 'apart',
      Image: DEPENDENT_IMAGE,
      Labels: { ...engine.labels },
      HostConfig: { NetworkMode: 'none' },
    });
    await engine.docker.getContainer(id).start();
    const monitor = await startMonitor({ env: { SITES, DEPENDENT_CONTAINERS: 'apart,app1,ghost' } });
    await monitor.waitForLine(
      /Dependent containers \(configured\): apart,app1$|Dependent containers \(configured\): app1,apart$/,
    );
    await monitor.waitForLine(/Listed in DEPENDENT_CONTAINERS but not found: ghost/);
    await monitor.waitForLine(/Status: STARTUP/);
    await setting.gateway.breakTunnel();
    await monitor.waitForLine(/Recovery complete/, 40_000);
    await monitor.waitForLine(/apart restarted successfully/);
    await expect(cutOff(setting)).resolves.toEqual(['app2', 'app3', 'app4', 'app5']);
  });
});
