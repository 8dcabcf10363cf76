import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The socket on which the monitor of these gateways listens, beside its liveness file. Several monitors on one host
 * watch different gateways. Short, because the path of a socket may have about a hundred characters only.
 */
export const controlPath = (gateways: readonly string[], folder = tmpdir()): string =>
  join(folder, `gluetun-monitor.${hashOf(gateways)}.sock`);

const hashOf = (gateways: readonly string[]): string =>
  createHash('sha256').update(gateways.join('\n')).digest('hex').slice(0, 12);
