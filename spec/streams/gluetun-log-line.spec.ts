import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseGluetunLine } from '../../streams/gluetun-log-line.ts';
import { inTime } from '../in-time.ts';

const AT = '2026-11-22T18:14:49Z';
const ip = (address: string, country?: string, region?: string, city?: string) => ({
  type: 'publicIpLogged', ip: address, country, region, city,
}); // prettier-ignore
const server = (name: string) => ({ type: 'vpnServerLogged', server: name });
const UP = { type: 'tunnelUpLogged' };
const STOPPING = { type: 'vpnStoppingLogged' };
const STARTING = { type: 'vpnStartingLogged' };
const trouble = (text: string) => ({ type: 'gatewayTroubleLogged', text });
const HEALING = { type: 'selfHealingLogged' };
const NL = ['Netherlands', 'North Holland', 'Amsterdam'] as const;

describe('parseGluetunLine', () => {
  it.each([
    ['an IP address, v3.30–v3.39', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (Netherlands, North Holland, Amsterdam)`, ip('203.0.113.7', ...NL)],
    ['an IP address, v3.40', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (Netherlands, North Holland, Amsterdam - source: ipinfo)`, ip('203.0.113.7', ...NL)],
    ['an IP address, v3.41 with several sources', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (Netherlands, North Holland, Amsterdam - source: ipinfo+ifconfig.co+cloudflare)`, ip('203.0.113.7', ...NL)],
    ['an IP address, v3.41 with all sources banned', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (Netherlands, North Holland, Amsterdam - source: <all-banned>)`, ip('203.0.113.7', ...NL)],
    ['an IP address, its source with a port', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (Netherlands, North Holland, Amsterdam - source: 10.99.0.1:8080)`, ip('203.0.113.7', ...NL)],
    ['an IP address, v3.28', '2021/04/24 00:06:40 INFO ip getter: Public IP address is 203.0.113.7 (Netherlands, North Holland, Amsterdam)', ip('203.0.113.7', ...NL)],
    ['an IP address, in another time zone', '2026-11-22T20:14:49+02:00 INFO [ip getter] Public IP address is 203.0.113.7 (Netherlands, North Holland, Amsterdam)', ip('203.0.113.7', ...NL)],
    ['an IP address, without a time', 'INFO [ip getter] Public IP address is 203.0.113.7 (Netherlands, North Holland, Amsterdam)', ip('203.0.113.7', ...NL)],
    ['an IPv6 address', `${AT} INFO [ip getter] Public IP address is 2001:db8::77 (Germany, Hesse, Frankfurt am Main - source: ipinfo)`, ip('2001:db8::77', 'Germany', 'Hesse', 'Frankfurt am Main')],
    ['an IP address without a city', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (Germany, Hesse,  - source: cloudflare)`, ip('203.0.113.7', 'Germany', 'Hesse')],
    ['an IP address without a city, before v3.40', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (Germany, Hesse, )`, ip('203.0.113.7', 'Germany', 'Hesse')],
    ['an IP address without a region', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (Germany, , Berlin)`, ip('203.0.113.7', 'Germany', undefined, 'Berlin')],
    ['an IP address without a location', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (, ,  - source: x)`, ip('203.0.113.7')],
    ['an IP address without brackets', `${AT} INFO [ip getter] Public IP address is 203.0.113.7`, ip('203.0.113.7')],
    ['an IP address with commas in the city', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (United States, District of Columbia, Washington, D.C. - source: ipinfo)`, ip('203.0.113.7', 'United States', 'District of Columbia', 'Washington, D.C.')],
    ['an IP address with brackets in the city', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (Germany, Hesse, Frankfurt (Main) - source: ipinfo)`, ip('203.0.113.7', 'Germany', 'Hesse', 'Frankfurt (Main)')],
    ['an IP address with a hyphen in the city', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (France, Île-de-France, Saint - Denis - source: ipinfo)`, ip('203.0.113.7', 'France', 'Île-de-France', 'Saint - Denis')],
    ['an IP address of <nil>', `${AT} INFO [ip getter] Public IP address is <nil> (, , )`, undefined],
    ['a failure to get the IP address', `${AT} ERROR [vpn] getting public IP address information: fetching information: timeout`, undefined],
    ['the server of WireGuard', `${AT} INFO [wireguard] Connecting to 172.31.77.10:51820`, server('172.31.77.10:51820')],
    ['the server of WireGuard, IPv6', `${AT} INFO [wireguard] Connecting to [2001:db8::5]:51820`, server('[2001:db8::5]:51820')],
    ['the server of AmneziaWG', `${AT} INFO [amneziawg] Connecting to 172.31.77.10:51820`, server('172.31.77.10:51820')],
    ['WireGuard up, v3.36–v3.41', `${AT} INFO [wireguard] Wireguard setup is complete. Note Wireguard is a silent protocol`, UP],
    ['WireGuard up, <= v3.35', `${AT} INFO [wireguard] Wireguard is up`, UP],
    ['WireGuard up, after v3.41', `${AT} INFO [vpn] wireguard setup is complete. Note Wireguard is a silent protocol`, UP],
    ['AmneziaWG up', `${AT} INFO [amneziawg] Amneziawg setup is complete. Note`, UP],
    ['AmneziaWG up, after v3.41', `${AT} INFO [vpn] amneziawg setup is complete. Note`, UP],
    ['WireGuard not up yet', `${AT} INFO [wireguard] Wireguard setup is completely unknown`, undefined],
    ['another component quoting "Wireguard setup is complete"', `${AT} INFO [http server] Wireguard setup is complete.`, undefined],
    ['the VPN stopping', `${AT} INFO [vpn] stopping`, STOPPING],
    ['the VPN starting', `${AT} INFO [vpn] starting`, STARTING],
    ['another component stopping', `${AT} INFO [port forwarding] stopping`, undefined],
    ['another component starting', `${AT} INFO [port forwarding] starting`, undefined],
    ['refused credentials', `${AT} ERROR [openvpn] AUTH: Received control message: AUTH_FAILED`, trouble('AUTH: Received control message: AUTH_FAILED')],
    ['refused credentials at level INFO', `${AT} INFO [openvpn] AUTH: Received control message: AUTH_FAILED`, trouble('AUTH: Received control message: AUTH_FAILED')],
    ['refused credentials, v3.28', '2021/04/24 00:06:40 WARN openvpn: AUTH: Received control message: AUTH_FAILED', trouble('AUTH: Received control message: AUTH_FAILED')],
    ['refused credentials, on a terminal', `${AT} \u001b[31mERROR\u001b[0m [openvpn] \u001b[95mAUTH: Received control message: AUTH_FAILED\u001b[0m\r`, trouble('AUTH: Received control message: AUTH_FAILED')],
    ['the process restart after refused credentials', `${AT} INFO [openvpn] SIGUSR1[soft,auth-failure] received, process restarting`, undefined],
    ['a failed TLS negotiation', `${AT} WARN [openvpn] TLS Error: TLS key negotiation failed to occur within 60 seconds (check your network connectivity)`, trouble('TLS Error: TLS key negotiation failed to occur within 60 seconds (check your network connectivity)')],
    ['a name that does not resolve', `${AT} WARN [openvpn] RESOLVE: Cannot resolve host address: nl.example:1194 (Try again)`, trouble('RESOLVE: Cannot resolve host address: nl.example:1194 (Try again)')],
    ['a refused connection', `${AT} INFO [openvpn] TCP: connect to [AF_INET]1.2.3.4:443 failed: Connection refused`, trouble('TCP: connect to [AF_INET]1.2.3.4:443 failed: Connection refused')],
    ['the exit of OpenVPN', `${AT} ERROR [vpn] exit status 1`, trouble('exit status 1')],
    ['the retry after an exit', `${AT} INFO [vpn] retrying in 15s`, undefined],
    ['no matching server', `${AT} ERROR [vpn] finding a VPN server: no server found: for VPN wireguard; protocol udp; country atlantis`, trouble('finding a VPN server: no server found: for VPN wireguard; protocol udp; country atlantis')],
    ['an invalid private key', `${AT} ERROR VPN settings: Wireguard settings: private key is not valid: wgtypes: failed to parse base64-encoded key: illegal base64 data at input byte 0`, trouble('VPN settings: Wireguard settings: private key is not valid: wgtypes: failed to parse base64-encoded key: illegal base64 data at input byte 0')],
    ['a missing capability', `${AT} ERROR NET_ADMIN capability is missing: operation not permitted`, trouble('NET_ADMIN capability is missing: operation not permitted')],
    ['an unreachable name server', `${AT} ERROR [dns] dialing DNS server: network is unreachable`, trouble('dialing DNS server: network is unreachable')],
    ['an error that quotes a key', `${AT} ERROR Wireguard: private key wOEI9rqqbDwnN8/Bpp22sVz48T71vJ4fYmFWujulwUU= is not of a peer`, trouble('Wireguard: private key ******** is not of a peer')],
    ['an error that quotes a password', `${AT} ERROR OpenVPN settings: password: "hunter22" cannot be used`, trouble('OpenVPN settings: password: ******** cannot be used')],
    ['an error that quotes a URL with a password', `${AT} ERROR [dns] asking https://me:hunter2@dns.example/q: i/o timeout`, trouble('asking https://********@dns.example/q: i/o timeout')],
    ['an error with control characters', `${AT} ERROR [vpn] a\u001b[2Jb\u0007c`, trouble('a\\u001b[2Jb\\u0007c')],
    ['an irrelevant error: a forwarded port', `${AT} ERROR [port forwarding] external port changed: 51413 changed to 52000`, undefined],
    ['an irrelevant error: the control server', `${AT} ERROR [http server] listening: address in use`, undefined],
    ['a consequential error', `${AT} ERROR [vpn] getting public IP address information: context deadline exceeded`, undefined],
    ['an error that appears at each stop', `${AT} ERROR [wireguard] Failed to load updated MTU of device: failed to get MTU of TUN device: no such device`, undefined],
    ['an irrelevant warning', `${AT} WARN DNS address is set to 192.0.2.1 so the local forwarding DNS server will not be used.`, undefined],
    ['the shutdown', `${AT} WARN Caught OS signal terminated, shutting down`, undefined],
    ['an empty error', `${AT} ERROR `, undefined],
    ['the server of OpenVPN 2.5', `${AT} INFO [openvpn] UDP link remote: [AF_INET]1.2.3.4:1197`, server('1.2.3.4:1197')],
    ['the server of OpenVPN 2.6', `${AT} INFO [openvpn] UDPv4 link remote: [AF_INET]1.2.3.4:1197`, server('1.2.3.4:1197')],
    ['the server of OpenVPN over TCP', `${AT} INFO [openvpn] TCPv4_CLIENT link remote: [AF_INET]1.2.3.4:443`, server('1.2.3.4:443')],
    ['the server of OpenVPN, IPv6', `${AT} INFO [openvpn] UDPv6 link remote: [AF_INET6]2001:db8::5:1194`, server('[2001:db8::5]:1194')],
    ['the server of OpenVPN, IPv6 over TCP', `${AT} INFO [openvpn] TCPv6_CLIENT link remote: [AF_INET6]2001:db8::5:443`, server('[2001:db8::5]:443')],
    ['the local end of OpenVPN', `${AT} INFO [openvpn] UDPv4 link local: (not bound)`, undefined],
    ['the peer of OpenVPN', `${AT} INFO [openvpn] [nl-ams-01] Peer Connection Initiated with [AF_INET]1.2.3.4:1197`, server('nl-ams-01 (1.2.3.4:1197)')],
    ['the peer of OpenVPN, IPv6', `${AT} INFO [openvpn] [nl-ams-01] Peer Connection Initiated with [AF_INET6]2001:db8::5:1194`, server('nl-ams-01 ([2001:db8::5]:1194)')],
    ['the peer of OpenVPN, without a name', `${AT} INFO [openvpn] [] Peer Connection Initiated with [AF_INET]1.2.3.4:1197`, server('1.2.3.4:1197')],
    ['OpenVPN up', `${AT} INFO [openvpn] Initialization Sequence Completed`, UP],
    ['OpenVPN up, v3.28', '2021/04/24 00:06:40 INFO openvpn: Initialization Sequence Completed', UP],
    ['OpenVPN up, with errors', `${AT} INFO [openvpn] Initialization Sequence Completed With Errors`, undefined],
    ['another component quoting "Initialization Sequence Completed"', `${AT} INFO [http server] Initialization Sequence Completed`, undefined],
    ['a process restart of OpenVPN', `${AT} INFO [openvpn] SIGUSR1[soft,ping-restart] received, process restarting`, undefined],
    ['OpenVPN keeping an address', `${AT} INFO [openvpn] TCP/UDP: Preserving recently used remote address: [AF_INET]172.31.77.11:1194`, undefined],
    ['self-healing, v3.30–v3.37', `${AT} INFO [healthcheck] program has been unhealthy for 6s: restarting VPN`, HEALING],
    ['self-healing, v3.38', `${AT} INFO [healthcheck] program has been unhealthy for 11s: restarting VPN (see https://x)`, HEALING],
    ['self-healing, v3.40', `${AT} INFO [healthcheck] program has been unhealthy for 1m6s: restarting VPN (healthcheck error: dialing: i/o timeout)`, HEALING],
    ['self-healing, v3.41, startup check', `${AT} WARN [vpn] restarting VPN because it failed to pass the healthcheck: startup check: all check tries failed`, HEALING],
    ['self-healing, v3.41, first of several lines', `${AT} WARN [vpn] restarting VPN because it failed to pass the healthcheck: small periodic check: all check tries failed:`, HEALING],
    ['self-healing, v3.41, the other lines', '\tattempt 1 (5001ms): timed out waiting for ICMP echo reply from 10.99.0.1', undefined],
    ['a failed health check that Gluetun ignores', `${AT} WARN [vpn] (ignored) healthcheck failed: small periodic check: x`, undefined],
    ['a passed health check', `${AT} INFO [healthcheck] healthy!`, undefined],
    ['an unknown level', `${AT} FATAL [openvpn] Initialization Sequence Completed`, undefined],
    ['a settings line', '|   └── Public IP data base API: echoip#http://10.99.0.1:8080', undefined],
    ['an empty line', '', undefined],
    ['OpenVPN up, with colours and CRLF', `${AT} \u001b[36mINFO\u001b[0m [openvpn] \u001b[92mInitialization Sequence Completed\u001b[0m\r`, UP],
    ['the server of OpenVPN, with colours', `${AT} \u001b[36mINFO\u001b[0m [openvpn] \u001b[95mUDPv4 link remote: [AF_INET]1.2.3.4:1194\u001b[0m\r`, server('1.2.3.4:1194')],
  ])('parses a line: %s', (_, line, fact) => {
    expect(parseGluetunLine(line)).toEqual(fact);
  }); // prettier-ignore

  const facts = (name: string) =>
    readFileSync(join(__dirname, `../transcripts/gluetun/log-${name}.txt`), 'utf8')
      .split('\n')
      .map(parseGluetunLine)
      .filter((fact) => fact !== undefined);

  it.each(['openvpn-udp', 'openvpn-udp-tty'])('parses a whole real log: %s', (name) => {
    expect(facts(name)).toEqual([
      server('172.31.77.11:1194'),
      server('server (172.31.77.11:1194)'),
      UP,
      ip('2001:db8::77', 'Germany', 'Hesse', 'Frankfurt am Main'),
    ]);
  });

  const WG = server('172.31.77.10:51820');

  it('parses a whole real log: three starts on WireGuard, two of which are in the log', () => {
    expect(facts('wireguard-restart-stop-start')).toEqual([
      WG,
      UP,
      ip('203.0.113.7', ...NL),
      WG,
      UP,
      ip('203.0.113.7', ...NL),
    ]);
  });

  it('parses a whole real log: an outage that ends after thirteen self-healing restarts', () => {
    const healings = Array.from({ length: 13 }, () => [HEALING, STOPPING, STARTING, WG, UP]).flat();
    expect(facts('wireguard-outage')).toEqual([
      WG,
      UP,
      ip('203.0.113.7', ...NL),
      ...healings,
      ip('203.0.113.7', ...NL),
    ]);
  });

  it('parses a whole real log: credentials that the server refuses repeatedly', () => {
    const attempt = [
      server('172.17.0.1:1194'),
      server('server (172.17.0.1:1194)'),
      trouble('AUTH: Received control message: AUTH_FAILED'),
    ];
    expect(facts('openvpn-auth-failed')).toEqual(Array.from({ length: 4 }, () => attempt).flat());
  });

  it('parses a whole real log: reconnects for a forwarded port', () => {
    const address = ip('203.0.113.7', ...NL);
    const tunnel = [server('172.17.0.1:51820'), UP, address];
    const reconnect = [STOPPING, STARTING, ...tunnel];
    expect(facts('port-forwarding')).toEqual([...tunnel, ...reconnect, ...reconnect]);
  });

  it('truncates a long error that lists all valid choices', () => {
    const line = `${AT} ERROR VPN settings: country "Atlantis" is none of ${'Albania, '.repeat(1_000)}`;
    const fact = parseGluetunLine(line);
    expect(fact).toMatchObject({ type: 'gatewayTroubleLogged' });
    const text = fact?.type === 'gatewayTroubleLogged' ? fact.text : '';
    expect(text).toMatch(/^VPN settings: country "Atlantis" is none of Albania, /);
    expect(text.length).toBeLessThan(400);
  });

  it('never throws on any line', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom(
        AT,
        ' INFO ',
        '[ip getter] ',
        '[openvpn] ',
        'Public IP address is ',
        '1.2.3.4',
        ' (',
        ')',
        ', ',
        ' - source: ',
      ),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        expect(() => parseGluetunLine(parts.join(''))).not.toThrow();
      }),
    );
  });

  it.each([' - source: x', ' - source: x, ', '['])('parses a very long line of "%s" in time', (part) => {
    const line = `${AT} INFO [ip getter] Public IP address is 1.2.3.4 (${part.repeat(100_000)}`;
    expect(inTime(() => parseGluetunLine(line))).toBeUndefined();
  });
});
