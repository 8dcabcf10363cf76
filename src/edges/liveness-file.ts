import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Edge } from './edge.ts';

/** The image's HEALTHCHECK looks at this file's age. */
export const LIVENESS_FILE = join(tmpdir(), 'gluetun-monitor.heartbeat');

const INTERVAL_MS = 5_000;

const touchFile = async (file: string): Promise<void> => writeFile(file, '');

/**
 * Touches the file as steps pass: at least once a minute, because there is a listing every minute. A timer of its own
 * would go on even if the loop were stuck. No touch begins while the disk has not answered the one before. `touch` is
 * replaced in tests.
 */
export function livenessFile(file = LIVENESS_FILE, touch = touchFile): Edge {
  let isUnderWay = false;
  let touchedAt = -Infinity;
  return {
    name: 'liveness file',
    take: ({ event: { at } }) => {
      if (isUnderWay || at - touchedAt < INTERVAL_MS) return;
      isUnderWay = true;
      touchedAt = at;
      // With a read-only /tmp only the image's health check fails. The monitor works without the file.
      const done = (): void => void (isUnderWay = false);
      void touch(file).then(done, done);
    },
  };
}
