import { CALLS, type EngineCall, isOnlyForRecreation } from '../../streams/engine-calls.ts';
import type { Event } from '../../streams/events.ts';
import type { SharedConcern } from '../model/concern.ts';
import type { Everything } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/** What this engine, or a proxy in front of it, does not let the monitor do. Each is said when it begins and ends. */
export const permissions: SharedConcern<'facts'> = { stage: 'facts', reduce };

function reduce(state: Everything, event: Event): Transition<Everything> {
  switch (event.type) {
    case 'podmanRecognised':
      return event.version === state.podman
        ? to(state)
        : to(
            { ...state, podman: event.version },
            { notices: [{ kind: 'podmanRecognised', version: event.version }] },
          );
    case 'callForbidden': {
      const { call, reason } = event;
      const isKnown = isOnlyForRecreation(call) && forbiddenIn(state).some(isOnlyForRecreation);
      return to(
        { ...state, forbidden: { ...state.forbidden, [call]: reason } },
        {
          notices: [
            {
              kind: 'callForbidden',
              call,
              request: CALLS[call],
              reason,
              ...(isKnown && { isLossKnown: true as const }),
            },
          ],
        },
      );
    }
    case 'callAllowed':
      return allowed(state, event.call);
    default:
      return to(state);
  }
}

function allowed(state: Everything, call: EngineCall): Transition<Everything> {
  const { [call]: _, ...forbidden } = state.forbidden;
  return to({ ...state, forbidden }, { notices: [{ kind: 'callAllowed', call, request: CALLS[call] }] });
}

const forbiddenIn = ({ forbidden }: Everything): readonly EngineCall[] =>
  Object.keys(forbidden) as EngineCall[];
