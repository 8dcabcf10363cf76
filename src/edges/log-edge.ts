import type { Log } from '../notices/log-line.ts';
import type { Notice } from '../notices/notice.ts';
import { lineOf } from '../notices/wording.ts';
import type { Edge } from './edge.ts';

/** Writes a notice as a sentence. `ofSeveral`: several gateways are watched, so each line names its gateway. */
export const sayTo =
  (log: Log, ofSeveral: boolean) =>
  (notice: Notice): void =>
    log.write(lineOf(notice, ofSeveral));

/** @param opening Notices that were logged before the loop began. */
export const logEdge = (say: (notice: Notice) => void, opening: readonly Notice[]): Edge => ({
  name: 'log',
  take: ({ event, notices }) =>
    (event.type === 'monitorStarted' ? notices.filter((one) => !opening.includes(one)) : notices).forEach(
      say,
    ),
});
