import type { ContainerFacts } from '../../streams/events.ts';

/** In good order, or by TERM or KILL (128 and the signal). */
const CODES_OF_A_STOP: readonly (number | undefined)[] = [0, 137, 143];

/** Of an end by the wish of whoever stopped it. */
export const isCodeOfAStop = (exitCode: number | undefined): boolean => CODES_OF_A_STOP.includes(exitCode);

/**
 * It failed, and its restart policy had started it as often as it ever does. Such an end looks like a stop by hand that
 * nobody heard of in all but this.
 */
export const hasUsedUpItsRetries = ({ runState, details }: ContainerFacts): boolean =>
  runState === 'exited' &&
  details?.restartPolicy === 'on-failure' &&
  details.maximumRetryCount > 0 &&
  details.restartCount >= details.maximumRetryCount &&
  !isCodeOfAStop(details.exitCode);
