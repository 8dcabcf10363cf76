import { WORDINGS, lineOf } from '../../notices/wording.ts';
import type { Step } from '../../loop/program.ts';
import type { HistoryEntry, HistoryReader } from './wire.ts';

/** How many are kept if there is no history on disk. */
const MOST_KEPT = 500;

/** What a step has said, apart from what is only for those who look for a fault. */
export function entriesOf(
  { notices }: Pick<Step, 'notices'>,
  time: string,
  ofSeveral: boolean,
): HistoryEntry[] {
  return notices.flatMap((notice) => {
    const { level, message, fields } = lineOf(notice, ofSeveral);
    const isForFaults = level === 'debug' || WORDINGS[notice.kind].audience === 'debug';
    return isForFaults ? [] : [{ ...fields, time, kind: notice.kind, level, message }];
  });
}

/** The latest entries, in memory. */
export class RecentNotices implements HistoryReader {
  #kept: HistoryEntry[] = [];

  add(entries: readonly HistoryEntry[]): void {
    if (entries.length > 0) this.#kept = [...this.#kept, ...entries].slice(-MOST_KEPT);
  }

  entries(sinceMs: number, most: number): Promise<readonly HistoryEntry[]> {
    return Promise.resolve(this.#kept.filter(({ time }) => Date.parse(time) >= sinceMs).slice(-most));
  }
}
