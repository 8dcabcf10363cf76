import { lineOf } from '../../../src/notices/wording.ts';
import {
  EMPTY,
  NEVER,
  Observable,
  Subject,
  VirtualTimeScheduler,
  concat,
  ignoreElements,
  merge,
  of,
  timer,
} from 'rxjs';
import type { Event } from '../../../streams/events.ts';
import type { ReadingRequest } from '../../../streams/requests.ts';
import { timers$ } from '../../../streams/timers.ts';
import type { Act } from '../../../src/model/act.ts';
import { type Program, ReducerFault, type Step, runProgram } from '../../../src/loop/program.ts';
import type { State } from '../../../src/model/state.ts';
import { viewsOf } from '../../../src/model/watches.ts';
import { advance } from '../../simulated-engine/virtual-time.ts';
import { checkFailed, idOf, onGateway, seconds } from '../builders.ts';
import { type History, settled } from '../history.ts';

const signal = (at: number): Event => ({ type: 'shutdownRequested', at, signal: 'SIGTERM' });

/** A monitor set going in a state, with everything it does noted down. */
class Running {
  readonly scheduler = new VirtualTimeScheduler();
  readonly event$ = new Subject<Event>();
  readonly acts: string[] = [];
  readonly requests: ReadingRequest[] = [];
  readonly said: string[] = [];
  readonly steps: Step[] = [];
  readonly states: State[] = [];
  end: unknown;

  constructor(
    { everything, now }: History,
    execute: Program['execute'] = () => NEVER,
    { opening, commit = () => EMPTY }: Partial<Pick<Program, 'opening' | 'commit'>> = {},
  ) {
    this.scheduler.frame = now;
    runProgram({
      initial: everything,
      scheduler: this.scheduler,
      source: (request$, deadline$) =>
        merge(
          new Observable<Event>(() => request$.subscribe((request) => this.requests.push(request))),
          timers$(deadline$, this.scheduler),
          this.event$,
        ),
      execute: (act, acting) => {
        this.acts.push(act.kind);
        return execute(act, acting);
      },
      commit,
      ...(opening && { opening }),
    }).subscribe({
      next: (step) => {
        this.steps.push(step);
        this.said.push(...step.notices.map((notice) => lineOf(notice).message));
        this.states.push(...viewsOf(step.state));
      },
      complete: () => (this.end = 'completed'),
      error: (fault: unknown) => (this.end = fault),
    });
  }

  feed(...events: readonly Event[]): this {
    events.forEach((event) => this.event$.next(event));
    return this;
  }

  get state(): State | undefined {
    return this.states.at(-1);
  }
}

const finished = (act: Act, at: number): Event => ({
  type: 'actEnded',
  at,
  id: act.id,
  kind: act.kind,
  outcome: { ok: true },
});

/** One more failed check, and the gateway is restarted. */
const brink = (): History => settled([onGateway('app')]).feed(seconds(30), checkFailed(), seconds(10));
const lastStraw = (history: History): readonly Event[] => checkFailed()(history.state, history.now);

/** The same with a stale dependent that is due: its restart begins at once, and the gateway's has to wait for it. */
function repairAhead(): History {
  const history = settled([onGateway('app')]).feed(seconds(30), checkFailed(), seconds(10));
  const pending = { [idOf('app')]: { name: 'app', failures: 1, askedAt: 0, dueAt: history.now } };
  const {
    repairs,
    shared: { containers },
  } = history.state;
  const stale = onGateway('app', { startedAt: 500 });
  history.state = {
    ...history.state,
    repairs: { ...repairs, pending },
    shared: {
      ...history.state.shared,
      containers: { ...containers, byId: { ...containers.byId, [stale.id]: stale } },
    },
  };
  return history;
}

