import { criticalSites, sitesDown } from '../checks/quorum.ts';
import type { State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/** If so many recoveries for the same few sites have not helped, another one will not. */
const ENOUGH_RECOVERIES = 3;

/**
 * Demotes sites that block the exit: the same minority of the critical sites is down, but others pass. After three
 * recoveries for them they count as advisory, until each has passed once.
 *
 * @returns undefined: nothing is demoted, and the recovery may begin.
 */
export function demoteBlocked(state: State): Transition | undefined {
  const down = sitesDown(state);
  const urls = down.map(({ url }) => url);
  if (!isMinority(state) || recoveriesFor(state, urls) < ENOUGH_RECOVERIES) return undefined;
  const names = down.map(({ name }) => name);
  const demotion = { held: [...state.demotion.held, ...urls], blocked: undefined };
  return to(
    { ...state, demotion },
    { notices: [{ kind: 'sitesDemoted', sites: names, recoveries: ENOUGH_RECOVERIES }] },
  );
}

/** Notes which sites the recovery that begins is for. */
export function noteBlocked(state: State): State {
  const urls = sitesDown(state).map(({ url }) => url);
  const blocked = isMinority(state) ? { urls, recoveries: recoveriesFor(state, urls) + 1 } : undefined;
  return { ...state, demotion: { ...state.demotion, blocked } };
}

/** How many of the latest recoveries were for exactly these sites. */
const recoveriesFor = ({ demotion: { blocked } }: State, urls: readonly string[]): number =>
  blocked?.urls.join(' ') === urls.join(' ') ? blocked.recoveries : 0;

/** Fewer than half of the critical sites are down, and another one passes: its count is zero. */
function isMinority(state: State): boolean {
  const critical = criticalSites(state);
  const down = sitesDown(state);
  const passes = critical.some(({ url }) => state.sites.failures[url] === 0);
  return down.length * 2 < critical.length && passes;
}
