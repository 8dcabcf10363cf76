import { MASK, printable } from '../config/shown-text.ts';
import type { GatewayLogFact } from './events.ts';
import { nonEmpty } from './json.ts';

/*
 * Gluetun's log, as its versions from 3.28 to the current one write it. A line is
 * `<RFC 3339> LEVEL [component] message`, before 3.29 `YYYY/MM/DD hh:mm:ss LEVEL component: message`.
 */
const LINE =
  /^(?:\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)? )?(DEBUG|INFO|WARN|ERROR) (?:\[([^\]]+)\] |([a-z][a-z ]*): )?(.*)$/;
const PUBLIC_IP = /^Public IP address is ([0-9a-fA-F:.]+)(?: \((.*?)(?: - source: [^()]+)?\))?$/;
const LINK = /^(?:UDP|TCP)(?:v[46])?(?:_CLIENT)? link remote: \[AF_INET6?\]\[?([0-9a-fA-F:.]+?)\]?:(\d+)$/;
const PEER = /^\[([^\]]*)\] Peer Connection Initiated with \[AF_INET6?\]\[?([0-9a-fA-F:.]+?)\]?:(\d+)$/;
const WIREGUARD = /^Connecting to \[?([0-9a-fA-F:.]+?)\]?:(\d+)$/;
/**
 * Up to v3.35 `Wireguard is up`; since then `Wireguard setup is complete`, recently logged by `vpn` in lower case.
 */
const WIREGUARD_UP = /^(?:wireguard|amneziawg) (?:is up\b|setup is complete\b)/i;
const SELF_HEALING =
  /^(?:restarting VPN because it failed to pass the healthcheck|program has been unhealthy for \S+?: restarting VPN)/;

/** No line of interest is longer. On a long one some patterns would take seconds. */
const LONGEST_LINE = 2_000;

/** With a TTY Gluetun colours its lines. */
const COLOUR = /\u001b\[[0-9;]*m/g;

/** What a line of Gluetun's log reports; undefined for nearly all of them. */
export function parseGluetunLine(line: string): GatewayLogFact | undefined {
  const match = LINE.exec(line.slice(0, LONGEST_LINE).replace(COLOUR, '').trimEnd());
  if (match === null) return undefined;
  const [, level = '', bracketed, plain, message = ''] = match;
  const component = bracketed ?? plain ?? '';
  // An error with a list of valid values can be long. Any other line that was cut is ignored.
  const fact = line.length > LONGEST_LINE ? undefined : factIn(component, message);
  return fact ?? troubleIn(level, component, message);
}

function factIn(component: string, message: string): GatewayLogFact | undefined {
  switch (component) {
    case 'ip getter':
      return publicIp(message);
    case 'openvpn':
      return openvpn(message);
    case 'wireguard':
    case 'amneziawg':
      return WIREGUARD_UP.test(message) ? { type: 'tunnelUpLogged' } : server(WIREGUARD.exec(message));
    case 'vpn':
      return vpn(message);
    default:
      return SELF_HEALING.test(message) ? { type: 'selfHealingLogged' } : undefined;
  }
}

function vpn(message: string): GatewayLogFact | undefined {
  if (message === 'stopping') return { type: 'vpnStoppingLogged' };
  if (message === 'starting') return { type: 'vpnStartingLogged' };
  if (WIREGUARD_UP.test(message)) return { type: 'tunnelUpLogged' };
  return SELF_HEALING.test(message) ? { type: 'selfHealingLogged' } : undefined;
}

/** The components that set up the tunnel. The empty one is Gluetun itself, about its settings. */
const OF_THE_TUNNEL = ['', 'vpn', 'openvpn', 'wireguard', 'amneziawg', 'firewall', 'routing', 'dns'];
/** Lines below the error level, or with a cause that OpenVPN logs at any level. */
const OPENVPN_TROUBLE =
  /AUTH_FAILED|^(?:TLS Error|VERIFY ERROR|Options error|RESOLVE: Cannot resolve)|^TCP: connect to .* failed|Connection refused/;
/** Lines that result from a tunnel that is down, or that Gluetun logs at every stop. */
const NO_CAUSE = /^(?:getting public IP address information|Failed to load updated MTU)/;

/** Why Gluetun cannot connect, in its own words. */
function troubleIn(level: string, component: string, message: string): GatewayLogFact | undefined {
  const isError = level === 'ERROR' && OF_THE_TUNNEL.includes(component) && !NO_CAUSE.test(message);
  const isTrouble = isError || (component === 'openvpn' && OPENVPN_TROUBLE.test(message));
  const text = printable(withoutSecrets(message).trim(), LONGEST_TROUBLE);
  return isTrouble && text !== '' ? { type: 'gatewayTroubleLogged', text } : undefined;
}

const LONGEST_TROUBLE = 300;
const NAMED_SECRET =
  /\b((?:password|passwd|secret|token|api[ _-]?key|(?:private|preshared|pre-shared) key)s?["']?(?: is)?[=: ]+)["']?(?!is\b|not\b|are\b|for\b|of\b)\S{4,}/gi;

/** Gluetun quotes settings it cannot parse: a URL with its password, or a key of 32 bytes in base64. */
const withoutSecrets = (text: string): string =>
  text
    .replace(/:\/\/[^/\s@]*@/g, `://${MASK}@`)
    .replace(/[A-Za-z0-9+/]{42,43}=/g, MASK)
    .replace(NAMED_SECRET, `$1${MASK}`);

/** `country, region, city`: the city comes last and may contain commas. Any of them may be empty. */
function publicIp(message: string): GatewayLogFact | undefined {
  const match = PUBLIC_IP.exec(message);
  if (match === null) return undefined;
  const [, ip, place = ''] = match;
  const [country, region, ...city] = place.split(',').map((part) => part.trim());
  return {
    type: 'publicIpLogged',
    ip,
    country: nonEmpty(country),
    region: nonEmpty(region),
    city: nonEmpty(city.filter((part) => part !== '').join(', ')),
  };
}

function openvpn(message: string): GatewayLogFact | undefined {
  if (message === 'Initialization Sequence Completed') return { type: 'tunnelUpLogged' };
  const peer = PEER.exec(message);
  if (peer === null) return server(LINK.exec(message));
  const [, name = '', address = '', port = ''] = peer;
  const where = hostPort(address, port);
  return { type: 'vpnServerLogged', server: name === '' ? where : `${name} (${where})` };
}

function server(match: RegExpExecArray | null): GatewayLogFact | undefined {
  if (match === null) return undefined;
  const [, address = '', port = ''] = match;
  return { type: 'vpnServerLogged', server: hostPort(address, port) };
}

const hostPort = (address: string, port: string): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
