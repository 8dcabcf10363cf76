import type { GatewayConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import { failuresCount, finishedCheck, hasFailures } from './finished-check.ts';
import { hasTurned, isGateway } from '../model/selectors.ts';
import type { State } from '../model/state.ts';
import { to } from '../model/transition.ts';

/** When the first sign of an outage was. */
export const outage: GatewayConcern<'evidence'> = {
  stage: 'evidence',
  reduce: (state, event, before) => to(withOutage(state, event, before)),
};

/**
 * The outage begins with a counted failure, or when Docker or Gluetun doubts the tunnel. It ends with a check that
 * passes.
 */
function withOutage(state: State, event: Event, before: State): State {
  const check = finishedCheck(event, before);
  if (check?.passing) return { ...state, outageSince: undefined };
  const hasFailed = check !== undefined && failuresCount(state, check) && hasFailures(check);
  const isDoubted = isHealthDoubt(state, event, before);
  return state.outageSince === undefined && (hasFailed || isDoubted)
    ? { ...state, outageSince: event.at }
    : state;
}

const isHealthDoubt = (state: State, event: Event, before: State): boolean =>
  hasTurned(state, before, 'unhealthy') ||
  (event.type === 'selfHealingLogged' && isGateway(state, event.gatewayId) && !event.isPast);

/** A recovery is over: whatever fails from here on is another outage, and the sites are counted from zero. */
export const countAnew = (state: State): State => ({
  ...state,
  outageSince: undefined,
  sites: { ...state.sites, failures: {} },
});
