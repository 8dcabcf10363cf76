import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Edge } from './edge.ts';

/** The image's HEALTHCHECK looks at this file's age. */
const LIVENESS_FILE = join(tmpdir(), 'gluetun-monitor.heartbeat');

const INTERVAL_MS = 5_000;

const touchFile = async (file: string): Promise<void> => writeFile(file, '');

/**
 * Touches the file as the loop goes round: at least once a minute, for there is a listing a minute. A timer of its
 * own would beat on in a monitor whose loop is stuck. None is begun while the disk owes the answer to another.
 * `touch`: another disk, for tests.
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
      // A read-only /tmp costs the image's health check, which then says so; the monitor works without.
      const over = (): void => void (isUnderWay = false);
      void touch(file).then(over, over);
    },
  };
}
