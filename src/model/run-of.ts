import type { ContainerFacts } from '../../streams/events.ts';
import { isRunning } from './attachment.ts';
import type { Containers } from './state.ts';

/**
 * The facts that a decision about a container rests on, as one text. If it is unchanged just before a write, nothing
 * has happened to the container since the decision. Undefined: it was not inspected.
 */
export const runOf = ({ runState, details }: ContainerFacts): string | undefined =>
  details && [runState, details.startedAt, details.finishedAtMs ?? 'never', details.error].join(' ');

interface Knowing {
  readonly containers: Pick<Containers, 'byId'>;
}

export function runsNow({ containers: { byId } }: Knowing, id: string): boolean {
  const facts = byId[id];
  return facts !== undefined && isRunning(facts);
}

/** `State.StartedAt` of the present run; undefined: the container does not run, or was not inspected. */
export const presentRun = (state: Knowing, id: string): string | undefined =>
  runsNow(state, id) ? state.containers.byId[id]?.details?.startedAt : undefined;
