import type { Event } from '../../streams/events.ts';
import type { Everything } from '../model/state.ts';
import type { Transition } from '../model/transition.ts';
import { conditionNotices } from '../notices/condition-notices.ts';
import { withConditionStarts } from '../notices/conditions.ts';
import { dueAt, pass } from './stages.ts';

/** The result of an event. Pure: the time is the event's own. */
export function reduce(state: Everything, event: Event): Transition<Everything> {
  const passed = pass(state, event);
  if (passed.state === state && event.type !== 'monitorStarted') return passed;
  const next = withConditionStarts(passed.state, event.at);
  return { ...passed, state: next, notices: [...passed.notices, ...conditionNotices(state, next)] };
}

/**
 * The earliest moment at which time alone changes something; undefined: nothing is due.
 *
 * @param wokenAt When the latest `timeReached` came. It has dealt with everything due by then; other events have not.
 */
export function nextDeadline(state: Everything, wokenAt: number): number | undefined {
  const deadlines = dueAt(state).filter(
    (deadline): deadline is number => deadline !== undefined && deadline > wokenAt,
  );
  return deadlines.length === 0 ? undefined : Math.min(...deadlines);
}
