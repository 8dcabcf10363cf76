import type { State, Troubles } from './state.ts';
import { type Transition, to } from './transition.ts';

export const NO_TROUBLES: Troubles = { latest: [], told: [] };

/** Enough to tell what is wrong, and what that led to. */
const KEPT = 3;
/** Of the same trouble ports, counts and times differ from one line to the next. */
const keyOf = (text: string): string => text.replace(/\d+/g, '0');

/** The latest last; one that comes again is said in its latest words. */
export const withTrouble = ({ latest, told }: Troubles, text: string): Troubles => ({
  latest: [...latest.filter((other) => keyOf(other) !== keyOf(text)), text].slice(-KEPT),
  told,
});

/** What was not said since the tunnel last worked, nor since the latest recovery began. */
export function tellTroubles(state: State): Transition {
  const { latest, told } = state.troubles;
  const news = latest.filter((text) => !told.includes(keyOf(text)));
  if (news.length === 0) return to(state);
  const next = { latest, told: [...told, ...news.map(keyOf)].slice(-10 * KEPT) };
  return to(
    { ...state, troubles: next },
    { notices: news.map((text) => ({ kind: 'gatewayTrouble', text })) },
  );
}

/** Each recovery says anew what it is for. */
export const tellAllTroubles = (state: State): Transition =>
  tellTroubles({ ...state, troubles: { ...state.troubles, told: [] } });

/** What explains the latest failure, if anything does. */
export const lastTrouble = ({ troubles: { latest } }: State): string | undefined => latest.at(-1);
