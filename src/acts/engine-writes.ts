import type { Observable } from 'rxjs';

/**
 * All calls that change anything at the engine. Each completes when the engine is done, or fails with an `EngineError`.
 */
export interface EngineWrites {
  /**
   * Stops the container if it runs, and starts it. The engine waits for the container's own stop time-out before it
   * kills.
   */
  restart(id: string): Observable<never>;
  start(id: string): Observable<never>;
  /** Stops the container with its own signal and time-out. Succeeds if it does not run. */
  stop(id: string): Observable<never>;
  rename(id: string, name: string): Observable<never>;
  /** `POST /containers/create`; emits the new container's id. */
  create(name: string, body: CreateBody): Observable<string>;
  /** Removes the container, never by force and never with its volumes. */
  remove(id: string): Observable<never>;
}

/** The body of a creation request, in the engine's format: the fields of `Config`, and `HostConfig` beside them. */
export type CreateBody = Readonly<Record<string, unknown>>;
