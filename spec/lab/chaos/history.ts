/** What was seen of a run, all by the clock of this host: milliseconds since the epoch. */
export interface History {
  readonly calls: Call[];
  readonly acts: OperatorAct[];
  readonly gatewayRuns: GatewayRun[];
  /** When a monitor was connected to the engine's messages. */
  readonly connections: Span[];
  readonly monitors: (Span & { readonly number: number })[];
  /** When calls were delayed, and when nothing could be written. */
  readonly slow: Span[];
  readonly diskFull: Span[];
  /** Dependents that did not exist when somebody looked. */
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

/** A call by which a monitor changes something; whatever else it is, it is a reading. */
export interface Call extends Span {
  /** Which of the monitors made it. */
  readonly monitor: number;
  readonly verb: (typeof WRITES)[number];
  /** An id, a name where one is created, or a path where it is none that a monitor may ask for. */
  readonly target: string;
}

/** What the operator did to a container; `run`: its engine has started it, whatever its operator wants. */
export interface OperatorAct extends Span {
  readonly name: string;
  readonly what: 'stop' | 'start' | 'remove' | 'create' | 'run';
}

/** Paused is not running. */
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
