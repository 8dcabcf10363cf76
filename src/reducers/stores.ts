import type { Event, Store } from '../../streams/events.ts';
import type { Line } from '../log-line.ts';
import type { Everything } from '../state.ts';
import { type Transition, info, to, warn } from '../transition.ts';

/** Which files cannot be written: said when that begins and when it ends. The monitor does without them. */
export function stores(state: Everything, event: Event): Transition<Everything> {
  switch (event.type) {
    case 'storeFailed': {
      const { store, path, reason } = event;
      const known = state.stores[store];
      const failing = { path, reason, since: known?.since ?? event.at };
      const lines = known === undefined ? [WORDS[store].failed(path, reason)] : [];
      return to({ ...state, stores: { ...state.stores, [store]: failing } }, { lines });
    }
    case 'storeRecovered': {
      const { [event.store]: known, ...others } = state.stores;
      if (known === undefined) return to(state);
      const lines = [WORDS[event.store].recovered(event.path, event.lostLines ?? 0)];
      return to({ ...state, stores: others }, { lines });
    }
    default:
      return to(state);
  }
}

interface Words {
  readonly failed: (path: string, reason: string) => Line;
  readonly recovered: (path: string, lostLines: number) => Line;
}

/** It has all that waited, in order. */
const NONE_LOST = 'no line is missing there';
const tooMany = (lost: number): string => `${String(lost)} lines went to the console only`;

const WORDS: Readonly<Record<Store, Words>> = {
  log: {
    failed: (path, reason) =>
      warn(`Log file ${path} cannot be written (${reason}): logging to the console only`),
    recovered: (path, lost) =>
      warn(`Log file ${path} is written again; ${lost === 0 ? NONE_LOST : tooMany(lost)}`),
  },
  state: {
    failed: (path, reason) =>
      warn(`State cannot be kept in ${path}: ${reason}; it is known only until the monitor ends`),
    recovered: (path) => info(`State is kept in ${path} again`),
  },
};
