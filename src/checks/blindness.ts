import type { State } from '../model/state.ts';

/** Why probes tell nothing at present; undefined: they do, as far as is known. */
export const whyBlind = ({ checking: { latest } }: Pick<State, 'checking'>): string | undefined =>
  latest?.results.find(({ verdict }) => verdict === 'unknown')?.reason;
