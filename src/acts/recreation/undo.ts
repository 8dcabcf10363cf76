import {
  EMPTY,
  type MonoTypeOperatorFunction,
  type Observable,
  catchError,
  concat,
  concatMap,
  throwError,
} from 'rxjs';
import { EngineError, reasonOf } from '../../../streams/engine.ts';
import type { ContainerFacts } from '../../../streams/events.ts';
import { isRunning } from '../../model/attachment.ts';
import type { Repairable } from '../../model/act.ts';
import { type Executor, withCallTimeout, inspectedIfAny } from '../executor-parts.ts';
import { joinedReference } from '../../model/joined.ts';
import { isParked } from '../../model/parked.ts';

/** One attempt to re-create a dependent, and its progress. */
export interface Attempt {
  readonly dependent: Repairable;
  /** The id of its replacement; undefined: none is known to have been created. */
  readonly created: string | undefined;
}

/**
 * If the steps fail, undoes all of them. Fails with the steps' reason, and with the reason why undoing failed, if it
 * did.
 */
export const undoing =
  <T>(attempt: Attempt, executor: Executor): MonoTypeOperatorFunction<T> =>
  (steps$) =>
    steps$.pipe(
      catchError((reason: unknown) =>
        inspectedIfAny(attempt.dependent.id, executor).pipe(
          concatMap((orphan) =>
            orphan === undefined
              ? goOn(attempt, executor)
              : concat(
                  putBack(orphan, attempt, { executor, reason }),
                  throwError(() => reason),
                ),
          ),
        ),
      ),
    );

/** Somebody has removed the orphan meanwhile, so its replacement is kept and started. */
const goOn = ({ dependent, created }: Attempt, executor: Executor): Observable<never> =>
  created === undefined
    ? EMPTY
    : executor.writes
        .start(created)
        .pipe(withCallTimeout({ name: dependent.name, details: undefined }, executor, 'starting'));

interface Undoing {
  readonly executor: Executor;
  /** Why the attempt is undone. */
  readonly reason: unknown;
}

/**
 * Puts the orphan back, based on what is found rather than on which calls succeeded: a failed call may have done its
 * work. The orphan gets its name back. If it was stopped, it is started. That start fails for lack of an owner, and
 * leaves the error by which any monitor knows that the container should run.
 */
const putBack = (orphan: ContainerFacts, attempt: Attempt, undoing: Undoing): Observable<never> => {
  const { executor, reason } = undoing;
  return concat(
    removeReplacement(attempt, undoing),
    isParked(orphan)
      ? executor.writes
          .rename(orphan.id, attempt.dependent.name)
          .pipe(withCallTimeout(orphan, executor, 'renaming'))
      : EMPTY,
    isRunning(orphan) ? EMPTY : leaveWanting(orphan, executor),
  ).pipe(
    catchError((failed: unknown) =>
      throwError(() => new Error(`${reasonOf(reason)}; undoing it failed, too: ${reasonOf(failed)}`)),
    ),
  );
};

const leaveWanting = (facts: ContainerFacts, executor: Executor): Observable<never> =>
  executor.writes.start(facts.id).pipe(
    withCallTimeout(facts, executor),
    catchError(() => EMPTY),
  );

/** Removes the replacement if this attempt created it and it does not run. */
const removeReplacement = (attempt: Attempt, { executor, reason }: Undoing): Observable<never> => {
  const { id, name } = attempt.dependent;
  return inspectedIfAny(name, executor).pipe(
    concatMap((twin) => {
      if (twin === undefined || twin.id === id) return EMPTY;
      if (!isRunning(twin) && isOurReplacement(twin, attempt, reason))
        return executor.writes.remove(twin.id).pipe(withCallTimeout(twin, executor, 'removing'));
      return throwError(() => new Error(`another container is called ${name} by now`));
    }),
  );
};

/**
 * Whether this attempt created the container. If the answer to the creation was lost, it is recognised by never having
 * run and by the network it joins. If the engine refused the creation, the container must be somebody else's.
 */
const isOurReplacement = (twin: ContainerFacts, { dependent, created }: Attempt, reason: unknown): boolean =>
  twin.id === created ||
  (created === undefined &&
    reason instanceof EngineError &&
    reason.status === undefined &&
    twin.details?.startedAtMs === undefined &&
    joinedReference(twin) === dependent.owner.id);
