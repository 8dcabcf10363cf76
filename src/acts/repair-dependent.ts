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
  bounded,
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

/** How each is done. What a repair emits is its progress; it fails where it did not come to its end. */
const repairs: Readonly<Record<RepairKind, Repair>> = {
  restart: ({ id }, facts, _basis, executor) => executor.writes.restart(id).pipe(bounded(facts, executor)),
  recreate,
  resume,
};

/** One dependent put back, and looked at before and afterwards: it is called repaired only for what is seen then. */
export function repairDependent(dependent: Repairable, basis: Basis, executor: Executor): Observable<Event> {
  const { id, name, how } = dependent;
  const at = (): number => executor.scheduler.now();
  const begun = (): Event => ({ type: 'dependentRepairBegun', at: at(), id, name, how });
  const ended = (end: End): Event => ({ type: 'dependentRepairEnded', at: at(), id, name, how, ...end });
  const conclude = (failed?: unknown): Observable<Event> =>
    lookAfter(dependent, executor, failed).pipe(
      concatMap(({ seen, end }) => of<Event[]>(...seen, ended(end))),
    );
  // What was not as it should be may be news to the reducers too: a message was lost.
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

/** A disk may take this long without anybody noticing. */
const AT_ONCE_MS = 250;

/** That it has begun is on disk before the call. Where that took its time, somebody may have been faster again. */
const onceWritten = (dependent: Repairable, basis: Basis, executor: Executor): Observable<never> =>
  defer(() => {
    const { commit, scheduler } = executor;
    const askedAt = scheduler.now();
    const lookAgain = (): Observable<unknown> => {
      if (scheduler.now() - askedAt < AT_ONCE_MS) return EMPTY;
      if (executor.isShuttingDown()) throw new Skipped('the monitor is about to end');
      return asDecided(dependent, basis, executor);
    };
    return concat(commit, defer(lookAgain)).pipe(ignoreElements());
  });

/**
 * The dependent, if nothing has happened to it, nor to the gateway, since it was decided on. A restart goes by the id;
 * what is created anew gets the name that was decided on, which its operator must not have changed meanwhile.
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

/** The name that what is created gets: what is parked waits for that under another one. */
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
 * The container itself; where that is no more, or is parked, what has its name by now. "No such container" may
 * speak of its owner: whether it is gone itself, only a look at it tells.
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
