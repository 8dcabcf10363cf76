import { judgeVpnRestart } from '../../../streams/vpn-restart-verdict.ts';
import { type VpnRestart, vpnRestartCommand } from '../../../streams/vpn-restart.ts';
import { describeOnEngine } from '../engine.ts';
import { eventually } from '../eventually.ts';
import { removeContainers } from '../test-engine.ts';
import { type ControlServer, createGateway, sites, type Gateway, type GatewayOptions } from './gateway.ts';
import { buildImages } from './images.ts';

const LINE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (DEBUG|INFO|WARN|ERROR) (?:\[([^\]]+)\] )?(.*)$/;
const PUBLIC_IP = /\[ip getter\] Public IP address is (\S+) \(/g;

describeOnEngine('the stand-in, compared with Gluetun,', (engine) => {
  let gateway: Gateway;

  beforeAll(async () => buildImages(engine));
  afterEach(async () => removeContainers(engine));

  const publicIps = async (): Promise<(string | undefined)[]> =>
    [...(await gateway.log()).matchAll(PUBLIC_IP)].map(([, ip]) => ip);

  /** The control server logs a request after it has answered it. */
  const expectLogged = async (text: string): Promise<void> => {
    await eventually(`the log says "${text}"`, async () => (await gateway.log()).includes(text));
  };

  const ask = async (path: string, ...options: string[]): Promise<string> =>
    (await gateway.exec('wget', '-qO-', '-t1', ...options, `http://127.0.0.1:8000${path}`)).output.trim();

  const putting = (status: string): string[] => ['--method=PUT', `--body-data={"status":"${status}"}`];

  const put = async (status: string, ...options: string[]): Promise<string> =>
    ask('/v1/vpn/status', ...putting(status), ...options);

  describe('in its log', () => {
    it('has lines of the same form after the banner', async () => {
      gateway = await createGateway(engine, { name: 'log' });
      const lines = (await gateway.log()).trim().split('\n');

      expect(lines[2]).toBe('=============== gluetun ================');
      expect(lines.slice(10).filter((line) => !LINE.test(line))).toEqual([]);
    });

    it('shows another public address after each start', async () => {
      gateway = await createGateway(engine, { name: 'log' });
      await gateway.restart();
      await gateway.untilServing();

      await expect(publicIps()).resolves.toEqual(['203.0.113.7', '198.51.100.24']);
    });

    it('shows no public address if it could not learn it', async () => {
      gateway = await createGateway(engine, { name: 'log', publicIp: 'unavailable' });

      await expect(publicIps()).resolves.toEqual([]);
      await expect(ask('/v1/publicip/ip')).resolves.toBe('{"public_ip":""}');
    });

    it('shows the lines of OpenVPN', async () => {
      gateway = await createGateway(engine, { name: 'log', vpn: 'openvpn' });

      expect(await gateway.log()).toContain('INFO [openvpn] Initialization Sequence Completed\n');
    });

    it('shows when it heals itself', async () => {
      gateway = await createGateway(engine, { name: 'log' });
      await gateway.breakTunnel();
      await gateway.healItself();

      expect(await gateway.log()).toContain(
        'WARN [vpn] restarting VPN because it failed to pass the healthcheck:',
      );
      expect((await gateway.exec('wget', '--spider', '-q', sites.ok[0])).exitCode).toBe(0);
    });

    it('ends with the shutdown', async () => {
      gateway = await createGateway(engine, { name: 'log' });
      await gateway.stop();

      expect((await gateway.log()).trim()).toMatch(/INFO Shutdown successful$/);
    });
  });

  describe('as to its control server', () => {
    it('reports the public address, and logs the request', async () => {
      gateway = await createGateway(engine, { name: 'control' });

      expect(JSON.parse(await ask('/v1/publicip/ip'))).toMatchObject({
        public_ip: '203.0.113.7',
        region: 'North Holland',
        country: 'Netherlands',
        city: 'Amsterdam',
      });
      await expectLogged('INFO [http server] 200 GET /v1/publicip/ip wrote');
    });

    it('stops and starts the VPN, which heals it and leads to another endpoint', async () => {
      gateway = await createGateway(engine, { name: 'control' });
      await gateway.breakTunnel();
      const outcomes = [
        await put('stopped'),
        await put('stopped'),
        await ask('/v1/vpn/status'),
        await put('running'),
      ];

      expect(outcomes).toEqual([
        '{"outcome":"stopped"}',
        '{"outcome":"already stopped"}',
        '{"status":"stopped"}',
        '{"outcome":"running"}',
      ]);
      expect((await gateway.exec('wget', '--spider', '-q', sites.ok[0])).exitCode).toBe(0);
      await expect(publicIps()).resolves.toEqual(['203.0.113.7', '198.51.100.24']);
    });

    it('cannot start a VPN that has crashed', async () => {
      gateway = await createGateway(engine, { name: 'control' });
      await gateway.crashVpn();

      await expect(put('running')).resolves.toBe('{"outcome":"already crashed"}');
    });

    it('requires its key', async () => {
      gateway = await createGateway(engine, { name: 'control', controlServer: { apiKey: 's3cret' } });

      await expect(ask('/v1/vpn/status')).resolves.toBe('');
      await expect(ask('/v1/vpn/status', '--header=X-API-Key: s3cret')).resolves.toBe('{"status":"running"}');
      await expectLogged('INFO [http server] 401 GET /v1/vpn/status');
    });

    it.each<[ControlServer, string, string]>([
      ['open', '{"status":"running"}', '{"outcome":"stopped"}'],
      ['read-only', '{"status":"running"}', ''],
      ['v3.30', '', ''],
      ['foreign', '', ''],
    ])('answers GET and PUT /v1/vpn/status: %s', async (controlServer, status, outcome) => {
      gateway = await createGateway(engine, { name: 'control', controlServer });

      await expect(ask('/v1/vpn/status')).resolves.toBe(status);
      await expect(put('stopped')).resolves.toBe(outcome);
    });

    it.each(['hung', 'stuck'] as const)('never answers a PUT: %s', async (controlServer) => {
      gateway = await createGateway(engine, { name: 'control', controlServer });

      await expect(put('stopped', '-T1')).resolves.toBe('');
    });

    it.each([
      ['wireguard', '{"status":"stopped"}', '{"outcome":"crashed"}'],
      ['openvpn', '{"status":"running"}', '{"outcome":"already running"}'],
    ] as const)('has a route for OpenVPN alone: %s', async (vpn, status, outcome) => {
      gateway = await createGateway(engine, { name: 'control', vpn });

      await expect(ask('/v1/openvpn/status')).resolves.toBe(status);
      await expect(ask('/v1/openvpn/status', ...putting('running'))).resolves.toBe(outcome);
    });

    it('can be off', async () => {
      gateway = await createGateway(engine, { name: 'control', controlServer: 'off' });

      expect((await gateway.exec('wget', '-q', '-t1', 'http://127.0.0.1:8000/')).exitCode).toBe(4);
    });
  });

  describe('when the monitor restarts its VPN', () => {
    const restart = async (key?: string): Promise<VpnRestart> => {
      const { cmd, env } = vpnRestartCommand({ url: 'http://127.0.0.1:8000', key });
      const { output } = await gateway.exec('env', ...env, ...cmd);
      return judgeVpnRestart(output.split('\n'), { url: '', key });
    };

    it('heals the tunnel and gets another endpoint, on the same network', async () => {
      gateway = await createGateway(engine, { name: 'vpn' });
      const network = await gateway.networkNamespace();
      await gateway.breakTunnel();

      await expect(restart()).resolves.toEqual({ result: 'restarted' });
      expect((await gateway.exec('wget', '--spider', '-q', sites.ok[0])).exitCode).toBe(0);
      await expect(publicIps()).resolves.toEqual(['203.0.113.7', '198.51.100.24']);
      await expect(gateway.networkNamespace()).resolves.toBe(network);
    });

    it.each<{ given: string; options: Partial<GatewayOptions>; key?: string; result: VpnRestart['result'] }>([
      { given: 'its key', options: { controlServer: { apiKey: 'k3y' } }, key: 'k3y', result: 'restarted' },
      { given: 'no key', options: { controlServer: { apiKey: 'k3y' } }, result: 'unauthorised' },
      { given: 'a role that may not PUT', options: { controlServer: 'read-only' }, result: 'unauthorised' },
      { given: 'v3.30', options: { controlServer: 'v3.30', vpn: 'openvpn' }, result: 'restarted' },
      { given: 'v3.30 and WireGuard', options: { controlServer: 'v3.30' }, result: 'unavailable' },
      { given: 'another server', options: { controlServer: 'foreign' }, result: 'unavailable' },
      { given: 'no server', options: { controlServer: 'off' }, result: 'unavailable' },
      { given: 'no GNU wget', options: { wget: 'busybox' }, result: 'unavailable' },
      { given: 'a VPN that is still connecting', options: { tunnelDelaySeconds: 60 }, result: 'restarted' },
    ])('gives "$result" with $given', async ({ options, key, result }) => {
      gateway = await createGateway(engine, { name: 'vpn', ...options });

      await expect(restart(key)).resolves.toMatchObject({ result });
    });

    it('leaves a crashed VPN alone', async () => {
      gateway = await createGateway(engine, { name: 'vpn' });
      await gateway.crashVpn();

      await expect(restart()).resolves.toMatchObject({ result: 'crashed' });
    });
  });
});
