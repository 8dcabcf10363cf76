import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Edge } from './edge.ts';

/** The image's HEALTHCHECK looks at this file's age. */
export const LIVENESS_FILE = join(tmpdir(), 'gluetun-monitor.heartbeat');

const INTERVAL_MS = 5_000;

/**
 * Touches the file as the loop goes round: at least once a minute, for there is a listing a minute. A timer of its
 * own would beat on in a monitor whose loop is stuck. None is begun while the disk owes the answer to another.
 */
export function livenessFile(file = LIVENESS_FILE): Edge {
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
      void writeFile(file, '').then(over, over);
    },
  };
}
