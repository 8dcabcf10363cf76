import type { SharedConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import type { Shared, Everything } from '../model/state.ts';
import type { Notice } from '../notices/notice.ts';
import { type Transition, to } from '../model/transition.ts';

/** Whether the engine answers. Only the loss and the return are reported. */
export const connection: SharedConcern<'facts'> = { stage: 'facts', reduce };

function reduce(state: Everything, event: Event): Transition<Everything> {
  switch (event.type) {
    case 'engineConnected': {
      const { connection: previous } = state;
      const notices: readonly Notice[] =
        previous.value === 'lost' ? [{ kind: 'engineBack', lastedMs: event.at - previous.since }] : [];
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

/** Only a listing requested after the event stream opened shows all that happened before. */
const hasCaughtUp = ({ connection: current }: Shared, requestedAt: number): boolean =>
  current.value === 'reconciling' && requestedAt >= current.since;
