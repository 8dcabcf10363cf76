import type { ContainerFacts } from '../../streams/events.ts';
import { wouldBeKeptRunning } from './attachment.ts';
import { exitOf } from './exits.ts';
import { isYetToStart } from './left-unstarted.ts';
import { hasUsedUpItsRetries } from './retries.ts';
import type { State } from './state.ts';

/**
 * Why the gateway does not run:
 *
 * - `ourRestart`: it went down in the monitor's own restart.
 * - `operator`: somebody stopped it.
 * - `crash`: it ended by itself.
 * - `restarting`: its restart policy is about to start it.
 * - `givenUp`: its restart policy has used its last attempt.
 * - `created`: it was only just created.
 * - `found`: it was found down, and neither its last exit nor its restart policy calls for a start.
 */
export type DownCause = 'ourRestart' | 'operator' | 'crash' | 'restarting' | 'givenUp' | 'created' | 'found';

type Knowing = Pick<State, 'gateway' | 'recovery' | 'shared'>;

/** Undefined: the gateway runs, or there is none. */
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

/** Otherwise an earlier monitor was cut off in mid-restart, and this one has no recovery to continue. */
const isOursToStart = ({ recovery }: Pick<State, 'recovery'>): boolean =>
  recovery.value === 'restarting' || recovery.value === 'awaitingReady';

/**
 * Its restart policy would have started it again but did not, so somebody stopped it without the monitor seeing that.
 */
const isLeftByItsPolicy = (facts: ContainerFacts): boolean =>
  facts.details?.error === '' && wouldBeKeptRunning(facts);

/** Nobody asked for this exit, and nothing but the monitor brings the gateway back. */
export const isEndedByItself = (cause: DownCause | undefined): boolean =>
  cause === 'crash' || cause === 'givenUp';

/** Whether the gateway ended by itself, so that its last log lines may say why. */
export const hasDied = (state: Knowing): boolean => {
  const cause = downCause(state);
  return isEndedByItself(cause) || cause === 'restarting';
};
