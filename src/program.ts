import {
  BehaviorSubject,
  EMPTY,
  type Observable,
  type SchedulerLike,
  Subject,
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
  switchMap,
  take,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import type { Event } from '../streams/events.ts';
import type { ReadingRequest } from '../streams/requests.ts';
import { type Act, type Command, isAct } from './commands.ts';
import type { Memory } from './memory.ts';
import type { Notice } from './notices/notice.ts';
import { nextDeadline, reduce } from './reduce.ts';
import type { Everything } from './state.ts';
import type { Transition } from './transition.ts';
import { whyDropped } from './why-dropped.ts';

/** How long a command under way may go on once the monitor is asked to end. */
const GRACE_MS = 8_000;

export interface Program {
  readonly initial: Everything;
  readonly scheduler: SchedulerLike;
  /** All that happens, given what is asked for and when to be woken. */
  readonly source: (
    request$: Observable<ReadingRequest>,
    deadline$: Observable<number | undefined>,
  ) => Observable<Event>;
  /** Runs one act to its end; begins no part of it any more once `isEnding`. */
  readonly execute: (act: Act, isEnding: () => boolean) => Observable<Event>;
  readonly say: (notice: Notice) => void;
  /** Told before any command is carried out that rests on it: what must survive the monitor's end. */
  readonly remember: (memory: Memory) => void;
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
 * The loop: events in, state on, commands out.
 *
 * INVARIANTS. One act runs at a time, in the order in which they were decided, if it is still wanted by then. A
 * reading is asked for at once, whatever runs. The merged stream is queued, so that an outcome that comes back at
 * once is reduced after the event that caused it, never within it. Once `state.ending`, no act begins; the one under
 * way gets its grace.
 *
 * Emits every state; completes when the monitor has ended; fails with a `ReducerFault`.
 */
export const runProgram = (program: Program): Observable<Everything> =>
  defer(() => {
    const outcome$ = new Subject<Event>();
    const request$ = new Subject<ReadingRequest>();
    const deadline$ = new BehaviorSubject<number | undefined>(undefined);
    const isActing$ = new BehaviorSubject(false);
    const state$ = new BehaviorSubject(program.initial);

    const step$ = merge(program.source(request$, deadline$), outcome$).pipe(
      observeOn(queueScheduler),
      scan(step, { state: program.initial, commands: [], notices: [], wokenAt: 0 } as Step),
      tap(({ state, notices }) => {
        if (state.memory !== state$.value.memory) program.remember(state.memory);
        notices.forEach((notice) => program.say(notice));
        state$.next(state);
      }),
    );
    const act = ({ commands }: Step): readonly Act[] => commands.filter(isAct);
    const ask = ({ state, commands, wokenAt }: Step): void => {
      commands.filter(isReading).forEach((request) => request$.next(request));
      deadline$.next(nextDeadline(state, wokenAt));
    };
    const over$ = state$.pipe(
      filter(({ ending }) => ending),
      take(1),
      switchMap(() =>
        merge(
          isActing$.pipe(filter((isActing) => !isActing)),
          timer(GRACE_MS, program.scheduler).pipe(
            tap(() => sayUnfinished(state$.value).forEach((notice) => program.say(notice))),
          ),
        ),
      ),
    );
    return step$.pipe(
      connect((shared$) =>
        merge(
          shared$.pipe(
            concatMap(act),
            concatMap((next) => (state$.value.ending ? EMPTY : run(next, program, state$, isActing$))),
            tap((event) => outcome$.next(event)),
            ignoreElements(),
          ),
          shared$.pipe(
            tap(ask),
            map(({ state }) => state),
          ),
        ),
      ),
      takeUntil(over$),
    );
  });

/** What the next monitor finds half done. */
const sayUnfinished = ({ watches }: Everything): readonly Notice[] =>
  watches.flatMap(({ settings: { gateway }, repairs: { wave } }) =>
    Object.entries(wave?.parked ?? {})
      .filter(
        ([name]) => !wave?.dependents.some((one) => one.name === name && wave.answered.includes(one.id)),
      )
      .map(([name, parkedAs]) => ({ kind: 'recreationUnfinished', gateway, name, parkedAs })),
  );

const isReading = (command: Command): command is ReadingRequest => !isAct(command);

type Step = Transition<Everything> & { readonly wokenAt: number };

function step({ state, wokenAt }: Step, event: Event): Step {
  try {
    return { ...reduce(state, event), wokenAt: event.type === 'timeReached' ? event.at : wokenAt };
  } catch (cause) {
    throw new ReducerFault(cause, event, state);
  }
}

const run = (
  act: Act,
  { execute, scheduler }: Program,
  state$: BehaviorSubject<Everything>,
  isActing$: Subject<boolean>,
): Observable<Event> =>
  defer(() => {
    const reason = whyDropped(state$.value, act);
    if (reason !== undefined) return of(dropped(act, reason, scheduler.now()));
    isActing$.next(true);
    return execute(act, () => state$.value.ending).pipe(finalize(() => isActing$.next(false)));
  });

const dropped = ({ id, kind }: Act, reason: string, at: number): Event => ({
  type: 'commandFinished',
  at,
  id,
  kind,
  outcome: { ok: false, reason, untouched: true },
});
