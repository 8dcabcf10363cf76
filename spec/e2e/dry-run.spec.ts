import { saidBy } from './decision-lines.ts';
import { describeOnEngine } from './engine.ts';
import { isCheck } from './engine-events.ts';
import { eventually } from './eventually.ts';
import type { MonitorProcess } from './monitor.ts';
import { type Setting, createSetting, cutOff } from './setting.ts';
import type { GatewayOptions } from './stand-in/gateway.ts';
import { ReadOnlyEngine } from './stand-in/read-only-engine.ts';
import { type Environment, useEvents, useScenario } from './scenario.ts';

const SOON_MS = 60_000;
const LONG_MS = 240_000;

/** Any log line in which the monitor says that it acts or has acted, but not that nothing was restarted. */
const ACTING =
  /Restarting|(?<!nothing )restarted|Re-creating|re-created|re-creation|starting it|initiating|[Rr]ecovery complete/;

describeOnEngine('a dry run, on an engine that refuses every write but exec', (engine) => {
  jest.setTimeout(LONG_MS);
  const { startWatching } = useScenario(engine);
  let readOnly: ReadOnlyEngine;
  let setting: Setting;
  const events = useEvents(engine);

  beforeEach(async () => {
    readOnly = await ReadOnlyEngine.open(engine);
  });
  afterEach(async () => readOnly.close());

  /** One joins by the gateway's id, one through another dependent. */
  const populate = async (options: Partial<GatewayOptions> = {}): Promise<void> => {
    setting = await createSetting(engine, options, { app1: 'gluetun', app2: 'app1' });
  };

  const watch = async (env: Environment = {}): Promise<MonitorProcess> =>
    startWatching(
      { CHECK_INTERVAL: '1', DOCKER_HOST: readOnly.dockerHost, DRY_RUN: 'true', ...env },
      SOON_MS,
    );

  /** The ids, names and start times of all containers: any action on a container shows in one of them. */
  const world = async (): Promise<readonly string[]> => {
    const containers = await engine.docker.listContainers({ all: true });
    const inspected = await Promise.all(
      containers.map(async ({ Id }) => engine.docker.getContainer(Id).inspect()),
    );
    return inspected.map(({ Id, Name, State }) => `${Name} ${Id} ${State.Status} ${State.StartedAt}`).sort();
  };

  const expectOnlySaid = (monitor: MonitorProcess): void => {
    expect(saidBy(monitor, ACTING).filter((message) => !/^\[\w+\] \[DRY-RUN\] /.test(message))).toEqual([]);
    expect(readOnly.refused).toEqual([]);
  };

  it('decides once that a broken tunnel needs a restart, then respects the backoff', async () => {
    await populate({ staysBroken: true });
    const monitor = await watch({ RECOVERY_BACKOFF: '10' });
    const before = await world();
    await setting.gateway.breakTunnel();
    const first = await monitor.waitForLine(/Restarting gluetun to force new endpoint/, SOON_MS);
    await monitor.waitForLine(/No recovery: .* after 1 recovery the next is due in/, SOON_MS);
    await monitor.waitForLine(/Restarting gluetun to force new endpoint/, SOON_MS, first);
    expect(saidBy(monitor, /DRY-RUN/).slice(0, 6)).toEqual([
      '[INFO] [DRY-RUN] Everything is decided and logged, and nothing changed',
      expect.stringMatching(/^\[ENDPOINT\] \[DRY-RUN\] Status: FAILING \|/),
      expect.stringMatching(/^\[WARN\] \[DRY-RUN\] Failed sites \(exceeded threshold\): /),
      expect.stringMatching(
        /^\[WARN\] \[DRY-RUN\] Why: 3 of 3 critical sites down, and SITE_QUORUM=any asks for 1; /,
      ),
      '[WARN] [DRY-RUN] Health check failed, initiating recovery...',
      '[INFO] [DRY-RUN] Restarting gluetun to force new endpoint...',
    ]);
    await expect(world()).resolves.toEqual(before);
    expectOnlySaid(monitor);
  });

  it('does not restart the VPN, although that would only be an exec', async () => {
    await populate();
    const monitor = await watch({ RECOVERY_STRATEGY: 'vpn-first' });
    const before = await world();
    await setting.gateway.breakTunnel();
    await monitor.waitForLine(/\[DRY-RUN\] Restarting the VPN inside gluetun to force new endpoint/, SOON_MS);
    await monitor.waitForLine(/No recovery: .* after 1 recovery the next is due in/, SOON_MS);
    await expect(world()).resolves.toEqual(before);
    expect(events.of(setting.gateway.id).map(({ action }) => action)).toEqual(['create', 'start']);
    expect(events.all.filter(({ action }) => action.includes('gluetun-monitor-vpn-restart'))).toEqual([]);
    await expect(setting.gateway.log()).resolves.not.toMatch(/PUT|\[vpn\] stopping/);
    expectOnlySaid(monitor);
  });

  it('does not restart stale dependents', async () => {
    await populate();
    const monitor = await watch();
    await setting.gateway.restart();
    const before = await world();
    await monitor.waitForLine(/\[DRY-RUN\] Restarting app1\.\.\./, SOON_MS);
    await untilChecked(monitor);
    await expect(world()).resolves.toEqual(before);
    await expect(cutOff(setting)).resolves.toEqual(['app1', 'app2']);
    expectOnlySaid(monitor);
  });

  it('does not re-create orphans, nor finish a re-creation that was interrupted', async () => {
    await populate();
    const [app1, app2] = setting.dependents;
    await app2?.rename(`app2.orphan-of-gluetun-${app2.id.slice(0, 12)}`);
    const monitor = await watch();
    await monitor.waitForLine(/\[DRY-RUN\] Finishing the re-creation of app2\.\.\./, SOON_MS);
    await setting.gateway.recreate();
    await setting.gateway.untilServing();
    const before = await world();
    await monitor.waitForLine(/\[DRY-RUN\] Re-creating app1\.\.\./, SOON_MS);
    await untilChecked(monitor);
    await expect(world()).resolves.toEqual(before);
    await expect(app1?.inspect()).resolves.toMatchObject({
      HostConfig: { NetworkMode: `container:${setting.gateway.id}` },
    });
    expectOnlySaid(monitor);
  });

  it('does not start a crashed gateway, nor the dependents that could not join it', async () => {
    await populate({ restartPolicy: 'no' });
    const [app1] = setting.dependents;
    const monitor = await watch();
    await setting.gateway.crash(3);
    await events.waitFor('die', setting.gateway);
    await expect(app1?.restart()).rejects.toThrow(/cannot join network/);
    const before = await world();
    await monitor.waitForLine(/\[DRY-RUN\] gluetun has not come back; starting it/, SOON_MS);
    await expect(world()).resolves.toEqual(before);
    await expect(setting.gateway.inspect()).resolves.toMatchObject({
      State: { Running: false, ExitCode: 3 },
    });
    expectOnlySaid(monitor);
  });

  it('is what prevents the writes: without it the same engine refuses them', async () => {
    await populate();
    const monitor = await watch({ DRY_RUN: 'false' });
    await setting.gateway.breakTunnel();
    await monitor.waitForLine(/Restarting gluetun failed: .*this engine is read only/, SOON_MS);
    expect(readOnly.refused).toEqual([
      expect.stringMatching(new RegExp(`^POST (/v[\\d.]+)?/containers/${setting.gateway.id}/restart$`)),
    ]);
  });

  /** Waits for a few more checks in one run of the gateway: any act would have started by then. */
  const untilChecked = async (monitor: MonitorProcess): Promise<void> => {
    const before = events.all.length;
    await eventually(
      'four more checks',
      () => monitor.hasExited || events.all.slice(before).filter(isCheck).length >= 4,
      SOON_MS,
    );
    expect(monitor.hasExited).toBe(false);
  };
});
