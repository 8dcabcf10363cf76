import type { ContainerFacts } from '../../streams/events.ts';

/**
 * What a decision about a container rests on, as one text: where it reads the same just before something is done,
 * nothing has happened to the container since. Undefined where it was not inspected.
 */
export const runOf = ({ runState, details }: ContainerFacts): string | undefined =>
  details && [runState, details.startedAt, details.finishedAtMs ?? 'never', details.error].join(' ');
