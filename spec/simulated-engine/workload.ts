import type { Observable } from 'rxjs';
import type { EngineError } from './errors.ts';

export type OutputStream = 'stdout' | 'stderr';

export interface Output {
  readonly stream: OutputStream;
  readonly text: string;
}

/** What a process started by exec says, and at last the code it ends with. */
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
  /** The main process ends by itself. */
  exit(exitCode: number): void;
}

/**
 * What runs inside a container. The engine knows nothing else of it; every part may be left out, and what is
 * left out behaves like a plain program that runs until it is told to stop and contains no other program.
 */
export interface Workload {
  /** Deaf to SIGTERM: only SIGKILL ends it. */
  readonly ignoresTerm?: boolean;
  started?(host: WorkloadHost): void;
  /** SIGTERM arrived: last words. */
  terminating?(host: WorkloadHost): void;
  /** Exit code of the health check's command. */
  probeHealth?(): number;
  /** Undefined: there is no such program in the container. */
  exec?(request: ExecRequest): Observable<ExecItem> | undefined;
  /** What creating an exec is answered with, where it is not allowed. */
  refusesExec?(): EngineError | undefined;
}
