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
      const next = { ...state, stores: { ...state.stores, [store]: { path, reason } } };
      if (store === 'state' || state.stores[store] !== undefined) return to(next);
      const kind = store === 'log' ? 'logFileNotWritten' : 'historyNotWritten';
      return to(next, { notices: [{ kind, path, reason }] });
    }
    case 'storeRecovered': {
      const { store, path, lostLines = 0 } = event;
      const { [store]: known, ...others } = state.stores;
      if (known === undefined) return to(state);
      // Reported here, as only the event has the number of lost lines.
      const kind = store === 'log' ? 'logFileWritten' : 'historyWritten';
      const notices: readonly Notice[] = store === 'state' ? [] : [{ kind, path, lostLines }];
      return to({ ...state, stores: others }, { notices });
    }
    case 'linesSetAside': {
      const { path, lines, setAsideAs } = event;
      return to(state, { notices: [{ kind: 'historyLinesSetAside', path, lines, setAsideAs }] });
    }
    default:
      return to(state);
  }
}
