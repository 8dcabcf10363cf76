import { printableJson } from '../../../config/shown-text.ts';
import { asNumber, asObject, asString, parseJson } from '../../../streams/json.ts';
import { type Tally, addTo, emptyTally, siteIn } from '../../status/tally.ts';
import type { Kept, Order } from './put-in-order.ts';

/** What was counted of one gateway in an hour, or in a day. Several lines of the same span add up. */
export interface StatisticsLine {
  readonly span: Span;
  readonly gateway: string;
  /** When the span began, in UTC: milliseconds since the epoch. */
  readonly beganMs: number;
  readonly tally: Tally;
}

type Span = 'hour' | 'day';

export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const HOURS_KEPT_MS = 7 * DAY_MS;

export function statisticsText({ span, gateway, beganMs, tally }: StatisticsLine): string {
  const { seconds, recoveries, sites } = tally;
  const line = {
    time: new Date(beganMs).toISOString(),
    span,
    gateway,
    seconds: Object.fromEntries(
      Object.entries(seconds).map(([value, length]) => [value, Math.round(length * 1000) / 1000]),
    ),
    recoveries,
    sites: Object.fromEntries(sites),
  };
  return printableJson(JSON.stringify(line));
}

/** Undefined: the text is no such line. A figure that is missing is 0. */
export function readStatistics(text: string): StatisticsLine | undefined {
  const json = asObject(parseJson(text));
  const [time, gateway] = [asString(json?.['time']), asString(json?.['gateway'])];
  const beganMs = Date.parse(time ?? '');
  const { span, sites } = json ?? {};
  if (gateway === undefined || (span !== 'hour' && span !== 'day') || Number.isNaN(beganMs)) return undefined;
  const tally = emptyTally();
  const { seconds } = tally;
  for (const value of Object.keys(seconds) as (keyof typeof seconds)[])
    seconds[value] = figure(asObject(json?.['seconds'])?.[value]);
  tally.recoveries = figure(json?.['recoveries']);
  for (const [name, counts] of Object.entries(asObject(sites) ?? {})) {
    const read = asObject(counts) ?? {};
    const site = siteIn(tally, name);
    for (const key of ['pass', 'fail', 'unknown', 'down', 'alone'] as const) site[key] = figure(read[key]);
    const { latency } = read;
    if (Array.isArray(latency)) site.latency.push(...latency.slice(0, MOST_BUCKETS).map(figure));
  }
  return { span, gateway, beganMs, tally };
}

const MOST_BUCKETS = 100;

const figure = (value: unknown): number => Math.max(0, asNumber(value) ?? 0);

/**
 * The order of the file: lines of the same hour become one, the hours of a day that ended a week ago one of that day,
 * and what is older than `keptMs` goes. `wall`: milliseconds since the epoch.
 */
export const statisticsOrder = (keptMs: number, wall: () => number): Order<StatisticsLine> => ({
  read: readStatistics,
  keep: (entries, excess) => merged(entries, { now: wall(), keptMs, excess }),
});

interface Bounds {
  readonly now: number;
  readonly keptMs: number;
  readonly excess: number;
}

/** Only the lines of one span are in memory at a time: those of one span stand together. */
async function* merged(
  entries: AsyncIterable<Kept<StatisticsLine>>,
  { now, keptMs, excess }: Bounds,
): AsyncGenerator<string> {
  let left = excess;
  let group = new Group();
  for await (const { entry, text } of entries) {
    const isTooMuch = left > 0;
    left -= Buffer.byteLength(text) + 1;
    if (isTooMuch || entry.beganMs < now - keptMs) continue;
    const line = asKept(entry, now);
    if (!group.takes(line)) {
      yield* group.texts();
      group = new Group();
    }
    group.add(line, line === entry ? text : undefined);
  }
  yield* group.texts();
}

function asKept(line: StatisticsLine, now: number): StatisticsLine {
  const day = Math.floor(line.beganMs / DAY_MS) * DAY_MS;
  return line.span === 'day' || day + DAY_MS + HOURS_KEPT_MS > now
    ? line
    : { ...line, span: 'day', beganMs: day };
}

/** The lines of one span, one for each gateway. */
class Group {
  readonly #lines = new Map<string, { line: StatisticsLine; text: string | undefined }>();
  #first: StatisticsLine | undefined;

  takes({ span, beganMs }: StatisticsLine): boolean {
    return this.#first === undefined || (span === this.#first.span && beganMs === this.#first.beganMs);
  }

  /** @param text The line as it stands in the file. */
  add(line: StatisticsLine, text: string | undefined): void {
    this.#first ??= line;
    const known = this.#lines.get(line.gateway);
    if (known === undefined) {
      this.#lines.set(line.gateway, { line, text });
      return;
    }
    addTo(known.line.tally, line.tally);
    known.text = undefined;
  }

  texts(): readonly string[] {
    return [...this.#lines.values()].map(({ line, text }) => text ?? statisticsText(line));
  }
}
