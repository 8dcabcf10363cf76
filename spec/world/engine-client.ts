import {
  type Observable,
  type SchedulerLike,
  defer,
  delay,
  filter,
  ignoreElements,
  map,
  of,
  switchMap,
  takeUntil,
  throwError,
} from 'rxjs';

import { EngineError, type EngineReadings } from '../../streams/engine.ts';
import type { EngineWrites } from '../../src/engine-writes.ts';
import { formatNanosPadded, parseUnixTime } from '../simulated-engine/clock.ts';
import type { SimulatedEngine } from '../simulated-engine/engine.ts';
import { eventFilter, parseFilters } from '../simulated-engine/filters.ts';
import { toJsonLine } from '../simulated-engine/events.ts';
import { encodeFrame } from '../simulated-engine/frames.ts';

/** What a call takes on a quiet host. */
const CALL_MS = 1;

const CONTAINERS_ONLY = eventFilter(parseFilters('{"type":["container"]}'));

/** The engine as the monitor reaches it, without a socket in between: so that all of it runs under virtual time. */
export class EngineClient implements EngineReadings, EngineWrites {
  /** Every write, in order: `restart gluetun`. */
  readonly written: string[] = [];
  readonly #engine: SimulatedEngine;
  readonly #scheduler: SchedulerLike;
  #fails: { readonly call: RegExp; readonly error: EngineError }[] = [];

  constructor(engine: SimulatedEngine, scheduler: SchedulerLike) {
    this.#engine = engine;
    this.#scheduler = scheduler;
  }

  /** The next call that matches (`list`, `inspect app`, `restart gluetun`, …) fails. */
  failNext(call: RegExp, message = 'the engine failed', status = 500): void {
    this.#fails.push({ call, error: new EngineError(message, status) });
  }

  readonly clockMs = (): number => this.#scheduler.now();

  readonly list = (): Observable<unknown> => this.#answer('list', () => this.#engine.list({ all: true }));

  readonly inspect = (id: string): Observable<unknown> =>
    this.#answer(`inspect ${this.#nameOf(id)}`, () => this.#engine.inspect(id));

  readonly openEvents = (since: string | undefined): Observable<Observable<Uint8Array>> =>
    this.#answer('events', () =>
      this.#engine.events
        .stream({ since: since === undefined ? undefined : parseUnixTime(since), matches: CONTAINERS_ONLY })
        .pipe(
          map((event) => Buffer.from(toJsonLine(event))),
          takeUntil(this.#engine.up$.pipe(filter((up) => !up))),
        ),
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
        .pipe(map(({ at, stream, text }) => encodeFrame(stream, `${formatNanosPadded(at)} ${text}`)));
    }).pipe(switchMap((bytes$) => bytes$));

  readonly exec = (
    id: string,
    { cmd, env }: { cmd: readonly string[]; env: readonly string[] },
  ): Observable<Uint8Array> =>
    this.#answer('exec', () =>
      this.#engine.execs.create(this.#engine.get(id), id, { cmd: [...cmd], env: [...env], tty: false }),
    ).pipe(
      switchMap((exec) => this.#engine.execs.start(exec.id)),
      map(({ stream, text }) => encodeFrame(stream, text)),
    );

  readonly restart = (id: string): Observable<never> =>
    this.#write('restart', id, () => this.#engine.restart(id));

  readonly start = (id: string): Observable<never> => this.#write('start', id, () => this.#engine.start(id));

  #write(verb: string, id: string, call: () => Observable<void>): Observable<never> {
    const what = `${verb} ${this.#nameOf(id)}`;
    return this.#answer(what, () => {
      this.written.push(what);
      return call();
    }).pipe(
      switchMap((done$) => done$),
      ignoreElements(),
    );
  }

  /** Errors of the model carry its own class: the monitor knows only its own. */
  #answer<T>(call: string, make: () => T): Observable<T> {
    return defer(() => {
      const failure = this.#fails.find((fail) => fail.call.test(call));
      this.#fails = this.#fails.filter((fail) => fail !== failure);
      if (!this.#engine.up$.value) return throwError(() => new EngineError('connect ECONNREFUSED'));
      if (failure !== undefined) return throwError(() => failure.error);
      return of(translated(make));
    }).pipe(delay(CALL_MS, this.#scheduler));
  }

  #nameOf(id: string): string {
    return this.#engine.find(id)?.name ?? id;
  }
}

function translated<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    const { status, message } = error as { status?: number; message: string };
    throw new EngineError(message, status);
  }
}
