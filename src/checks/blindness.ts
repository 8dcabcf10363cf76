import type { State } from '../model/state.ts';

/** Why probes prove nothing at present; undefined if they do, as far as is known. */
export const whyBlind = ({ checking: { latest } }: Pick<State, 'checking'>): string | undefined =>
  latest?.results.find(({ verdict }) => verdict === 'unknown')?.reason;
