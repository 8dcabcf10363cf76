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
import { type Executor, bounded, inspectedIfAny } from '../executor-parts.ts';
import { joinedReference } from '../../model/joined.ts';
import { isParked } from '../../model/parked.ts';

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

/** Somebody has removed the orphan meanwhile: what was created in its place is all there is. */
const goOn = ({ dependent, created }: Attempt, executor: Executor): Observable<never> =>
  created === undefined
    ? EMPTY
    : executor.writes
        .start(created)
        .pipe(bounded({ name: dependent.name, details: undefined }, executor, 'starting'));

interface Undoing {
  readonly executor: Executor;
  /** Why it is undone. */
  readonly reason: unknown;
}

/**
 * By what is found, not by what was done: a call that failed may have done its work. The orphan gets its name back;
 * stopped by us it is started, which fails for want of its owner: that failure is what tells any monitor that it
 * wants to run.
 */
const putBack = (orphan: ContainerFacts, attempt: Attempt, undoing: Undoing): Observable<never> => {
  const { executor, reason } = undoing;
  return concat(
    removeReplacement(attempt, undoing),
    isParked(orphan)
      ? executor.writes.rename(orphan.id, attempt.dependent.name).pipe(bounded(orphan, executor, 'renaming'))
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
    bounded(facts, executor),
    catchError(() => EMPTY),
  );

/** What we created in its place, and nobody else's: it has not come to run, or has ended. */
const removeReplacement = (attempt: Attempt, { executor, reason }: Undoing): Observable<never> => {
  const { id, name } = attempt.dependent;
  return inspectedIfAny(name, executor).pipe(
    concatMap((twin) => {
      if (twin === undefined || twin.id === id) return EMPTY;
      if (!isRunning(twin) && isOurs(twin, attempt, reason))
        return executor.writes.remove(twin.id).pipe(bounded(twin, executor, 'removing'));
      return throwError(() => new Error(`another container is called ${name} by now`));
    }),
  );
};

/**
 * Where the answer to its creation was lost it is known by never having run, on the network meant for it. An answer
 * that refused it says that whatever has the name is somebody else's.
 */
const isOurs = (twin: ContainerFacts, { dependent, created }: Attempt, reason: unknown): boolean =>
  twin.id === created ||
  (created === undefined &&
    reason instanceof EngineError &&
    reason.status === undefined &&
    twin.details?.startedAtMs === undefined &&
    joinedReference(twin) === dependent.owner.id);
