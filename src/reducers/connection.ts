import type { Event } from '../../streams/events.ts';
import type { Common, Everything } from '../state.ts';
import { type Transition, duration, info, to, warn } from '../transition.ts';

/** Whether the engine answers: said when it is lost and when it is back, not while it lasts. */
export function connection(state: Everything, event: Event): Transition<Everything> {
  switch (event.type) {
    case 'engineConnected': {
      const lines = state.connection.value === 'lost' ? [info(back(state.connection.since, event.at))] : [];
      return to({ ...state, connection: { value: 'reconciling', since: event.at } }, { lines });
    }
    case 'containersListed':
      return to(
        hasCaughtUp(state, event.requestedAt) ? { ...state, connection: { value: 'connected' } } : state,
      );
    case 'engineDisconnected': {
      if (state.connection.value === 'lost') return to(state);
      const lost =
        state.connection.value === 'connecting'
          ? 'The Docker engine does not answer'
          : 'Lost the Docker engine';
      return to(
        { ...state, connection: { value: 'lost', since: event.at } },
        { lines: [warn(`${lost}: ${event.reason}; nothing is done until it answers`)] },
      );
    }
    default:
      return to(state);
  }
}

/** Only a listing asked for after the stream was open shows all that happened without it. */
const hasCaughtUp = ({ connection: current }: Common, requestedAt: number): boolean =>
  current.value === 'reconciling' && requestedAt >= current.since;

const back = (since: number, at: number): string =>
  `The Docker engine answers again after ${duration(at - since)}`;
