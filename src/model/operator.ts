import type { RememberedPause } from './past.ts';

/** What the operator has asked of the running monitor about one gateway. */
export interface Operator {
  /** Until then nothing is done about the gateway; undefined: it is not paused. */
  readonly pausedUntil: number | undefined;
  /** What was asked for and has not begun yet. */
  readonly wanted: Wanted | undefined;
  /** The reconnect of the VPN that was asked for, until a check has passed after it. */
  readonly reconnect: RequestedReconnect | undefined;
}

export interface Wanted {
  readonly what: 'reconnect' | 'recover';
  readonly since: number;
  /** `State.StartedAt` of the run of the gateway that it was asked about. */
  readonly run: string;
}

export type RequestedReconnect =
  | { readonly value: 'underWay'; readonly begunAt: number }
  /** A check that began at `since` or later has to pass. `until`: when the monitor stops waiting for it. */
  | {
      readonly value: 'verifying';
      readonly begunAt: number;
      readonly since: number;
      readonly until: number;
    };

export const nothingAsked = (pausedUntil?: RememberedPause): Operator => ({
  pausedUntil,
  wanted: undefined,
  reconnect: undefined,
});

/** Whether the operator has paused the monitor for this gateway. */
export const isPaused = ({ operator }: { readonly operator: Operator }): boolean =>
  operator.pausedUntil !== undefined;
