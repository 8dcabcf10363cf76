import type { SchedulerLike } from 'rxjs';
import type { Everything, Watch } from '../../model/state.ts';
import type { GatewayStatistics } from '../../status/schema.ts';
import { WINDOWS, type Windows, statisticsOf } from '../../status/statistics.ts';
import { type Tally, addTo, countRecovery, countResult, emptyTally } from '../../status/tally.ts';
import type { Edge } from '../edge.ts';
import type { LogFile } from '../log-file.ts';
import { linesOf } from './lines.ts';
import { HOUR_MS, readStatistics, statisticsText } from './statistics-line.ts';

export interface StatisticsDeps {
  readonly file: string;
  readonly writer: LogFile;
  readonly scheduler: Pick<SchedulerLike, 'now'>;
  /** The system's clock: milliseconds since the epoch. */
  readonly wall: () => number;
}

export interface StatisticsEdge extends Edge {
  /** What was counted so far, by gateway; empty until the file has been read. */
  readonly statistics: () => Readonly<Record<string, GatewayStatistics>>;
  /** Writes what the hour has so far, and resolves when that is written or an attempt to write it has failed. */
  readonly close: () => Promise<void>;
}

/**
 * Counts, and writes a line for each gateway when an hour is over. What an hour has so far is written when the monitor
 * ends, so only a monitor that is killed loses some of it. The file is read after the first check: the start does not
 * wait for it.
 */
export function statisticsEdge({ file, writer, scheduler, wall }: StatisticsDeps): StatisticsEdge {
  let hour: number | undefined;
  let countedUpTo: number | undefined;
  let current = new Map<string, Tally>();
  let past: Map<string, Windows> | undefined;
  let isReading = false;

  return { name: 'statistics', take, statistics, close };

  function take({ event: { at, type }, before, state }: Parameters<Edge['take']>[0]): void {
    const now = Math.floor((wall() - (scheduler.now() - at)) / HOUR_MS);
    const isNewHour = hour !== undefined && now !== hour;
    if (isNewHour) writeHour();
    hour = now;
    countTime(before, at);
    state.watches.forEach((watch, index) => count(watch, before.watches[index]));
    if (isNewHour) void writer.flush().then(read);
    else if (type === 'checkFinished' && past === undefined) read();
  }

  function countTime({ watches }: Everything, at: number): void {
    const seconds = Math.max(0, at - (countedUpTo ?? at)) / 1000;
    countedUpTo = at;
    for (const { settings, tunnel } of watches)
      tallyIn(current, settings.gateway).seconds[tunnel.value] += seconds;
  }

  function count(watch: Watch, before: Watch | undefined): void {
    const { settings, checking, latestRecovery, sites } = watch;
    const tally = tallyIn(current, settings.gateway);
    const { latest } = checking;
    if (latest !== before?.checking.latest) latest?.results.forEach((result) => countResult(tally, result));
    if (latestRecovery === undefined || latestRecovery.begunAt === before?.latestRecovery?.begunAt) return;
    countRecovery(
      tally,
      sites.list.filter(({ url }) => sites.down.includes(url)).map(({ name }) => name),
    );
  }

  function writeHour(): void {
    if (hour === undefined) return;
    for (const [gateway, tally] of current) {
      if (isEmpty(tally)) continue;
      writer.write(`${statisticsText({ span: 'hour', gateway, beganMs: hour * HOUR_MS, tally })}\n`);
      // Until it is read again, with what is older than each window left out.
      if (past !== undefined) Object.values(windowsIn(past, gateway)).forEach((sum) => addTo(sum, tally));
    }
    current = new Map();
  }

  function read(): void {
    if (isReading) return;
    isReading = true;
    void readWindows(file, wall())
      .then(
        (found) => (past = found),
        () => (past ??= new Map()), // missing as a rule; that it cannot be written is told anyway
      )
      .finally(() => (isReading = false));
  }

  function statistics(): Readonly<Record<string, GatewayStatistics>> {
    if (past === undefined) return {};
    const names = new Set([...past.keys(), ...current.keys()]);
    return Object.fromEntries([...names].map((name) => [name, statisticsOf(withCurrent(name))]));
  }

  function withCurrent(gateway: string): Windows {
    const sums = emptyWindows();
    for (const window of Object.keys(sums) as (keyof Windows)[]) {
      const [known, more] = [past?.get(gateway)?.[window], current.get(gateway)];
      if (known !== undefined) addTo(sums[window], known);
      if (more !== undefined) addTo(sums[window], more);
    }
    return sums;
  }

  function close(): Promise<void> {
    writeHour();
    return writer.flush();
  }
}

const isEmpty = ({ seconds, recoveries, sites }: Tally): boolean =>
  recoveries === 0 && sites.size === 0 && Object.values(seconds).every((length) => length === 0);

const emptyWindows = (): Windows => ({ day: emptyTally(), week: emptyTally(), month: emptyTally() });

function tallyIn(tallies: Map<string, Tally>, gateway: string): Tally {
  const known = tallies.get(gateway) ?? emptyTally();
  tallies.set(gateway, known);
  return known;
}

function windowsIn(all: Map<string, Windows>, gateway: string): Windows {
  const known = all.get(gateway) ?? emptyWindows();
  all.set(gateway, known);
  return known;
}

/** Streams the file: only sums are in memory. */
async function readWindows(file: string, wallMs: number): Promise<Map<string, Windows>> {
  const all = new Map<string, Windows>();
  for await (const { bytes } of linesOf(file)) {
    const line = readStatistics(bytes.toString());
    if (line === undefined) continue;
    for (const [name, lengthMs] of Object.entries(WINDOWS) as [keyof Windows, number][])
      if (line.beganMs >= wallMs - lengthMs) addTo(windowsIn(all, line.gateway)[name], line.tally);
  }
  return all;
}
