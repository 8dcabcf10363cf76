import {
  EMPTY,
  type Observable,
  catchError,
  concat,
  concatMap,
  defer,
  ignoreElements,
  map,
  of,
  tap,
} from 'rxjs';
import type { ContainerFacts, EngineEvent, Event, Outcome, RepairKind } from '../../streams/events.ts';
import type { Repairable } from '../model/act.ts';
import {
  type Basis,
  type Executor,
  Skipped,
  withCallTimeout,
  failure,
  inspected,
  isInStart,
  look,
  refuseExcluded,
} from './executor-parts.ts';
import { isParked, parkedAs } from '../model/parked.ts';
import { recreate, resume } from './recreation/recreate.ts';
import { runOf } from '../model/run-of.ts';

type Repair = (
  dependent: Repairable,
  facts: ContainerFacts,
  basis: Basis,
  executor: Executor,
) => Observable<Event>;

/** The kinds of repairs. Each emits its progress, and fails if it could not be completed. */
const repairs: Readonly<Record<RepairKind, Repair>> = {
  restart: ({ id }, facts, _basis, executor) =>
    executor.writes.restart(id).pipe(withCallTimeout(facts, executor)),
  recreate,
  resume,
};

/** Repairs one dependent. Inspects it before and after: only the last inspection shows whether it is repaired. */
export function repairDependent(dependent: Repairable, basis: Basis, executor: Executor): Observable<Event> {
  const { id, name, how } = dependent;
  const at = (): number => executor.scheduler.now();
  const begun = (): Event => ({ type: 'dependentRepairBegun', at: at(), id, name, how });
  const ended = (end: End): Event => ({ type: 'dependentRepairEnded', at: at(), id, name, how, ...end });
  const conclude = (failed?: unknown): Observable<Event> =>
    lookAfter(dependent, executor, failed).pipe(
      concatMap(({ seen, end }) => of<Event[]>(...seen, ended(end))),
    );
  // After a skip, the gateway may have changed without a message. The reducers need to know.
  const lookAtGateway = (failed: unknown): Observable<Event> =>
    failed instanceof Skipped ? look(basis.gateway.id, executor) : EMPTY;
  const repair = (facts: ContainerFacts): Observable<Event> =>
    concat(
      defer(() => of(begun())),
      onceWritten(dependent, basis, executor),
      repairs[how](dependent, facts, basis, executor),
    );
  return defer(() =>
    executor.isShuttingDown()
      ? EMPTY
      : concat(
          asDecided(dependent, basis, executor).pipe(concatMap(repair)),
          defer(() => conclude()),
        ).pipe(catchError((failed: unknown) => concat(lookAtGateway(failed), conclude(failed)))),
  );
}

/** If the commit is faster than this, the dependent need not be inspected again. */
const AT_ONCE_MS = 250;

/**
 * Awaits that the beginning of the repair is on disk. If that was slow, somebody may have been faster, so it looks
 * again.
 */
const onceWritten = (dependent: Repairable, basis: Basis, executor: Executor): Observable<never> =>
  defer(() => {
    const { commit, scheduler } = executor;
    const requestedAt = scheduler.now();
    const lookAgain = (): Observable<unknown> => {
      if (scheduler.now() - requestedAt < AT_ONCE_MS) return EMPTY;
      if (executor.isShuttingDown()) throw new Skipped('the monitor is about to end');
      return asDecided(dependent, basis, executor);
    };
    return concat(commit, defer(lookAgain)).pipe(ignoreElements());
  });

/**
 * Emits the dependent's facts if neither it nor the gateway has changed since the decision; else fails as `Skipped`. A
 * restart uses the id, so the name may have changed. A re-creation uses the name, so a rename makes it skip.
 */
const asDecided = (
  { id, name, how, run }: Repairable,
  { gateway, start }: Basis,
  executor: Executor,
): Observable<ContainerFacts> =>
  inspected(gateway.id, executor).pipe(
    tap((facts) => {
      if (!isInStart(facts, start))
        throw new Skipped(`${gateway.name} has stopped or started anew meanwhile`);
    }),
    concatMap(() => inspected(id, executor)),
    tap((facts) => {
      refuseExcluded(facts, executor);
      const isAsDecided = run === undefined ? facts.runState === 'running' : runOf(facts) === run;
      if (!isAsDecided)
        throw new Skipped(
          facts.runState === 'running'
            ? 'somebody else has started it by now'
            : `it is ${facts.runState} by now`,
        );
      if (how === 'resume' && facts.name === name) throw new Skipped('it has its own name again');
      if (how !== 'restart' && nameFor(how, facts) !== name)
        throw new Skipped(`it is called ${facts.name} by now`);
    }),
  );

/** The name of the container to create: a parked one has the original name within its present one. */
const nameFor = (how: 'recreate' | 'resume', facts: ContainerFacts): string =>
  (how === 'resume' ? parkedAs(facts)?.name : undefined) ?? facts.name;

interface End {
  readonly outcome: Outcome;
  readonly facts: ContainerFacts | undefined;
}

interface Aftermath {
  readonly seen: readonly EngineEvent[];
  readonly end: End;
}

/**
 * Inspects the container after the repair or, if it is gone or parked, the container that has its name by now. The
 * error "No such container" may be about its owner, so only an inspection shows whether the container itself is gone.
 */
const lookAfter = (
  { id, name, how }: Repairable,
  executor: Executor,
  failed: unknown,
): Observable<Aftermath> =>
  look(id, executor).pipe(
    concatMap((own) => {
      const facts = factsIn(own);
      if (how === 'restart' || (facts !== undefined && !isParked(facts)))
        return of({ seen: [own], end: endOf(facts, isGone(own), failed) });
      return look(name, executor).pipe(
        map((other) => ({
          seen: factsIn(other) === undefined ? [own] : [own, other],
          end: endOf(factsIn(other), isGone(own) && isGone(other), failed),
        })),
      );
    }),
  );

const factsIn = (event: EngineEvent): ContainerFacts | undefined =>
  event.type === 'containerInspected' ? event.facts : undefined;

const isGone = (event: EngineEvent): boolean =>
  event.type === 'containerInspected' && event.facts === undefined;

function endOf(facts: ContainerFacts | undefined, gone: boolean, failed: unknown): End {
  if (gone) return { outcome: { ok: false, reason: 'it no longer exists', gone: true }, facts };
  return { outcome: failed === undefined ? { ok: true } : failure(failed), facts };
}
