import type { SchedulerLike } from 'rxjs';
import type { Config } from '../../../config/config.ts';
import type { EdgeEvent, Store } from '../../../streams/events.ts';
import type { Notice } from '../../notices/notice.ts';
import type { GatewayStatistics } from '../../status/schema.ts';
import type { Edge } from '../edge.ts';
import { createLogFile } from '../log-file.ts';
import type { Trouble } from '../trouble.ts';
import { createOrderlyAppend } from './append-in-order.ts';
import { historyFiles } from './files.ts';
import { historyEdge } from './history-edge.ts';
import { historyOrder } from './history-order.ts';
import type { Order, SetAside } from './put-in-order.ts';
import { type HistoryReader, createHistoryReader } from './reader.ts';
import { statisticsEdge } from './statistics-edge.ts';
import { statisticsOrder } from './statistics-line.ts';

const HISTORY_BYTES = 16 * 1024 * 1024;
const STATISTICS_BYTES = 32 * 1024 * 1024;

const DAY_MS = 86_400_000;

export interface HistoryDeps {
  readonly scheduler: SchedulerLike;
  /** The system's clock: milliseconds since the epoch. */
  readonly wall: () => number;
  /** Masked wherever they occur. */
  readonly secrets: readonly string[];
  readonly troubleOf: (store: Store, path: string) => Trouble;
  readonly report: (event: EdgeEvent) => void;
}

/** What is kept of what happened, and how it is read back. */
export interface History {
  readonly edges: readonly Edge[];
  readonly reader: HistoryReader;
  /** By gateway; empty until the file has been read, after the first check. */
  readonly statistics: () => Readonly<Record<string, GatewayStatistics>>;
  /** Writes a notice that no step has. */
  readonly keep: (notice: Notice) => void;
  /** Resolves when everything is written, or an attempt to write it has failed. */
  readonly close: () => Promise<void>;
}

/** Nothing is opened or read before the first step, and nothing ever waits for the disk. */
export function openHistory({ file, days }: Config['history'], deps: HistoryDeps): History {
  const { scheduler, wall, secrets, troubleOf, report } = deps;
  const keptMs = days * DAY_MS;
  const [, counts] = historyFiles(file);
  const history = writerOf('history', file, historyOrder(keptMs, wall), HISTORY_BYTES);
  const happened = historyEdge({ scheduler, wall, secrets, write: history.write });
  const counted =
    counts === undefined
      ? undefined
      : statisticsEdge({
          file: counts,
          writer: writerOf('statistics', counts, statisticsOrder(keptMs, wall), STATISTICS_BYTES),
          scheduler,
          wall,
        });
  return {
    edges: counted === undefined ? [happened] : [happened, counted],
    reader: createHistoryReader(file),
    statistics: () => counted?.statistics() ?? {},
    keep: happened.keep,
    close: async () => {
      await Promise.all([history.flush(), counted?.close()]);
    },
  };

  function writerOf<Entry>(store: Store, path: string, order: Order<Entry>, maxBytes: number) {
    const onSetAside = (_: string, { lines, path: setAsideAs }: SetAside): void =>
      report({ type: 'linesSetAside', at: scheduler.now(), path, lines, setAsideAs });
    const append = createOrderlyAppend({ order, now: () => scheduler.now(), onSetAside });
    return createLogFile({
      file: path,
      maxBytes,
      backupCount: 0,
      scheduler,
      trouble: troubleOf(store, path),
      append,
    });
  }
}
