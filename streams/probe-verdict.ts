import type { Verdict } from './events.ts';

export interface ProbeEnd {
  readonly exitCode: number;
  readonly httpStatus: number | undefined;
  /** Milliseconds since the check's first sign of life. */
  readonly latencyMs: number;
  readonly timeoutSeconds: number;
}

const KILLED = 137;
/** The shell's codes for a command it could not run, or not find. */
const CANNOT_RUN = 126;
const NOT_FOUND = 127;

/** GNU wget's exit codes (its manual, "Exit Status"); BusyBox has only 1. */
const FAILURES: Readonly<Record<number, string>> = {
  1: 'Generic error',
  2: 'Command line error',
  3: 'File I/O error',
  4: 'Network failure (DNS or connection)',
  5: 'SSL verification failure',
  7: 'Protocol error',
};

/** Reached, whatever the answer: success, authentication asked for, an HTTP error status. */
const REACHED: readonly number[] = [0, 6, 8];

/** What one probe proves of the tunnel. A probe that did not run, or not to its end, proves nothing. */
export function verdictOf({ exitCode, httpStatus, latencyMs, timeoutSeconds }: ProbeEnd): {
  verdict: Verdict;
  reason: string;
} {
  if (REACHED.includes(exitCode)) return { verdict: 'pass', reason: 'OK' };
  if (exitCode <= 3 && httpStatus !== undefined) return { verdict: 'pass', reason: 'OK' };
  const failure = FAILURES[exitCode];
  if (failure !== undefined) return { verdict: 'fail', reason: failure };
  if (exitCode === KILLED) return verdictOfKilled(latencyMs, timeoutSeconds);
  if (exitCode === NOT_FOUND)
    return { verdict: 'unknown', reason: 'wget or timeout is missing in the gateway' };
  if (exitCode === CANNOT_RUN) return { verdict: 'unknown', reason: 'wget cannot be run in the gateway' };
  return { verdict: 'unknown', reason: `wget ended with exit code ${String(exitCode)}` };
}

/** Half a second early is scheduling; earlier, somebody else killed it (out of memory, say). */
const verdictOfKilled = (latencyMs: number, timeoutSeconds: number): { verdict: Verdict; reason: string } =>
  latencyMs >= timeoutSeconds * 1000 - 500
    ? { verdict: 'fail', reason: 'Timed out' }
    : { verdict: 'unknown', reason: 'wget was killed before its time was up' };
