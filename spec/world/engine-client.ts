import {
  EMPTY,
  NEVER,
  Observable,
  type SchedulerLike,
  Subject,
  catchError,
  concat,
  concatMap,
  defer,
  filter,
  finalize,
  ignoreElements,
  map,
  merge,
  mergeMap,
  of,
  skip,
  switchMap,
  takeUntil,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { EVENT_FILTERS, EngineError, type EngineReadings } from '../../streams/engine.ts';
import type { CreateBody, EngineWrites } from '../../src/acts/engine-writes.ts';
import { type Nanos, formatNanosPadded, parseUnixTime } from '../simulated-engine/clock.ts';
import type { CreateBody as SimulatedBody } from '../simulated-engine/create-request.ts';
import type { SimulatedEngine } from '../simulated-engine/engine.ts';
import { eventFilter, parseFilters } from '../simulated-engine/filters.ts';
import { type EngineEvent, toJsonLine } from '../simulated-engine/events.ts';
import { encodeFrame } from '../simulated-engine/frames.ts';
import { lookForSecrets } from '../marked-secrets.ts';
import { step } from '../simulated-engine/runtime.ts';

/** The delays of a call on a quiet host. */
const CALL_MS = 1;

export const ON_TIME: readonly number[] = [0];

const isAskedFor = eventFilter(parseFilters(JSON.stringify(EVENT_FILTERS)));

/** What happens to a call on its way. */
export interface Disturbance {
  /** Until the engine receives it, milliseconds. */
  readonly lateMs?: number;
  /** Until the monitor receives the engine's answer, milliseconds; `Infinity`: never. */
  readonly answerMs?: number;
  /** It fails with this error; `isDone`: although the engine has done it. */
  readonly error?: EngineError;
  readonly isDone?: boolean;
}

interface Fault {
  readonly call: RegExp;
  readonly disturbance: Disturbance;
}

/** The engine as the monitor reaches it, but without a socket, so that all of it runs in virtual time. */
export class EngineClient implements EngineReadings, EngineWrites {
  /** Every write that the engine began, in order: `restart gluetun`, `rename app to app2`. */
  readonly written: string[] = [];
  /** Before the engine receives a write. If this unsubscribes, as a killed monitor does, the write is not sent. */
  beforeWrite: ((call: string) => void) | undefined;
  /** When the engine has done it and its answer is still on its way; not for a refused write. */
  afterWrite: ((call: string) => void) | undefined;
  /** When the monitor no longer waits for it, whatever the outcome. */
  writeOver: ((call: string) => void) | undefined;
  /** Called for each call; undefined: nothing unusual happens to it. */
  disturb: (call: string) => Disturbance | undefined = () => undefined;
  /**
   * The delay of each delivery of an event, milliseconds: `[]` is an event that is lost, `[0, 500]` one that
   * comes twice.
   */
  tell: (event: EngineEvent) => readonly number[] = () => ON_TIME;
  readonly #engine: SimulatedEngine;
  readonly #scheduler: SchedulerLike;
  readonly #cut$ = new Subject<void>();
  /** The engine goes down, and every connection with it. */
  readonly #down$: Observable<boolean>;
  readonly #brokenOff$: Observable<never>;
  #faults: readonly Fault[] = [];

  constructor(engine: SimulatedEngine, scheduler: SchedulerLike) {
    this.#engine = engine;
    this.#scheduler = scheduler;
    this.#down$ = engine.up$.pipe(
      skip(1),
      filter((up) => !up),
    );
    this.#brokenOff$ = this.#down$.pipe(
      map(() => {
        throw new EngineError('socket hang up');
      }),
    );
  }

  /** The next call that matches (`list`, `inspect app`, `restart gluetun`, …) fails; `afterwards`: once it is done. */
  failNext(call: RegExp, message = 'the engine failed', status = 500, { afterwards = false } = {}): void {
    const disturbance = { error: new EngineError(message, status), isDone: afterwards };
    this.#faults = [...this.#faults, { call, disturbance }];
  }

  /** The engine does the next call that matches, but the connection breaks before it can answer. */
  loseAnswer(call: RegExp): void {
    const error = new EngineError('socket hang up');
    this.#faults = [...this.#faults, { call, disturbance: { error, isDone: true } }];
  }

  /** Every event stream breaks; the engine itself goes on. */
  cutStreams(): void {
    this.#cut$.next();
  }

  readonly clockMs = (): number => this.#engine.runtime.clock.nowMs();

  readonly list = (): Observable<unknown> => this.#answer('list', () => this.#engine.list({ all: true }));

  readonly inspect = (id: string): Observable<unknown> =>
    this.#answer(`inspect ${this.#nameOf(id)}`, () => this.#engine.inspect(id));

  readonly inspectImage = (reference: string): Observable<unknown> =>
    this.#answer(`inspectImage ${reference}`, () => this.#engine.images.inspect(reference));

  readonly volumes = (): Observable<unknown> => this.#answer('volumes', () => this.#engine.volumes.list());

  readonly changes = (id: string): Observable<unknown> =>
    this.#answer(`changes ${this.#nameOf(id)}`, () => this.#engine.changes(id));

  readonly fileStat = (id: string, path: string): Observable<unknown> =>
    this.#answer(`fileStat ${this.#nameOf(id)} ${path}`, () => this.#engine.fileStat(id, path));

  readonly openEvents = (since: string | undefined): Observable<Observable<Uint8Array>> =>
    this.#answer('events', () =>
      this.#engine.events
        .stream({ since: since === undefined ? undefined : parseUnixTime(since), matches: isAskedFor })
        .pipe(
          mergeMap((event) => this.#told(event)),
          map((event) => Buffer.from(toJsonLine(event))),
          takeUntil(merge(this.#cut$, this.#down$)),
        ),
    );

  readonly info = (): Observable<unknown> => this.#answer('info', () => this.#engine.info());

  readonly pastEvents = (until: string): Observable<Uint8Array> =>
    this.#answer('events', () => this.#engine.events.past(parseUnixTime(until))).pipe(
      map((events) => Buffer.from(events.map(toJsonLine).join(''))),
    );

  readonly followLog = (
    id: string,
    { since, tail }: { since: string; tail: number },
  ): Observable<Uint8Array> =>
    this.#answer('logs', () => {
      const { log, state } = this.#engine.get(id);
      const query = {
        stdout: true,
        stderr: true,
        since: parseUnixTime(since) ?? 0n,
        tail,
        follow: state.running,
      };
      return log
        .read(query)
        .pipe(map(({ at, stream, text }) => encodeFrame(stream, `${this.#stamp(at)} ${text}`)));
    }).pipe(
      switchMap((bytes$) => bytes$),
      takeUntil(this.#brokenOff$),
    );

  readonly exec = (
    id: string,
    { cmd, env }: { cmd: readonly string[]; env: readonly string[] },
  ): Observable<Uint8Array> =>
    this.#answer('exec', () => {
      lookForSecrets("an exec's command line", cmd.join(' '));
      return this.#engine.execs.create(this.#engine.get(id), id, {
        cmd: [...cmd],
        env: [...env],
        tty: false,
      });
    }).pipe(
      switchMap((exec) => this.#engine.execs.start(exec.id)),
      map(({ stream, text }) => encodeFrame(stream, text)),
      takeUntil(this.#brokenOff$),
    );

  readonly restart = (id: string): Observable<never> =>
    this.#act(
      () => `restart ${this.#nameOf(id)}`,
      () => this.#engine.restart(id),
    );

  readonly start = (id: string): Observable<never> =>
    this.#act(
      () => `start ${this.#nameOf(id)}`,
      () => this.#engine.start(id),
    );

  readonly stop = (id: string): Observable<never> =>
    this.#act(
      () => `stop ${this.#nameOf(id)}`,
      () => this.#engine.stop(id),
    );

  readonly rename = (id: string, name: string): Observable<never> =>
    this.#act(
      () => `rename ${this.#nameOf(id)} to ${name}`,
      () => this.#engine.rename(id, name),
    );

  readonly remove = (id: string): Observable<never> =>
    this.#act(
      () => `remove ${this.#nameOf(id)}`,
      () => this.#engine.remove(id),
    );

  readonly create = (name: string, body: CreateBody): Observable<string> =>
    this.#write(
      () => `create ${name}`,
      () => of(this.#engine.createFromBody(name, body as SimulatedBody).id),
    );

  #act(call: () => string, make: () => Observable<void>): Observable<never> {
    return this.#write(call, make).pipe(ignoreElements());
  }

  /** The name at the time of the call, not of its plan: another container may have the name by then. */
  #write<T>(call: () => string, make: () => Observable<T>): Observable<T> {
    return defer(() => {
      const what = call();
      const begin = (): Observable<T> => {
        this.written.push(what);
        return make().pipe(tap({ complete: () => this.afterWrite?.(what) }));
      };
      return concat(
        step(() => this.beforeWrite?.(what)),
        this.#request(what, begin),
      ).pipe(finalize(() => this.writeOver?.(what)));
    });
  }

  #answer<T>(call: string, make: () => T): Observable<T> {
    return this.#request(call, () => of(make()));
  }

  #told(event: EngineEvent): Observable<EngineEvent> {
    const delays = this.tell(event);
    return delays.length === 1 && delays[0] === 0
      ? of(event)
      : merge(...delays.map((ms) => timer(ms, this.#scheduler).pipe(map(() => event))));
  }

  /** By default the engine receives it at once; its answer takes a while. */
  #request<T>(call: string, make: () => Observable<T>): Observable<T> {
    return defer(() => {
      const { lateMs = 0, answerMs = CALL_MS, error, isDone } = this.#disturbanceOf(call);
      const answer$ = defer(() => {
        if (!this.#engine.up$.value) throw new EngineError('connect ECONNREFUSED');
        if (error === undefined) return make();
        return concat(
          isDone === true ? make().pipe(ignoreElements()) : EMPTY,
          throwError(() => error),
        );
      }).pipe(catchError((failed: unknown) => throwError(() => asEngineError(failed))));
      const heard$ = lateMs === 0 ? answer$ : timer(lateMs, this.#scheduler).pipe(concatMap(() => answer$));
      const answered$ =
        answerMs === Infinity
          ? concat(
              heard$.pipe(
                ignoreElements(),
                catchError(() => EMPTY),
              ),
              NEVER,
            )
          : onItsWay(heard$, answerMs, this.#scheduler);
      return answered$.pipe(takeUntil(this.#brokenOff$));
    });
  }

  #disturbanceOf(call: string): Disturbance {
    const fault = this.#faults.find((waiting) => waiting.call.test(call));
    if (fault === undefined) return this.disturb(call) ?? UNDISTURBED;
    this.#faults = this.#faults.filter((waiting) => waiting !== fault);
    return fault.disturbance;
  }

  /** Podman tells whole seconds. */
  #stamp(at: Nanos): string {
    const stamp = formatNanosPadded(at);
    return this.#engine.isPodman ? stamp.replace(/\.\d+/, '') : stamp;
  }

  #nameOf(id: string): string {
    return this.#engine.find(id)?.name ?? id;
  }
}

const UNDISTURBED: Disturbance = {};

/**
 * Delays every notification, including errors; those of one moment arrive together. Written by hand: most of what is
 * simulated are calls.
 */
const onItsWay = <T>(answer$: Observable<T>, ms: number, scheduler: SchedulerLike): Observable<T> =>
  new Observable((subscriber) => {
    let together: { readonly at: number; readonly arrivals: (() => void)[] } | undefined;
    const later = (arrive: () => void): void => {
      const at = scheduler.now();
      if (together?.at === at) {
        together.arrivals.push(arrive);
        return;
      }
      const arrivals = [arrive];
      together = { at, arrivals };
      subscriber.add(scheduler.schedule(() => arrivals.forEach((one) => one()), ms));
    };
    subscriber.add(
      answer$.subscribe({
        next: (value) => later(() => subscriber.next(value)),
        error: (error: unknown) => later(() => subscriber.error(error)),
        complete: () => later(() => subscriber.complete()),
      }),
    );
  });

/** Errors of the model have its own class, but the monitor knows only its own. */
function asEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const { status, message } = error as { status?: number; message: string };
  return new EngineError(message, status);
}
