import { EMPTY, type Observable, catchError, concat, concatMap, defer, from, of, throwError } from 'rxjs';
import type { ContainerFacts, Event } from '../../../streams/events.ts';
import type { Repairable } from '../../model/act.ts';
import {
  type Basis,
  type Executor,
  Refused,
  Skipped,
  withCallTimeout,
  inspected,
  inspectedIfAny,
} from '../executor-parts.ts';
import { joinedReference } from '../../model/joined.ts';
import { parkedName } from '../../model/parked.ts';
import { runOf } from '../../model/run-of.ts';
import { planRecreation } from './plan.ts';
import { survey } from './survey.ts';
import { undoing } from './undo.ts';

/**
 * Re-creates an orphan on its owner's network.
 *
 * INVARIANTS
 *
 * - At every instant the container exists under its own name, or parked under a name that includes its own
 *   (`parked.ts`). Any monitor that finds it parked can finish or undo the re-creation.
 * - The orphan is stopped only after its replacement has been created, as the engine may refuse the creation.
 * - The orphan is removed, without its volumes, only after the replacement has been seen to run. A failure before that
 *   undoes everything.
 * - The orphan is parked before it is stopped. If it were found stopped under its own name, it would look as if its
 *   operator had stopped it.
 */
export const recreate = (
  dependent: Repairable,
  facts: ContainerFacts,
  { gateway }: Basis,
  executor: Executor,
): Observable<Event> =>
  survey(facts, executor, dependent.followers).pipe(
    concatMap((original) => {
      const plan = planRecreation(original, dependent.owner.id, dependent.replaced);
      if (!plan.ok) return throwError(() => new Refused(plan.reason));
      const { writes } = executor;
      const parkedAs = parkedName(dependent.name, gateway.name, dependent.id);
      const attempt = { dependent, created: undefined };
      return concat(
        followersPlanned(dependent, executor),
        unchanged(facts, executor),
        concat(
          writes.rename(dependent.id, parkedAs).pipe(withCallTimeout(facts, executor, 'renaming')),
          defer(() => of(parkedEvent(dependent, parkedAs, executor))),
        ).pipe(undoing(attempt, executor)),
        writes.create(dependent.name, plan.body).pipe(
          withCallTimeout(facts, executor, 'creating'),
          undoing(attempt, executor),
          concatMap((id) => replace(facts, id, executor).pipe(undoing({ dependent, created: id }, executor))),
        ),
      );
    }),
  );

/** Containers that share its processes end with it, so this fails as `Refused` unless they can be re-created, too. */
const followersPlanned = ({ followers = [], owner }: Repairable, executor: Executor): Observable<never> =>
  from(followers).pipe(
    concatMap((id) => inspectedIfAny(id, executor)),
    concatMap((follower) =>
      follower === undefined
        ? EMPTY
        : survey(follower, executor).pipe(
            concatMap((original) => {
              const plan = planRecreation(original, owner.id);
              if (plan.ok) return EMPTY;
              const why = `${follower.name} shares its processes or memory, and cannot be re-created: ${plan.reason}`;
              return throwError(() => new Refused(why));
            }),
          ),
    ),
  );

/** Fails as `Skipped` if the container has changed during the survey: somebody may have stopped it. */
const unchanged = (facts: ContainerFacts, executor: Executor): Observable<never> =>
  inspected(facts.id, executor).pipe(
    concatMap((now) =>
      runOf(now) === runOf(facts) && now.name === facts.name
        ? EMPTY
        : throwError(() => new Skipped(`it is ${now.runState} by now, or has another name`)),
    ),
  );

const parkedEvent = ({ id, name }: Repairable, parkedAs: string, { scheduler }: Executor): Event => ({
  type: 'dependentParked',
  at: scheduler.now(),
  id,
  name,
  parkedAs,
});

