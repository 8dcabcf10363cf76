import type { Observable } from 'rxjs';
import type { EngineError } from './errors.ts';

export type OutputStream = 'stdout' | 'stderr';

export interface Output {
  readonly stream: OutputStream;
  readonly text: string;
}

/** The output of a process started by exec, and finally its exit code. */
export type ExecItem = Output | { readonly exitCode: number };

export interface ExecRequest {
  readonly cmd: readonly string[];
  readonly env: readonly string[];
  readonly tty: boolean;
}

/** What a workload may do to the container it runs in, until that run of it ends. */
export interface WorkloadHost {
  readonly tty: boolean;
  nowMs(): number;
  log(text: string, stream?: OutputStream): void;
  /** Calls back later, unless the container has stopped by then. */
  later(ms: number, act: () => void): void;
  /** The main process exits by itself. */
  exit(exitCode: number): void;
}

/**
 * What runs inside a container. The engine knows nothing else of it. Every part is optional: the default is a plain
 * program that runs until it is told to stop, in a container without other programs.
 */
export interface Workload {
  /** Ignores SIGTERM: only SIGKILL ends it. */
  readonly ignoresTerm?: boolean;
  started?(host: WorkloadHost): void;
  /** SIGTERM arrived: it may write its last lines. */
  terminating?(host: WorkloadHost): void;
  /** Exit code of the health check's command. */
  probeHealth?(): number;
  /** Undefined: there is no such program in the container. */
  exec?(request: ExecRequest): Observable<ExecItem> | undefined;
  /** The error for a creation of an exec, if it is not allowed. */
  refusesExec?(): EngineError | undefined;
}
