import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConfigFault } from './config-fault.ts';
import { readSmallFile } from './read-small-file.ts';

/** Where the engine answers. TLS material is the content of its files. */
export type DockerConnection =
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      readonly tls: DockerTls | undefined;
    };

interface DockerTls {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** `DOCKER_TLS_VERIFY`: whether the engine's certificate must be signed by `ca`. */
  readonly verify: boolean;
}

/** The three variables of the Docker CLI, as given; `tlsVerify` is empty if unset. */
export interface DockerSettings {
  readonly host: string;
  readonly tlsVerify: string;
  readonly certPath: string;
  /** Whether the user set `certPath`; otherwise it is the default. */
  readonly certPathGiven: boolean;
  /** What `~` stands for; undefined: the home folder that the system knows. */
  readonly home: string | undefined;
}

type DockerConnectionResult =
  | { readonly ok: true; readonly connection: DockerConnection }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] };

/**
 * Resolves where the engine answers, and reads the certificates. dockerode would read these variables by rules
 * of its own (TLS only for `1`, an exception for a missing folder), so they are resolved here.
 *
 * TLS is on with `DOCKER_TLS_VERIFY` or `https://`; ports default to 2375, with TLS to 2376. `https://` alone
 * trusts the system's authorities; otherwise all three files must be there.
 */
export function resolveDockerConnection(settings: DockerSettings): DockerConnectionResult {
  const parsed = parseDockerHost(settings.host);
  if (parsed === undefined) return { ok: false, faults: [] }; // its format reports that
  if (parsed.kind === 'socket') return { ok: true, connection: parsed };
  const { host, port, secure } = parsed;
  const verify = settings.tlsVerify !== '';
  if (!secure && !verify) return connect(host, port ?? 2375, undefined);
  if (!verify && !settings.certPathGiven) return connect(host, port ?? 2376, SYSTEM_AUTHORITIES);
  const certificates = readCertificates(settings);
  return certificates.ok ? connect(host, port ?? 2376, certificates.tls) : certificates;
}

const SYSTEM_AUTHORITIES: DockerTls = { ca: undefined, cert: undefined, key: undefined, verify: true };

function connect(host: string, port: number, tls: DockerTls | undefined): DockerConnectionResult {
  return { ok: true, connection: { kind: 'tcp', host, port, tls } };
}

type Certificates =
  { readonly ok: true; readonly tls: DockerTls } | { readonly ok: false; readonly faults: ConfigFault[] };

function readCertificates({ certPath, home }: DockerSettings): Certificates {
  const folder = certPath.replace(/^~(?=\/|$)/, () => home ?? homedir());
  const [ca, cert, key] = [
    readPem(folder, 'ca.pem'),
    readPem(folder, 'cert.pem'),
    readPem(folder, 'key.pem'),
  ];
  const reasons = [ca.reason, cert.reason, key.reason].filter((reason) => reason !== undefined);
  if (reasons.length === 0)
    return { ok: true, tls: { ca: ca.text, cert: cert.text, key: key.text, verify: true } };
  const accepted = `a folder with ca.pem, cert.pem and key.pem (${reasons.join('; ')})`;
  return { ok: false, faults: [{ variable: 'DOCKER_CERT_PATH', given: certPath, accepted }] };
}

interface Pem {
  readonly text: string | undefined;
  readonly reason: string | undefined;
}

function readPem(folder: string, name: string): Pem {
  const file = readSmallFile(join(folder, name));
  if (file.kind === 'missing') return { text: undefined, reason: `${name} does not exist` };
  if (file.kind === 'unreadable') return { text: undefined, reason: `${name} ${file.reason}` };
  if (!file.text.includes('-----BEGIN ')) return { text: undefined, reason: `${name} holds no PEM` };
  return { text: file.text, reason: undefined };
}

/** The parts of `DOCKER_HOST`; `port` is undefined if none was written. */
type DockerHost =
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'tcp';
      readonly secure: boolean;
      readonly host: string;
      readonly port: number | undefined;
    };

const DEFAULT_SOCKET = '/var/run/docker.sock';

/** A scheme; a host name, an IPv4 or a bracketed IPv6 address; a port: each may be left out. */
const TCP = /^(?:(tcp|http|https):\/\/)?([a-z0-9._-]*|\[[0-9a-f:.]+\])(?::(\d{1,5}))?\/?$/i;

/**
 * Reads `DOCKER_HOST` as the Docker CLI does: `unix://path`, `tcp://host:port`, or `host:port` alone. Also takes
 * http(s)://, as client libraries do. Undefined for anything else, including `ssh://` and `npipe://`.
 */
function parseDockerHost(text: string): DockerHost | undefined {
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
