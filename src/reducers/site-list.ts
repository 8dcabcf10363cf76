import type { Event, SiteFault } from '../../streams/events.ts';
import type { Line } from '../log-line.ts';
import type { State } from '../state.ts';
import { type Transition, info, to, warn } from '../transition.ts';

/** The sites file changed: the new list, or the last good one where it holds no usable site. */
export function siteList(state: State, event: Event): Transition {
  switch (event.type) {
    case 'sitesChanged': {
      const lines = [
        info(`Sites reloaded: ${event.sites.map(({ name }) => name).join(', ')}`),
        ...sayFaults(event.faults),
      ];
      return to(
        {
          ...state,
          sites: {
            ...state.sites,
            list: event.sites,
            failures: keep(
              state,
              event.sites.map(({ url }) => url),
            ),
          },
        },
        { lines },
      );
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

const keep = ({ sites: { failures } }: State, urls: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(failures).filter(([url]) => urls.includes(url)));
