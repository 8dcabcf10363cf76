import {
  BehaviorSubject,
  EMPTY,
  type Observable,
  type SchedulerLike,
  Subject,
  concat,
  concatMap,
  connect,
  defer,
  filter,
  finalize,
  ignoreElements,
  map,
  merge,
  observeOn,
  of,
  queueScheduler,
  scan,
  subscribeOn,
  switchMap,
  take,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import type { Event } from '../../streams/events.ts';
import type { ReadingRequest } from '../../streams/requests.ts';
import type { Act } from '../model/act.ts';
import { begunBetween } from '../model/in-flight.ts';
import type { Notice } from '../notices/notice.ts';
import { nextDeadline, reduce } from './reduce.ts';
import type { Everything } from '../model/state.ts';
import type { Transition } from '../model/transition.ts';

/** How long an act under way may continue after a request to shut down. */
const GRACE_MS = 8_000;

export interface Program {
  readonly initial: Everything;
  readonly scheduler: SchedulerLike;
  /** Notices about the start itself. They are the first ones of the first step. */
  readonly opening?: readonly Notice[];
  /** All events, given the requested readings and the next deadline. */
  readonly source: (
    request$: Observable<ReadingRequest>,
    deadline$: Observable<number | undefined>,
  ) => Observable<Event>;
  /** Runs one act to its end. */
  readonly execute: (act: Act, acting: Acting) => Observable<Event>;
  /**
   * Completes when the persisted part of the latest published step is on disk, or cannot be written. It has a time
   * limit of its own.
   */
  readonly commit: () => Observable<never>;
}

/** What the loop offers to an act that runs. */
interface Acting {
  /** Whether the monitor is shutting down. If so, the act begins no further part. */
  readonly isShuttingDown: () => boolean;
  /** Await this before a call that the next monitor must know of. It covers every event emitted before. */
  readonly commit: Observable<never>;
}

/** The result of one event, for the edges that show, store or report it. */
export interface Step {
  readonly event: Event;
  readonly before: Everything;
  readonly state: Everything;
  readonly notices: readonly Notice[];
}

/** A bug in a reducer, with the event and the state needed to reproduce it. */
export class ReducerFault extends Error {
  override readonly name = 'ReducerFault';
  readonly event: Event;
  readonly state: Everything;

  constructor(cause: unknown, event: Event, state: Everything) {
    super(`a reducer failed on ${event.type}: ${String(cause)}`, { cause });
    this.event = event;
    this.state = state;
  }
}

/**
 * The loop: reduces events to states, and sends out the requested readings and the act that has begun.
 *
 * INVARIANTS
 *
 * - At most one act is under way. The state names it (`inFlight`), and only its own end clears it.
 * - An act is decided on the state of the moment in which it begins. Nothing waits in a queue.
 * - A reading is requested at once, whatever else runs.
 * - The merged stream is queued, so that an immediate outcome is reduced after the event that caused it, never within
 *   it.
 * - A step is published before anything is done about it.
 * - An act is carried out only after the persisted state is committed. As the container may have changed meanwhile, the
 *   executor inspects it before each write.
 * - Once `state.isShuttingDown`, no act begins. The one under way gets a grace period.
 *
 * Publishes every step, `monitorStarted` first. Completes when the monitor has ended. Fails with a `ReducerFault`.
 */
export const runProgram = (program: Program): Observable<Step> =>
  defer(() => {
    const outcome$ = new Subject<Event>();
    const request$ = new Subject<ReadingRequest>();
    const deadline$ = new BehaviorSubject<number | undefined>(undefined);
    const isActing$ = new BehaviorSubject(false);
    const state$ = new BehaviorSubject(program.initial);
    const started: Event = { type: 'monitorStarted', at: program.scheduler.now() };

    const turn$ = merge(of(started), program.source(request$, deadline$), outcome$).pipe(
      subscribeOn(queueScheduler), // all sources are subscribed before the first event is reduced
      observeOn(queueScheduler),
      scan(turn, firstTurn(program, started)),
    );
    const begun = ({ before, state }: Turn): Observable<Act> => {
      const act = begunBetween(before, state);
      return act === undefined ? EMPTY : of(act);
    };
    const ask = ({ state, requests, wokenAt }: Turn): void => {
      requests.forEach((request) => request$.next(request));
      deadline$.next(nextDeadline(state, wokenAt));
    };
    const over$ = state$.pipe(
      filter(({ isShuttingDown }) => isShuttingDown),
      take(1),
      switchMap(() =>
        merge(
          isActing$.pipe(filter((isActing) => !isActing)),
          timer(GRACE_MS, program.scheduler).pipe(
            tap(() => outcome$.next({ type: 'graceOver', at: program.scheduler.now() })),
          ),
        ),
      ),
    );
    return turn$.pipe(
      connect((shared$) =>
        merge(
          shared$.pipe(map(published)),
          shared$.pipe(
            tap(({ state }) => state$.next(state)),
            concatMap(begun),
            concatMap((act) => run(act, program, state$, isActing$)),
            tap((event) => outcome$.next(event)),
            ignoreElements(),
          ),
          shared$.pipe(tap(ask), ignoreElements()),
        ),
      ),
      takeUntil(over$),
    );
  });

type Turn = Transition<Everything> & Pick<Step, 'event' | 'before'> & { readonly wokenAt: number };

const firstTurn = ({ initial, opening = [] }: Program, event: Event): Turn => ({
  state: initial,
  before: initial,
  event,
  requests: [],
  notices: opening,
  wokenAt: 0,
});

function turn(last: Turn, event: Event): Turn {
  const { state: before, wokenAt } = last;
  try {
    const { state, requests, notices } = reduce(before, event);
    return {
      event,
      before,
      state,
      requests,
      notices: event.type === 'monitorStarted' ? [...last.notices, ...notices] : notices,
      wokenAt: event.type === 'timeReached' ? event.at : wokenAt,
    };
  } catch (cause) {
    throw new ReducerFault(cause, event, before);
  }
}

const published = ({ event, before, state, notices }: Turn): Step => ({ event, before, state, notices });

const run = (
  act: Act,
  { execute, scheduler, commit: write }: Program,
  state$: BehaviorSubject<Everything>,
  isActing$: Subject<boolean>,
): Observable<Event> => {
  // First lets the queued events be reduced and their steps published, so that the commit covers them.
  const commit = defer(write).pipe(subscribeOn(queueScheduler));
  const isShuttingDown = (): boolean => state$.value.isShuttingDown;
  return defer(() => {
    isActing$.next(true);
    return concat(
      commit,
      defer(() =>
        isShuttingDown() ? of(notBegun(act, scheduler.now())) : execute(act, { isShuttingDown, commit }),
      ),
    ).pipe(finalize(() => isActing$.next(false)));
  });
};

const notBegun = ({ id, kind }: Act, at: number): Event => ({
  type: 'actEnded',
  at,
  id,
  kind,
  outcome: { ok: false, reason: 'the monitor is about to end', isSkipped: true },
});
