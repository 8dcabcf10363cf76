import { readFileSync } from 'node:fs';

/** How this monitor itself is connected. */
export interface OwnNetwork {
  /** The id of the container whose network it is on, which is its own or another one; undefined: nothing tells. */
  readonly ownerId: string | undefined;
  /** Whether the engine is reached by the network, too, not by a socket in the file system. */
  readonly leadsToEngine: boolean;
}

export const UNKNOWN_NETWORK: OwnNetwork = { ownerId: undefined, leadsToEngine: false };

/** Never throws: where this is no container of Docker's, or no Linux, nothing tells. */
export function readOwnerId(): string | undefined {
  try {
    return ownerIdIn(readFileSync('/proc/self/mountinfo', 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Docker mounts these files from the folder of the container whose network it is: one that has joined another's
 * network has the other's.
 */
export function ownerIdIn(mountinfo: string): string | undefined {
  const ids = mountinfo.split('\n').flatMap((line) => {
    const [, , , source = '', target = ''] = line.split(' ');
    if (target !== '/etc/resolv.conf' && target !== '/etc/hostname') return [];
    return /\/([0-9a-f]{64})\/(?:userdata\/)?(?:resolv\.conf|hostname)$/.exec(source)?.[1] ?? [];
  });
  return ids[0];
}
