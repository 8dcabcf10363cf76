import type Docker from 'dockerode';
import { type Observable, ignoreElements } from 'rxjs';
import { call } from '../streams/docker-engine.ts';
import type { EngineWrites } from './engine-writes.ts';

/** The writes on a real engine, by dockerode. */
export const dockerWrites = (docker: Docker): EngineWrites => ({
  restart: (id) => done((abortSignal) => docker.getContainer(id).restart({ abortSignal })),
  start: (id) => done((abortSignal) => docker.getContainer(id).start({ abortSignal })),
});

const done = (make: (abortSignal: AbortSignal) => Promise<unknown>): Observable<never> =>
  call(make).pipe(ignoreElements());
