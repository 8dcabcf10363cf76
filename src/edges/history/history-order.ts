import { type HistoryEntry, readEntry, timeOf } from './entry.ts';
import type { Kept, Order } from './put-in-order.ts';

/** Drops the oldest lines, up to the first that is young enough. `wall`: milliseconds since the epoch. */
export const historyOrder = (keptMs: number, wall: () => number): Order<HistoryEntry> => ({
  read: readEntry,
  keep: (entries, excess) => young(entries, { since: wall() - keptMs, excess }),
});

async function* young(
  entries: AsyncIterable<Kept<HistoryEntry>>,
  { since, excess }: { readonly since: number; readonly excess: number },
): AsyncGenerator<string> {
  let left = excess;
  // A clock that was wrong for a while has left lines with an early time among the others.
  let isYoung = false;
  for await (const { entry, text } of entries) {
    const isTooMuch = left > 0;
    left -= Buffer.byteLength(text) + 1;
    isYoung ||= timeOf(entry) >= since;
    if (isYoung && !isTooMuch) yield text;
  }
}
