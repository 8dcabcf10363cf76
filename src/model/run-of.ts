import type { ContainerEvent, ContainerFacts } from '../../streams/events.ts';
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

/** The messages about an end are sent within this time of it. A limit, as the clock may have been set back since. */
const AROUND_THE_END_MS = 10_000;

/**
 * Whether the message is about the end of the run before the one that is known: it came later than the inspection that
 * showed the new run. Podman, if it keeps its messages in a file, sends them up to 0.3 s late: often after its answer to a
 * restart.
 */
export function isOfFormerRun(
  { type, engineTimeMs }: ContainerEvent,
  facts: ContainerFacts | undefined,
): boolean {
  if (type !== 'containerDied' && type !== 'containerStopped' && type !== 'containerKilled') return false;
  const { startedAtMs = -Infinity, finishedAtMs = -Infinity } = facts?.details ?? {};
  return engineTimeMs < startedAtMs && Math.abs(engineTimeMs - finishedAtMs) < AROUND_THE_END_MS;
}
