import type { GatewayConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import { afterCheck, bounded } from '../recovery/backoff.ts';
import { failuresCount, finishedCheck, isOfThisStart } from './finished-check.ts';
import type { Notice } from '../notices/notice.ts';
import { heldSites } from './quorum.ts';
import { hasTurned, isGateway } from '../model/selectors.ts';
import type { State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/**
 * What the decision to act rests on besides the counters: when the first sign of an outage was, how long everything
 * has been calm, and which sites are held as advisory.
 */
export const outage: GatewayConcern<'evidence'> = { stage: 'evidence', reduce };

function reduce(state: State, event: Event, before: State): Transition {
  const released = releaseHeld(state, event);
  const withSigns = withOutage(released.state, event, before);
  const notices = [...sayRemembered(state, before), ...released.notices];
  return to(withCalm(withSigns, event, before), { notices });
}

/**
 * An earlier monitor held these sites. Reported once, when the first listing has shown which gateway they belong to.
 */
function sayRemembered(state: State, before: State): readonly Notice[] {
  if (before.shared.containers.isListed || !state.shared.containers.isListed) return [];
  const names = heldSites(state).map(({ name }) => name);
  return names.length === 0 ? [] : [{ kind: 'sitesStillDemoted', sites: names }];
}

/** One pass is enough to release a held site: this exit does not block it. */
function releaseHeld(state: State, event: Event): Transition {
  if (event.type !== 'siteProbed' || event.result.verdict !== 'pass') return to(state);
  const { url, name } = event.result.site;
  const { held } = state.sites;
  const isCurrentCheck = state.checking.running?.checkId === event.checkId;
  if (!isCurrentCheck || !held.includes(url)) return to(state);
  return to(
    { ...state, sites: { ...state.sites, held: held.filter((other) => other !== url) } },
    { notices: [{ kind: 'siteReinstated', site: name }] },
  );
}

/**
 * The outage begins with a counted failure, or when Docker or Gluetun doubts the tunnel. It ends with a check that
 * passes.
 */
function withOutage(state: State, event: Event, before: State): State {
  const check = finishedCheck(event, before);
  if (check?.passing) return { ...state, outageSince: undefined };
  const hasFailed = check !== undefined && failuresCount(state, check) && anyFailed(check.results);
  const isDoubted = isHealthDoubt(state, event, before);
  return state.outageSince === undefined && (hasFailed || isDoubted)
    ? { ...state, outageSince: event.at }
    : state;
}

const anyFailed = (results: readonly { readonly verdict: string }[]): boolean =>
  results.some(({ verdict }) => verdict === 'fail');

const isHealthDoubt = (state: State, event: Event, before: State): boolean =>
  hasTurned(state, before, 'unhealthy') ||
  (event.type === 'selfHealingLogged' && isGateway(state, event.gatewayId) && !event.isPast);

function withCalm(state: State, event: Event, before: State): State {
  const check = finishedCheck(event, before);
  const known = bounded(state.backoff, state.settings, event.at);
  const isEvidence =
    check !== undefined &&
    isOfThisStart(state, check) &&
    state.recovery.value === 'none' &&
    (check.passing || anyFailed(check.results));
  const backoff = isEvidence
    ? afterCheck(known, state.settings, {
        passed: check.passing,
        startedAt: check.startedAt,
        at: event.at,
      })
    : known;
  if (backoff === state.backoff) return state;
  const isOver = backoff.attempts === 0;
  return { ...state, backoff, sites: isOver ? { ...state.sites, blocked: undefined } : state.sites };
}
