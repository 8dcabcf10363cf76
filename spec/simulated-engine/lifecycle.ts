import {
  EMPTY,
  NEVER,
  Observable,
  Subscription,
  catchError,
  concat,
  defer,
  finalize,
  ignoreElements,
  merge,
  take,
  takeUntil,
} from 'rxjs';
import type { Container, NetworkNamespace } from './container.ts';
import {
  EngineError,
  alreadyPaused,
  cannotRestart,
  isNotRunning,
  isRestarting,
  notPaused,
} from './errors.ts';
import { nanosToSeconds } from './clock.ts';
import type { EventBus } from './events.ts';
import type { Execs } from './execs.ts';
import type { HealthChecks } from './health.ts';
import type { Networks } from './networks.ts';
import type { Removal } from './removal.ts';
import { nextBackoffMs, wantsRestart } from './restart-policy.ts';
import { step } from './runtime.ts';
import type { Runtime } from './runtime.ts';
import type { Signal } from './signals.ts';
import { SIGKILL, SIGTERM } from './signals.ts';
import type { WorkloadHost } from './workload.ts';

const KILLED = 137;
/** The engine's exit code for a process whose end was not seen. */
const NOBODY_KNOWS = 255;

export interface LifecycleParts {
  readonly runtime: Runtime;
  readonly events: EventBus;
  readonly health: HealthChecks;
  readonly execs: Execs;
  readonly networks: Networks;
  readonly removal: Removal;
}

/** How containers start, exit and restart: the order of events is as measured. */
export class Lifecycle {
  readonly #parts: LifecycleParts;
  #shuttingDown = false;
  #isGone = false;
  readonly #lost = new Set<Container>();

  constructor(parts: LifecycleParts) {
    this.#parts = parts;
  }

  set shuttingDown(value: boolean) {
    this.#shuttingDown = value;
  }

  /** The engine was killed: processes run on without health checks, and are not restarted when they exit. */
  abandon(containers: readonly Container[]): void {
    this.#isGone = true;
    for (const container of containers) {
      this.#parts.health.abandon(container);
      if (container.state.restarting) this.#endBackoff(container);
    }
  }

  /** Its end was not seen, and it had no time to react. */
  lose(container: Container): void {
    this.die(container, NOBODY_KNOWS);
    this.#lost.add(container);
  }

