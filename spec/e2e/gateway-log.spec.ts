import { rename } from 'node:fs/promises';
import { saidBy } from './decision-lines.ts';
import { describeOnEngine, describeOnPrivateEngine } from './engine.ts';
import type { MonitorProcess } from './monitor.ts';
import { messages } from './setting.ts';
import { createDependent } from './stand-in/dependent.ts';
import { type Gateway, type GatewayOptions, createGateway } from './stand-in/gateway.ts';
import { type Environment, useScenario } from './scenario.ts';

const SOON_MS = 60_000;
const NEW_ADDRESS = '198\\.51\\.100\\.24';

describeOnEngine("Gluetun's log", (engine) => {
  jest.setTimeout(120_000);
  const { startWatching } = useScenario(engine);
  let gateway: Gateway;

  /** A gateway with a dependent, and a monitor that has seen the tunnel work. */
  const watch = async (
    env: Environment = {},
    options: Partial<GatewayOptions> = {},
  ): Promise<MonitorProcess> => {
    gateway = await createGateway(engine, { name: 'gluetun', ...options });
    await createDependent(engine, { name: 'app', network: gateway.id });
    return startWatching({ CHECK_INTERVAL: '1', RETRY_INTERVAL: '1', ...env }, SOON_MS);
  };

  describe('for the new endpoint after a recovery', () => {
    const endpointLines = (monitor: MonitorProcess): readonly string[] => saidBy(monitor, /^\[ENDPOINT\]/);
    const expectNewOnce = (monitor: MonitorProcess, server: string): void =>
      expect(endpointLines(monitor)).toEqual([
        expect.stringMatching(/Status: STARTUP \| IP: 203\.0\.113\.7 /),
        expect.stringMatching(/Status: FAILING \| IP: 203\.0\.113\.7 /),
        expect.stringMatching(
          new RegExp(
            `Status: NEW \\| IP: ${NEW_ADDRESS} \\| Country: Switzerland \\| City: Zürich \\| VPN Server: ${server} \\| Reason: After restart$`,
          ),
        ),
      ]);
    const orderOf = (monitor: MonitorProcess, ...patterns: readonly RegExp[]): readonly number[] =>
      patterns.map((pattern) => messages(monitor).findIndex((message) => pattern.test(message)));

    it.each<{ vpn: 'wireguard' | 'openvpn'; server: string }>([
      { vpn: 'wireguard', server: '172\\.31\\.77\\.10:51820' },
      { vpn: 'openvpn', server: 'server \\(172\\.31\\.77\\.11:1194\\)' },
    ])(
      'leads to a log line once Gluetun knows it, with the server of that reconnect: vpn-first, $vpn',
      async ({ vpn, server }) => {
        const monitor = await watch({ RECOVERY_STRATEGY: 'vpn-first' }, { vpn });
        await gateway.setPublicIpDelay(2);
        await gateway.breakTunnel();
        const told = await monitor.waitForLine(/Status: NEW/, SOON_MS);
        expectNewOnce(monitor, server);
        const [complete, latest] = orderOf(monitor, /Recovery complete/, /Status: NEW/);
        expect(complete).toBeLessThan(latest ?? -1);
        expect(told.text).not.toMatch(/unknown/);
      },
    );

    it('leads to a log line once Gluetun knows it, without delaying a repair', async () => {
      const monitor = await watch();
      await gateway.setPublicIpDelay(3);
      await gateway.breakTunnel();
      await monitor.waitForLine(/Recovery complete/, SOON_MS);
      await monitor.waitForLine(/Status: NEW/, SOON_MS);
      expectNewOnce(monitor, '172\\.31\\.77\\.10:51820');
      const [listing, latest] = orderOf(monitor, /Discovered dependent containers: app/, /Status: NEW/);
      expect(listing).toBeLessThan(latest ?? -1);
    });
  });

  it.each<{ vpn: 'wireguard' | 'openvpn' }>([{ vpn: 'wireguard' }, { vpn: 'openvpn' }])(
    'makes a gateway ready before Docker reports it healthy, even without a public address: $vpn',
    async ({ vpn }) => {
      const monitor = await watch({}, { vpn, publicIp: 'off', controlServer: 'off' });
      await gateway.setHealth('failing');
      await monitor.waitForLine(/though Docker calls gluetun unhealthy: nothing to restart/);
      await gateway.breakTunnel();
      await monitor.waitForLine(/Recovery complete/, SOON_MS);
      expect(saidBy(monitor, /gluetun is healthy after/).at(-1)).toMatch(
        /: its log shows the tunnel and a check passed$/,
      );
    },
  );

  describe('for the reason why Gluetun cannot connect', () => {
    const AUTH_FAILED = 'Gluetun says: AUTH: Received control message: AUTH_FAILED';

    it('is quoted when the reason appears, and again with the failure that it explains', async () => {
      const monitor = await watch({ HEALTHY_WAIT_TIMEOUT: '3' }, { vpn: 'openvpn' });
      await gateway.setHealth('failing');
      await monitor.waitForLine(/though Docker calls gluetun unhealthy: nothing to restart/);
      await gateway.setCredentials('refused');
      await gateway.breakTunnel();
      await monitor.waitForLine(
        /did not become ready within 3s; .*\. Gluetun says: AUTH: .*AUTH_FAILED$/,
        SOON_MS,
      );
      expect(saidBy(monitor, /^\[WARN\] Gluetun says/)).toEqual([`[WARN] ${AUTH_FAILED}`]);
      await gateway.setHealth('healthy');
      await gateway.setCredentials('accepted');
    });

    it('is quoted once if Gluetun repeatedly exits because of its settings', async () => {
      const monitor = await watch({}, { restartPolicy: 'always' });
      await gateway.setConfigurationError(
        'VPN settings: provider: the country specified is not valid: Atlantis',
      );
      await gateway.crash(1);
      await monitor.waitForLine(
        /Gluetun says: VPN settings: provider: the country specified is not valid: Atlantis$/,
      );
      await gateway.setConfigurationError(undefined);
      await monitor.waitForLine(/gluetun is healthy after/, SOON_MS);
      expect(saidBy(monitor, /Gluetun says/)).toHaveLength(1);
    });
  });

  it('is reported as unreadable if its logging driver does not support reading', async () => {
    const monitor = await watch({}, { log: { Type: 'none', Config: {} } });
    await monitor.waitForLine(
      /\[WARN\] The log of gluetun cannot be read: configured logging driver does not support reading; .*json-file/,
    );
    await gateway.restart();
    await monitor.waitForLine(/gluetun is healthy after/, SOON_MS);
    expect(saidBy(monitor, /cannot be read/)).toHaveLength(1);
  });
});

describeOnPrivateEngine("Gluetun's log, if somebody moves its file away,", (engine) => {
  jest.setTimeout(120_000);
  const { startWatching } = useScenario(engine);

  it('is reported as unreadable, and the missed lines are read when it is back', async () => {
    const gateway = await createGateway(engine, { name: 'gluetun' });
    const monitor = await startWatching({ CHECK_INTERVAL: '1' }, SOON_MS);
    const { LogPath: path } = await gateway.inspect();
    await rename(path, `${path}.moved`);
    await gateway.healItself();
    await monitor.waitForLine(
      /\[WARN\] The log of gluetun cannot be read: Error grabbing logs: .*no such file/,
      SOON_MS,
    );
    await rename(`${path}.moved`, path);
    await monitor.waitForLine(/The log of gluetun can be read again/, SOON_MS);
    await monitor.waitForLine(/Status: CHANGED \| IP: 198\.51\.100\.24 /);
    // It may also fall silent before the engine reports the error: that depends on the engine.
    expect(saidBy(monitor, /The log of gluetun can/)).toEqual([
      expect.stringMatching(/cannot be read/),
      expect.stringMatching(/can be read again/),
    ]);
  });
});
