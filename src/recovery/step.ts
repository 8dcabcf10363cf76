import type { Event } from '../../streams/events.ts';
import type { State } from '../model/state.ts';
import { type Signal, next } from './machine.ts';

const VERIFICATION_MS = 30_000;

/**
 * Takes one step of the machine: the only way in which a phase changes.
 *
 * @param begunAt When the recovery counts as begun, if this step begins it.
 */
export const step = (state: State, signal: Signal, at: number, begunAt = at): State => ({
  ...state,
  recovery: next(state.recovery, signal, {
    at,
    begunAt,
    healthyWaitMs: state.settings.healthyWaitMs,
    verificationMs: verificationMs(state),
  }),
});

/** How long to wait for a check that passes: half a minute, or time for two whole checks. */
const verificationMs = ({ sites }: State): number =>
  Math.max(
    VERIFICATION_MS,
    2 * Math.max(0, ...sites.list.map(({ timeoutSeconds }) => timeoutSeconds)) * 1000,
  );

/** Whether this event says that the deadline of a phase is over. */
export const hasPassed = (deadline: number | undefined, event: Event): boolean =>
  event.type === 'timeReached' && deadline !== undefined && deadline <= event.at;
