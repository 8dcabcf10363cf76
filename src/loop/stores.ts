import type { Event } from '../../streams/events.ts';
import type { Notice } from '../notices/notice.ts';
import type { Everything } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/** Which files cannot be written. The monitor does without them. */
export function stores(state: Everything, event: Event): Transition<Everything> {
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
      // How much was lost only the event tells.
      const notices: readonly Notice[] = store === 'log' ? [{ kind: 'logFileWritten', path, lostLines }] : [];
      return to({ ...state, stores: others }, { notices });
    }
    default:
      return to(state);
  }
}
