import { ReplaySubject, Subscription, concat, of } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Container } from './container.ts';
import { isNotRunning, isPausedForExec, isRestarting, noSuchExec } from './errors.ts';
import { commandLine } from './events.ts';
import type { EventBus } from './events.ts';
import type { Runtime } from './runtime.ts';
import type { ExecItem, ExecRequest, Output } from './workload.ts';

/** From the call to the first thing the process does. */
const EXEC_START_MS = 10;
const KILLED = 137;
const NOT_INVOKED = 126;

/** One exec. Its process goes on even if nothing reads its output: only the container's exit ends it early. */
export interface Exec {
  readonly id: string;
  readonly container: Container;
  readonly request: ExecRequest;
  readonly output$: ReplaySubject<Output>;
  begun: boolean;
  running: boolean;
  exitCode: number | undefined;
  pid: number;
  process: Subscription;
  /** The output of the process while it was paused. */
  held: ExecItem[];
}

export class Execs {
  readonly #runtime: Runtime;
  readonly #events: EventBus;
  readonly #execs = new Map<string, Exec>();
  /** Those that have not ended: only a few of all. */
  readonly #unfinished = new Map<Container, Set<Exec>>();
  #pids = 20_000;

  constructor(runtime: Runtime, events: EventBus) {
    this.#runtime = runtime;
    this.#events = events;
  }

  /** `ref` is the caller's name for the container: the engine repeats it in one of its errors. */
  create(container: Container, ref: string, request: ExecRequest): Exec {
    refuseCreate(container, ref);
    const exec: Exec = {
      id: this.#runtime.newId(),
      container,
      request,
      output$: new ReplaySubject(Infinity),
      begun: false,
      running: false,
      exitCode: undefined,
      pid: 0,
      process: Subscription.EMPTY,
      held: [],
    };
    this.#execs.set(exec.id, exec);
    this.#unfinishedOf(container).add(exec);
    this.#tell(exec, `exec_create: ${commandLine(request.cmd)}`);
    return exec;
  }

  find(id: string): Exec {
    const exec = this.#execs.get(id);
    if (exec === undefined) throw noSuchExec(id);
    return exec;
  }

  /** Starts the process; its output can be read from the beginning at any time. */
  start(id: string): Observable<Output> {
    const exec = this.find(id);
    if (exec.container.state.paused) throw isPausedForExec(exec.container.id);
    if (exec.begun) {
      return of({ stream: 'stdout', text: `Error: Exec command ${id} has already run\r\n` });
    }
    exec.begun = true;
    this.#tell(exec, `exec_start: ${commandLine(exec.request.cmd)}`);
    this.#run(exec);
    return exec.output$;
  }

  /** What `GET /exec/{id}/json` shows. */
  inspect(id: string): object {
    const { container, request, running, exitCode, pid } = this.find(id);
    const [entrypoint = '', ...args] = request.cmd;
    return {
      ID: id,
      Running: running,
      ExitCode: exitCode ?? null,
      ProcessConfig: { tty: request.tty, entrypoint, arguments: args, privileged: false },
      OpenStdin: false,
      OpenStderr: true,
      OpenStdout: true,
      CanRemove: false,
      ContainerID: container.id,
      DetachKeys: '',
      Pid: pid,
    };
  }

  running(container: Container): readonly Exec[] {
    return [...this.#unfinishedOf(container)].filter((exec) => exec.running);
  }

  /** The container's process ended: so did every other in it, and execs that were not started are forgotten. */
  containerDied(container: Container): void {
    for (const exec of [...this.#unfinishedOf(container)]) {
      if (!exec.begun) this.#execs.delete(exec.id);
      if (exec.running) this.#end(exec, KILLED);
    }
    this.#unfinished.delete(container);
  }

  containerRemoved(container: Container): void {
    for (const exec of this.#execs.values()) if (exec.container === container) this.#execs.delete(exec.id);
    this.#unfinished.delete(container);
  }

  containerResumed(container: Container): void {
    for (const exec of this.running(container)) {
      for (const item of exec.held.splice(0)) this.#hear(exec, item);
    }
  }

  #run(exec: Exec): void {
    const process$ = exec.container.workload.exec?.(exec.request);
    if (process$ === undefined) {
      this.#couldNotBegin(exec);
      return;
    }
    exec.running = true;
    exec.pid = ++this.#pids;
    exec.process = concat(this.#runtime.after(EXEC_START_MS), process$).subscribe((item) => {
      if (exec.container.state.paused) exec.held.push(item);
      else this.#hear(exec, item);
    });
    exec.container.run.add(exec.process);
  }

  #hear(exec: Exec, item: ExecItem): void {
    if ('exitCode' in item) this.#end(exec, item.exitCode);
    else exec.output$.next(item);
  }

  /** The engine writes that to the output, exits with 126, and emits no `exec_die`. */
  #couldNotBegin(exec: Exec): void {
    this.#unfinishedOf(exec.container).delete(exec);
    exec.exitCode = NOT_INVOKED;
    exec.output$.next({ stream: 'stdout', text: `${cannotExecute(exec.request.cmd[0] ?? '')}\r\n` });
    exec.output$.complete();
  }

  #end(exec: Exec, exitCode: number): void {
    this.#unfinishedOf(exec.container).delete(exec);
    exec.running = false;
    exec.exitCode = exitCode;
    exec.held = [];
    this.#tell(exec, 'exec_die', { exitCode: String(exitCode) });
    exec.output$.complete();
    exec.process.unsubscribe();
  }

  #tell(exec: Exec, action: string, more: Readonly<Record<string, string>> = {}): void {
    this.#events.container(exec.container, action, { execID: exec.id, ...more });
  }

  #unfinishedOf(container: Container): Set<Exec> {
    const known = this.#unfinished.get(container);
    if (known !== undefined) return known;
    const none = new Set<Exec>();
    this.#unfinished.set(container, none);
    return none;
  }
}

function refuseCreate(container: Container, ref: string): void {
  const { state, workload } = container;
  if (!state.running) throw isNotRunning(container.id);
  if (state.paused) throw isPausedForExec(ref);
  if (state.restarting) throw isRestarting(container.id);
  const refusal = workload.refusesExec?.();
  if (refusal !== undefined) throw refusal;
}

function cannotExecute(program: string): string {
  const cause = program.includes('/')
    ? `stat ${program}: no such file or directory`
    : 'executable file not found in $PATH';
  return `OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": ${cause}: unknown`;
}
