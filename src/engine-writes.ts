import type { Observable } from 'rxjs';

/** All that changes anything at the engine. Each completes when the engine has done it; fails as `EngineError`. */
export interface EngineWrites {
  /** Stops, where it runs, and starts. The engine waits the container's own stop time-out before it kills. */
  restart(id: string): Observable<never>;
  start(id: string): Observable<never>;
}
