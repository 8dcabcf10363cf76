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

/** How long a command under way may go on once the monitor is asked to end. */
const GRACE_MS = 8_000;

export interface Program {
  readonly initial: Everything;
  readonly scheduler: SchedulerLike;
  /** What there is to say before anything has happened: the first notices of the first step. */
  readonly opening?: readonly Notice[];
  /** All that happens, given what is asked for and when to be woken. */
  readonly source: (
    request$: Observable<ReadingRequest>,
    deadline$: Observable<number | undefined>,
  ) => Observable<Event>;
  /** Runs one act to its end. */
  readonly execute: (act: Act, acting: Acting) => Observable<Event>;
  /**
   * Completes when what the latest published step leaves to the next monitor is on disk, or cannot be put there: never
   * later than a bound of its own.
   */
  readonly commit: () => Observable<never>;
}

/** What an act has of the loop while it runs. */
interface Acting {
  /** The monitor is about to end: no further part of an act is begun. */
  readonly isShuttingDown: () => boolean;
  /** To be awaited before a call whose trace must survive the monitor: it covers every event emitted before. */
  readonly commit: Observable<never>;
}

/** What one event has led to, for those who show, keep or tell it. */
export interface Step {
  readonly event: Event;
  readonly before: Everything;
  readonly state: Everything;
  readonly notices: readonly Notice[];
}

/** A bug in a reducer: with what it needs to be found. */
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
 * The loop: events in, state on; the readings it asks for, and the act it has begun, out.
 *
 * INVARIANTS. At most one act is under way: the state names it (`inFlight`), and only its own end clears it. An act is
 * decided on the state of the moment in which it begins, and not asked for again: nothing waits in a queue. A reading
 * is asked for at once, whatever runs. The merged stream is queued, so that an outcome that comes back at once is
 * reduced after the event that caused it, never within it. A step is published before anything is done about it, and an
 * act is carried out only when what it leaves to the next monitor is committed; by then, how its container is the
 * executor looks at before each write. Once `state.isShuttingDown`, no act begins; the one under way gets its grace.
 *
 * Publishes every step, `monitorStarted` first; completes when the monitor has ended; fails with a `ReducerFault`.
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
      subscribeOn(queueScheduler), // all sources are there before the first event is reduced
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
      filter(({ isShuttingDown: ending }) => ending),
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
  { execute, scheduler, commit: written }: Program,
  state$: BehaviorSubject<Everything>,
  isActing$: Subject<boolean>,
): Observable<Event> => {
  // Events that wait in the queue are reduced, and their steps published, before it is asked what there is to write.
  const commit = defer(written).pipe(subscribeOn(queueScheduler));
  const isEnding = (): boolean => state$.value.isShuttingDown;
  return defer(() => {
    isActing$.next(true);
    return concat(
      commit,
      defer(() =>
        isEnding() ? of(notBegun(act, scheduler.now())) : execute(act, { isShuttingDown: isEnding, commit }),
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
