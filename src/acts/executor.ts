import {
  EMPTY,
  type Observable,
  catchError,
  concat,
  concatMap,
  defer,
  from,
  mergeMap,
  of,
  tap,
  throwError,
} from 'rxjs';
import type { ContainerFacts, Event, Outcome } from '../../streams/events.ts';
import type { Act, ActOf, Acts, Target } from '../model/act.ts';
import {
  type Executor,
  Skipped,
  bounded,
  failure,
  inspected,
  isInStart,
  look,
  refuseExcluded,
} from './executor-parts.ts';
import { repairDependent } from './repair-dependent.ts';

export type { Executor } from './executor-parts.ts';

type Handlers = { readonly [K in keyof Acts]: (act: ActOf<K>, executor: Executor) => Observable<Event> };

/** Every act has its handler; one without does not compile. What a handler emits is what came of it, as events. */
const handlers: Handlers = {
  restartGateway: ({ gateway, start }, executor) =>
    changed(gateway, executor, {
      mayChange: (facts) => isInStart(facts, start),
      change: (id) => executor.writes.restart(id),
    }),
  startGateway: ({ gateway }, executor) =>
    changed(gateway, executor, {
      mayChange: ({ runState }) => runState === 'exited' || runState === 'created' || runState === 'dead',
      change: (id) => executor.writes.start(id),
    }),
  restartVpn: ({ gateway, start }, executor) =>
    inspected(gateway.id, executor).pipe(
      tap((facts) => refuseExcluded(facts, executor)),
      concatMap((facts) =>
        isInStart(facts, start)
          ? executor.restartVpn(gateway.id)
          : throwError(() => new Skipped(`it is ${facts.runState}, or has started anew, by now`)),
      ),
      concatMap((restart) =>
        restart.result === 'restarted' ? EMPTY : throwError(() => new Error(restart.reason)),
      ),
    ),
  repairDependents: ({ dependents, concurrency, gateway, start }, executor) =>
    from(dependents).pipe(
      mergeMap((dependent) => repairDependent(dependent, { gateway, start }, executor), concurrency),
    ),
};

/** Runs one act to its end, which is always `actEnded`. Whoever calls it runs one at a time. */
export const execute = (act: Act, executor: Executor): Observable<Event> => {
  const finished = (outcome: Outcome): Event => ({
    type: 'actEnded',
    at: executor.scheduler.now(),
    id: act.id,
    kind: act.kind,
    outcome,
  });
  const handler = handlers[act.kind] as (act: Act, executor: Executor) => Observable<Event>;
  return concat(
    defer(() => handler(act, executor)),
    defer(() => of(finished({ ok: true }))),
  ).pipe(catchError((error: unknown) => of(finished(failure(error)))));
};

interface Change {
  /** Whether it still is what the decision took it for. */
  readonly mayChange: (facts: ContainerFacts) => boolean;
  readonly change: (id: string) => Observable<never>;
}

/** Looked at just before, and afterwards, so that the new start is known even if no message tells of it. */
const changed = ({ id }: Target, executor: Executor, { mayChange, change }: Change): Observable<Event> =>
  concat(
    inspected(id, executor).pipe(
      tap((facts) => refuseExcluded(facts, executor)),
      concatMap((facts) =>
        mayChange(facts)
          ? change(id).pipe(bounded(facts, executor))
          : throwError(() => new Skipped(`it is ${facts.runState}, or has started anew, by now`)),
      ),
    ),
    look(id, executor),
  );
