import { finishedCheck, hasFailures, isOfThisStart } from '../checks/finished-check.ts';
import { heldSites } from '../checks/quorum.ts';
import type { GatewayConcern } from '../model/concern.ts';
import { rememberedBackoff, rememberedDemotion } from '../model/past.ts';
import type { State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';
import type { Notice } from '../notices/notice.ts';
import type { Event } from '../../streams/events.ts';
import { afterCheck, bounded } from './backoff.ts';

/** What earlier recoveries have left, the wait for the next one and the demoted sites, until calm undoes it. */
export const calm: GatewayConcern<'evidence'> = { stage: 'evidence', reduce };

function reduce(state: State, event: Event, before: State): Transition {
  const recalled = withoutUnlisted(recall(state, before), event);
  const { state: released, notices } = releaseHeld(recalled, event);
  return to(withCalm(released, event, before), { notices: [...sayRemembered(released, before), ...notices] });
}

/** The gateway's lasting name has only now become known. */
function recall(state: State, before: State): State {
  const { gateway } = state.settings;
  if (gateway === before.settings.gateway) return state;
  const { past } = state.shared;
  return {
    ...state,
    backoff: { ...state.backoff, ...rememberedBackoff(past, gateway) },
    demotion: rememberedDemotion(past, gateway),
  };
}

/** If a site leaves the list and comes back, it counts again. */
function withoutUnlisted(state: State, event: Event): State {
  if (event.type !== 'sitesChanged') return state;
  const held = state.demotion.held.filter((url) => state.sites.list.some((site) => site.url === url));
  return { ...state, demotion: { ...state.demotion, held } };
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
  const { held } = state.demotion;
  const isCurrentCheck = state.checking.running?.checkId === event.checkId;
  if (!isCurrentCheck || !held.includes(url)) return to(state);
  return to(
    { ...state, demotion: { ...state.demotion, held: held.filter((other) => other !== url) } },
    { notices: [{ kind: 'siteReinstated', site: name }] },
  );
}

function withCalm(state: State, event: Event, before: State): State {
  const check = finishedCheck(event, before);
  const known = bounded(state.backoff, state.settings, event.at);
  const isEvidence =
    check !== undefined &&
    isOfThisStart(state, check) &&
    state.recovery.value === 'none' &&
    (check.passing || hasFailures(check));
  const backoff = isEvidence
    ? afterCheck(known, state.settings, {
        passed: check.passing,
        startedAt: check.startedAt,
        at: event.at,
      })
    : known;
  if (backoff === state.backoff) return state;
  const { demotion } = state;
  return {
    ...state,
    backoff,
    demotion: backoff.attempts === 0 ? { ...demotion, blocked: undefined } : demotion,
  };
}
