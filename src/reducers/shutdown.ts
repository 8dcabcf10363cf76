import type { Event } from '../../streams/events.ts';
import type { Everything } from '../state.ts';
import { type Transition, to } from '../transition.ts';

/** From here on nothing new is begun; what runs is given its time by the program. */
export function shutdown(state: Everything, event: Event): Transition<Everything> {
  if (event.type !== 'shutdownRequested' || state.ending) return to(state);
  return to({ ...state, ending: true }, { notices: [{ kind: 'shutdownRequested', signal: event.signal }] });
}