  /**
   * The next engine finds what ended meanwhile; it records lost processes as ended just now. The real order is random:
   * here dependents come before their owners, so that no test relies on the lucky one.
   */
  takeOver(containers: readonly Container[]): void {
    this.#isGone = false;
    for (const { state } of [...this.#lost].reverse()) state.finishedAt = this.#parts.runtime.clock.stamp();
    this.#lost.clear();
    for (const container of containers) this.#parts.removal.removeIfWanted(container);
  }

  /** Does nothing to one that runs. Fails as the engine does if the network to join does not exist. */
  start(container: Container): Observable<void> {
    return container.starts.run(() => {
      if (container.state.running) return EMPTY;
      container.manuallyStopped = false;
      container.exitOnNext = false;
      container.backoffMs = 0;
      container.restartCount = 0;
      return this.#starting(container);
    });
  }

  /** `kill`, `stop`, `die`; with another `kill` after the timeout. */
  stop(container: Container, timeoutSeconds: number): Observable<void> {
    return container.stops.run(() =>
      concat(
        this.#stopping(container, timeoutSeconds),
        step(() => this.#parts.removal.removeIfWanted(container)),
      ),
    );
  }

  restart(container: Container, ref: string, timeoutSeconds: number): Observable<void> {
    const { runtime, events } = this.#parts;
    return runtime.launch(
      concat(
        step(() => events.restarting(container)),
        defer(() => (container.state.running ? this.#stopToStartAgain(container, timeoutSeconds) : EMPTY)),
        defer(() => this.start(container)),
        step(() => events.container(container, 'restart')),
      ).pipe(
        catchError((cause: unknown) => {
          throw cause instanceof EngineError ? cannotRestart(ref, cause) : cause;
        }),
      ),
    );
  }

  #stopToStartAgain(container: Container, timeoutSeconds: number): Observable<void> {
    container.keptOnStop = true;
    return this.stop(container, timeoutSeconds).pipe(finalize(() => (container.keptOnStop = false)));
  }

  /** Completes at once, except for SIGKILL: then when the process has ended. */
  kill(container: Container, signal: Signal): Observable<never> {
    const noProcess = !container.state.running || container.state.restarting;
    const send = (): void => this.#signal(container, signal);
    return signal === SIGKILL && !noProcess ? untilDead(container, send) : step(send);
  }

  #signal(container: Container, signal: Signal): void {
    if (!container.state.running) throw isNotRunning(container.id);
    if (endsItsRestarts(container, signal)) container.exitOnNext = true;
    if (!this.#shuttingDown) container.manuallyStopped = true;
    if (container.state.restarting) this.#giveUpRestarting(container, signal);
    else this.#send(container, signal);
  }

  #send(container: Container, signal: Signal): void {
    this.#parts.events.container(container, 'kill', { signal: String(signal) });
    this.#deliver(container, signal);
  }

  pause(container: Container): void {
    const { state, id } = container;
    if (!state.running) throw isNotRunning(id);
    if (state.paused) throw alreadyPaused(id);
    if (state.restarting) throw isRestarting(id);
    state.paused = true;
    this.#parts.health.suspend(container);
    this.#parts.events.container(container, 'pause');
  }

  unpause(container: Container): void {
    if (!container.state.paused) throw notPaused(container.id);
    container.state.paused = false;
    this.#parts.events.container(container, 'unpause');
    this.#parts.health.resume(container);
    this.#parts.execs.containerResumed(container);
  }

  /** The main process has ended, for whatever reason. */
  die(container: Container, exitCode: number): void {
    const { runtime, events, health, execs, networks, removal } = this.#parts;
    const { state } = container;
    if (!state.running || state.restarting) return;
    execs.containerDied(container);
    container.run.unsubscribe();
    container.log.endRun();
    health.suspend(container);
    Object.assign(state, {
      running: false,
      paused: false,
      pid: 0,
      exitCode,
      finishedAt: runtime.clock.stamp(),
    });
    const again = !this.#isGone && wantsRestart(container, exitCode);
    if (again) this.#restartByPolicy(container);
    if (container.stops.current$ !== undefined) events.container(container, 'stop');
    events.container(container, 'die', { execDuration: secondsRun(container), exitCode: String(exitCode) });
    networks.leave(container);
    container.died$.next();
    // A stop handles that itself; otherwise nothing waits for it.
    if (!this.#isGone && container.stops.current$ === undefined) removal.removeSoonIfWanted(container);
  }

  outOfMemory(container: Container): void {
    container.state.oomKilled = true;
    this.#parts.events.container(container, 'oom');
    this.die(container, KILLED);
  }

  #starting(container: Container): Observable<never> {
    return defer(() => {
      const namespace = this.#parts.networks.prepare(container);
      return concat(
        this.#parts.runtime.after(container.timings.startMs),
        step(() => this.#begin(container, namespace)),
      );
    }).pipe(
      catchError((cause: unknown) => {
        container.couldNotStart(cause);
        this.#parts.removal.removeIfWanted(container);
        throw cause;
      }),
    );
  }

  #begin(container: Container, namespace: NetworkNamespace): void {
    const { runtime, events, health, networks } = this.#parts;
    networks.enter(container, namespace);
    Object.assign(container.state, {
      running: true,
      restarting: false,
      oomKilled: false,
      pid: container.joins === undefined ? namespace.ownerPid : networks.newPid(),
      exitCode: 0,
      error: '',
      startedAt: runtime.clock.stamp(),
    });
    container.run = new Subscription();
    health.begin(container);
    events.container(container, 'start');
    container.workload.started?.(this.#hostOf(container));
  }

  #stopping(container: Container, timeoutSeconds: number): Observable<unknown> {
    const { events, runtime } = this.#parts;
    const starting$ = container.starts.current$;
    if (starting$ !== undefined) {
      container.exitOnNext = true;
      return concat(
        starting$.pipe(catchError(() => EMPTY)),
        defer(() => this.#stopping(container, timeoutSeconds)),
      );
    }
    if (!container.state.running) return EMPTY;
    if (container.state.restarting)
      return concat(
        step(() => this.#signal(container, SIGTERM)),
        step(() => events.container(container, 'stop')),
      );
    return concat(this.#terminate(container, timeoutSeconds), runtime.after(container.timings.cleanupMs));
  }

  #terminate(container: Container, timeoutSeconds: number): Observable<never> {
    const patience$ = timeoutSeconds < 0 ? NEVER : this.#parts.runtime.after(timeoutSeconds * 1000);
    const outOfPatience$ = concat(
      patience$,
      step(() => this.#signal(container, SIGKILL)),
    ).pipe(takeUntil(container.died$));
    return merge(
      untilDead(container, () => this.#signal(container, container.stopSignal)),
      outOfPatience$,
    );
  }

  /** A paused process gets SIGTERM only once it is unpaused, so the engine unpauses it; SIGKILL works at once. */
  #deliver(container: Container, signal: Signal): void {
    const { workload, timings } = container;
    if (signal === SIGKILL) this.#dieLater(container, timings.killMs, KILLED);
    if (signal !== SIGTERM && signal !== container.stopSignal) return;
    if (container.state.paused) this.unpause(container);
    if (workload.ignoresTerm === true) return;
    workload.terminating?.(this.#hostOf(container));
    this.#dieLater(container, timings.exitMs, 0);
  }

  #dieLater(container: Container, ms: number, exitCode: number): void {
    const wait$ = this.#parts.runtime.after(ms);
    container.run.add(wait$.subscribe({ complete: () => this.die(container, exitCode) }));
  }

  #restartByPolicy(container: Container): void {
    const { state } = container;
    container.backoffMs = nextBackoffMs(container);
    container.restartCount += 1;
    Object.assign(state, { running: true, restarting: true });
    container.backoff = this.#parts.runtime
      .after(container.backoffMs)
      .subscribe({ complete: () => this.#startByPolicy(container) });
  }

  /** One attempt: if it fails there is no event, and the container stays down. */
  #startByPolicy(container: Container): void {
    container.starts.run(() => this.#starting(container).pipe(catchError(() => EMPTY)));
  }

  /** Between two runs there is no process to signal, so there is no event; one about to start is ended once it runs. */
  #giveUpRestarting(container: Container, signal: Signal): void {
    const starting$ = container.starts.current$;
    if (starting$ !== undefined) {
      const begun = (): void => {
        if (container.state.running) this.#send(container, signal);
      };
      starting$.pipe(catchError(() => EMPTY)).subscribe({ complete: begun });
      return;
    }
    this.#endBackoff(container);
  }

  #endBackoff(container: Container): void {
    container.backoff.unsubscribe();
    Object.assign(container.state, { running: false, restarting: false });
  }

  #hostOf(container: Container): WorkloadHost {
    const { runtime } = this.#parts;
    return {
      tty: container.tty,
      nowMs: () => runtime.clock.nowMs(),
      log: (text, stream = 'stdout') => container.log.append({ stream, text }),
      later: (ms, act) => container.run.add(runtime.after(ms).subscribe({ complete: act })),
      exit: (exitCode) => this.die(container, exitCode),
    };
  }
}

/** If it has its own stop signal, its restart policy stays active after any other signal except SIGKILL. */
const endsItsRestarts = ({ body, stopSignal }: Container, signal: Signal): boolean =>
  (body.StopSignal ?? '') === '' || signal === stopSignal || signal === SIGKILL;

/** Signals the process, and completes when it has ended. */
function untilDead(container: Container, act: () => void): Observable<never> {
  return new Observable((waiting) => {
    const dead = container.died$.pipe(take(1), ignoreElements()).subscribe(waiting);
    act();
    return dead;
  });
}

/** As a `die` message has it: whole seconds. */
const secondsRun = ({ state: { startedAt = 0n, finishedAt = startedAt } }: Container): string =>
  String(nanosToSeconds(finishedAt - startedAt));
