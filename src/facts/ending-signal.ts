import type { ContainerFacts } from '../../streams/events.ts';
import { signalNumber } from '../../streams/signal-number.ts';

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
