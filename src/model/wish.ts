import type { Deed } from './act.ts';

/** The order in which wishes are served, whichever gateway has them. */
export const RANKS = [
  /** Finishing an interrupted re-creation: its container is parked under a name that nobody else knows. */
  'resume',
  /** Starting a gateway that crashed, or that the monitor's own restart left down. */
  'start',
  'recovery',
  'repair',
  /** What the operator has asked of the running monitor: a reconnect or a recovery. */
  'operator',
  /** Restarting what is bound to an address that a reconnect changed. Its network is sound. */
  'afterReconnect',
] as const;
export type Rank = (typeof RANKS)[number];

/** An act that one gateway wants, and since when. */
export interface Wish {
  readonly rank: Rank;
  readonly since: number;
  readonly deed: Deed;
}
