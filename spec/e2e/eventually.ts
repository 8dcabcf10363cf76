import { setTimeout as pause } from 'node:timers/promises';

/**
 * Polls until `condition` returns something other than `undefined` or `false`, and returns that.
 * A condition that throws does not hold yet; its last error is reported at the deadline.
 *
 * @throws when `deadlineMs` has passed, with `what` and the last error.
 */
export async function eventually<T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  deadlineMs = 10_000,
  intervalMs = 10,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const { answer, error } = await attempt(condition);
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) {
      throw new Error(
        `waited ${deadlineMs} ms in vain: ${what}${error === undefined ? '' : `: ${messageOf(error)}`}`,
      );
    }
    await pause(intervalMs);
  }
}

async function attempt<T>(
  condition: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<{ answer?: T | undefined | false; error?: unknown }> {
  try {
    return { answer: await condition() };
  } catch (error) {
    return { error };
  }
}

export const messageOf = (error: unknown): string =>
  error !== null && typeof error === 'object' && 'message' in error ? String(error.message) : String(error);

/**
 * Whether the file, process or container does not exist (any more).
 *
 * Not by `instanceof Error`: under jest, Node's own errors are from another realm.
 */
export const isMissing = (error: unknown): boolean =>
  hasCode(error, 'ENOENT') ||
  hasCode(error, 'ESRCH') ||
  (error !== null && typeof error === 'object' && 'statusCode' in error && error.statusCode === 404);

export const hasCode = (error: unknown, code: string): boolean =>
  error !== null && typeof error === 'object' && 'code' in error && error.code === code;
