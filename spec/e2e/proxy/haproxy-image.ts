import { join } from 'node:path';
import { findProgram } from '../bound-process.ts';
import { addBusybox, copyWithLibraries, createRootfs, importImage } from '../rootfs.ts';
import type { TestEngine } from '../test-engine.ts';

/** Replaces `haproxy:lts-alpine`: this host's haproxy, which reads its configuration at the same place, and BusyBox. */
export async function buildHaproxyImage(engine: TestEngine, tag: string): Promise<void> {
  const haproxy = findProgram('haproxy');
  if (haproxy === undefined) throw new Error('haproxy is not installed');
  const folder = join(engine.folder, 'haproxy-image');
  await createRootfs(folder);
  await addBusybox(folder);
  await copyWithLibraries(haproxy, folder, 'bin/haproxy');
  await importImage(engine, folder, tag, ['CMD ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]']);
}
