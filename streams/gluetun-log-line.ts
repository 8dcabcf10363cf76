import type { GatewayLogFact } from './events.ts';
import { nonEmpty } from './json.ts';

/*
 * Gluetun's log, as its versions from 3.28 to the current one write it. A line is
 * `<RFC 3339> LEVEL [component] message`, before 3.29 `YYYY/MM/DD hh:mm:ss LEVEL component: message`.
 */
const LINE =
  /^(?:\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)? )?(?:DEBUG|INFO|WARN|ERROR) (?:\[([^\]]+)\] |([a-z][a-z ]*): )?(.*)$/;
const PUBLIC_IP = /^Public IP address is ([0-9a-fA-F:.]+)(?: \((.*?)(?: - source: [^()]+)?\))?$/;
const LINK = /^(?:UDP|TCP)(?:v[46])?(?:_CLIENT)? link remote: \[AF_INET6?\]\[?([0-9a-fA-F:.]+?)\]?:(\d+)$/;
const PEER = /^\[([^\]]*)\] Peer Connection Initiated with \[AF_INET6?\]\[?([0-9a-fA-F:.]+?)\]?:(\d+)$/;
const WIREGUARD = /^Connecting to \[?([0-9a-fA-F:.]+?)\]?:(\d+)$/;
const SELF_HEALING =
  /^(?:restarting VPN because it failed to pass the healthcheck|program has been unhealthy for \S+?: restarting VPN)/;

/** None of those that tell something is longer; on a long one some patterns would work for seconds. */
const LONGEST_LINE = 2_000;

/** With a TTY Gluetun colours its lines. */
const COLOUR = /\u001b\[[0-9;]*m/g;

/** What a line of Gluetun's log tells the monitor; undefined for nearly all of them. */
export function parseGluetunLine(line: string): GatewayLogFact | undefined {
  if (line.length > LONGEST_LINE) return undefined;
  const match = LINE.exec(line.replace(COLOUR, '').trimEnd());
  if (match === null) return undefined;
  const [, bracketed, plain, message = ''] = match;
  switch (bracketed ?? plain ?? '') {
    case 'ip getter':
      return publicIp(message);
    case 'openvpn':
      return openvpn(message);
    case 'wireguard':
    case 'amneziawg':
      return server(WIREGUARD.exec(message));
    default:
      return SELF_HEALING.test(message) ? { type: 'selfHealingLogged' } : undefined;
  }
}

/** `country, region, city`: the city comes last and may hold commas itself; any of them may be empty. */
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
