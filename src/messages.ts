import type { Event } from '../streams/events.ts';
import type { Common } from './state.ts';

/**
 * A message delivered late or twice: not younger than another one heard of the same container, or from before the
 * start that an inspection has shown since. It tells nothing any more.
 */
export const isOutdated = (
  { containers: { engineTimeMs, byId } }: Pick<Common, 'containers'>,
  event: Event,
): boolean =>
  'engineTimeMs' in event &&
  (event.engineTimeMs <= (engineTimeMs[event.id] ?? 0) ||
    event.engineTimeMs < (byId[event.id]?.details?.startedAtMs ?? 0));

/** A message of a start within this time after `StartedAt` speaks of that same start. */
const SAME_START_MS = 5_000;

/** Whether a start's message speaks of a start that is known already. */
export const isMessageOfStart = (startedAtMs: number | undefined, engineTimeMs: number): boolean =>
  startedAtMs !== undefined && engineTimeMs >= startedAtMs && engineTimeMs - startedAtMs < SAME_START_MS;

/** Signals that are meant to end a container: TERM, KILL, INT, QUIT, by number or by name. */
const ENDING_SIGNALS: readonly string[] = ['15', '9', '2', '3', 'SIGTERM', 'SIGKILL', 'SIGINT', 'SIGQUIT'];

/** Somebody sends the container a signal that ends it. */
export const isEndingSignal = (event: Event, id: string): boolean =>
  event.type === 'containerKilled' &&
  event.id === id &&
  (event.signal === undefined || ENDING_SIGNALS.includes(event.signal));
