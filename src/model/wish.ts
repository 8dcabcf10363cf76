import type { Deed } from './act.ts';

/** What goes before what, whichever gateway wants it. */
export const RANKS = [
  /** A re-creation that was left half done: its container is there under no name that anybody knows. */
  'resume',
  /** A gateway that crashed, or that our restart has left down. */
  'start',
  'recovery',
  'repair',
  /** A restart of what binds to an address that a reconnect has changed: its network is sound. */
  'afterReconnect',
] as const;
export type Rank = (typeof RANKS)[number];

/** What one gateway wants done, and since when. */
export interface Wish {
  readonly rank: Rank;
  readonly since: number;
  readonly deed: Deed;
}
