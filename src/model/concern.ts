import type { Everything, State } from './state.ts';
import type { Reducer } from './transition.ts';

/**
 * The stages that an event passes, in this order. Each builds on the results of the stages before it:
 *
 * - `facts`: what the engine, the disk and the user report.
 * - `exits`: how runs ended, which follows from the facts.
 * - `gateway`: the state of the gateway.
 * - `evidence`: what a check or a doubt about the tunnel shows.
 * - `readiness`: whether that proves the gateway ready.
 * - `network`: which containers are on its network, and the VPN endpoint in use.
 * - `decide`: whether to recover the tunnel, and the progress of a recovery.
 * - `repair`: which dependents to put back.
 * - `conclude`: whether the recovery is over.
 * - `act`: which act begins now.
 * - `record`: what follows from that act, and what later events need to know.
 * - `schedule`: what to read next.
 */
export const STAGES = [
  'facts',
  'exits',
  'gateway',
  'evidence',
  'readiness',
  'network',
  'decide',
  'repair',
  'conclude',
  'act',
  'record',
  'schedule',
] as const;
export type StageName = (typeof STAGES)[number];

/**
 * One concern of the monitor. It sees the results of the earlier stages. It must not depend on the other concerns of
 * its own stage: within a stage the order is not defined.
 */
export interface Concern<In extends StageName, S> {
  readonly stage: In;
  readonly reduce: Reducer<S>;
  /** The moments at which time alone changes something, by the clock of `Event.at`; undefined: nothing is due. */
  readonly dueAt?: (state: S) => readonly (number | undefined)[];
}

/** A concern that exists once, however many gateways are watched. */
export type SharedConcern<In extends StageName> = Concern<In, Everything>;
/** A concern that each gateway has for itself. */
export type GatewayConcern<In extends StageName> = Concern<In, State>;
