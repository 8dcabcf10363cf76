import { readFileSync } from 'node:fs';

/** How this monitor itself is connected. */
export interface OwnNetwork {
  /** The id of the container whose network the monitor uses, its own or another one; undefined if unknown. */
  readonly ownerId: string | undefined;
  /** Whether the engine too is reached over the network, and not by a socket in the file system. */
  readonly leadsToEngine: boolean;
}

export const UNKNOWN_NETWORK: OwnNetwork = { ownerId: undefined, leadsToEngine: false };

/** Undefined if this is not Linux, or not a container of Docker's. Never throws. */
export function readOwnerId(): string | undefined {
  try {
    return ownerIdIn(readFileSync('/proc/self/mountinfo', 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Docker mounts these files from the folder of the container that owns the network. A container that joined another's
 * network has that one's files.
 */
export function ownerIdIn(mountinfo: string): string | undefined {
  const ids = mountinfo.split('\n').flatMap((line) => {
    const [, , , source = '', target = ''] = line.split(' ');
    if (target !== '/etc/resolv.conf' && target !== '/etc/hostname') return [];
    return /\/([0-9a-f]{64})\/(?:userdata\/)?(?:resolv\.conf|hostname)$/.exec(source)?.[1] ?? [];
  });
  return ids[0];
}
