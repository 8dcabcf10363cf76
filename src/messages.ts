import type { ContainerFacts, Event } from '../streams/events.ts';
import { signalNumber } from '../streams/signal-number.ts';
import type { Common } from './state.ts';

/**
 * A message delivered late or twice: not younger than another one heard of the same container, or from before the
 * start that an inspection has shown since. It tells nothing any more.
 */
export function isOutdated({ containers }: Pick<Common, 'containers'>, event: Event): boolean {
  if (!('engineTimeMs' in event)) return false;
  const heard = containers.engineTimeMs[event.id] ?? 0;
  const startedAt = containers.byId[event.id]?.details?.startedAtMs ?? 0;
  return event.engineTimeMs <= heard || event.engineTimeMs < startedAt;
}

/** A message of a start within this time after `StartedAt` speaks of that same start. */
const SAME_START_MS = 5_000;

/** Whether a start's message speaks of a start that is known already. */
export const isMessageOfStart = (startedAtMs: number | undefined, engineTimeMs: number): boolean =>
  startedAtMs !== undefined && engineTimeMs >= startedAtMs && engineTimeMs - startedAtMs < SAME_START_MS;

/** Signals that are meant to end any container: TERM, KILL, INT, QUIT. */
const ENDING_SIGNALS: readonly number[] = [15, 9, 2, 3];

/**
 * Whether a signal is meant to end the container it is sent to: also the one that it names itself, which is what a stop
 * sends (HUP or WINCH, say, which ask any other only to read its configuration anew, or nothing at all).
 */
export function isEndingSignal(signal: string | undefined, facts: ContainerFacts | undefined): boolean {
  if (signal === undefined) return true;
  const number = signalNumber(signal) ?? 0;
  return number === facts?.details?.stopSignal || ENDING_SIGNALS.includes(number);
}
