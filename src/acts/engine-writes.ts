import type { Observable } from 'rxjs';

/** All that changes anything at the engine. Each completes when the engine has done it; fails as `EngineError`. */
export interface EngineWrites {
  /** Stops, where it runs, and starts. The engine waits the container's own stop time-out before it kills. */
  restart(id: string): Observable<never>;
  start(id: string): Observable<never>;
  /** By the container's own signal and time-out; one that does not run is no failure. */
  stop(id: string): Observable<never>;
  rename(id: string, name: string): Observable<never>;
  /** `POST /containers/create`; emits the new container's id. */
  create(name: string, body: CreateBody): Observable<string>;
  /** Never by force, and never its volumes. */
  remove(id: string): Observable<never>;
}

/** What a container is created from, in the engine's own words: `Config`, with `HostConfig` beside it. */
export type CreateBody = Readonly<Record<string, unknown>>;
