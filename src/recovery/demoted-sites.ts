import { criticalSites, sitesDown } from '../checks/quorum.ts';
import type { State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/** So many recoveries for the same few sites have not helped: no further one will. */
const ENOUGH_RECOVERIES = 3;

/**
 * A site that blocks the exit: the same minority of the critical sites is down though others pass. After three
 * recoveries for it, it is held as advisory until it passes once.
 *
 * @returns undefined where the recovery is to go on; it is noted what it is for.
 */
export function holdBlocked(state: State): Transition | undefined {
  const down = sitesDown(state);
  const urls = down.map(({ url }) => url);
  if (!isMinority(state) || recoveriesFor(state, urls) < ENOUGH_RECOVERIES) return undefined;
  const names = down.map(({ name }) => name);
  const sites = { ...state.sites, held: [...state.sites.held, ...urls], blocked: undefined };
  return to(
    { ...state, sites },
    { notices: [{ kind: 'sitesDemoted', sites: names, recoveries: ENOUGH_RECOVERIES }] },
  );
}

export function noteBlocked(state: State): State {
  const urls = sitesDown(state).map(({ url }) => url);
  const blocked = isMinority(state) ? { urls, recoveries: recoveriesFor(state, urls) + 1 } : undefined;
  return { ...state, sites: { ...state.sites, blocked } };
}

/** How many of the latest recoveries were for just these. */
const recoveriesFor = ({ sites: { blocked } }: State, urls: readonly string[]): number =>
  blocked?.urls.join(' ') === urls.join(' ') ? blocked.recoveries : 0;

/** Fewer than half, and another one passes: its counter is at nought. */
function isMinority(state: State): boolean {
  const critical = criticalSites(state);
  const down = sitesDown(state);
  const passes = critical.some(({ url }) => state.sites.failures[url] === 0);
  return down.length * 2 < critical.length && passes;
}
