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
  /** One for each site; `unknown` where none came. Without those that say nothing, for their time was shortened. */
  readonly results: readonly ProbeResult[];
  /** Some were left out: a check that gives each its own time has to tell. */
  readonly isInconclusive: boolean;
  /** Why some have no result; undefined: all have one. */
  readonly cutShort: string | undefined;
  /** Docker's `unhealthy` has asked for it. */
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

/** A failure by a shortened time though another site passed: the tunnel works, and this one may only be slow. */
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

/** A check from before the gateway's start, or that overlaps a reconnect by us or by its operator, says nothing of it. */
export const isOfThisStart = (state: State, check: FinishedCheck): boolean => {
  const start = runningStart(state.gateway);
  return start !== undefined && check.startedAt >= start.seenAt && !overlapsReconnect(state, check);
};

/** What Gluetun does in trouble of its own is no excuse: the tunnel is broken. */
function overlapsReconnect(state: State, { startedAt }: FinishedCheck): boolean {
  const { reconnect } = state.checking;
  if (isReconnecting(state)) return true;
  const start = runningStart(state.gateway)?.seenAt ?? 0;
  if (reconnect === undefined || reconnect.by === 'gluetun' || reconnect.at < start) return false;
  return startedAt < (reconnect.by === 'operator' ? reconnect.until : reconnect.at);
}

/**
 * Whether its failures count: not those of a check begun before the gateway was ready or resumed, nor, where it is
 * not ready, while it has time left to become it; nor while somebody stops it, or we restart it.
 */
export function failuresCount(state: State, check: FinishedCheck): boolean {
  const readyAt = runningStart(state.gateway)?.readyAt;
  const counts = readyAt === undefined ? isOverdue(state, check.startedAt) : check.startedAt >= readyAt;
  return isOfThisStart(state, check) && counts && !isBeingEnded(state) && !isBeingRestarted(state);
}

/**
 * Whether it went undisturbed, so that a result which is missing says that probes tell nothing. Else it was left in
 * the middle: by a gateway that was paused, or is being stopped or restarted by whomever, or by the engine. That is
 * reported where it is found out.
 */
export const isUndisturbed = (state: State, check: FinishedCheck): boolean =>
  isOfThisStart(state, check) &&
  check.startedAt >= (runningStart(state.gateway)?.readyAt ?? 0) &&
  state.shared.connection.value === 'connected' &&
  !isBeingEnded(state) &&
  !isBeingRestarted(state);

/** The check before this was cut short, in this start: whether that lasts, the next one tells. */
export const wasCutShort = ({ checking: { cutShortAt }, gateway }: State): boolean =>
  cutShortAt !== undefined && cutShortAt >= (runningStart(gateway)?.seenAt ?? Infinity);
