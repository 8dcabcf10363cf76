import type Docker from 'dockerode';
import { EMPTY, type Observable, catchError, ignoreElements, map, throwError } from 'rxjs';
import { call } from '../../streams/docker-engine.ts';
import { EngineError } from '../../streams/engine.ts';
import type { EngineWrites } from './engine-writes.ts';

/** The writes on a real engine, through dockerode. */
export const dockerWrites = (docker: Docker): EngineWrites => ({
  restart: (id) => done((abortSignal) => docker.getContainer(id).restart({ abortSignal })),
  start: (id) => done((abortSignal) => docker.getContainer(id).start({ abortSignal })),
  stop: (id) => done((abortSignal) => docker.getContainer(id).stop({ abortSignal })),
  rename: (id, name) => done((abortSignal) => docker.getContainer(id).rename({ name, abortSignal })),
  create: (name, body) =>
    call((abortSignal) => docker.createContainer(createOptions({ name }, body, abortSignal))).pipe(
      map(({ id }) => id),
    ),
  remove: (id) =>
    done((abortSignal) => docker.getContainer(id).remove({ force: false, v: false, abortSignal })),
});

/** Passes the query and the body separately, which docker-modem supports but dockerode's types do not. */
const createOptions = (
  query: object,
  body: object,
  abortSignal: AbortSignal,
): Docker.ContainerCreateOptions => ({ _query: query, _body: body, abortSignal }) as object;

/** The container already is in the requested state. docker-modem treats this status as a failure. */
const NOT_MODIFIED = 304;

const done = (make: (abortSignal: AbortSignal) => Promise<unknown>): Observable<never> =>
  call(make).pipe(
    ignoreElements(),
    catchError((error: unknown) =>
      error instanceof EngineError && error.status === NOT_MODIFIED ? EMPTY : throwError(() => error),
    ),
  );
