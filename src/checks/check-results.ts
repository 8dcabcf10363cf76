import type { Event, ProbeResult } from '../../streams/events.ts';
import { whyBlind } from './blindness.ts';
import { hasTimedOut, withPasses } from './confirming.ts';
import {
  type FinishedCheck,
  failuresCount,
  finishedCheck,
  isOfThisStart,
  isUndisturbed,
  wasCutShort,
} from './finished-check.ts';
import type { Notice } from '../notices/notice.ts';
import { criticalSites, excusedIn, hasPassed } from './quorum.ts';
import { isByAddress, onlyDnsFails } from './only-dns.ts';
import { isSelfHealing, nameOf } from '../model/selectors.ts';
import type { CheckRecord, Checking, Sites, State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/** Gathers the results of the check under way; at its end counts them, where they count. */
export function checkResults(state: State, event: Event, before: State): Transition {
  if (event.type === 'siteProbed') return gather(state, event.checkId, event.result);
  const check = finishedCheck(event, before);
  if (check === undefined) return to(state);
  const alarm = check.passing ? undefined : state.checking.alarm;
  const counted = count(state, check, event.at);
  const onlyDns = counted.sites === state.sites ? state.sites.onlyDns : seeDns(state, counted.sites, check);
  const sites = { ...counted.sites, onlyDns };
  const checking: Checking = {
    ...state.checking,
    running: undefined,
    latest: tells(state, check) ? recordOf(check, event.at) : state.checking.latest,
    alarm,
    silent: silentAfter({ ...state, sites }, check),
    cutShortAt: check.cutShort !== undefined && isUndisturbed(state, check) ? check.startedAt : undefined,
  };
  const next = { ...state, checking, sites };
  return to(next, { notices: [...counted.notices, ...sayReach(state, next)] });
}

function gather(state: State, checkId: number, result: ProbeResult): Transition {
  const { running } = state.checking;
  if (running?.checkId !== checkId) return to(state);
  const results = [...running.results, result];
  return to(
    { ...state, checking: { ...state.checking, running: { ...running, results } } },
    { notices: [probed(result)] },
  );
}

const probed = ({ site, verdict, reason, httpStatus, latencyMs }: ProbeResult): Notice => ({
  kind: 'siteProbed',
  site: site.name,
  verdict,
  reason,
  httpStatus,
  latencyMs,
});

/** A pass clears a site, a failure adds one, unknown leaves it; nothing counts that is not of this start. */
function count(state: State, check: FinishedCheck, at: number): { sites: Sites; notices: readonly Notice[] } {
  if (!isOfThisStart(state, check)) return { sites: state.sites, notices: [] };
  const failing = failuresCount(state, check);
  const isAgreed = failing && agreesWithDocker(state, check, at);
  const excusedNow = excusedIn(check.results, criticalSites(state), state.sites.passed);
  const notices: Notice[] = isAgreed ? [{ kind: 'dockerAgreed', name: nameOf(state) }] : [];
  let failures: Record<string, number> = { ...state.sites.failures };
  const excused: Record<string, number> = { ...state.sites.excused };
  for (const result of check.results) {
    const { site, verdict } = result;
    const soFar = failures[site.url] ?? 0;
    if (verdict === 'pass') {
      if (soFar >= state.settings.failThreshold && state.recovery.value === 'none')
        notices.push({ kind: 'siteUp', site: site.name });
      if (isKnownNeverToPass(state, site.url)) notices.push({ kind: 'siteFirstPassed', site: site.name });
      failures[site.url] = 0;
    }
    if (verdict !== 'fail' || !failing) continue;
    if (excusedNow.includes(site.url)) {
      // What it failed before was no sign of a broken tunnel either: another site passes through it.
      failures = without(site.url, failures);
      const times = (excused[site.url] = (excused[site.url] ?? 0) + 1);
      notices.push(...sayExcused(result, times, state.settings.failThreshold));
      continue;
    }
    const now = soFar + (isAgreed ? 2 : 1);
    failures[site.url] = now;
    notices.push(...sayFailure(result, { soFar, now, threshold: state.settings.failThreshold }));
  }
  const passed = withPassed(state.sites, check.results);
  const passes = withPasses(state.sites.passes, check.results, check.startedAt);
  const down = downAfter(state, failures, check);
  return { sites: { ...state.sites, failures, down, excused, passed, passes }, notices };
}

function downAfter(
  { sites, settings }: State,
  failures: Sites['failures'],
  { results }: FinishedCheck,
): readonly string[] {
  const hasPassedNow = (url: string): boolean =>
    results.some(({ site, verdict }) => site.url === url && verdict === 'pass');
  const news = Object.keys(failures).filter(
    (url) => (failures[url] ?? 0) >= settings.failThreshold && !sites.down.includes(url),
  );
  const stay = sites.down.filter((url) => !hasPassedNow(url));
  return news.length === 0 && stay.length === sites.down.length ? sites.down : [...stay, ...news];
}

const isKnownNeverToPass = ({ sites, settings }: State, url: string): boolean =>
  (sites.excused[url] ?? 0) >= settings.failThreshold && !sites.passed.includes(url);

const without = <T>(url: string, { [url]: _, ...rest }: Record<string, T>): Record<string, T> => rest;

/** Two witnesses who know nothing of each other: Docker's health check, and the check that it asked for. */
function agreesWithDocker(state: State, { isDoubted, results }: FinishedCheck, at: number): boolean {
  const critical = criticalSites(state);
  const fails = results.some(
    ({ verdict, site }) => verdict === 'fail' && critical.some(({ url }) => url === site.url),
  );
  return isDoubted && !isSelfHealing(state, at) && fails && !hasPassed(results, critical);
}

/** Of those that are listed: whoever has come and gone is not kept for ever. */
function withPassed({ passed, list }: Sites, results: readonly ProbeResult[]): readonly string[] {
  const news = results
    .filter(({ verdict, site: { url } }) => verdict === 'pass' && !passed.includes(url))
    .map(({ site: { url } }) => url);
  if (news.length === 0) return passed;
  return [...passed.filter((url) => list.some((site) => site.url === url)), ...news];
}

interface Failures {
  readonly soFar: number;
  readonly now: number;
  readonly threshold: number;
}

/** At the threshold once; beyond it nothing, for it has been said. */
function sayFailure({ site, reason }: ProbeResult, { soFar, now, threshold }: Failures): readonly Notice[] {
  if (now < threshold) return [{ kind: 'siteFailed', site: site.name, failures: now, threshold, reason }];
  return soFar >= threshold ? [] : [{ kind: 'siteDown', site: site.name, failures: now, reason }];
}

/** Begins when a site by name reaches the threshold, and ends when one passes. */
function seeDns(state: State, { failures, onlyDns }: Sites, check: FinishedCheck): boolean {
  const isDown = ({ site }: ProbeResult): boolean =>
    (failures[site.url] ?? 0) >= state.settings.failThreshold;
  const named = check.results.filter(({ site }) => !isByAddress(site));
  if (named.some(({ verdict }) => verdict === 'pass')) return false;
  return onlyDns || (onlyDnsFails(check.results) && named.some(isDown));
}

/** Once, when it has failed often enough not to be a chance. */
const sayExcused = ({ site, reason }: ProbeResult, times: number, threshold: number): readonly Notice[] => [
  { kind: times === threshold ? 'siteNeverPassed' : 'siteExcused', site: site.name, reason },
];

/** Who was silent for all of its time in a check that counted, until a site passes or enough have failed. */
function silentAfter(state: State, check: FinishedCheck): readonly string[] {
  const { failures } = state.sites;
  const verdicts = check.results.map(({ verdict }) => verdict);
  const isDecided = criticalSites(state).some(
    ({ url }) => (failures[url] ?? 0) >= state.settings.failThreshold,
  );
  if (verdicts.includes('pass') || isDecided) return [];
  if (!verdicts.includes('fail') || !failuresCount(state, check)) return state.checking.silent;
  return check.results.filter(hasTimedOut).map(({ site }) => site.url);
}

/**
 * One that was cut short may be the first sign that the gateway or the engine has just gone, of which the message comes
 * later: only where the next check ends so, too, does it tell that probes cannot run.
 */
function tells(state: State, check: FinishedCheck): boolean {
  const isFirst = check.cutShort !== undefined && whyBlind(state) === undefined && !wasCutShort(state);
  return isUndisturbed(state, check) && !isFirst;
}

const recordOf = ({ startedAt, passing, results }: FinishedCheck, endedAt: number): CheckRecord => ({
  startedAt,
  endedAt,
  passing,
  results,
});

/** Said when it begins and when it ends; a reason that changes in between is no news. */
function sayReach(before: State, state: State): readonly Notice[] {
  const name = nameOf(state);
  const [was, reason] = [whyBlind(before), whyBlind(state)];
  const [failed, fails] = [before.sites.onlyDns, state.sites.onlyDns];
  return [
    ...(fails === failed ? [] : [{ kind: fails ? ('dnsFailed' as const) : ('dnsRecovered' as const), name }]),
    ...(reason !== undefined && was === undefined ? [{ kind: 'probesFailed' as const, name, reason }] : []),
    ...(reason === undefined && was !== undefined ? [{ kind: 'probesRecovered' as const, name }] : []),
  ];
}
