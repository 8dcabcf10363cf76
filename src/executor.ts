import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import {
  EMPTY,
  type SchedulerLike,
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
import { answeredWithin } from '../streams/answered-within.ts';
import { inspectFacts, inspection$ } from '../streams/containers.ts';
import { type EngineReadings, reasonOf } from '../streams/engine.ts';
import type { ContainerFacts, EngineEvent, Event, Outcome } from '../streams/events.ts';
import { hasFailedToJoin } from './attachment.ts';
import type { Act, ActOf, Acts, Target } from './commands.ts';
import type { EngineWrites } from './engine-writes.ts';

export interface Executor {
  readonly reads: Pick<EngineReadings, 'inspect' | 'clockMs'>;
  readonly writes: EngineWrites;
  readonly scheduler: SchedulerLike;
  /** The monitor is about to end: no further part of an act is begun. */
  readonly isEnding: () => boolean;
}

/** Things were not as the act took them to be when its turn came. */
class Untouched extends Error {
  override readonly name = 'Untouched';
}

type Handlers = { readonly [K in keyof Acts]: (act: ActOf<K>, executor: Executor) => Observable<Event> };

/** What the engine may take beyond the container's own stop time-out: a host that swaps is slow, not broken. */
const CALL_ALLOWANCE_MS = 60_000;

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
  restartDependents: ({ dependents, concurrency, gateway, start }, executor) =>
    from(dependents).pipe(
      mergeMap((dependent) => restartDependent(dependent, { gateway, start }, executor), concurrency),
    ),
};

const isInStart = ({ runState, details }: ContainerFacts, start: string | undefined): boolean =>
  runState === 'running' && (start === undefined || details?.startedAt === start);

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
  ).pipe(catchError((error: unknown) => of(finished(failure(error)))));
};

const failure = (error: unknown): Outcome => ({
  ok: false,
  reason: reasonOf(error),
  ...(error instanceof Untouched && { untouched: true as const }),
});

interface Change {
  /** Whether it still is what the decision took it for. */
  readonly mayChange: (facts: ContainerFacts) => boolean;
  readonly change: (id: string) => Observable<never>;
}

/** Looked at just before, and afterwards, so that the new start is known even if no message tells of it. */
const changed = ({ id }: Target, executor: Executor, { mayChange, change }: Change): Observable<Event> =>
  concat(
    inspectFacts(id, inspecting(executor)).pipe(
      concatMap((facts) =>
        mayChange(facts)
          ? change(id).pipe(bounded(facts, executor))
          : throwError(() => new Untouched(`it is ${facts.runState}, or has started anew, by now`)),
      ),
    ),
    look(id, executor),
  );

const look = (id: string, executor: Executor): Observable<EngineEvent> =>
  inspection$({ kind: 'inspectContainer', containerId: id }, inspecting(executor));

/** The gateway, in the start in which it was ready. */
interface Basis {
  readonly gateway: Target;
  readonly start: string | undefined;
}

function restartDependent({ id, name }: Target, basis: Basis, executor: Executor): Observable<Event> {
  const { scheduler, writes, isEnding } = executor;
  const begun = (): Event => ({ type: 'dependentRestartBegun', at: scheduler.now(), id, name });
  const restart = (facts: ContainerFacts): Observable<Event> =>
    concat(
      defer(() => of(begun())),
      writes.restart(id).pipe(bounded(facts, executor)),
    );
  const ended = (end: ReturnType<typeof endOf>): Event => ({
    type: 'dependentRestartEnded',
    at: scheduler.now(),
    id,
    name,
    ...end,
  });
  const conclude = (failed?: unknown): Observable<Event> =>
    look(id, executor).pipe(concatMap((seen) => of<Event[]>(seen, ended(endOf(seen, failed)))));
  // What was not as it should be may be news to the reducers too: a message was lost.
  const lookAtGateway = (failed: unknown): Observable<Event> =>
    failed instanceof Untouched ? look(basis.gateway.id, executor) : EMPTY;
  return defer(() =>
    isEnding()
      ? EMPTY
      : concat(
          wanted(id, basis, executor).pipe(concatMap(restart)),
          defer(() => conclude()),
        ).pipe(catchError((failed: unknown) => concat(lookAtGateway(failed), conclude(failed)))),
  );
}

/** The dependent, if it is still one to restart: it runs or could not join, and the gateway is as it was. */
const wanted = (id: string, { gateway, start }: Basis, executor: Executor): Observable<ContainerFacts> =>
  inspectFacts(gateway.id, inspecting(executor)).pipe(
    tap((facts) => {
      if (!isInStart(facts, start))
        throw new Untouched(`${gateway.name} has stopped or started anew meanwhile`);
    }),
    concatMap(() => inspectFacts(id, inspecting(executor))),
    tap((facts) => {
      const isWanted = facts.runState === 'running' || hasFailedToJoin(facts);
      if (!isWanted) throw new Untouched(`it is ${facts.runState} by now`);
    }),
  );

/** "No such container" may speak of its owner: whether it is gone itself, only a look at it tells. */
function endOf(seen: EngineEvent, failed: unknown): { outcome: Outcome; facts: ContainerFacts | undefined } {
  const facts = seen.type === 'containerInspected' ? seen.facts : undefined;
  const isGone = seen.type === 'containerInspected' && facts === undefined;
  if (isGone) return { outcome: { ok: false, reason: 'it no longer exists', gone: true }, facts };
  return { outcome: failed === undefined ? { ok: true } : failure(failed), facts };
}

const inspecting = ({ reads, scheduler }: Executor) => ({ engine: reads, scheduler });

const bounded = (facts: ContainerFacts, { scheduler }: Executor): MonoTypeOperatorFunction<never> =>
  answeredWithin(
    (facts.details?.stopTimeoutSeconds ?? 0) * 1000 + CALL_ALLOWANCE_MS,
    `restarting ${facts.name}`,
    scheduler,
  );
