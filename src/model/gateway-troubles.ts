import type { State, Troubles } from './state.ts';
import { type Transition, to } from './transition.ts';

export const NO_TROUBLES: Troubles = { latest: [], reported: [] };

/** Enough to show a cause and its consequences. */
const KEPT = 3;
/** Lines about the same trouble differ only in numbers: ports, counts and times. */
const withoutNumbers = (text: string): string => text.replace(/\d+/g, '0');

/** The latest comes last. A trouble that recurs replaces its earlier line. */
export const withTrouble = ({ latest, reported }: Troubles, text: string): Troubles => ({
  latest: [...latest.filter((other) => withoutNumbers(other) !== withoutNumbers(text)), text].slice(-KEPT),
  reported,
});

/** Reports the troubles not yet reported since the tunnel last worked or the latest recovery began. */
export function tellTroubles(state: State): Transition {
  const { latest, reported } = state.troubles;
  const news = latest.filter((text) => !reported.includes(withoutNumbers(text)));
  if (news.length === 0) return to(state);
  const next = { latest, reported: [...reported, ...news.map(withoutNumbers)].slice(-10 * KEPT) };
  return to(
    { ...state, troubles: next },
    { notices: news.map((text) => ({ kind: 'gatewayTrouble', text })) },
  );
}

/** Reports every trouble again: each recovery states its own reasons. */
export const tellAllTroubles = (state: State): Transition =>
  tellTroubles({ ...state, troubles: { ...state.troubles, reported: [] } });

/** The likely cause of the latest failure, if Gluetun has named one. */
export const lastTrouble = ({ troubles: { latest } }: State): string | undefined => latest.at(-1);
