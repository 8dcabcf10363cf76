/** `DOCKER_HOST` taken apart; `port` is undefined where none was written. */
export type DockerHost =
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'tcp';
      readonly secure: boolean;
      readonly host: string;
      readonly port: number | undefined;
    };

const DEFAULT_SOCKET = '/var/run/docker.sock';

/** A scheme that may be left out, a host name, IPv4 or bracketed IPv6 address that may be left out, a port. */
const TCP = /^(?:(tcp|http|https):\/\/)?([a-z0-9._-]*|\[[0-9a-f:.]+\])(?::(\d{1,5}))?\/?$/i;

/**
 * Reads `DOCKER_HOST` as the Docker CLI does: `unix://path`, `tcp://host:port`, or `host:port` alone; and
 * http(s):// besides, as client libraries do. Undefined for all else, `ssh://` and `npipe://` among it.
 */
export function parseDockerHost(text: string): DockerHost | undefined {
  if (text.startsWith('unix://')) return parseSocket(text.slice('unix://'.length));
  const match = TCP.exec(text);
  if (match === null) return undefined;
  const [, scheme = 'tcp', host = '', digits] = match;
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65535)) return undefined;
  return {
    kind: 'tcp',
    secure: scheme.toLowerCase() === 'https',
    host: host === '' ? '127.0.0.1' : host.replace(/^\[|\]$/g, ''),
    port,
  };
}

export function isDockerHost(text: string): boolean {
  return parseDockerHost(text) !== undefined;
}

function parseSocket(path: string): DockerHost | undefined {
  if (path === '') return { kind: 'socket', path: DEFAULT_SOCKET };
  return path.startsWith('/') ? { kind: 'socket', path } : undefined;
}
