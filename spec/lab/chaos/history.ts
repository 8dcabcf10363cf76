/** The record of a run. All times are of this host's clock: milliseconds since the epoch. */
export interface History {
  readonly calls: Call[];
  readonly acts: OperatorAct[];
  readonly gatewayRuns: GatewayRun[];
  /** When a monitor was connected to the event stream. */
  readonly connections: Span[];
  readonly monitors: (Span & { readonly number: number })[];
  /** When calls were delayed, and when the disk was full. */
  readonly slow: Span[];
  readonly diskFull: Span[];
  /** Dependents that did not exist when the observer looked. */
  readonly losses: { readonly at: number; readonly name: string }[];
  /** Monitors that ended without having been killed. */
  readonly ends: { readonly at: number; readonly how: string }[];
}

export interface Span {
  readonly from: number;
  /** Infinity: not over yet. */
  to: number;
}

export const WRITES = ['start', 'restart', 'stop', 'kill', 'rename', 'create', 'remove', 'update'] as const;

/** A call by which a monitor changes something. */
export interface Call extends Span {
  /** The number of the monitor that made it. */
  readonly monitor: number;
  readonly verb: (typeof WRITES)[number];
  /** An id, the name for a create, or the path of a call that a monitor must not make. */
  readonly target: string;
}

/** What the operator did to a container; `run`: the engine started it, whatever the operator wants. */
export interface OperatorAct extends Span {
  readonly name: string;
  readonly what: 'stop' | 'start' | 'remove' | 'create' | 'run';
}

/** A paused container does not count as running. */
interface GatewayRun extends Span {
  readonly id: string;
}

export const newHistory = (): History => ({
  calls: [],
  acts: [],
  gatewayRuns: [],
  connections: [],
  monitors: [],
  slow: [],
  diskFull: [],
  losses: [],
  ends: [],
});

export const overlaps = (span: Span, from: number, to: number): boolean => span.from <= to && span.to >= from;

export const holds = (spans: readonly Span[], from: number, to: number): boolean =>
  spans.some((span) => span.from <= from && span.to >= to);

/** Ends the latest of them. */
export function endLatest(spans: Span[], at: number): void {
  const latest = spans.at(-1);
  if (latest?.to === Infinity) latest.to = at;
}
