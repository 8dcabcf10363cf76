import {
  EMPTY,
  type MonoTypeOperatorFunction,
  type Observable,
  catchError,
  concat,
  concatMap,
  throwError,
} from 'rxjs';
import { reasonOf } from '../../streams/engine.ts';
import type { ContainerFacts } from '../../streams/events.ts';
import { isRunning } from '../attachment.ts';
import type { Repairable } from '../commands.ts';
import { type Executor, bounded, inspected, inspectedIfAny } from '../executor-parts.ts';
import { joinedReference } from '../joined.ts';
import { isParked } from '../parked.ts';

/** One attempt to create a dependent anew, as far as it has come. */
export interface Attempt {
  readonly dependent: Repairable;
  /** The id of what was created in its place; undefined: nothing, as far as we know. */
  readonly created: string | undefined;
}

/** Where the steps fail all is put back as it was; then they fail with their reason, and with that of the undoing. */
export const undoing =
  <T>(attempt: Attempt, executor: Executor): MonoTypeOperatorFunction<T> =>
  (steps$) =>
    steps$.pipe(
      catchError((reason: unknown) =>
        concat(
          undo(attempt, executor).pipe(
            catchError((failed: unknown) =>
              throwError(() => new Error(`${reasonOf(reason)}; undoing it failed, too: ${reasonOf(failed)}`)),
            ),
          ),
          throwError(() => reason),
        ),
      ),
    );

/**
 * By what is found, not by what was done: a call that failed may have done its work. The orphan gets its name back;
 * stopped by us it is started, which fails for want of its owner: that failure is what tells any monitor that it
 * wants to run.
 */
const undo = (attempt: Attempt, executor: Executor): Observable<never> => {
  const { id, name } = attempt.dependent;
  return concat(
    removeReplacement(attempt, executor),
    inspected(id, executor).pipe(
      concatMap((facts) =>
        concat(
          isParked(facts) ? executor.writes.rename(id, name).pipe(bounded(facts, executor)) : EMPTY,
          isRunning(facts) ? EMPTY : leaveWanting(facts, executor),
        ),
      ),
    ),
  );
};

const leaveWanting = (facts: ContainerFacts, executor: Executor): Observable<never> =>
  executor.writes.start(facts.id).pipe(
    bounded(facts, executor),
    catchError(() => EMPTY),
  );

/** What we created in its place and does not run: nothing is lost with it. */
const removeReplacement = (attempt: Attempt, executor: Executor): Observable<never> => {
  const { id, name } = attempt.dependent;
  return inspectedIfAny(name, executor).pipe(
    concatMap((twin) => {
      if (twin === undefined || twin.id === id) return EMPTY;
      if (!isRunning(twin) && isOurs(twin, attempt))
        return executor.writes.remove(twin.id).pipe(bounded(twin, executor));
      return throwError(() => new Error(`another container is called ${name} by now`));
    }),
  );
};

/** The answer to its creation may have been lost: then it is known by never having run, on the network meant for it. */
const isOurs = (twin: ContainerFacts, { dependent, created }: Attempt): boolean =>
  twin.id === created ||
  (twin.details?.startedAtMs === undefined && joinedReference(twin) === dependent.owner.id);
