import type { Backoff, Settings } from '../model/state.ts';

/** How long the tunnel must have worked, at least, before a recovery counts as the first again. */
const CALM_MS = 600_000;

export const NO_BACKOFF: Backoff = { attempts: 0, notBefore: 0, calmSince: undefined };

type Waits = Pick<Settings, 'backoffMs' | 'backoffMaxMs'>;

/** Milliseconds from the end of the latest of so many recoveries to the next one. */
export const waitAfter = (attempts: number, { backoffMs, backoffMaxMs }: Waits): number =>
  attempts === 0 ? 0 : Math.min(backoffMs * 2 ** (attempts - 1), backoffMaxMs);

/** One more begins. If the monitor does not see its end, the wait is counted from here. */
export const attemptBegun = ({ attempts }: Backoff, settings: Waits, at: number): Backoff => ({
  attempts: attempts + 1,
  notBefore: at + waitAfter(attempts + 1, settings),
  calmSince: undefined,
});

export const attemptEnded = (backoff: Backoff, settings: Waits, at: number): Backoff => ({
  ...backoff,
  notBefore: at + waitAfter(backoff.attempts, settings),
});

/** All is forgotten once checks have passed for ten minutes, or for the present wait if that is longer. */
export function afterCheck(
  backoff: Backoff,
  settings: Waits,
  { passed, startedAt, at }: { readonly passed: boolean; readonly startedAt: number; readonly at: number },
): Backoff {
  if (backoff.attempts === 0) return backoff;
  if (!passed) return backoff.calmSince === undefined ? backoff : { ...backoff, calmSince: undefined };
  const calmSince = backoff.calmSince ?? startedAt;
  const isCalm = at - calmSince >= Math.max(CALM_MS, waitAfter(backoff.attempts, settings));
  if (isCalm) return NO_BACKOFF;
  return calmSince === backoff.calmSince ? backoff : { ...backoff, calmSince };
}

/** What an earlier monitor left, perhaps by another clock: nobody waits for longer than the longest wait. */
export const bounded = (backoff: Backoff, { backoffMaxMs }: Waits, at: number): Backoff =>
  backoff.notBefore > at + backoffMaxMs ? { ...backoff, notBefore: at + backoffMaxMs } : backoff;
