import type { SharedConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import type { Notice } from '../notices/notice.ts';
import type { Everything } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/** Tracks which files cannot be written. The monitor goes on without them. */
export const stores: SharedConcern<'facts'> = { stage: 'facts', reduce };

function reduce(state: Everything, event: Event): Transition<Everything> {
  switch (event.type) {
    case 'storeFailed': {
      const { store, path, reason } = event;
      const isNews = store === 'log' && state.stores.log === undefined;
      const next = { ...state, stores: { ...state.stores, [store]: { path, reason } } };
      return to(next, { notices: isNews ? [{ kind: 'logFileNotWritten', path, reason }] : [] });
    }
    case 'storeRecovered': {
      const { store, path, lostLines = 0 } = event;
      const { [store]: known, ...others } = state.stores;
      if (known === undefined) return to(state);
      // Reported here, as only the event has the number of lost lines.
      const notices: readonly Notice[] = store === 'log' ? [{ kind: 'logFileWritten', path, lostLines }] : [];
      return to({ ...state, stores: others }, { notices });
    }
    default:
      return to(state);
  }
}
