import type { Ends, State } from './state.ts';

/** So many ends in a row, each soon after the one before, are a loop. */
export const LOOP_ENDS = 3;

/** A dependent is in a loop if it ends by itself again and again. */
export const isLoop = (ends: Ends | undefined): boolean => (ends?.inARow ?? 0) >= LOOP_ENDS;

/** It is in a loop that is not over yet: whoever shares its network cannot rely on it. */
export const keepsRestarting = ({ dependents }: State, id: string): boolean => isLoop(dependents.ends[id]);
