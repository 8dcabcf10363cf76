import { describeOnEngine } from './engine.ts';
import { isCheck } from './engine-events.ts';
import { eventually } from './eventually.ts';
import { HARDLY_EVER, SITES, type Setting, actions, createSetting, cutOff } from './setting.ts';
import { createDependent } from './stand-in/dependent.ts';
import { sites } from './stand-in/gateway.ts';
import { useEvents, useScenario } from './scenario.ts';

/** A probe of it always times out, so a check is nearly always under way. */
const SLOW_CHECKS = { SITES: `${SITES},${sites.hangs}|role=advisory`, CHECK_INTERVAL: '2' };

describeOnEngine('the monitor', (engine) => {
  const { startMonitor, startWatching } = useScenario(engine, { sharesContainers: true });
  let setting: Setting;
  const events = useEvents(engine);

  beforeAll(async () => {
    const healthPace = { intervalSeconds: 1, startPeriodSeconds: 1, retries: 2 };
    setting = await createSetting(engine, { healthPace });
    await events.waitFor('health_status: healthy', setting.gateway);
  });

  it('restarts nothing for a site that has never passed, and names that site', async () => {
    const monitor = await startMonitor({
      env: { SITES: `${SITES},http://127.0.0.1:8099/`, CHECK_INTERVAL: '1' },
    });
    await monitor.waitForLine(/Site http:\/\/127\.0\.0\.1:8099\/ has never passed .*check its URL/);
    const told = events.all.length;
    await eventually('two more checks', () => events.all.slice(told).filter(isCheck).length > 2);
    expect(actions(monitor)).toEqual([]);
    expect(monitor.linesMatching(/THRESHOLD REACHED|No recovery/)).toEqual([]);
  });

  it.each<{ given: string; end: (setting: Setting) => Promise<void> }>([
    { given: 'crashes', end: async ({ gateway }) => gateway.crash() },
    { given: 'is restarted by its operator', end: async ({ gateway }) => gateway.restart() },
    {
      given: 'is restarted by its operator without a grace period',
      end: async ({ gateway }) => gateway.restart(0),
    },
  ])('reports no probing failure if a gateway that $given cuts a check short', async ({ end }) => {
    const monitor = await startMonitor({ env: SLOW_CHECKS });
    const pass = await monitor.waitForLine(/Status: STARTUP/);
    await eventually('a check', () => events.all.some((one) => isCheck(one) && one.atMs > pass.atMs));
    await end(setting);
    const ready = await monitor.waitForLine(/gluetun is healthy after/);
    await setting.gateway.untilServing();
    await eventually(
      'the next checks',
      () => events.all.filter((one) => isCheck(one) && one.atMs > ready.atMs).length > 2,
    );
    expect(monitor.linesMatching(/can(not)? be probed/)).toEqual([]);
  });

  it('reports no probing failure if its own restart cuts a check short', async () => {
    // The restart of its dependent delays ours: checks go on until then.
    const slow = await createDependent(engine, {
      name: 'slow',
      network: setting.gateway.id,
      ignoresTerm: true,
      stopTimeoutSeconds: 7,
    });
    const monitor = await startWatching();
    await setting.gateway.restart();
    await setting.gateway.untilServing();
    await monitor.waitForLine(/Restarting slow\.\.\./);
    await setting.gateway.hangTunnel();
    await monitor.waitForLine(/initiating recovery/);
    await monitor.waitForLine(/Recovery complete/, 40_000);
    await slow.remove();
    expect(monitor.linesMatching(/can(not)? be probed/)).toEqual([]);
    await expect(cutOff(setting)).resolves.toEqual([]);
  });

  it('restarts the gateway after one failed check if Docker reported it unhealthy', async () => {
    const { gateway } = setting;
    await gateway.setHealth('tunnel');
    const monitor = await startWatching({ ...HARDLY_EVER });
    await gateway.breakTunnel();
    await monitor.waitForLine(/Recovery complete/, 30_000);
    expect(monitor.linesMatching(/failed [23] consecutive times - THRESHOLD REACHED/)).toHaveLength(3);
    await expect(cutOff(setting)).resolves.toEqual([]);
  });

  it('confirms in a short check that sites which used to be fast do not answer', async () => {
    const { gateway } = setting;
    await gateway.setHealth('healthy');
    const monitor = await startWatching({ TIMEOUT: '10', CHECK_INTERVAL: '3', LOG_LEVEL: 'debug' });
    // Right after a check: one already under way would find some sites working.
    for (const site of sites.ok) await monitor.waitForLine(new RegExp(`Site ${site}: pass`));
    const begun = events.all.length;
    await gateway.hangTunnel();
    await monitor.waitForLine(/initiating recovery/, 30_000);
    const checks = events.all.slice(begun).filter(isCheck);
    expect(checks[0]?.action).toContain('gluetun-monitor-check 10 http://127.0.0.1:8081/ 10 http://');
    // More than five seconds if the sites took more than one on a busy machine.
    expect(checks[1]?.action).toMatch(/gluetun-monitor-check [5-9] http:\/\/127\.0\.0\.1:8081\/ [5-9] http:/);
    await monitor.waitForLine(/Recovery complete/);
  });
});
