import type { Site } from '../../config/config.ts';
import type { Event, SiteFault } from '../../streams/events.ts';
import type { Line } from '../log-line.ts';
import type { Everything, State } from '../state.ts';
import { type Transition, info, to, warn } from '../transition.ts';

/** The sites file changed: a gateway's sites are the new ones; the last good ones where it holds none to use. */
export function siteList(state: State, event: Event): Transition {
  if (event.type !== 'sitesChanged') return to(state);
  const { gateway, word = gateway } = state.settings;
  const list = sitesOf(word, event.sites);
  const urls = list.map(({ url }) => url);
  const listed = <T>(byUrl: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(byUrl).filter(([url]) => urls.includes(url)));
  const { failures, held, passed, excused, passes } = state.sites;
  return to({
    ...state,
    sites: {
      ...state.sites,
      list,
      failures: listed(failures),
      held: held.filter((url) => urls.includes(url)),
      passed: passed.filter((url) => urls.includes(url)),
      excused: listed(excused),
      passes: listed(passes),
    },
  });
}

/** Those that name no gateway are everybody's. */
export const sitesOf = (gateway: string, sites: readonly Site[]): readonly Site[] =>
  sites.filter((site) => site.gateway === undefined || site.gateway === gateway);

/** Said once, however many gateways there are. */
export function siteReload(state: Everything, event: Event): Transition<Everything> {
  switch (event.type) {
    case 'sitesChanged': {
      const names = [...new Set(event.sites.map(({ name }) => name))].join(', ');
      return to(state, { lines: [info(`Sites reloaded: ${names}`), ...sayFaults(event.faults)] });
    }
    case 'sitesUnusable':
      return to(state, {
        lines: [
          warn(
            `The sites file has changed but is not used: ${event.reason}; going on with the last good list`,
          ),
          ...sayFaults(event.faults),
        ],
      });
    default:
      return to(state);
  }
}

export const sayFaults = (faults: readonly SiteFault[]): readonly Line[] =>
  faults.map(({ where, text, reason }) =>
    warn(text === '' ? `Sites, ${where}: ${reason}` : `Sites, ${where}: "${text}" is left out: ${reason}`),
  );
