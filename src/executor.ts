import {
  type Observable,
  type SchedulerLike,
  catchError,
  concat,
  concatMap,
  defer,
  from,
  ignoreElements,
  map,
  mergeMap,
  of,
  timeout,
} from 'rxjs';
import { inspectFacts, inspection$, isMissing } from '../streams/containers.ts';
import { type EngineReadings, reasonOf } from '../streams/engine.ts';
import type { ContainerFacts, Event, Outcome } from '../streams/events.ts';
import type { Act, ActOf, Acts, Target } from './commands.ts';
import type { EngineWrites } from './engine-writes.ts';

export interface Executor {
  readonly reads: Pick<EngineReadings, 'inspect' | 'clockMs'>;
  readonly writes: EngineWrites;
  readonly scheduler: SchedulerLike;
}

type Handlers = { readonly [K in keyof Acts]: (act: ActOf<K>, executor: Executor) => Observable<Event> };

/** What the engine may take beyond the container's own stop time-out: a host that swaps is slow, not broken. */
const CALL_ALLOWANCE_MS = 60_000;

/** Every act has its handler; one without does not compile. What a handler emits is what came of it, as events. */
const handlers: Handlers = {
  restartGateway: ({ gateway }, executor) => changed(gateway, executor, (id) => executor.writes.restart(id)),
  startGateway: ({ gateway }, executor) => changed(gateway, executor, (id) => executor.writes.start(id)),
  restartDependents: ({ dependents, concurrency }, executor) =>
    from(dependents).pipe(mergeMap((dependent) => restartDependent(dependent, executor), concurrency)),
};

/** Runs one act to its end, which is always `commandFinished`. Whoever calls it runs one at a time. */
export const execute = (act: Act, executor: Executor): Observable<Event> => {
  const finished = (outcome: Outcome): Event => ({
    type: 'commandFinished',
    at: executor.scheduler.now(),
    id: act.id,
    kind: act.kind,
    outcome,
  });
  const handler = handlers[act.kind] as (act: Act, executor: Executor) => Observable<Event>;
  return concat(
    defer(() => handler(act, executor)),
    defer(() => of(finished({ ok: true }))),
  ).pipe(catchError((error: unknown) => of(finished({ ok: false, reason: reasonOf(error) }))));
};

/** Looked at afterwards, so that the new start is known even if no message tells of it. */
const changed = (
  { id }: Target,
  executor: Executor,
  change: (id: string) => Observable<never>,
): Observable<Event> =>
  inspectFacts(id, inspecting(executor)).pipe(
    concatMap((facts) => change(id).pipe(bounded(facts, executor))),
    (change$) =>
      concat(change$, inspection$({ kind: 'inspectContainer', containerId: id }, inspecting(executor))),
  );

function restartDependent({ id, name }: Target, executor: Executor): Observable<Event> {
  const { scheduler } = executor;
  const ended = (outcome: Outcome, facts?: ContainerFacts): Event => ({
    type: 'dependentRestartEnded',
    at: scheduler.now(),
    id,
    name,
    outcome,
    facts,
  });
  const before$ = inspectFacts(id, inspecting(executor));
  const restart$ = before$.pipe(
    concatMap((facts) => executor.writes.restart(id).pipe(bounded(facts, executor))),
    ignoreElements(),
  );
  const after$ = inspectFacts(id, inspecting(executor)).pipe(map((facts) => ended({ ok: true }, facts)));
  return concat(
    defer(() => of<Event>({ type: 'dependentRestartBegun', at: scheduler.now(), id, name })),
    restart$,
    after$,
  ).pipe(
    catchError((error: unknown) =>
      whatIsLeft(id, executor).pipe(map(({ gone, facts }) => ended(failure(error, gone), facts))),
    ),
  );
}

const failure = (error: unknown, gone: boolean): Outcome => ({
  ok: false,
  reason: reasonOf(error),
  ...(gone && { gone: true as const }),
});

/** After a failure: whether there still is such a container ("No such container" may speak of its owner). */
const whatIsLeft = (
  id: string,
  executor: Executor,
): Observable<{ gone: boolean; facts: ContainerFacts | undefined }> =>
  inspectFacts(id, inspecting(executor)).pipe(
    map((facts) => ({ gone: false, facts })),
    catchError((error: unknown) => of({ gone: isMissing(error), facts: undefined })),
  );

const inspecting = ({ reads, scheduler }: Executor) => ({ engine: reads, scheduler });

const bounded =
  (facts: ContainerFacts, { scheduler }: Executor) =>
  <T>(call$: Observable<T>): Observable<T> =>
    call$.pipe(
      timeout({ first: (facts.details?.stopTimeoutSeconds ?? 0) * 1000 + CALL_ALLOWANCE_MS, scheduler }),
    );
