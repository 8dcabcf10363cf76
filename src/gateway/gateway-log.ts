import type { GatewayConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import { finishedCheck, isOfThisStart } from '../checks/finished-check.ts';
import { NO_TROUBLES, tellTroubles, withTrouble } from '../model/gateway-troubles.ts';
import { quorumIn, sitesDown } from '../checks/quorum.ts';
import { hasDied } from '../model/down-cause.ts';
import { isGateway, isSameRun, nameOf, startOf } from '../model/selectors.ts';
import type { State } from '../model/state.ts';
import { type Transition, combine, to } from '../model/transition.ts';

/**
 * Repeats, in Gluetun's own words, why it cannot connect, if that explains what the monitor reports. Also notes whether
 * Gluetun's log can be read at all.
 */
export const gatewayLog: GatewayConcern<'record'> = { stage: 'record', reduce };

function reduce(state: State, event: Event, before: State): Transition {
  const reading = noteReading(state, event);
  const next = noteTroubles(reading.state, event, before);
  return combine(reading, isInTrouble(next) ? tellTroubles(next) : to(next));
}

/** What Gluetun said before its present run, or before the tunnel last worked, explains nothing. */
function noteTroubles(state: State, event: Event, before: State): State {
  const { troubles } = state;
  const check = finishedCheck(event, before);
  if (check?.passing === true && isOfThisStart(state, check))
    return troubles.latest.length + troubles.reported.length === 0
      ? state
      : { ...state, troubles: NO_TROUBLES };
  if (event.type === 'gatewayTroubleLogged' && isGateway(state, event.gatewayId))
    return { ...state, troubles: withTrouble(troubles, event.text) };
  const isNewStart = startOf(state.gateway) !== undefined && !isSameRun(before.gateway, state.gateway);
  return isNewStart && troubles.latest.length > 0
    ? { ...state, troubles: { ...troubles, latest: [] } }
    : state;
}

/** Enough sites are down, a recovery is under way, or the gateway died by itself. */
const isInTrouble = (state: State): boolean => {
  const { gateway, recovery } = state;
  if (gateway.value === 'down') return hasDied(state);
  return recovery.value !== 'none' || sitesDown(state).length >= quorumIn(state);
};

function noteReading(state: State, event: Event): Transition {
  if (!('gatewayId' in event) || !isGateway(state, event.gatewayId)) return to(state);
  const { failure, silences } = state.logReading;
  switch (event.type) {
    case 'gatewayLogUnreadable':
      return to(failure === undefined ? withReading(state, { failure: event.reason }) : state);
    case 'gatewayLogFellSilent':
      return to(withReading(state, { silences: silences + 1 }), {
        notices: [
          {
            kind: 'gatewayLogFellSilent',
            name: nameOf(state),
            silentMs: event.silentMs,
            times: silences + 1,
          },
        ],
      });
    default:
      return to(failure === undefined ? state : withReading(state, { failure: undefined }));
  }
}

const withReading = (state: State, changed: Partial<State['logReading']>): State => ({
  ...state,
  logReading: { ...state.logReading, ...changed },
});
