import type { ContainerFacts } from '../../streams/events.ts';

/** Success, or an exit by TERM or KILL (128 plus the signal). */
const CODES_OF_A_STOP: readonly (number | undefined)[] = [0, 137, 143];

/** Whether the exit code is one that a container stopped on request may have. */
export const isCodeOfAStop = (exitCode: number | undefined): boolean => CODES_OF_A_STOP.includes(exitCode);

/**
 * Whether the container failed after its restart policy had used all its attempts. Only the count tells this apart from
 * a stop by hand that the monitor did not see.
 */
export const hasUsedUpItsRetries = ({ runState, details }: ContainerFacts): boolean =>
  runState === 'exited' &&
  details?.restartPolicy === 'on-failure' &&
  details.maximumRetryCount > 0 &&
  details.restartCount >= details.maximumRetryCount &&
  !isCodeOfAStop(details.exitCode);
