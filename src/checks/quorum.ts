import type { SiteQuorum } from '../../config/config.ts';
import type { Site } from '../../config/config.ts';
import type { ProbeResult } from '../../streams/events.ts';
import type { State } from '../model/state.ts';

/** How many of so many critical sites must be down before anything is done. More than there are counts as all. */
export function quorumOf(siteQuorum: SiteQuorum, criticalSites: number): number {
  switch (siteQuorum) {
    case 'any':
      return 1;
    case 'majority':
      return Math.floor(criticalSites / 2) + 1;
    case 'all':
      return Math.max(1, criticalSites);
    default:
      return Math.min(siteQuorum, Math.max(1, criticalSites));
  }
}

interface Roles {
  readonly sites: Pick<State['sites'], 'list' | 'held'>;
}

/** Those that count: an advisory site does not, nor one held as such for having blocked the exit for long. */
export const criticalSites = ({ sites: { list, held } }: Roles): readonly Site[] =>
  list.filter(({ role, url }) => role === 'critical' && !held.includes(url));

export const heldSites = ({ sites: { list, held } }: Roles): readonly Site[] =>
  list.filter(({ role, url }) => role === 'critical' && held.includes(url));

/** The critical sites at their threshold. */
export const sitesDown = (state: State): readonly Site[] =>
  criticalSites(state).filter(({ url }) => (state.sites.failures[url] ?? 0) >= state.settings.failThreshold);

export const quorumIn = (state: State): number =>
  quorumOf(state.settings.siteQuorum, criticalSites(state).length);

/** What a passing check is judged by. */
export interface Standard {
  readonly critical: readonly Site[];
  readonly quorum: number;
  /** URLs of those that have passed at least once. */
  readonly passed: readonly string[];
}

/** A passing check: at least one critical site passed, and fewer failed than it takes to act. */
export function isPassing(results: readonly ProbeResult[], { critical, quorum, passed }: Standard): boolean {
  const excused = excusedIn(results, critical, passed);
  const failing = results.filter(
    ({ site: { url }, verdict }) => verdict === 'fail' && isAmong(critical, url) && !excused.includes(url),
  );
  return hasPassed(results, critical) && failing.length < quorum;
}

/** URLs of critical sites that fail and have never passed, while another one passes: it is theirs, not the tunnel's. */
export const excusedIn = (
  results: readonly ProbeResult[],
  critical: readonly Site[],
  passed: readonly string[],
): readonly string[] =>
  hasPassed(results, critical)
    ? results
        .filter(({ verdict, site: { url } }) => verdict === 'fail' && !passed.includes(url))
        .filter(({ site: { url } }) => isAmong(critical, url))
        .map(({ site: { url } }) => url)
    : [];

export const hasPassed = (results: readonly ProbeResult[], sites: readonly Site[]): boolean =>
  results.some(({ verdict, site: { url } }) => verdict === 'pass' && isAmong(sites, url));

const isAmong = (sites: readonly Site[], url: string): boolean => sites.some((site) => site.url === url);
