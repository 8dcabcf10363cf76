import { dirname, join, resolve } from 'node:path';

/**
 * The history, and the statistics beside it. Neither if `HISTORY_FILE` is empty or `/dev/null`, and no statistics beside
 * another device.
 */
export function historyFiles(file: string): readonly string[] {
  if (file === '' || file === '/dev/null') return [];
  const folder = dirname(resolve(file));
  if (folder === '/dev') return [file];
  const statistics = join(folder, 'statistics.jsonl');
  return [file, statistics === resolve(file) ? `${statistics}.counts` : statistics];
}
