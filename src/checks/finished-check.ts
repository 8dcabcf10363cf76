import type { Event, ProbeResult } from '../../streams/events.ts';
import type { RunningCheck, State } from '../model/state.ts';
import { criticalSites, isPassing, quorumIn } from './quorum.ts';
import {
  isBeingEnded,
  isBeingRestarted,
  isOverdue,
  isReconnecting,
  runningStart,
} from '../model/selectors.ts';

/** A check that has just ended, and what it proves. */
export interface FinishedCheck {
  readonly startedAt: number;
  /**
   * One for each site, `unknown` if it has no result. Failures under a shortened time-out are left out if another
   * site passed.
   */
  readonly results: readonly ProbeResult[];
  /** Some results were left out, so a check with full time-outs has to follow. */
  readonly isInconclusive: boolean;
  /** Why some sites have no result; undefined if all have one. */
  readonly cutShort: string | undefined;
  /** It was started because Docker reported `unhealthy`. */
  readonly isDoubted: boolean;
  /** At least one critical site passed, and fewer failed than it takes to act. */
  readonly passing: boolean;
}

/** The check that this event ended, if it is the one under way. */
export function finishedCheck(event: Event, state: State): FinishedCheck | undefined {
  const { running } = state.checking;
  if (event.type !== 'checkFinished' || running?.checkId !== event.checkId) return undefined;
  const all = resultsOf(running, event.cutShort);
  const results = all.filter((result) => !isHasty(result, running, all));
  const { sites } = state;
  const standard = { critical: criticalSites(state), quorum: quorumIn(state), passed: sites.passed };
  return {
    startedAt: running.startedAt,
    results,
    isInconclusive: results.length < all.length,
    cutShort: event.cutShort,
    isDoubted: running.isDoubted,
    passing: isPassing(results, standard),
  };
}

export const hasFailures = ({ results }: FinishedCheck): boolean =>
  results.some(({ verdict }) => verdict === 'fail');

/**
 * A failure under a shortened time-out although another site passed: the tunnel works, and this site may only be
 * slow.
 */
const isHasty = (
  { site, verdict }: ProbeResult,
  { shortened }: RunningCheck,
  all: readonly ProbeResult[],
): boolean =>
  verdict === 'fail' && shortened.includes(site.url) && all.some((other) => other.verdict === 'pass');

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

/**
 * A check proves nothing about the current start if it began before that start, or if it overlaps a reconnect by the
 * monitor or the operator.
 */
export const isOfThisStart = (state: State, check: FinishedCheck): boolean => {
  const start = runningStart(state.gateway);
  return start !== undefined && check.startedAt >= start.seenAt && !overlapsReconnect(state, check);
};

/** A reconnect by Gluetun itself excuses nothing: Gluetun reconnects because the tunnel is broken. */
function overlapsReconnect(state: State, { startedAt }: FinishedCheck): boolean {
  const { reconnect } = state.checking;
  if (isReconnecting(state)) return true;
  const start = runningStart(state.gateway)?.seenAt ?? 0;
  if (reconnect === undefined || reconnect.by === 'gluetun' || reconnect.at < start) return false;
  return startedAt < (reconnect.by === 'operator' ? reconnect.until : reconnect.at);
}

/**
 * Whether its failures count. They do not if the check began before the gateway was ready or resumed, if the gateway
 * is not ready but still has time to become so, or if it is being stopped or restarted.
 */
export function failuresCount(state: State, check: FinishedCheck): boolean {
  const readyAt = runningStart(state.gateway)?.readyAt;
  const counts = readyAt === undefined ? isOverdue(state, check.startedAt) : check.startedAt >= readyAt;
  return isOfThisStart(state, check) && counts && !isBeingEnded(state) && !isBeingRestarted(state);
}

/**
 * Whether nothing interrupted the check, so that a missing result shows that probes cannot run. Otherwise the gateway
 * was paused, stopped or restarted, or the engine was lost, which is reported elsewhere.
 */
export const wentUndisturbed = (state: State, check: FinishedCheck): boolean =>
  isOfThisStart(state, check) &&
  check.startedAt >= (runningStart(state.gateway)?.readyAt ?? 0) &&
  state.shared.connection.value === 'connected' &&
  !isBeingEnded(state) &&
  !isBeingRestarted(state);

/** The previous check of this start was cut short. The next check shows whether that lasts. */
export const wasCutShort = ({ checking: { cutShortAt }, gateway }: State): boolean =>
  cutShortAt !== undefined && cutShortAt >= (runningStart(gateway)?.seenAt ?? Infinity);
