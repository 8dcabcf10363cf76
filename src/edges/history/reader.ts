import { type HistoryEntry, readEntry, timeOf } from './entry.ts';
import { newestLinesOf } from './lines.ts';

export interface HistoryReader {
  /**
   * The newest `most` entries since a time in milliseconds since the epoch, the newest last. Lines that cannot be
   * read are skipped. There are none in a missing file.
   *
   * @throws Error of node:fs if the file cannot be read.
   */
  readonly entries: (sinceMs: number, most: number) => Promise<readonly HistoryEntry[]>;
}

/**
 * A clock that was wrong for a while has left some lines with an early time. After more of them in a row, all that
 * follow are taken to be old.
 */
const STRAY_LINES = 200;

/** Reads from the end of the file, and no further than it must. An empty path: there is no history. */
export const createHistoryReader = (file: string): HistoryReader => ({
  entries: async (sinceMs, most) => {
    if (file === '') return [];
    try {
      return await newestEntries(file, sinceMs, most);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  },
});

async function newestEntries(file: string, sinceMs: number, most: number): Promise<readonly HistoryEntry[]> {
  const found: HistoryEntry[] = [];
  let early = 0;
  if (most < 1) return found;
  for await (const line of newestLinesOf(file)) {
    const entry = readEntry(line.toString());
    if (entry === undefined) continue;
    early = timeOf(entry) < sinceMs ? early + 1 : 0;
    if (early === 0) found.push(entry);
    if (found.length >= most || early > STRAY_LINES) break;
  }
  return found.reverse();
}
