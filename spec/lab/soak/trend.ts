import type { Vitals } from './vitals.ts';

export interface Sample extends Vitals {
  /** Seconds since the beginning. */
  readonly at: number;
}

type Sign = keyof Vitals;

/** How far the last quarter may be above the first: a fraction of it, but at least the given amount. */
const ALLOWED: Readonly<
  Record<Sign, { readonly part: number; readonly least: number; readonly unit: string }>
> = {
  rss: { part: 0.08, least: 4_096, unit: 'kB' },
  private: { part: 0.1, least: 4_096, unit: 'kB' },
  heap: { part: 0.05, least: 512, unit: 'kB' },
  code: { part: 0.2, least: 1_024, unit: 'kB' },
  descriptors: { part: 0, least: 2, unit: '' },
  sockets: { part: 0, least: 2, unit: '' },
  resources: { part: 0, least: 3, unit: '' },
  listeners: { part: 0, least: 12, unit: '' },
};

export interface Trend {
  readonly sign: Sign;
  readonly first: number;
  readonly last: number;
  /** By least squares. */
  readonly perHour: number;
  readonly isFlat: boolean;
}

/** Compares the medians of the first and the last quarter of the samples after the warm-up. */
export function trends(samples: readonly Sample[], warmUpSeconds: number): readonly Trend[] {
  const steady = samples.filter(({ at }) => at >= warmUpSeconds);
  const quarter = Math.max(1, Math.floor(steady.length / 4));
  return (Object.keys(ALLOWED) as Sign[]).map((sign) => {
    const values = steady.map((sample) => sample[sign]);
    const [first, last] = [median(values.slice(0, quarter)), median(values.slice(-quarter))];
    const { part, least } = ALLOWED[sign];
    const perHour = slope(steady.map(({ at, [sign]: value }) => [at, value] as const)) * 3600;
    return { sign, first, last, perHour, isFlat: last - first <= Math.max(first * part, least) };
  });
}

export const tableOf = (found: readonly Trend[]): readonly string[] => [
  row('', 'first quarter', 'last quarter', 'per hour', ''),
  ...found.map(({ sign, first, last, perHour, isFlat }) => {
    const { unit } = ALLOWED[sign];
    const name = unit === '' ? sign : `${sign} (${unit})`;
    return row(name, first.toFixed(0), last.toFixed(0), perHour.toFixed(1), isFlat ? 'flat' : 'NOT FLAT');
  }),
];

const row = (name: string, ...cells: readonly string[]): string =>
  `${name.padEnd(14)}${cells.map((cell) => cell.padStart(15)).join('')}`.trimEnd();

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const above = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const below = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return below === 0 ? 0 : above / below;
}
