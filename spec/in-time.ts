import { runInNewContext } from 'node:vm';

/**
 * Does it, and fails where that takes longer than anything could that does not grow with the square of what it reads.
 * A guard, not a measurement: no test framework ends a loop or a regular expression that goes on and on.
 */
export function inTime<T>(act: () => T): T {
  return runInNewContext('act()', { act }, { timeout: 60_000 }) as T;
}
