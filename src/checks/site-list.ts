import type { GatewayConcern, SharedConcern } from '../model/concern.ts';
import type { Site } from '../../config/config.ts';
import type { Event, SiteFault } from '../../streams/events.ts';
import type { Notice } from '../notices/notice.ts';
import type { Everything, State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/**
 * When the sites file changes, the gateway takes over the new sites. It keeps the last good ones if the file has no
 * usable site.
 */
export const siteList: GatewayConcern<'gateway'> = { stage: 'gateway', reduce };

function reduce(state: State, event: Event): Transition {
  if (event.type !== 'sitesChanged') return to(state);
  const { gateway, word = gateway } = state.settings;
  const list = sitesOf(word, event.sites);
  const urls = list.map(({ url }) => url);
  const listed = <T>(byUrl: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(byUrl).filter(([url]) => urls.includes(url)));
  const { failures, down, passed, excused, passes } = state.sites;
  return to({
    ...state,
    sites: {
      ...state.sites,
      list,
      failures: listed(failures),
      down: down.filter((url) => urls.includes(url)),
      passed: passed.filter((url) => urls.includes(url)),
      excused: listed(excused),
      passes: listed(passes),
    },
  });
}

/** A site that names no gateway belongs to every gateway. */
export const sitesOf = (gateway: string, sites: readonly Site[]): readonly Site[] =>
  sites.filter((site) => site.gateway === undefined || site.gateway === gateway);

/** Reported once, however many gateways there are. */
export const siteReload: SharedConcern<'facts'> = { stage: 'facts', reduce: sayReload };

function sayReload(state: Everything, event: Event): Transition<Everything> {
  switch (event.type) {
    case 'sitesChanged': {
      const sites = [...new Set(event.sites.map(({ name }) => name))];
      return to(state, { notices: [{ kind: 'sitesReloaded', sites }, ...refusedSites(event.faults)] });
    }
    case 'sitesUnusable':
      return to(state, {
        notices: [{ kind: 'sitesNotUsed', reason: event.reason }, ...refusedSites(event.faults)],
      });
    default:
      return to(state);
  }
}

export const refusedSites = (faults: readonly SiteFault[]): readonly Notice[] =>
  faults.map((fault) => ({ kind: 'siteRefused', ...fault }));
