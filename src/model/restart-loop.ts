import type { Ends, State } from './state.ts';

/** This many exits in a row, each soon after the one before, make a restart loop. */
export const LOOP_ENDS = 3;

/** Whether a dependent has exited by itself often enough to be in a restart loop. */
export const isLoop = (ends: Ends | undefined): boolean => (ends?.inARow ?? 0) >= LOOP_ENDS;

/** Whether the dependent is still in a restart loop: containers that share its network cannot rely on it. */
export const keepsRestarting = ({ dependents }: State, id: string): boolean => isLoop(dependents.ends[id]);
