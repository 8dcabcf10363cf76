import type { ContainerFacts } from '../../streams/events.ts';
import { isRunning } from './attachment.ts';
import type { Containers } from './state.ts';

/**
 * What a decision about a container rests on, as one text: where it reads the same just before something is done,
 * nothing has happened to the container since. Undefined where it was not inspected.
 */
export const runOf = ({ runState, details }: ContainerFacts): string | undefined =>
  details && [runState, details.startedAt, details.finishedAtMs ?? 'never', details.error].join(' ');

interface Knowing {
  readonly containers: Pick<Containers, 'byId'>;
}

/** As far as is known, it runs. */
export function runsNow({ containers: { byId } }: Knowing, id: string): boolean {
  const facts = byId[id];
  return facts !== undefined && isRunning(facts);
}

/** `State.StartedAt` of the run that is known, if that still goes on; undefined also if it was not inspected. */
export const presentRun = (state: Knowing, id: string): string | undefined =>
  runsNow(state, id) ? state.containers.byId[id]?.details?.startedAt : undefined;
