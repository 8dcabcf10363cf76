import type { ContainerFacts, Event } from '../streams/events.ts';
import { signalNumber } from '../streams/signal-number.ts';
import type { Common } from './state.ts';

/** A signal or an end that is told late: of a run before the one that an inspection has shown since. */
export function isOutdated({ containers }: Pick<Common, 'containers'>, event: Event): boolean {
  if (event.type !== 'containerKilled' && event.type !== 'containerDied' && event.type !== 'containerStopped')
    return false;
  return event.engineTimeMs < (containers.byId[event.id]?.details?.startedAtMs ?? 0);
}

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