describe('the loop', () => {
  it('executes what was decided and logs it', () => {
    const history = brink();
    const running = new Running(history).feed(...lastStraw(history));
    expect(running.acts).toEqual(['restartGateway']);
    expect(running.said).toContain('Restarting gluetun to force new endpoint...');
  });

  it('sends requests for readings while an act is in flight', () => {
    const history = brink();
    const running = new Running(history).feed(...lastStraw(history));
    const at = history.now + 1;
    running.feed({ type: 'engineDisconnected', at, reason: 'x' }, { type: 'engineConnected', at: at + 1 });
    expect(running.requests.map(({ kind }) => kind)).toEqual(['listContainers']);
  });

  it('reduces an immediate outcome after the event that caused the act', () => {
    const history = brink();
    const running = new Running(history, (act) => of(finished(act, history.now))).feed(...lastStraw(history));
    expect(running.states.map(({ recovery }) => recovery.value).slice(-2)).toEqual([
      'restarting',
      'awaitingReady',
    ]);
  });

  it('begins an act only after the previous one has completed', () => {
    const history = repairAhead();
    const act$ = new Subject<Event>();
    const begun: Act[] = [];
    const execute = (act: Act): Observable<Event> => {
      begun.push(act);
      return act$;
    };
    const running = new Running(history, execute).feed(...lastStraw(history));
    expect(running.state?.dueSince).toBeDefined();
    expect(running.acts).toEqual(['repairDependents']);
    begun.forEach((act) => act$.next(finished(act, history.now)));
    expect(running.state?.recovery.value).toBe('restarting');
    act$.complete();
    expect(running.acts).toEqual(['repairDependents', 'restartGateway']);
  });

  it('wakes at its deadlines', () => {
    const history = settled();
    const running = new Running(history).feed({ type: 'timeReached', at: history.now });
    advance(running.scheduler, 31_000);
    expect(running.requests.map(({ kind }) => kind)).toEqual(['checkSites']);
  });

  it('fails with the event and the state if a reducer throws', () => {
    const history = settled();
    const poison = {
      type: 'containersListed',
      at: history.now,
      requestedAt: history.now,
    } as unknown as Event;
    const running = new Running(history).feed(poison);
    expect(running.end).toBeInstanceOf(ReducerFault);
    expect(running.end).toMatchObject({ event: poison, state: history.everything });
    expect(String(running.end)).toMatch(/a reducer failed on containersListed: TypeError/);
  });
});

describe('the published steps', () => {
  it('begin with the start of the monitor and its opening notices', () => {
    const history = settled();
    const opening = [{ kind: 'configWarned', text: 'Hello' } as const];
    const { steps } = new Running(history, undefined, { opening });
    expect(steps).toMatchObject([
      { event: { type: 'monitorStarted', at: history.now }, before: history.everything, notices: opening },
    ]);
  });

  it('each continue from the state of the previous one', () => {
    const history = brink();
    const { steps } = new Running(history, (act) => of(finished(act, history.now))).feed(
      ...lastStraw(history),
    );
    expect(steps.length).toBeGreaterThan(2);
    for (const [index, { before }] of steps.slice(1).entries()) expect(before).toBe(steps[index]?.state);
  });

  it('are published before anything is executed', () => {
    const history = brink();
    const stepsAtTheAct: (string | undefined)[] = [];
    const running: Running = new Running(history, () => {
      stepsAtTheAct.push(running.state?.recovery.value);
      return NEVER;
    });
    running.feed(...lastStraw(history));
    expect(stepsAtTheAct).toEqual(['restarting']);
  });

  it('end with the end of the grace, which reports what is unfinished', () => {
    const history = brink();
    const running = new Running(history).feed(...lastStraw(history), signal(history.now));
    advance(running.scheduler, 8_000);
    expect(running.steps.at(-1)?.event).toEqual({ type: 'graceOver', at: history.now + 8_000 });
    expect(running.end).toBe('completed');
  });
});

