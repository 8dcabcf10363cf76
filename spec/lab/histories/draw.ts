import fc from 'fast-check';
import { historyOf } from './arbitrary.ts';
import type { History } from './history.ts';

/** The history of a seed: always the same, as long as `arbitrary.ts` stays as it is. */
export function draw(seed: number, hours: number): History {
  const [history] = fc.sample(fc.noBias(historyOf(hours)), { seed, numRuns: 1 });
  if (history === undefined) throw new Error('nothing was drawn');
  return history;
}
