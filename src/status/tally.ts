import type { ProbeResult } from '../../streams/events.ts';
import type { Tunnel } from '../model/state.ts';
import { bucketOf } from './latency.ts';

/** What is counted of one site. */
export interface SiteTally {
  pass: number;
  fail: number;
  unknown: number;
  /** Passes by latency, in the buckets of `LATENCY_BOUNDS` and one beyond. */
  readonly latency: number[];
  /** Recoveries that began while it was down. */
  down: number;
  /** Those of them that began while no other site was down. */
  alone: number;
}

/** What is counted of one gateway in some span of time. It is added up in place: there are many. */
export interface Tally {
  /** How long its tunnel was so. */
  readonly seconds: Record<Tunnel['value'], number>;
  recoveries: number;
  /** By name. */
  readonly sites: Map<string, SiteTally>;
}

export const emptyTally = (): Tally => ({
  seconds: { up: 0, down: 0, stopped: 0, unknown: 0 },
  recoveries: 0,
  sites: new Map(),
});

export const emptySiteTally = (): SiteTally => ({
  pass: 0,
  fail: 0,
  unknown: 0,
  latency: [],
  down: 0,
  alone: 0,
});

export function siteIn({ sites }: Tally, name: string): SiteTally {
  const known = sites.get(name) ?? emptySiteTally();
  sites.set(name, known);
  return known;
}

export function countResult(tally: Tally, { site, verdict, latencyMs }: ProbeResult): void {
  const counts = siteIn(tally, site.name);
  counts[verdict] += 1;
  if (verdict === 'pass' && latencyMs !== undefined) addAt(counts.latency, bucketOf(latencyMs), 1);
}

/** @param down Names of the sites that were down when it began. */
export function countRecovery(tally: Tally, down: readonly string[]): void {
  tally.recoveries += 1;
  for (const name of down) {
    const counts = siteIn(tally, name);
    counts.down += 1;
    if (down.length === 1) counts.alone += 1;
  }
}

export function addTo(tally: Tally, more: Tally): void {
  for (const value of Object.keys(tally.seconds) as Tunnel['value'][])
    tally.seconds[value] += more.seconds[value];
  tally.recoveries += more.recoveries;
  for (const [name, counts] of more.sites) {
    const sum = siteIn(tally, name);
    for (const key of ['pass', 'fail', 'unknown', 'down', 'alone'] as const) sum[key] += counts[key];
    counts.latency.forEach((count, bucket) => addAt(sum.latency, bucket, count));
  }
}

function addAt(counts: number[], index: number, count: number): void {
  while (counts.length <= index) counts.push(0);
  counts[index] = (counts[index] ?? 0) + count;
}
