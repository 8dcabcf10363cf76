import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConfigFault } from './config-fault.ts';
import type { DockerConnection, DockerTls } from './config.ts';
import { parseDockerHost } from './docker-host.ts';
import { readSmallFile } from './read-small-file.ts';

/** The three variables of the Docker CLI, as given: empty where unset, except for `host`. */
export interface DockerSettings {
  readonly host: string;
  readonly tlsVerify: string;
  readonly certPath: string;
  /** Whether `certPath` was chosen, rather than its default. */
  readonly certPathGiven: boolean;
  /** What `~` stands for; undefined: as the system says. */
  readonly home: string | undefined;
}

export type DockerConnectionResult =
  | { readonly ok: true; readonly connection: DockerConnection }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] };

/**
 * Where the engine answers, and with which certificates: resolved here, because dockerode would read these
 * variables by rules of its own (TLS only for `1`, an exception for a missing folder).
 *
 * TLS is on with `DOCKER_TLS_VERIFY` or `https://`; ports default to 2375, with TLS to 2376. `https://` alone
 * trusts the system's authorities; otherwise all three files must be there.
 */
export function resolveDockerConnection(settings: DockerSettings): DockerConnectionResult {
  const parsed = parseDockerHost(settings.host);
  if (parsed === undefined) return { ok: false, faults: [] }; // its format has said so already
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
