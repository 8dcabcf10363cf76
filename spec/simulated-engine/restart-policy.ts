import { nanosToMs } from './clock.ts';
import type { Container } from './container.ts';

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 60_000;
/** After a run this long the policy starts over with its first wait. */
const LONG_RUN_MS = 10_000;

/** Whether the policy starts another run after this exit. */
export function wantsRestart(container: Container, exitCode: number): boolean {
  if (container.exitOnNext) return false;
  const { Name, MaximumRetryCount = 0 } = container.hostConfig.RestartPolicy ?? { Name: 'no' };
  switch (Name) {
    case 'always':
      return true;
    case 'unless-stopped':
      return !container.manuallyStopped;
    case 'on-failure':
      return mayRetry(exitCode, container.restartCount, MaximumRetryCount);
    default:
      return false;
  }
}

/** The wait before that run: doubles each time, as long as the runs are short. */
export function nextBackoffMs({ backoffMs, state }: Container): number {
  const ranMs = nanosToMs((state.finishedAt ?? 0n) - (state.startedAt ?? 0n));
  const doubledMs = backoffMs === 0 || ranMs >= LONG_RUN_MS ? FIRST_BACKOFF_MS : backoffMs * 2;
  return Math.min(doubledMs, LONGEST_BACKOFF_MS);
}

/**
 * Whether an engine starts it at its own start. A container with `always` is started even if its operator stopped it,
 * one with `on-failure` if it failed, even by that stop; one that has never run is not started.
 */
export function wantedAtBoot({ hostConfig, manuallyStopped, restartCount, state }: Container): boolean {
  const { Name, MaximumRetryCount = 0 } = hostConfig.RestartPolicy ?? { Name: 'no' };
  if (state.startedAt === undefined) return false;
  if (Name === 'on-failure') return mayRetry(state.exitCode, restartCount, MaximumRetryCount);
  return Name === 'always' || (Name === 'unless-stopped' && !manuallyStopped);
}

const mayRetry = (exitCode: number, restartCount: number, atMost: number): boolean =>
  exitCode !== 0 && (atMost === 0 || restartCount < atMost);
