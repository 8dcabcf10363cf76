import type { SiteQuorum } from '../../config/config.ts';
import type { Site } from '../../config/config.ts';
import type { ProbeResult } from '../../streams/events.ts';
import type { State } from '../model/state.ts';

/** How many critical sites must be down before the monitor acts. A number above their count means all of them. */
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
  readonly sites: Pick<State['sites'], 'list'>;
  readonly demotion: Pick<State['demotion'], 'held'>;
}

/** The sites that count: neither advisory nor held as advisory because the exit blocked them for long. */
export const criticalSites = ({ sites: { list }, demotion: { held } }: Roles): readonly Site[] =>
  list.filter(({ role, url }) => role === 'critical' && !held.includes(url));

export const heldSites = ({ sites: { list }, demotion: { held } }: Roles): readonly Site[] =>
  list.filter(({ role, url }) => role === 'critical' && held.includes(url));

/** Critical sites that have reached the failure threshold. */
export const sitesDown = (state: State): readonly Site[] =>
  criticalSites(state).filter(({ url }) => (state.sites.failures[url] ?? 0) >= state.settings.failThreshold);

export const quorumIn = (state: State): number =>
  quorumOf(state.settings.siteQuorum, criticalSites(state).length);

/** What a check is judged by. */
export interface Standard {
  readonly critical: readonly Site[];
  readonly quorum: number;
  /** URLs of sites that have passed at least once. */
  readonly passed: readonly string[];
}

/** At least one critical site passed, and fewer failed than it takes to act. */
export function isPassing(results: readonly ProbeResult[], { critical, quorum, passed }: Standard): boolean {
  const excused = excusedIn(results, critical, passed);
  const failing = results.filter(
    ({ site: { url }, verdict }) => verdict === 'fail' && isAmong(critical, url) && !excused.includes(url),
  );
  return hasPassingSite(results, critical) && failing.length < quorum;
}

/**
 * URLs of critical sites that fail and have never passed, while another one passes: the site is at fault, not the
 * tunnel.
 */
export const excusedIn = (
  results: readonly ProbeResult[],
  critical: readonly Site[],
  passed: readonly string[],
): readonly string[] =>
  hasPassingSite(results, critical)
    ? results
        .filter(({ verdict, site: { url } }) => verdict === 'fail' && !passed.includes(url))
        .filter(({ site: { url } }) => isAmong(critical, url))
        .map(({ site: { url } }) => url)
    : [];

export const hasPassingSite = (results: readonly ProbeResult[], sites: readonly Site[]): boolean =>
  results.some(({ verdict, site: { url } }) => verdict === 'pass' && isAmong(sites, url));

const isAmong = (sites: readonly Site[], url: string): boolean => sites.some((site) => site.url === url);
