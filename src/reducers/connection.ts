import type { Event } from '../../streams/events.ts';
import type { State } from '../state.ts';
import { type Transition, duration, info, to, warn } from '../transition.ts';

/** Whether the engine answers: said when it is lost and when it is back, not while it lasts. */
export function connection(state: State, event: Event): Transition {
  switch (event.type) {
    case 'engineConnected': {
      const lines = state.connection.value === 'lost' ? [info(back(state.connection.since, event.at))] : [];
      return to({ ...state, connection: { value: 'connected' } }, { lines });
    }
    case 'engineDisconnected': {
      if (state.connection.value === 'lost') return to(state);
      const lost =
        state.connection.value === 'connected'
          ? 'Lost the Docker engine'
          : 'The Docker engine does not answer';
      return to(
        { ...state, connection: { value: 'lost', since: event.at } },
        { lines: [warn(`${lost}: ${event.reason}; nothing is done until it answers`)] },
      );
    }
    default:
      return to(state);
  }
}

const back = (since: number, at: number): string =>
  `The Docker engine answers again after ${duration(at - since)}`;
