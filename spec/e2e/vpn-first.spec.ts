import { SECRETS } from '../marked-secrets.ts';
import { saidBy } from './decision-lines.ts';
import { describeOnEngine } from './engine.ts';
import { eventually } from './eventually.ts';
import type { MonitorProcess } from './monitor.ts';
import { type Setting, createSetting, cutOff, messages } from './setting.ts';
import type { GatewayOptions } from './stand-in/gateway.ts';
import { type Environment, useEvents, useScenario } from './scenario.ts';

const SOON_MS = 60_000;
const LONG_MS = 240_000;
const API_KEY = SECRETS.apiKey;
const RESTARTING_VPN = '[INFO] Restarting the VPN inside gluetun to force new endpoint...';
const RESTARTING_CONTAINER = '[INFO] Restarting gluetun to force new endpoint...';
const MAY_NOT = 'have Gluetun allow it GET and PUT /v1/vpn/status';

interface Refusal {
  readonly given: string;
  readonly options?: Partial<GatewayOptions>;
  readonly env?: Environment;
  readonly reason: string;
}

describeOnEngine('a broken tunnel, with RECOVERY_STRATEGY=vpn-first,', (engine) => {
  jest.setTimeout(LONG_MS);
  const { startWatching } = useScenario(engine);
  let setting: Setting;
  const events = useEvents(engine);

  /** A gateway with three dependents, one of them through another, and a monitor that has seen the tunnel work. */
  const watch = async (
    env: Environment = {},
    options: Partial<GatewayOptions> = {},
  ): Promise<MonitorProcess> => {
    setting = await createSetting(engine, options, { app1: 'gluetun', app2: 'gluetun', app3: 'app1' });
    return startWatching(
      { CHECK_INTERVAL: '1', RECOVERY_STRATEGY: 'vpn-first', LOG_LEVEL: 'debug', ...env },
      SOON_MS,
    );
  };

  const startTimes = async (): Promise<readonly string[]> =>
    Promise.all(
      [setting.gateway, ...setting.dependents].map(async (one) => (await one.inspect()).State.StartedAt),
    );

  /** The containers that were started since. */
  const restartedSince = async (before: readonly string[]): Promise<readonly string[]> => {
    const now = await startTimes();
    const all = [setting.gateway, ...setting.dependents];
    return all.map(({ name }) => name).filter((_, index) => now[index] !== before[index]);
  };

  const recovered = async (monitor: MonitorProcess): Promise<readonly string[]> => {
    await monitor.waitForLine(/Recovery complete/, LONG_MS);
    return saidBy(monitor, /[Tt]he VPN|Restarting|Recovery/);
  };

  describe('is recovered by a restart of the VPN alone', () => {
    it.each<{ given: string; options: Partial<GatewayOptions>; env: Environment }>([
      { given: 'needs no key', options: { controlServer: 'open' }, env: {} },
      { given: 'of an OpenVPN gateway needs no key', options: { vpn: 'openvpn' }, env: {} },
      { given: 'is that of Gluetun v3.30', options: { controlServer: 'v3.30', vpn: 'openvpn' }, env: {} },
      {
        given: 'requires a key, and gets it',
        options: { controlServer: { apiKey: API_KEY } },
        env: { GLUETUN_API_KEY: API_KEY },
      },
    ])('if the control server $given, and nothing else is touched', async ({ options, env }) => {
      const monitor = await watch(env, options);
      const before = await startTimes();
      await setting.gateway.breakTunnel();
      await expect(recovered(monitor)).resolves.toEqual([
        RESTARTING_VPN,
        expect.stringMatching(
          /^\[INFO\] Recovery complete \(took [\d.]+s\): the VPN was restarted, dependents untouched$/,
        ),
      ]);
      await expect(restartedSince(before)).resolves.toEqual([]);
      await expect(cutOff(setting)).resolves.toEqual([]);
    });

    it('and of the dependents that VPN_RESTART_DEPENDENTS lists', async () => {
      const monitor = await watch({ VPN_RESTART_DEPENDENTS: 'app2' });
      const before = await startTimes();
      await setting.gateway.breakTunnel();
      await monitor.waitForLine(/app2 restarted successfully/, SOON_MS);
      expect(saidBy(monitor, /Recovery complete/)).toEqual([
        expect.stringMatching(/: the VPN was restarted, dependents untouched but app2$/),
      ]);
      await expect(restartedSince(before)).resolves.toEqual(['app2']);
      await expect(cutOff(setting)).resolves.toEqual([]);
    });
  });

  describe('is recovered by a restart of the container', () => {
    // `spec/streams/vpn-restart.spec.ts` has all other refusals, which are recognised in the same way.
    it.each<Refusal>([
      {
        given: 'the control server requires a key, and none is set',
        options: { controlServer: { apiKey: API_KEY } },
        env: { GLUETUN_API_KEY: '' },
        reason: `the control server asks for a key: set GLUETUN_API_KEY, and ${MAY_NOT}`,
      },
      {
        given: 'the control server does not accept the key',
        options: { controlServer: { apiKey: API_KEY } },
        env: { GLUETUN_API_KEY: 'another-key' },
        reason: `the control server does not accept GLUETUN_API_KEY: ${MAY_NOT}`,
      },
      {
        given: 'the control server never answers',
        options: { controlServer: 'hung' },
        reason: 'the control server did not answer in time',
      },
      {
        given: 'the control server never answers once the VPN is stopped',
        options: { controlServer: 'stuck' },
        reason: 'the VPN may be left stopped: the control server did not answer in time',
      },
    ])('if $given, and the reason is logged', async ({ options, env, reason }) => {
      const monitor = await watch(env, options);
      const before = await startTimes();
      await setting.gateway.breakTunnel();
      const said = await recovered(monitor);
      expect(said.slice(0, 3)).toEqual([
        RESTARTING_VPN,
        `[WARN] The VPN cannot be restarted inside gluetun: ${reason}`,
        RESTARTING_CONTAINER,
      ]);
      await expect(restartedSince(before)).resolves.toEqual(['gluetun', 'app1', 'app2', 'app3']);
      await expect(cutOff(setting)).resolves.toEqual([]);
    });

    it('if the VPN has crashed, as only Gluetun itself can start it then', async () => {
      const monitor = await watch();
      await setting.gateway.crashVpn();
      const said = await recovered(monitor);
      expect(said.slice(0, 3)).toEqual([
        RESTARTING_VPN,
        '[WARN] The VPN cannot be restarted inside gluetun: the VPN has crashed, and only Gluetun itself starts it again (its log says why it crashed)',
        RESTARTING_CONTAINER,
      ]);
      // No stop was requested.
      await expect(setting.gateway.log()).resolves.not.toMatch(/PUT \/v1\/vpn\/status/);
      await expect(cutOff(setting)).resolves.toEqual([]);
    });

    it('if a restart of the VPN does not help', async () => {
      const monitor = await watch({}, { staysBroken: true });
      const before = await startTimes();
      await setting.gateway.breakTunnel();
      // The container is being restarted then: with this setting its restart heals the tunnel.
      await monitor.waitForLine(/No check has passed since the VPN was restarted/, 60_000);
      await setting.gateway.setStaysBroken(false);
      const said = await recovered(monitor);
      expect(said.slice(0, 3)).toEqual([
        RESTARTING_VPN,
        '[WARN] No check has passed since the VPN was restarted inside gluetun',
        RESTARTING_CONTAINER,
      ]);
      await expect(restartedSince(before)).resolves.toEqual(['gluetun', 'app1', 'app2', 'app3']);
      await expect(cutOff(setting)).resolves.toEqual([]);
    });
  });

  it('is left alone while the gateway is paused, and recovered when it is unpaused', async () => {
    // An exec that is just being started when its container is paused can hang the engine (20.10): no health check, then.
    const monitor = await watch({ VPN_RESTART_DEPENDENTS: 'app2' }, { stopDelaySeconds: 2, health: 'none' });
    const before = await startTimes();
    await setting.gateway.breakTunnel();
    const isStopping = async (): Promise<boolean> => (await setting.gateway.log()).includes('[vpn] stopping');
    await eventually('the VPN is being stopped', isStopping, SOON_MS);
    await setting.gateway.pause();
    await monitor.waitForLine(/gluetun is paused; standing by/);
    await setting.gateway.unpause();
    await monitor.waitForLine(
      /Recovery complete .*: the VPN was restarted, dependents untouched but app2$/,
      SOON_MS,
    );
    await monitor.waitForLine(/app2 restarted successfully/);
    await expect(restartedSince(before)).resolves.toEqual(['app2']);
    expect(saidBy(monitor, /Restarting gluetun/)).toEqual([]);
  });

  it('is recovered without exposing the key in the log, an engine event, a process list, or a file left behind', async () => {
    const monitor = await watch(
      { GLUETUN_API_KEY: API_KEY },
      { controlServer: { apiKey: API_KEY }, stopDelaySeconds: 2 },
    );
    await setting.gateway.breakTunnel();
    const running: string[] = [];
    await eventually(
      'the recovery is complete',
      async () => {
        running.push(...(await setting.gateway.processes()).map(({ commandLine }) => commandLine));
        return monitor.linesMatching(/Recovery complete/).length > 0;
      },
      LONG_MS,
    );
    expect(running.join('\n')).not.toContain(API_KEY);
    expect(running.join('\n')).toMatch(/gluetun-monitor-vpn-restart/);
    expect(running.join('\n')).toMatch(/wget .*--method=PUT/);
    expect(events.all.map(({ action }) => action).join('\n')).toMatch(
      /exec_create: [^]*gluetun-monitor-vpn-restart/,
    );
    expect(JSON.stringify(events.all)).not.toContain(API_KEY);
    expect(messages(monitor).join('\n')).not.toContain(API_KEY);
    await expect(setting.gateway.log()).resolves.not.toContain(API_KEY);
    await expect(setting.gateway.exec('ls', '-A', '/tmp', '/root')).resolves.toMatchObject({
      output: expect.not.stringContaining('tmp.') as string,
    });
  });
});
