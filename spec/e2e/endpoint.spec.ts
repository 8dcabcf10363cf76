import { describeOnEngine } from './engine.ts';
import { SITES } from './setting.ts';
import { type GatewayOptions, createGateway } from './stand-in/gateway.ts';
import { useScenario } from './scenario.ts';

describeOnEngine('the endpoint', (engine) => {
  const { startMonitor } = useScenario(engine);

  const API_KEY = 'a-long-random-key';

  it.each<{ given: string; options: Partial<GatewayOptions>; env?: Record<string, string>; then: RegExp }>([
    {
      given: 'the control server answers',
      options: { controlServer: 'open' },
      then: /STARTUP \| IP: 203\.0\.113\.7 \| Country: Netherlands \| City: Amsterdam \|/,
    },
    {
      given: 'the control server requires a key, and gets it',
      options: { controlServer: { apiKey: API_KEY } },
      env: { GLUETUN_API_KEY: API_KEY },
      then: /STARTUP \| IP: 203\.0\.113\.7 \| Country: Netherlands \|/,
    },
    {
      given: 'only the log of WireGuard shows it',
      options: { controlServer: 'off' },
      then: /STARTUP \| IP: 203\.0\.113\.7 \| Country: Netherlands \| City: Amsterdam \| VPN Server: 172\.31\.77\.10:51820 \|/,
    },
    {
      given: 'only the log of OpenVPN shows it, in the colours of a TTY',
      options: { controlServer: 'off', vpn: 'openvpn', tty: true },
      then: /STARTUP \| IP: 203\.0\.113\.7 \| Country: Netherlands \| City: Amsterdam \| VPN Server: .*172\.31\.77\.11:1194/,
    },
    {
      given: 'nothing shows it (as unknown)',
      options: { controlServer: 'off', publicIp: 'unavailable' },
      then: /STARTUP \| IP: unknown \| Country: unknown \| City: unknown \|/,
    },
  ])('is logged if $given', async ({ options, env, then }) => {
    await createGateway(engine, { name: 'gluetun', ...options });
    const monitor = await startMonitor({ env: { SITES, ...env } });
    const { text } = await monitor.waitForLine(/Status: STARTUP/);
    expect(text).toMatch(then);
  });
});
