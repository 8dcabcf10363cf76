/** Upper bounds, in seconds. What takes longer than the last is counted beyond it. They stay: counts are kept. */
export const LATENCY_BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** The index of the bucket that a latency is counted in. */
export function bucketOf(latencyMs: number): number {
  const index = LATENCY_BOUNDS.findIndex((bound) => latencyMs <= bound * 1000);
  return index < 0 ? LATENCY_BOUNDS.length : index;
}

/**
 * The latency in seconds that a share of all does not exceed, as if the latencies within a bucket were spread evenly.
 * Undefined: none was counted. Beyond the last bound nothing is known, so it is that bound.
 */
export function quantile(counts: readonly number[], share: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let left = share * total;
  for (const [index, bound] of LATENCY_BOUNDS.entries()) {
    const count = counts[index] ?? 0;
    const floor = LATENCY_BOUNDS[index - 1] ?? 0;
    if (count > 0 && left <= count) return floor + (bound - floor) * (left / count);
    left -= count;
  }
  return LATENCY_BOUNDS.at(-1);
}
