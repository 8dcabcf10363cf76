import type { Event } from '../../streams/events.ts';
import type { ReadingRequest } from '../../streams/requests.ts';
import type { Notice } from '../notices/notice.ts';
import type { State } from './state.ts';

/** The result of an event: the next state, the readings to request, and the notices to report. Nothing is done here. */
export interface Transition<S = State> {
  readonly state: S;
  readonly requests: readonly ReadingRequest[];
  readonly notices: readonly Notice[];
}

/**
 * The reducer of one concern. It gets the state as the concerns before it left it, and the state before the event. It
 * can so react to their changes: "the gateway has become ready" is a comparison, not another kind of event.
 */
export type Reducer<S = State> = (state: S, event: Event, before: S) => Transition<S>;

/**
 * A transition to this state. If nothing changed, pass the same object. `NoInfer` keeps a misspelt key from compiling:
 * without it, the type of the transition would be that of the literal, key included.
 */
export const to = <S = State>(
  state: NoInfer<S>,
  { requests = [], notices = [] }: { requests?: readonly ReadingRequest[]; notices?: readonly Notice[] } = {},
): Transition<S> => ({ state, requests, notices });

/** Runs the reducers one after another on the same event. */
export const compose =
  <S>(...reducers: readonly Reducer<S>[]): Reducer<S> =>
  (state, event, before) =>
    reducers.reduce((soFar, reduce) => combine(soFar, reduce(soFar.state, event, before)), to<S>(state));

/** Combines two steps in a row: the second one's state, and the requests and notices of both. */
export const combine = <S>(
  first: Transition<unknown>,
  { state, requests, notices }: Transition<S>,
): Transition<S> => ({
  state,
  requests: both(first.requests, requests),
  notices: both(first.notices, notices),
});

/** Most steps add nothing, so this avoids a copy. */
const both = <T>(first: readonly T[], second: readonly T[]): readonly T[] =>
  second.length === 0 ? first : [...first, ...second];
