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
    ['v3.30–v3.39', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (Netherlands, North Holland, Amsterdam)`, ip('203.0.113.7', ...NL)],
    ['v3.40', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (Netherlands, North Holland, Amsterdam - source: ipinfo)`, ip('203.0.113.7', ...NL)],
    ['v3.41, several sources', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (Netherlands, North Holland, Amsterdam - source: ipinfo+ifconfig.co+cloudflare)`, ip('203.0.113.7', ...NL)],
    ['v3.41, all banned', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (Netherlands, North Holland, Amsterdam - source: <all-banned>)`, ip('203.0.113.7', ...NL)],
    ['a source with a port', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (Netherlands, North Holland, Amsterdam - source: 10.99.0.1:8080)`, ip('203.0.113.7', ...NL)],
    ['v3.28', '2021/04/24 00:06:40 INFO ip getter: Public IP address is 203.0.113.7 (Netherlands, North Holland, Amsterdam)', ip('203.0.113.7', ...NL)],
    ['another zone', '2026-11-22T20:14:49+02:00 INFO [ip getter] Public IP address is 203.0.113.7 (Netherlands, North Holland, Amsterdam)', ip('203.0.113.7', ...NL)],
    ['no time', 'INFO [ip getter] Public IP address is 203.0.113.7 (Netherlands, North Holland, Amsterdam)', ip('203.0.113.7', ...NL)],
    ['IPv6', `${AT} INFO [ip getter] Public IP address is 2001:db8::77 (Germany, Hesse, Frankfurt am Main - source: ipinfo)`, ip('2001:db8::77', 'Germany', 'Hesse', 'Frankfurt am Main')],
    ['no city', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (Germany, Hesse,  - source: cloudflare)`, ip('203.0.113.7', 'Germany', 'Hesse')],
    ['no city, before v3.40', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (Germany, Hesse, )`, ip('203.0.113.7', 'Germany', 'Hesse')],
    ['no region', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (Germany, , Berlin)`, ip('203.0.113.7', 'Germany', undefined, 'Berlin')],
    ['nothing of the place', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (, ,  - source: x)`, ip('203.0.113.7')],
    ['no brackets', `${AT} INFO [ip getter] Public IP address is 203.0.113.7`, ip('203.0.113.7')],
    ['commas in the city', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (United States, District of Columbia, Washington, D.C. - source: ipinfo)`, ip('203.0.113.7', 'United States', 'District of Columbia', 'Washington, D.C.')],
    ['brackets in the city', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (Germany, Hesse, Frankfurt (Main) - source: ipinfo)`, ip('203.0.113.7', 'Germany', 'Hesse', 'Frankfurt (Main)')],
    ['a hyphen in the city', `${AT} INFO [ip getter] Public IP address is 203.0.113.7 (France, Île-de-France, Saint - Denis - source: ipinfo)`, ip('203.0.113.7', 'France', 'Île-de-France', 'Saint - Denis')],
    ['<nil>', `${AT} INFO [ip getter] Public IP address is <nil> (, , )`, undefined],
    ['its failure', `${AT} ERROR [vpn] getting public IP address information: fetching information: timeout`, undefined],
    ['WireGuard', `${AT} INFO [wireguard] Connecting to 172.31.77.10:51820`, server('172.31.77.10:51820')],
    ['WireGuard, IPv6', `${AT} INFO [wireguard] Connecting to [2001:db8::5]:51820`, server('[2001:db8::5]:51820')],
    ['AmneziaWG', `${AT} INFO [amneziawg] Connecting to 172.31.77.10:51820`, server('172.31.77.10:51820')],
    ['WireGuard up, v3.36–v3.41', `${AT} INFO [wireguard] Wireguard setup is complete. Note Wireguard is a silent protocol`, UP],
    ['WireGuard up, <= v3.35', `${AT} INFO [wireguard] Wireguard is up`, UP],
    ['WireGuard up, since', `${AT} INFO [vpn] wireguard setup is complete. Note Wireguard is a silent protocol`, UP],
    ['AmneziaWG up', `${AT} INFO [amneziawg] Amneziawg setup is complete. Note`, UP],
    ['AmneziaWG up, since', `${AT} INFO [vpn] amneziawg setup is complete. Note`, UP],
    ['WireGuard not up yet', `${AT} INFO [wireguard] Wireguard setup is completely unknown`, undefined],
    ['someone else quoting that', `${AT} INFO [http server] Wireguard setup is complete.`, undefined],
    ['a reconnect begins', `${AT} INFO [vpn] stopping`, STOPPING],
    ['a reconnect goes on', `${AT} INFO [vpn] starting`, STARTING],
    ['something else stops', `${AT} INFO [port forwarding] stopping`, undefined],
    ['something else starts', `${AT} INFO [port forwarding] starting`, undefined],
    ['credentials refused', `${AT} ERROR [openvpn] AUTH: Received control message: AUTH_FAILED`, trouble('AUTH: Received control message: AUTH_FAILED')],
    ['credentials refused, whatever the level', `${AT} INFO [openvpn] AUTH: Received control message: AUTH_FAILED`, trouble('AUTH: Received control message: AUTH_FAILED')],
    ['credentials refused, v3.28', '2021/04/24 00:06:40 WARN openvpn: AUTH: Received control message: AUTH_FAILED', trouble('AUTH: Received control message: AUTH_FAILED')],
    ['credentials refused, on a terminal', `${AT} \u001b[31mERROR\u001b[0m [openvpn] \u001b[95mAUTH: Received control message: AUTH_FAILED\u001b[0m\r`, trouble('AUTH: Received control message: AUTH_FAILED')],
    ['what follows from that', `${AT} INFO [openvpn] SIGUSR1[soft,auth-failure] received, process restarting`, undefined],
    ['no TLS', `${AT} WARN [openvpn] TLS Error: TLS key negotiation failed to occur within 60 seconds (check your network connectivity)`, trouble('TLS Error: TLS key negotiation failed to occur within 60 seconds (check your network connectivity)')],
    ['a name that does not resolve', `${AT} WARN [openvpn] RESOLVE: Cannot resolve host address: nl.example:1194 (Try again)`, trouble('RESOLVE: Cannot resolve host address: nl.example:1194 (Try again)')],
    ['a server that refuses', `${AT} INFO [openvpn] TCP: connect to [AF_INET]1.2.3.4:443 failed: Connection refused`, trouble('TCP: connect to [AF_INET]1.2.3.4:443 failed: Connection refused')],
    ['OpenVPN has exited', `${AT} ERROR [vpn] exit status 1`, trouble('exit status 1')],
    ['and is tried again', `${AT} INFO [vpn] retrying in 15s`, undefined],
    ['no server fits', `${AT} ERROR [vpn] finding a VPN server: no server found: for VPN wireguard; protocol udp; country atlantis`, trouble('finding a VPN server: no server found: for VPN wireguard; protocol udp; country atlantis')],
    ['a bad key', `${AT} ERROR VPN settings: Wireguard settings: private key is not valid: wgtypes: failed to parse base64-encoded key: illegal base64 data at input byte 0`, trouble('VPN settings: Wireguard settings: private key is not valid: wgtypes: failed to parse base64-encoded key: illegal base64 data at input byte 0')],
    ['no capability', `${AT} ERROR NET_ADMIN capability is missing: operation not permitted`, trouble('NET_ADMIN capability is missing: operation not permitted')],
    ['no name server', `${AT} ERROR [dns] dialing DNS server: network is unreachable`, trouble('dialing DNS server: network is unreachable')],
    ['a key that is quoted', `${AT} ERROR Wireguard: private key wOEI9rqqbDwnN8/Bpp22sVz48T71vJ4fYmFWujulwUU= is not of a peer`, trouble('Wireguard: private key ******** is not of a peer')],
    ['a password that is quoted', `${AT} ERROR OpenVPN settings: password: "hunter22" cannot be used`, trouble('OpenVPN settings: password: ******** cannot be used')],
    ['a URL with its password', `${AT} ERROR [dns] asking https://me:hunter2@dns.example/q: i/o timeout`, trouble('asking https://********@dns.example/q: i/o timeout')],
    ['a line that would move the cursor', `${AT} ERROR [vpn] a\u001b[2Jb\u0007c`, trouble('a\\u001b[2Jb\\u0007c')],
    ['an error of no matter: a port', `${AT} ERROR [port forwarding] external port changed: 51413 changed to 52000`, undefined],
    ['an error of no matter: the control server', `${AT} ERROR [http server] listening: address in use`, undefined],
    ['an error that follows from others', `${AT} ERROR [vpn] getting public IP address information: context deadline exceeded`, undefined],
    ['an error at each stop', `${AT} ERROR [wireguard] Failed to load updated MTU of device: failed to get MTU of TUN device: no such device`, undefined],
    ['a warning of no matter', `${AT} WARN DNS address is set to 192.0.2.1 so the local forwarding DNS server will not be used.`, undefined],
    ['the shutdown', `${AT} WARN Caught OS signal terminated, shutting down`, undefined],
    ['an error that says nothing', `${AT} ERROR `, undefined],
    ['OpenVPN 2.5', `${AT} INFO [openvpn] UDP link remote: [AF_INET]1.2.3.4:1197`, server('1.2.3.4:1197')],
    ['OpenVPN 2.6', `${AT} INFO [openvpn] UDPv4 link remote: [AF_INET]1.2.3.4:1197`, server('1.2.3.4:1197')],
    ['OpenVPN over TCP', `${AT} INFO [openvpn] TCPv4_CLIENT link remote: [AF_INET]1.2.3.4:443`, server('1.2.3.4:443')],
    ['OpenVPN, IPv6', `${AT} INFO [openvpn] UDPv6 link remote: [AF_INET6]2001:db8::5:1194`, server('[2001:db8::5]:1194')],
    ['OpenVPN, IPv6 over TCP', `${AT} INFO [openvpn] TCPv6_CLIENT link remote: [AF_INET6]2001:db8::5:443`, server('[2001:db8::5]:443')],
    ['OpenVPN, local end', `${AT} INFO [openvpn] UDPv4 link local: (not bound)`, undefined],
    ['OpenVPN peer', `${AT} INFO [openvpn] [nl-ams-01] Peer Connection Initiated with [AF_INET]1.2.3.4:1197`, server('nl-ams-01 (1.2.3.4:1197)')],
    ['OpenVPN peer, IPv6', `${AT} INFO [openvpn] [nl-ams-01] Peer Connection Initiated with [AF_INET6]2001:db8::5:1194`, server('nl-ams-01 ([2001:db8::5]:1194)')],
    ['OpenVPN peer without a name', `${AT} INFO [openvpn] [] Peer Connection Initiated with [AF_INET]1.2.3.4:1197`, server('1.2.3.4:1197')],
    ['OpenVPN up', `${AT} INFO [openvpn] Initialization Sequence Completed`, UP],
    ['OpenVPN up, v3.28', '2021/04/24 00:06:40 INFO openvpn: Initialization Sequence Completed', UP],
    ['OpenVPN up, with errors', `${AT} INFO [openvpn] Initialization Sequence Completed With Errors`, undefined],
    ['someone else quoting it', `${AT} INFO [http server] Initialization Sequence Completed`, undefined],
    ['OpenVPN restarts its process', `${AT} INFO [openvpn] SIGUSR1[soft,ping-restart] received, process restarting`, undefined],
    ['OpenVPN keeps an address', `${AT} INFO [openvpn] TCP/UDP: Preserving recently used remote address: [AF_INET]172.31.77.11:1194`, undefined],
    ['healing, v3.30–v3.37', `${AT} INFO [healthcheck] program has been unhealthy for 6s: restarting VPN`, HEALING],
    ['healing, v3.38', `${AT} INFO [healthcheck] program has been unhealthy for 11s: restarting VPN (see https://x)`, HEALING],
    ['healing, v3.40', `${AT} INFO [healthcheck] program has been unhealthy for 1m6s: restarting VPN (healthcheck error: dialing: i/o timeout)`, HEALING],
    ['healing, v3.41, start', `${AT} WARN [vpn] restarting VPN because it failed to pass the healthcheck: startup check: all check tries failed`, HEALING],
    ['healing, v3.41, first of several lines', `${AT} WARN [vpn] restarting VPN because it failed to pass the healthcheck: small periodic check: all check tries failed:`, HEALING],
    ['healing, v3.41, the others', '\tattempt 1 (5001ms): timed out waiting for ICMP echo reply from 10.99.0.1', undefined],
    ['healing ignored', `${AT} WARN [vpn] (ignored) healthcheck failed: small periodic check: x`, undefined],
    ['healthy', `${AT} INFO [healthcheck] healthy!`, undefined],
    ['a level that is none', `${AT} FATAL [openvpn] Initialization Sequence Completed`, undefined],
    ['a settings line', '|   └── Public IP data base API: echoip#http://10.99.0.1:8080', undefined],
    ['nothing', '', undefined],
    ['colours and CRLF', `${AT} \u001b[36mINFO\u001b[0m [openvpn] \u001b[92mInitialization Sequence Completed\u001b[0m\r`, UP],
    ['colours, and the server', `${AT} \u001b[36mINFO\u001b[0m [openvpn] \u001b[95mUDPv4 link remote: [AF_INET]1.2.3.4:1194\u001b[0m\r`, server('1.2.3.4:1194')],
  ])('%s', (_, line, fact) => {
    expect(parseGluetunLine(line)).toEqual(fact);
  }); // prettier-ignore

  const facts = (name: string) =>
    readFileSync(join(__dirname, `../transcripts/gluetun/log-${name}.txt`), 'utf8')
      .split('\n')
      .map(parseGluetunLine)
      .filter((fact) => fact !== undefined);

  it.each(['openvpn-udp', 'openvpn-udp-tty'])('all of a real log: %s', (name) => {
    expect(facts(name)).toEqual([
      server('172.31.77.11:1194'),
      server('server (172.31.77.11:1194)'),
      UP,
      ip('2001:db8::77', 'Germany', 'Hesse', 'Frankfurt am Main'),
    ]);
  });

  const WG = server('172.31.77.10:51820');

  it('all of a real log: three starts on WireGuard, of which two are in it', () => {
    expect(facts('wireguard-restart-stop-start')).toEqual([
      WG,
      UP,
      ip('203.0.113.7', ...NL),
      WG,
      UP,
      ip('203.0.113.7', ...NL),
    ]);
  });

  it('all of a real log: an outage, healed at the thirteenth restart', () => {
    const healings = Array.from({ length: 13 }, () => [HEALING, STOPPING, STARTING, WG, UP]).flat();
    expect(facts('wireguard-outage')).toEqual([
      WG,
      UP,
      ip('203.0.113.7', ...NL),
      ...healings,
      ip('203.0.113.7', ...NL),
    ]);
  });

  it('all of a real log: credentials that the server refuses, again and again', () => {
    const attempt = [
      server('172.17.0.1:1194'),
      server('server (172.17.0.1:1194)'),
      trouble('AUTH: Received control message: AUTH_FAILED'),
    ];
    expect(facts('openvpn-auth-failed')).toEqual(Array.from({ length: 4 }, () => attempt).flat());
  });

  it('all of a real log: reconnects for a forwarded port', () => {
    const address = ip('203.0.113.7', ...NL);
    const tunnel = [server('172.17.0.1:51820'), UP, address];
    const reconnect = [STOPPING, STARTING, ...tunnel];
    expect(facts('port-forwarding')).toEqual([...tunnel, ...reconnect, ...reconnect]);
  });

  it('an error that lists all that could have been meant is cut', () => {
    const line = `${AT} ERROR VPN settings: country "Atlantis" is none of ${'Albania, '.repeat(1_000)}`;
    const fact = parseGluetunLine(line);
    expect(fact).toMatchObject({ type: 'gatewayTroubleLogged' });
    const text = fact?.type === 'gatewayTroubleLogged' ? fact.text : '';
    expect(text).toMatch(/^VPN settings: country "Atlantis" is none of Albania, /);
    expect(text.length).toBeLessThan(400);
  });

  it('never throws, whatever the line', () => {
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

  it.each([' - source: x', ' - source: x, ', '['])('takes the longest line of "%s" in its stride', (part) => {
    const line = `${AT} INFO [ip getter] Public IP address is 1.2.3.4 (${part.repeat(100_000)}`;
    expect(inTime(() => parseGluetunLine(line))).toBeUndefined();
  });
});
