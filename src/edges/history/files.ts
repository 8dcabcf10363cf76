import { dirname, join } from 'node:path';

/** The history and the statistics beside it; none if `HISTORY_FILE` is empty or `/dev/null`. */
export const historyFiles = (file: string): readonly string[] =>
  file === '' || file === '/dev/null' ? [] : [file, statisticsFile(file)];

export function statisticsFile(historyFile: string): string {
  const file = join(dirname(historyFile), 'statistics.jsonl');
  return file === join(historyFile) ? `${file}.counts` : file;
}
