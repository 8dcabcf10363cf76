import type { Event } from '../../streams/events.ts';
import type { Notice } from '../notices/notice.ts';
import type { Everything } from '../state.ts';
import { type Transition, to } from '../transition.ts';

/** Which files cannot be written. The monitor does without them. */
export function stores(state: Everything, event: Event): Transition<Everything> {
  switch (event.type) {
    case 'storeFailed': {
      const { store, path, reason } = event;
      const isNews = state.stores[store] === undefined;
      const next = { ...state, stores: { ...state.stores, [store]: { path, reason } } };
      return to(next, { notices: isNews ? [failed(event)] : [] });
    }
    case 'storeRecovered': {
      const { [event.store]: known, ...others } = state.stores;
      if (known === undefined) return to(state);
      return to({ ...state, stores: others }, { notices: [recovered(event)] });
    }
    default:
      return to(state);
  }
}

const failed = ({ store, path, reason }: Extract<Event, { type: 'storeFailed' }>): Notice => ({
  kind: store === 'log' ? 'logFileNotWritten' : 'stateNotWritten',
  path,
  reason,
});

const recovered = ({ store, path, lostLines = 0 }: Extract<Event, { type: 'storeRecovered' }>): Notice =>
  store === 'log' ? { kind: 'logFileWritten', path, lostLines } : { kind: 'stateWritten', path };
