import type { SharedConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import type { Shared, Everything } from '../model/state.ts';
import type { Notice } from '../notices/notice.ts';
import { type Transition, to } from '../model/transition.ts';

/** Whether the engine answers: said when it is lost and when it is back, not while it lasts. */
export const connection: SharedConcern<'facts'> = { stage: 'facts', reduce };

function reduce(state: Everything, event: Event): Transition<Everything> {
  switch (event.type) {
    case 'engineConnected': {
      const { connection: was } = state;
      const notices: readonly Notice[] =
        was.value === 'lost' ? [{ kind: 'engineBack', lastedMs: event.at - was.since }] : [];
      return to({ ...state, connection: { value: 'reconciling', since: event.at } }, { notices });
    }
    case 'containersListed':
      return to(
        hasCaughtUp(state, event.requestedAt) ? { ...state, connection: { value: 'connected' } } : state,
      );
    case 'engineDisconnected': {
      if (state.connection.value === 'lost') return to(state);
      const wasConnected = state.connection.value !== 'connecting';
      return to(
        { ...state, connection: { value: 'lost', since: event.at, reason: event.reason } },
        { notices: [{ kind: 'engineLost', reason: event.reason, wasConnected }] },
      );
    }
    default:
      return to(state);
  }
}

/** Only a listing asked for after the stream was open shows all that happened without it. */
const hasCaughtUp = ({ connection: current }: Shared, requestedAt: number): boolean =>
  current.value === 'reconciling' && requestedAt >= current.since;