/** Stops the orphan and starts its replacement, in this order: a volume must never have two writers. */
const replace = (orphan: ContainerFacts, id: string, executor: Executor): Observable<never> => {
  const { writes } = executor;
  return concat(
    defer(() => (executor.isShuttingDown() ? throwError(() => new Error('the monitor ends')) : EMPTY)),
    writes.stop(orphan.id).pipe(withCallTimeout(orphan, executor, 'stopping')),
    writes.start(id).pipe(withCallTimeout(orphan, executor, 'starting'), unlessItRuns(id, executor)),
    defer(() => confirmStarted(id, executor)),
    // The replacement runs. If the removal fails, a monitor finds the old one again by its parked name.
    writes.remove(orphan.id).pipe(
      withCallTimeout(orphan, executor),
      catchError(() => EMPTY),
    ),
  );
};

/** Ignores a failed start if the container runs: a call may do its work and still report a failure. */
const unlessItRuns =
  (id: string, executor: Executor) =>
  (start$: Observable<never>): Observable<never> =>
    start$.pipe(
      catchError((failed: unknown) =>
        inspected(id, executor).pipe(
          concatMap(({ runState }) => (runState === 'running' ? EMPTY : throwError(() => failed))),
        ),
      ),
    );

/** Fails unless the container has started. If it has exited by itself since, that is no failure of the re-creation. */
const confirmStarted = (id: string, executor: Executor): Observable<never> =>
  inspected(id, executor).pipe(
    concatMap(({ runState, details }) =>
      details?.startedAtMs !== undefined && details.error === ''
        ? EMPTY
        : throwError(
            () => new Error(`created anew it is ${runState} at once: ${details?.error ?? 'not inspected'}`),
          ),
    ),
  );

/**
 * Completes an interrupted re-creation. Finishes it if the replacement exists and its network's owner does, too.
 * Otherwise undoes it, so that the container is an orphan like any other.
 */
export const resume = (
  dependent: Repairable,
  facts: ContainerFacts,
  _basis: Basis,
  executor: Executor,
): Observable<Event> =>
  inspectedIfAny(dependent.name, executor).pipe(
    concatMap((twin): Observable<Event> => {
      if (twin === undefined) return cutOff$.pipe(undoing({ dependent, created: undefined }, executor));
      if (twin.id === facts.id) return throwError(() => new Skipped('it has its own name again'));
      if (hasRun(twin)) return tidyUp(dependent, facts, twin, executor);
      const owner = joinedReference(twin);
      // A replacement has the orphan's image and joins another container's network.
      if (owner === undefined || !isOfOneImage(twin, facts))
        return throwError(() => inTheWay(dependent, facts));
      const attempt = { dependent, created: twin.id };
      return inspectedIfAny(owner, executor).pipe(
        concatMap((living) =>
          (living === undefined ? cutOff$ : replace(facts, twin.id, executor)).pipe(
            undoing(attempt, executor),
          ),
        ),
      );
    }),
  );

const cutOff$: Observable<never> = throwError(
  () => new Skipped('its re-creation was cut off, and has been undone to begin anew'),
);

const hasRun = ({ details }: ContainerFacts): boolean => details?.startedAtMs !== undefined;

const isOfOneImage = (one: ContainerFacts, other: ContainerFacts): boolean =>
  one.details?.imageId === other.details?.imageId;

const inTheWay = ({ name }: Repairable, parked: ContainerFacts): Error =>
  new Error(
    `${parked.name} waits to be ${name} again, but another container has that name; remove one of them`,
  );

/** The replacement has already run, so only the old container has to be removed. */
function tidyUp(
  dependent: Repairable,
  parked: ContainerFacts,
  twin: ContainerFacts,
  executor: Executor,
): Observable<never> {
  if (!isOfOneImage(twin, parked)) return throwError(() => inTheWay(dependent, parked));
  const { writes } = executor;
  return concat(
    writes.stop(parked.id).pipe(withCallTimeout(parked, executor)),
    writes.remove(parked.id).pipe(withCallTimeout(parked, executor)),
  );
}
