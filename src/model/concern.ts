import type { Everything, State } from './state.ts';
import type { Reducer } from './transition.ts';

/**
 * The stages that an event passes, in this order. Each builds on what the stages before it have made of the event:
 *
 * - `facts`: what the engine, the disk and the user have told; `exits`: how runs ended, which follows from that;
 * - `gateway`: how the gateway is; `evidence`: what a check or a doubt says; `readiness`: whether that proves it ready;
 * - `network`: who is on its network, and through which exit it leads;
 * - `decide`: whether the tunnel is to be recovered, and how far that is; `repair`: who is to be put back;
 *   `conclude`: whether the recovery is over;
 * - `act`: what begins now; `record`: what follows from that, and what the next event must know; `schedule`: what is
 *   read next.
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
 * One matter of the monitor. It sees what the stages before its own have made of the event, and may see what its own
 * stage has made of it, in any order: within a stage nobody builds on a neighbour.
 */
export interface Concern<In extends StageName, S> {
  readonly stage: In;
  readonly reduce: Reducer<S>;
  /** When time alone changes something about it, by `Event.at`'s clock; undefined: nothing is due. */
  readonly dueAt?: (state: S) => readonly (number | undefined)[];
}

/** A matter of which there is one, however many gateways are watched. */
export type SharedConcern<In extends StageName> = Concern<In, Everything>;
/** A matter of each gateway's own. */
export type GatewayConcern<In extends StageName> = Concern<In, State>;
