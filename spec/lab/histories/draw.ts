import fc from 'fast-check';
import { historyOf } from './arbitrary.ts';
import type { History } from './history.ts';

/** The history of a seed: always the same while `arbitrary.ts` does not change. */
export function draw(seed: number, hours: number): History {
  const [history] = fc.sample(fc.noBias(historyOf(hours)), { seed, numRuns: 1 });
  if (history === undefined) throw new Error('nothing was drawn');
  return history;
}
