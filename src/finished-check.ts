import type { Event, ProbeResult } from '../streams/events.ts';
import type { RunningCheck, State } from './state.ts';
import { criticalSites, isPassing, quorumIn } from './quorum.ts';
import { isBeingEnded, isOverdue, runningStart } from './selectors.ts';

/** A check that has just ended, and what it proves. */
export interface FinishedCheck {
  readonly startedAt: number;
  /** One for each site; `unknown` where none came. */
  readonly results: readonly ProbeResult[];
  /** At least one critical site passed, and fewer failed than it takes to act. */
  readonly passing: boolean;
}

/** The check that this event ended, if it is the one under way. */
export function finishedCheck(event: Event, state: State): FinishedCheck | undefined {
  const { running } = state.checking;
  if (event.type !== 'checkFinished' || running?.checkId !== event.checkId) return undefined;
  const results = resultsOf(running, event.cutShort);
  const passing = isPassing(results, criticalSites(state), quorumIn(state));
  return { startedAt: running.startedAt, results, passing };
}

const resultsOf = (running: RunningCheck, reason = 'no result'): readonly ProbeResult[] =>
  running.sites.map(
    (site): ProbeResult =>
      running.results.find((result) => result.site.url === site.url) ?? {
        site,
        verdict: 'unknown',
        reason,
        latencyMs: undefined,
        httpStatus: undefined,
      },
  );

/** A check from before the gateway's start says nothing of it. */
export const isOfThisStart = (state: State, check: FinishedCheck): boolean => {
  const start = runningStart(state.gateway);
  return start !== undefined && check.startedAt >= start.seenAt;
};

/**
 * Whether its failures count: not those of a check begun before the gateway was ready or resumed, nor, where it is
 * not ready, while it has time left to become it; nor while somebody stops it.
 */
export function failuresCount(state: State, check: FinishedCheck): boolean {
  const readyAt = runningStart(state.gateway)?.readyAt;
  const counts = readyAt === undefined ? isOverdue(state, check.startedAt) : check.startedAt >= readyAt;
  return isOfThisStart(state, check) && counts && !isBeingEnded(state);
}
