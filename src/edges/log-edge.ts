import type { Log } from '../log-line.ts';
import type { Notice } from '../notices/notice.ts';
import { lineOf } from '../notices/wording.ts';
import type { Edge } from './edge.ts';

/** In words. `ofSeveral`: several gateways are watched, so each line tells which one it is about. */
export const sayTo =
  (log: Log, ofSeveral: boolean) =>
  (notice: Notice): void =>
    log.write(lineOf(notice, ofSeveral));

export const logEdge = (say: (notice: Notice) => void): Edge => ({
  name: 'log',
  take: ({ notices }) => notices.forEach(say),
});
