/** The endpoint of a tunnel. */
export interface Endpoint {
  readonly ip: string;
  readonly country: string;
  readonly region: string;
  readonly city: string;
  /** `host:port` of the VPN server. */
  readonly server: string;
}

export type Vpn = 'wireguard' | 'openvpn';

/** A line before formatting; without a level it is part of the banner. */
export interface LogLine {
  readonly level?: 'INFO' | 'WARN' | 'ERROR';
  readonly component?: string;
  readonly message: string;
}

const COLOURS = { INFO: 36, WARN: 33, ERROR: 31 } as const;
const OPENVPN_COLOUR = 95;
const OPENVPN_UP_COLOUR = 92;
const OPENVPN_UP = 'Initialization Sequence Completed';

/** The written form: with colours and CRLF on a terminal (v3.41.3). */
export function render({ level, component, message }: LogLine, nowMs: number, tty: boolean): string {
  const end = tty ? '\r\n' : '\n';
  if (level === undefined) return `${message}${end}`;
  const at = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  const paintedLevel = tty ? paint(level, COLOURS[level]) : level;
  const paintedMessage = tty && component === 'openvpn' ? paintOpenvpn(message) : message;
  const origin = component === undefined ? '' : `[${component}] `;
  return `${at} ${paintedLevel} ${origin}${paintedMessage}${end}`;
}

const paintOpenvpn = (text: string): string =>
  paint(text, text === OPENVPN_UP ? OPENVPN_UP_COLOUR : OPENVPN_COLOUR);

const paint = (text: string, colour: number): string => `\u001b[${colour}m${text}\u001b[0m`;

const info = (component: string, message: string): LogLine => ({ level: 'INFO', component, message });

export const startLines = (): readonly LogLine[] => [
  { message: '========================================' },
  { message: '=============== gluetun ================' },
  { message: '========================================' },
  { message: '=========== Made with ❤️ by ============' },
  { message: '======= https://github.com/qdm12 =======' },
  { message: '========================================' },
  { message: '' },
  { message: 'Running version v3.41.3 built on 2026-07-30 (commit 3d1e20c5)' },
  { message: '' },
  info('firewall', 'enabling...'),
  info('firewall', 'enabled successfully'),
  { level: 'INFO', message: 'Alpine version: 3.22.0' },
  info('healthcheck', 'listening on 127.0.0.1:9999'),
  info('http server', 'http server listening on [::]:8000'),
];

/** The attempt to connect. */
export function connectLines(vpn: Vpn, { server }: Endpoint): readonly LogLine[] {
  const lines = vpn === 'wireguard' ? wireguardLines(server) : openvpnAttemptLines(server);
  return [info('firewall', 'allowing VPN connection...'), ...lines];
}

/** The tunnel is up. WireGuard, a silent protocol, has logged everything before that. */
export const tunnelUpLines = (vpn: Vpn, { server }: Endpoint): readonly LogLine[] =>
  vpn === 'wireguard' ? [] : openvpnUpLines(server);

export const publicIpLine = ({ ip, country, region, city }: Endpoint): LogLine =>
  info('ip getter', `Public IP address is ${ip} (${country}, ${region}, ${city} - source: ipinfo)`);

const wireguardLines = (server: string): readonly LogLine[] => [
  info('wireguard', 'Using userspace implementation since Kernel support does not exist'),
  info('wireguard', `Connecting to ${server}`),
  info(
    'wireguard',
    'Wireguard setup is complete. Note Wireguard is a silent protocol and it may or may not work, without giving any ' +
      'error message. Typically i/o timeout errors indicate the Wireguard connection is not working.',
  ),
];

const openvpnAttemptLines = (server: string): readonly LogLine[] => [
  info('openvpn', `TCP/UDP: Preserving recently used remote address: [AF_INET]${server}`),
  info('openvpn', 'UDPv4 link local: (not bound)'),
  info('openvpn', `UDPv4 link remote: [AF_INET]${server}`),
];

const openvpnUpLines = (server: string): readonly LogLine[] => [
  info('openvpn', `[server] Peer Connection Initiated with [AF_INET]${server}`),
  info('openvpn', 'TUN/TAP device tun0 opened'),
  info('openvpn', OPENVPN_UP),
];

/** It found its tunnel dead and restarts its VPN, without a restart of the container. */
export const selfHealingLines = (): readonly LogLine[] => [
  {
    level: 'WARN',
    component: 'vpn',
    message:
      'restarting VPN because it failed to pass the healthcheck: startup check: all check tries failed: ' +
      'parallel attempt 1/1 failed: dialing: dial tcp4 10.99.0.1:9000: i/o timeout',
  },
  info('vpn', '👉 See https://github.com/qdm12/gluetun-wiki/blob/main/faq/healthcheck.md'),
  ...vpnRestartLines(),
];

export const vpnRestartLines = (): readonly LogLine[] => [info('vpn', 'stopping'), info('vpn', 'starting')];

export const shutdownLines = (): readonly LogLine[] => [
  { level: 'WARN', message: 'Caught OS signal terminated, shutting down' },
  { level: 'INFO', message: 'vpn: terminated ✔️' },
  { level: 'INFO', message: 'Shutdown successful' },
];
