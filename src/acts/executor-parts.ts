import {
  type MonoTypeOperatorFunction,
  type Observable,
  type SchedulerLike,
  catchError,
  map,
  of,
  throwError,
} from 'rxjs';
import { answeredWithin } from '../../streams/answered-within.ts';
import { inspectFacts, inspection$, isMissing } from '../../streams/containers.ts';
import { type EngineReadings, reasonOf } from '../../streams/engine.ts';
import type { ContainerFacts, EngineEvent, Outcome } from '../../streams/events.ts';
import type { VpnRestart } from '../../streams/vpn-restart.ts';
import type { Target } from '../model/act.ts';
import type { EngineWrites } from './engine-writes.ts';
import { whyExcluded } from '../model/excluded.ts';
import { EXCLUDED } from '../notices/wording.ts';

/** What an act needs to run. */
export interface Executor {
  readonly reads: Pick<
    EngineReadings,
    'list' | 'inspect' | 'inspectImage' | 'volumes' | 'changes' | 'fileStat' | 'clockMs'
  >;
  readonly writes: EngineWrites;
  /** Restarts the VPN inside the gateway by an exec. Never fails, but emits the result. */
  readonly restartVpn: (gatewayId: string) => Observable<VpnRestart>;
  readonly scheduler: SchedulerLike;
  /** Whether the monitor is shutting down. If so, the act begins no further part. */
  readonly isShuttingDown: () => boolean;
  /**
   * Awaited before a call that the next monitor must know of. Completes when what was emitted before is on disk, or
   * cannot be written.
   */
  readonly commit: Observable<never>;
  /** The user's list of containers that must never be touched, whatever was decided. */
  readonly exclude: readonly string[];
}

/** The gateway and `State.StartedAt` of the run in which it was ready. */
export interface Basis {
  readonly gateway: Target;
  readonly start: string | undefined;
}

/** The container was not as the act expected when its turn came. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

/** The request cannot be fulfilled, now or later. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

export const failure = (error: unknown): Outcome => ({
  ok: false,
  reason: reasonOf(error),
  ...(error instanceof Skipped && { isSkipped: true as const }),
  ...(error instanceof Refused && { refused: true as const }),
});

/** Never touches an excluded container, whether its present or its original name is listed. */
export const refuseExcluded = (facts: ContainerFacts, { exclude }: Executor): void => {
  const why = whyExcluded(facts, exclude);
  if (why !== undefined) throw new Skipped(`it ${EXCLUDED[why]}`);
};

const inspecting = ({ reads, scheduler }: Executor) => ({ engine: reads, scheduler });

/** Fails with an `EngineError`; its status is 404 if there is no such container. */
export const inspected = (id: string, executor: Executor): Observable<ContainerFacts> =>
  inspectFacts(id, inspecting(executor));

export const inspectedIfAny = (id: string, executor: Executor): Observable<ContainerFacts | undefined> =>
  inspected(id, executor).pipe(
    catchError((error: unknown) => (isMissing(error) ? of(undefined) : throwError(() => error))),
  );

/** Inspects the container and emits the result as an event, so that the reducers know it, too. */
export const look = (id: string, executor: Executor): Observable<EngineEvent> =>
  inspection$({ kind: 'inspectContainer', containerId: id }, inspecting(executor)).pipe(
    map((event): EngineEvent =>
      event.type === 'containerInspected' || event.type === 'inspectionFailed'
        ? { ...event, isByAct: true }
        : event,
    ),
  );

export const isInStart = ({ runState, details }: ContainerFacts, start: string | undefined): boolean =>
  runState === 'running' && (start === undefined || details?.startedAt === start);

const ANSWER_TIMEOUT_MS = 10_000;

/** The time limit for readings other than inspections. */
export const answeredInTime = <T>(doing: string, { scheduler }: Executor): MonoTypeOperatorFunction<T> =>
  answeredWithin(ANSWER_TIMEOUT_MS, doing, scheduler);

/** How long a call may take beyond the container's own stop time-out: a host that swaps is slow, not broken. */
const CALL_ALLOWANCE_MS = 60_000;

/** Limits a call to the container's own stop time-out plus an allowance; fails as `answeredWithin` does. */
export const withCallTimeout = <T>(
  { name, details }: Pick<ContainerFacts, 'name' | 'details'>,
  { scheduler }: Executor,
  doing = 'restarting',
): MonoTypeOperatorFunction<T> =>
  answeredWithin(
    (details?.stopTimeoutSeconds ?? 0) * 1000 + CALL_ALLOWANCE_MS,
    `${doing} ${name}`,
    scheduler,
  );
