import type { GatewayConcern } from '../model/concern.ts';
import type { Event, ProbeResult } from '../../streams/events.ts';
import { whyBlind } from './blindness.ts';
import { hasTimedOut, withPasses } from './confirming.ts';
import {
  type FinishedCheck,
  failuresCount,
  finishedCheck,
  isOfThisStart,
  wentUndisturbed,
  wasCutShort,
} from './finished-check.ts';
import type { Notice } from '../notices/notice.ts';
import { criticalSites, excusedIn, hasPassingSite } from './quorum.ts';
import { isByAddress, onlyDnsFails } from './only-dns.ts';
import { rememberedSites } from '../model/past.ts';
import { isSelfHealing, nameOf } from '../model/selectors.ts';
import type { CheckRecord, Checking, Sites, State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/** Gathers the results of the check under way. When it ends, counts those that may count. */
export const checkResults: GatewayConcern<'evidence'> = { stage: 'evidence', reduce };

function reduce(state: State, event: Event, before: State): Transition {
  if (event.type === 'siteProbed') return gather(state, event.checkId, event.result);
  if (state.settings.gateway !== before.settings.gateway) return to(recall(state));
  const check = finishedCheck(event, before);
  if (check === undefined) return to(state);
  const alarm = check.passing ? undefined : state.checking.alarm;
  const counted = count(state, check, event.at);
  const onlyDns =
    counted.sites === state.sites ? state.sites.onlyDns : seesOnlyDnsFail(state, counted.sites, check);
  const sites = { ...counted.sites, onlyDns };
  const checking: Checking = {
    ...state.checking,
    running: undefined,
    latest: isConclusive(state, check) ? recordOf(check, event.at) : state.checking.latest,
    alarm,
    silent: silentAfter({ ...state, sites }, check),
    cutShortAt: check.cutShort !== undefined && wentUndisturbed(state, check) ? check.startedAt : undefined,
  };
  const next = { ...state, checking, sites };
  return to(next, { notices: [...counted.notices, ...sayReachability(state, next)] });
}

/** The gateway's lasting name has only now become known. */
const recall = (state: State): State => {
  const { passed } = rememberedSites(state.shared.past, state.settings.gateway);
  return { ...state, sites: { ...state.sites, passed } };
};

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

/**
 * A pass resets a site's counter, a failure raises it, an unknown result leaves it. Only a check of the current start
 * of the gateway counts.
 */
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
      // Its earlier failures were no sign of a broken tunnel either: another site passes through it.
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

/** Docker's health check and the check it triggered fail independently of each other, so a failure counts twice. */
function agreesWithDocker(state: State, { isDoubted, results }: FinishedCheck, at: number): boolean {
  const critical = criticalSites(state);
  const fails = results.some(
    ({ verdict, site }) => verdict === 'fail' && critical.some(({ url }) => url === site.url),
  );
  return isDoubted && !isSelfHealing(state, at) && fails && !hasPassingSite(results, critical);
}

/** Only sites that are listed now: the record must not grow for ever. */
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

/** Reports `siteDown` once, at the threshold. Later failures are not reported again. */
function sayFailure({ site, reason }: ProbeResult, { soFar, now, threshold }: Failures): readonly Notice[] {
  if (now < threshold) return [{ kind: 'siteFailed', site: site.name, failures: now, threshold, reason }];
  return soFar >= threshold ? [] : [{ kind: 'siteDown', site: site.name, failures: now, reason }];
}

/** True from when a site with a host name reaches the threshold until one passes. */
function seesOnlyDnsFail(state: State, { failures, onlyDns }: Sites, check: FinishedCheck): boolean {
  const isDown = ({ site }: ProbeResult): boolean =>
    (failures[site.url] ?? 0) >= state.settings.failThreshold;
  const named = check.results.filter(({ site }) => !isByAddress(site));
  if (named.some(({ verdict }) => verdict === 'pass')) return false;
  return onlyDns || (onlyDnsFails(check.results) && named.some(isDown));
}

/** `siteNeverPassed` is reported once, when chance is ruled out. */
const sayExcused = ({ site, reason }: ProbeResult, times: number, threshold: number): readonly Notice[] => [
  { kind: times === threshold ? 'siteNeverPassed' : 'siteExcused', site: site.name, reason },
];

/**
 * URLs of sites that timed out in a check that counted. Emptied when a site passes or a site reaches the threshold.
 */
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
 * The first check that is cut short may only mean that the gateway or the engine has just gone, and that the event
 * about it is still to come. Only a second one in a row shows that probes cannot run.
 */
function isConclusive(state: State, check: FinishedCheck): boolean {
  const isFirst = check.cutShort !== undefined && whyBlind(state) === undefined && !wasCutShort(state);
  return wentUndisturbed(state, check) && !isFirst;
}

const recordOf = ({ startedAt, passing, results }: FinishedCheck, endedAt: number): CheckRecord => ({
  startedAt,
  endedAt,
  passing,
  results,
});

/** Reports a problem when it begins and when it ends. If only its reason changes, nothing is reported. */
function sayReachability(before: State, state: State): readonly Notice[] {
  const name = nameOf(state);
  const [was, reason] = [whyBlind(before), whyBlind(state)];
  const [dnsFailedBefore, dnsFails] = [before.sites.onlyDns, state.sites.onlyDns];
  return [
    ...(dnsFails === dnsFailedBefore
      ? []
      : [{ kind: dnsFails ? ('dnsFailed' as const) : ('dnsRecovered' as const), name }]),
    ...(reason !== undefined && was === undefined ? [{ kind: 'probesFailed' as const, name, reason }] : []),
    ...(reason === undefined && was !== undefined ? [{ kind: 'probesRecovered' as const, name }] : []),
  ];
}
