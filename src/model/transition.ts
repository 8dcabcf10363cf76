import type { Event } from '../../streams/events.ts';
import type { ReadingRequest } from '../../streams/requests.ts';
import type { Notice } from '../notices/notice.ts';
import type { State } from './state.ts';

/** What an event leads to: the state after it, what is to be read, what is to be said. Nothing is done here. */
export interface Transition<S = State> {
  readonly state: S;
  readonly requests: readonly ReadingRequest[];
  readonly notices: readonly Notice[];
}

/**
 * One concern. It gets the state as the concerns before it left it, and the state before the event, so that it can
 * react to what they changed: "the gateway has become ready" is a comparison, not another kind of event.
 */
export type Reducer<S = State> = (state: S, event: Event, before: S) => Transition<S>;

/**
 * The same object back if nothing changed. `NoInfer` keeps a misspelt key from compiling: else the type of the transition
 * would be that of the literal, with the key in it.
 */
export const to = <S = State>(
  state: NoInfer<S>,
  { requests = [], notices = [] }: { requests?: readonly ReadingRequest[]; notices?: readonly Notice[] } = {},
): Transition<S> => ({ state, requests, notices });

/** The concerns one after another on the same event. */
export const compose =
  <S>(...reducers: readonly Reducer<S>[]): Reducer<S> =>
  (state, event, before) =>
    reducers.reduce((soFar, reduce) => then(soFar, reduce(soFar.state, event, before)), to<S>(state));

/** One step after another. */
export const then = <S>(
  first: Transition<unknown>,
  { state, requests, notices }: Transition<S>,
): Transition<S> => ({
  state,
  requests: both(first.requests, requests),
  notices: both(first.notices, notices),
});

/** Most steps have nothing to add. */
const both = <T>(first: readonly T[], second: readonly T[]): readonly T[] =>
  second.length === 0 ? first : [...first, ...second];
