import type { ContainerFacts } from '../../streams/events.ts';
import { wouldBeKeptRunning } from './attachment.ts';
import { exitOf } from './exits.ts';
import { isYetToStart } from './left-unstarted.ts';
import { hasUsedUpItsRetries } from './retries.ts';
import type { State } from './state.ts';

/**
 * Why the gateway does not run: it went down in our own restart, its operator stopped it, it ended by itself, its
 * restart policy is about to start it, or has started it for the last time; it was only just created; or it was found so.
 */
export type DownCause = 'ourRestart' | 'operator' | 'crash' | 'restarting' | 'givenUp' | 'created' | 'found';

type Knowing = Pick<State, 'gateway' | 'recovery' | 'shared'>;

/** Undefined: it runs, or there is none. */
export function downCause(state: Knowing): DownCause | undefined {
  const { gateway } = state;
  if (gateway.value !== 'down') return undefined;
  const facts = state.shared.containers.byId[gateway.id];
  if (facts === undefined) return undefined;
  if (facts.runState === 'restarting') return 'restarting';
  if (facts.runState === 'created') return gateway.isLeft || !isYetToStart(facts) ? 'found' : 'created';
  const exit = exitOf(state.shared, facts);
  if ((exit === undefined || exit.by === 'itself') && hasUsedUpItsRetries(facts)) return 'givenUp';
  if (exit?.by === 'monitor' && isOursToStart(state)) return 'ourRestart';
  switch (exit?.by) {
    case undefined:
      return 'found';
    case 'operator':
      return 'operator';
    case 'itself':
      return isLeftByItsPolicy(facts) ? 'operator' : 'crash';
    case 'monitor':
    case 'engine':
      return wouldBeKeptRunning(facts) ? 'crash' : 'found';
  }
}

/** Else an earlier monitor was cut off in the middle of it. */
const isOursToStart = ({ recovery }: Pick<State, 'recovery'>): boolean =>
  recovery.value === 'restarting' || recovery.value === 'awaitingReady';

/** Its policy would have started it again, and did not: a person has ended it, though we heard nothing of that. */
const isLeftByItsPolicy = (facts: ContainerFacts): boolean =>
  facts.details?.error === '' && wouldBeKeptRunning(facts);

/** Nobody had asked for that end, and nobody else brings it back. */
export const isEndedByItself = (cause: DownCause | undefined): boolean =>
  cause === 'crash' || cause === 'givenUp';

/** Its last words may tell why. */
export const hasDied = (state: Knowing): boolean => {
  const cause = downCause(state);
  return isEndedByItself(cause) || cause === 'restarting';
};
