import type { ContainerFacts } from '../../streams/events.ts';
import { signalNumber } from '../../streams/signal-number.ts';

/** TERM, KILL, INT and QUIT are meant to end any container. */
const ENDING_SIGNALS: readonly number[] = [15, 9, 2, 3];

/**
 * Whether a signal is meant to end the container. A container's own stop signal also is, as a stop sends it. That may
 * be HUP or WINCH, which would make other containers only reload their configuration, or do nothing.
 */
export function isEndingSignal(signal: string | undefined, facts: ContainerFacts | undefined): boolean {
  if (signal === undefined) return true;
  const number = signalNumber(signal) ?? 0;
  return number === facts?.details?.stopSignal || ENDING_SIGNALS.includes(number);
}
