import { type Observable, type SchedulerLike, Subject, tap } from 'rxjs';
import { CALLS, type EngineCall } from './engine-calls.ts';
import { EngineError, reasonOf } from './engine.ts';
import type { EngineEvent } from './events.ts';

/** Notices which calls are forbidden, from the answers to calls that are made anyway. */
export class CallWatch {
  /** Each change: a call is forbidden, or allowed again. */
  readonly change$ = new Subject<EngineEvent>();
  /** The engine, or a proxy, has answered after a time without a connection. */
  readonly connected$ = new Subject<void>();
  readonly #forbidden = new Set<EngineCall>();
  readonly #scheduler: SchedulerLike;

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  get hasForbidden(): boolean {
    return this.#forbidden.size > 0;
  }

  /** The same calls, with this watching their answers. */
  watched<E extends object>(engine: E): E {
    const wrapped = Object.entries(engine).map(([name, method]: [string, unknown]) => [
      name,
      isCall(name) ? this.#wrapped(name, method as Method) : method,
    ]);
    return Object.fromEntries(wrapped) as E;
  }

  readonly #wrapped =
    (call: EngineCall, method: Method): Method =>
    (...given) =>
      method(...given).pipe(
        tap({
          next: () => this.#allow(call, true),
          error: (error: unknown) => this.#judge(call, error),
          complete: () => this.#allow(call),
        }),
      );

  #judge(call: EngineCall, error: unknown): void {
    if (!(error instanceof EngineError) || error.isUnanswered) return;
    if (error.isForbidden) this.#forbid(call, reasonOf(error));
    // It is two requests: if the engine refuses the first, nothing is known of the second.
    else if (call !== 'exec') this.#allow(call);
  }

  #forbid(call: EngineCall, reason: string): void {
    if (this.#forbidden.has(call)) return;
    this.#forbidden.add(call);
    this.change$.next({ type: 'callForbidden', at: this.#scheduler.now(), call, reason });
    if (call === 'openEvents') this.connected$.next();
  }

  #allow(call: EngineCall, isAnswered = false): void {
    if (this.#forbidden.delete(call))
      this.change$.next({ type: 'callAllowed', at: this.#scheduler.now(), call });
    if (call === 'openEvents' && isAnswered) this.connected$.next();
  }
}

type Method = (...given: readonly unknown[]) => Observable<unknown>;

const isCall = (name: string): name is EngineCall => Object.hasOwn(CALLS, name);
