import type { GatewayConcern, SharedConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import type { Everything, State } from '../model/state.ts';
import { type Transition, combine, to } from '../model/transition.ts';
import { isAddressed, whyUnanswerable } from './addressees.ts';
import { passTime } from './pause.ts';
import { goOn } from './reconnect.ts';
import { answer, withoutLapsed } from './requests.ts';

/**
 * What the operator asks of the running monitor by `reconnect`, `recover`, `pause` and `resume`. Every request is
 * answered in the event that brings it: accepted or refused.
 */
export const operator: GatewayConcern<'decide'> = {
  stage: 'decide',
  reduce,
  dueAt: ({ operator: { pausedUntil, reconnect } }) => [
    pausedUntil,
    reconnect?.value === 'verifying' ? reconnect.until : undefined,
  ],
};

function reduce(state: State, event: Event, before: State): Transition {
  const timed = passTime(state, event, before);
  const reconnect = combine(timed, goOn(timed.state, event, before));
  const current = combine(reconnect, withoutLapsed(reconnect.state, event, before));
  return event.type === 'operatorRequested' && isAddressed(current.state, event.request)
    ? combine(current, answer(current.state, event.request, event.at))
    : current;
}

/** Refuses what is about no gateway. */
export const unanswerable: SharedConcern<'facts'> = {
  stage: 'facts',
  reduce: (state: Everything, event: Event) => {
    const refusal = event.type === 'operatorRequested' ? whyUnanswerable(state, event.request) : undefined;
    return to(state, { notices: refusal === undefined ? [] : [refusal] });
  },
};
