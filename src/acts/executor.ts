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
  withCallTimeout,
  failure,
  inspected,
  isInStart,
  look,
  refuseExcluded,
} from './executor-parts.ts';
import { repairDependent } from './repair-dependent.ts';

export type { Executor } from './executor-parts.ts';

type Handlers = { readonly [K in keyof Acts]: (act: ActOf<K>, executor: Executor) => Observable<Event> };

/** The handler of each act. A missing one does not compile. A handler emits the act's results as events. */
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

/** Runs one act. The last event is always `actEnded`. The caller must run one act at a time. */
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
  /** Whether the gateway still is as it was at the decision. */
  readonly mayChange: (facts: ContainerFacts) => boolean;
  readonly change: (id: string) => Observable<never>;
}

/** Inspects the gateway right before the change, and after it so that the new run is known even without a message. */
const changed = ({ id }: Target, executor: Executor, { mayChange, change }: Change): Observable<Event> =>
  concat(
    inspected(id, executor).pipe(
      tap((facts) => refuseExcluded(facts, executor)),
      concatMap((facts) =>
        mayChange(facts)
          ? change(id).pipe(withCallTimeout(facts, executor))
          : throwError(() => new Skipped(`it is ${facts.runState}, or has started anew, by now`)),
      ),
    ),
    look(id, executor),
  );