describe('the state that an act leaves for the next monitor', () => {
  /** A disk that takes that long. */
  const slow = (running: () => Running, ms: number) => ({
    commit: (): Observable<never> => timer(ms, running().scheduler).pipe(ignoreElements()),
  });

  it('is published, then committed, and only then the act begins', () => {
    const history = brink();
    const order: string[] = [];
    const running: Running = new Running(history, () => NEVER, {
      commit: () => {
        order.push(`${String(running.state?.recovery.value)}, ${String(running.acts.length)} acts`);
        return EMPTY;
      },
    });
    running.feed(...lastStraw(history));
    expect(order).toEqual(['restarting, 0 acts']);
    expect(running.acts).toEqual(['restartGateway']);
  });

  it('is waited for, while everything else continues', () => {
    const history = brink();
    const running: Running = new Running(
      history,
      () => NEVER,
      slow(() => running, 1_500),
    );
    running.feed(...lastStraw(history));
    const at = history.now + 1;
    running.feed({ type: 'engineDisconnected', at, reason: 'x' }, { type: 'engineConnected', at: at + 1 });
    expect(running.requests.map(({ kind }) => kind)).toEqual(['listContainers']);
    advance(running.scheduler, 1_499);
    expect(running.acts).toEqual([]);
    advance(running.scheduler, 1);
    expect(running.acts).toEqual(['restartGateway']);
  });

  it('does not lead to the act if a shutdown is requested meanwhile', () => {
    const history = brink();
    const running: Running = new Running(
      history,
      () => NEVER,
      slow(() => running, 1_500),
    );
    running.feed(...lastStraw(history)).feed(signal(history.now));
    advance(running.scheduler, 1_500);
    expect(running.acts).toEqual([]);
    expect(running.end).toBe('completed');
    expect(running.steps.at(-1)?.event).toMatchObject({
      type: 'actEnded',
      outcome: { ok: false, isSkipped: true },
    });
  });

  it('includes what the act itself has reported when the act commits', () => {
    const history = brink();
    const statesAtCommit: (string | undefined)[] = [];
    const running: Running = new Running(
      history,
      (act, { commit }) => concat(of(finished(act, history.now)), commit),
      {
        commit: () => {
          statesAtCommit.push(running.state?.recovery.value);
          return EMPTY;
        },
      },
    );
    running.feed(...lastStraw(history));
    expect(statesAtCommit).toEqual(['restarting', 'awaitingReady']);
  });
});

describe('the shutdown', () => {
  it('is immediate if no act is in flight', () => {
    const history = settled();
    const running = new Running(history).feed(signal(history.now));
    expect(running.end).toBe('completed');
    expect(running.said).toEqual(['Received shutdown signal, exiting...']);
  });

  it('waits for the act in flight and begins no other', () => {
    const history = brink();
    const act$ = new Subject<Event>();
    const running = new Running(history, () => act$).feed(...lastStraw(history), signal(history.now));
    advance(running.scheduler, 7_900);
    expect(running.end).toBeUndefined();
    act$.complete();
    expect(running.end).toBe('completed');
    expect(running.acts).toEqual(['restartGateway']);
  });

  it('waits for no more than 8 s', () => {
    const history = brink();
    const running = new Running(history).feed(...lastStraw(history), signal(history.now));
    advance(running.scheduler, 7_999);
    expect(running.end).toBeUndefined();
    advance(running.scheduler, 1);
    expect(running.end).toBe('completed');
  });

  it('is visible to the act in flight', () => {
    const history = brink();
    let isEnding = (): boolean => false;
    const running = new Running(history, (_act, acting) => {
      isEnding = acting.isShuttingDown;
      return NEVER;
    }).feed(...lastStraw(history));
    expect(isEnding()).toBe(false);
    running.feed(signal(history.now));
    expect(isEnding()).toBe(true);
  });

  it('begins nothing that was waiting for the act in flight', () => {
    const history = repairAhead();
    const act$ = new Subject<Event>();
    const running = new Running(history, () => act$).feed(...lastStraw(history), signal(history.now));
    const id = running.state?.shared.inFlight?.act.id ?? -1;
    act$.next({
      type: 'actEnded',
      at: history.now,
      id,
      kind: 'repairDependents',
      outcome: { ok: true },
    });
    act$.complete();
    expect(running.state?.dueSince).toBeDefined();
    expect(running.acts).toEqual(['repairDependents']);
    expect(running.end).toBe('completed');
  });

  it('still logs the outcome of the act in flight', () => {
    const history = brink();
    const act$ = new Subject<Event>();
    const running = new Running(history, () => act$).feed(...lastStraw(history), signal(history.now));
    const id = running.state?.shared.inFlight?.act.id ?? -1;
    const outcome = { ok: false, reason: 'port is taken' } as const;
    act$.next({ type: 'actEnded', at: history.now, id, kind: 'restartGateway', outcome });
    act$.complete();
    expect(running.said.at(-1)).toBe('Restarting gluetun failed: port is taken');
  });
});
