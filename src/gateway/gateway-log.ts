import type { Event } from '../../streams/events.ts';
import { finishedCheck, isOfThisStart } from '../checks/finished-check.ts';
import { NO_TROUBLES, tellTroubles, withTrouble } from '../model/gateway-troubles.ts';
import { quorumIn, sitesDown } from '../checks/quorum.ts';
import { hasDied } from '../model/down-cause.ts';
import { isGateway, isSameRun, nameOf, startOf } from '../model/selectors.ts';
import type { State } from '../model/state.ts';
import { type Transition, then, to } from '../model/transition.ts';

/**
 * Why Gluetun cannot connect, in its own words, where that explains what the monitor reports; and whether its log
 * can be read at all.
 */
export function gatewayLog(state: State, event: Event, before: State): Transition {
  const read = readability(state, event);
  const next = learn(read.state, event, before);
  return then(read, isInTrouble(next) ? tellTroubles(next) : to(next));
}

/** What it said before its present start, or before the tunnel worked, explains nothing. */
function learn(state: State, event: Event, before: State): State {
  const { troubles } = state;
  const check = finishedCheck(event, before);
  if (check?.passing === true && isOfThisStart(state, check))
    return troubles.latest.length + troubles.told.length === 0 ? state : { ...state, troubles: NO_TROUBLES };
  if (event.type === 'gatewayTroubleLogged' && isGateway(state, event.gatewayId))
    return { ...state, troubles: withTrouble(troubles, event.text) };
  const isNewStart = startOf(state.gateway) !== undefined && !isSameRun(before.gateway, state.gateway);
  return isNewStart && troubles.latest.length > 0
    ? { ...state, troubles: { ...troubles, latest: [] } }
    : state;
}

/** Its sites are down, a recovery is under way, or it has died by itself. */
const isInTrouble = (state: State): boolean => {
  const { gateway, recovery } = state;
  if (gateway.value === 'down') return hasDied(state);
  return recovery.value !== 'none' || sitesDown(state).length >= quorumIn(state);
};

function readability(state: State, event: Event): Transition {
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
