import type { Event } from '../../streams/events.ts';
import { type Operator, isPaused } from '../model/operator.ts';
import { rememberedPause } from '../model/past.ts';
import { nameOf } from '../model/selectors.ts';
import type { State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/** Longer is no pause: the monitor is better stopped. What a file remembers is bounded by it, too. */
export const LONGEST_PAUSE_MS = 7 * 24 * 3_600_000;

export const withOperator = (state: State, changes: Partial<Operator>): State => ({
  ...state,
  operator: { ...state.operator, ...changes },
});

/** Another pause takes the place of the one that lasts. */
export function pause(state: State, forMs: number, at: number): Transition {
  const lastsMs = Math.min(forMs, LONGEST_PAUSE_MS);
  return to(withOperator(state, { pausedUntil: at + lastsMs }), {
    notices: [{ kind: 'operatorRequestAccepted', request: 'pause', name: nameOf(state), forMs: lastsMs }],
  });
}

export function resume(state: State): Transition {
  const about = { request: 'resume' as const, name: nameOf(state) };
  return isPaused(state)
    ? to(withOperator(state, { pausedUntil: undefined }), {
        notices: [{ kind: 'operatorRequestAccepted', ...about }],
      })
    : to(state, { notices: [{ kind: 'operatorRequestRefused', ...about, because: 'notPaused' }] });
}

/** Ends the pause when its time is over. One from before this monitor is said once. */
export function passTime(state: State, event: Event, before: State): Transition {
  const { pausedUntil } = recalled(state, before).operator;
  if (pausedUntil === undefined) return to(state);
  const leftMs = Math.min(pausedUntil - event.at, LONGEST_PAUSE_MS);
  if (leftMs <= 0)
    return to(withOperator(state, { pausedUntil: undefined }), {
      notices: [{ kind: 'pauseOver', name: nameOf(state) }],
    });
  const until = event.at + leftMs;
  const isNews = event.type === 'monitorStarted' || state.operator.pausedUntil === undefined;
  return to(state.operator.pausedUntil === until ? state : withOperator(state, { pausedUntil: until }), {
    notices: isNews ? [{ kind: 'stillPaused', name: nameOf(state), leftMs }] : [],
  });
}

/** The gateway's lasting name has only now become known, and under that name it was paused. */
function recalled(state: State, before: State): State {
  const { gateway } = state.settings;
  if (gateway === before.settings.gateway || isPaused(state)) return state;
  return withOperator(state, { pausedUntil: rememberedPause(state.shared.past, gateway) });
}
