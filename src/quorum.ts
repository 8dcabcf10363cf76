import type { SiteQuorum } from '../config/config.ts';
import type { Site } from '../config/config.ts';
import type { ProbeResult } from '../streams/events.ts';
import type { State } from './state.ts';

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

/** A passing check: at least one critical site passed, and fewer failed than it takes to act. */
export function isPassing(
  results: readonly ProbeResult[],
  critical: readonly Site[],
  quorum: number,
): boolean {
  const verdicts = results
    .filter(({ site }) => critical.some(({ url }) => url === site.url))
    .map(({ verdict }) => verdict);
  return verdicts.includes('pass') && verdicts.filter((verdict) => verdict === 'fail').length < quorum;
}
