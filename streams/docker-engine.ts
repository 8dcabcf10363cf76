import Docker from 'dockerode';
import { Observable, concatMap, fromEvent, map, merge, mergeMap, take, takeUntil, throwError } from 'rxjs';
import type { DockerConnection } from '../config/docker-connection.ts';
import { EVENT_FILTERS, type EngineReadings, EngineError, reasonOf } from './engine.ts';
import { parseJson } from './json.ts';

/** The types ask for mutable lists of known actions. */
const eventFilters = EVENT_FILTERS as unknown as Exclude<Docker.GetEventsOptions['filters'], string>;

const WHOLE_LOG = { stdout: true, stderr: true, timestamps: true };

/** The types declare `since` as a number. The API takes seconds with nine decimals, more than a number holds. */
const untyped = (since: string): number => since as unknown as number;

/** The types do not know that every call takes a signal. */
const signalled = (abortSignal: AbortSignal): object => ({ abortSignal });

/** The types do not know that this call takes options at all. */
interface WithInfo {
  info(options: object): Promise<unknown>;
}

/** The readings of a real engine, through dockerode. */
export const dockerReadings = (docker: Docker): EngineReadings => ({
  list: () => call<unknown>((abortSignal) => docker.listContainers({ all: true, abortSignal })),
  inspect: (id) => call((abortSignal) => docker.getContainer(id).inspect({ abortSignal })),
  inspectImage: (reference) =>
    call((abortSignal) => docker.getImage(reference).inspect({ ...signalled(abortSignal) })),
  volumes: () => call((abortSignal) => docker.listVolumes(signalled(abortSignal))),
  changes: (id) => call((abortSignal) => docker.getContainer(id).changes({ abortSignal })),
  fileStat: (id, path) =>
    call((abortSignal) => docker.getContainer(id).infoArchive({ path, abortSignal })).pipe(map(statIn)),
  openEvents: (since) =>
    call((abortSignal) =>
      docker.getEvents({
        filters: eventFilters,
        ...signalled(abortSignal),
        ...(since && { since: untyped(since) }),
      }),
    ).pipe(map((stream) => bytesOf(stream))),
  info: () => call((abortSignal) => (docker as unknown as WithInfo).info(signalled(abortSignal))),
  pastEvents: (until) =>
    call((abortSignal) =>
      docker.getEvents({ ...signalled(abortSignal), since: untyped('1'), until: untyped(until) }),
    ).pipe(mergeMap((stream) => bytesOf(stream))),
  followLog: (id, { since, tail }) =>
    call((abortSignal) =>
      docker.getContainer(id).logs({ ...WHOLE_LOG, follow: true, since: untyped(since), tail, abortSignal }),
    ).pipe(mergeMap((stream) => bytesOf(stream))),
  exec: (id, { cmd, env }) =>
    call((abortSignal) =>
      docker
        .getContainer(id)
        .exec({ Cmd: [...cmd], Env: [...env], AttachStdout: true, AttachStderr: true, abortSignal }),
    ).pipe(
      concatMap((exec) => call((abortSignal) => exec.start({ Detach: false, Tty: false, abortSignal }))),
      mergeMap((stream) => bytesOf(stream)),
    ),
  clockMs: () => Date.now(),
});

/** The answer about a file is in a header; there is no body. */
function statIn(response: NodeJS.ReadableStream): unknown {
  const { headers } = response as { headers?: Readonly<Record<string, unknown>> };
  response.resume();
  const header = headers?.['x-docker-container-path-stat'];
  return typeof header === 'string' ? parseJson(Buffer.from(header, 'base64').toString()) : undefined;
}

/**
 * A client for the connection. docker-modem lets environment variables override explicit options, so they are removed
 * first. The configuration has read them already.
 */
export function connectDocker(connection: DockerConnection): Docker {
  for (const name of ['DOCKER_HOST', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH', 'DOCKER_CLIENT_TIMEOUT'])
    Reflect.deleteProperty(process.env, name);
  if (connection.kind === 'socket') return new Docker({ socketPath: connection.path });
  const { host, port, tls } = connection;
  if (tls === undefined) return new Docker({ host, port, protocol: 'http' });
  const { ca, cert, key, verify } = tls;
  return new Docker({
    host,
    port,
    protocol: 'https',
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    // Missing in the types, but passed on to node:https.
    ...({ rejectUnauthorized: verify } as object),
  });
}

/** One call. It is aborted at the socket if it is unsubscribed before its answer, and fails with an `EngineError`. */
export const call = <T>(make: (abortSignal: AbortSignal) => Promise<T>): Observable<T> =>
  new Observable<T>((subscriber) => {
    const controller = new AbortController();
    let answered = false;
    make(controller.signal).then(
      (value) => {
        answered = true;
        subscriber.next(value);
        subscriber.complete();
      },
      (error: unknown) => {
        answered = true;
        subscriber.error(engineError(error));
      },
    );
    // After the answer the signal would abort the body of a stream, which bytesOf() closes itself.
    return () => {
      if (!answered) controller.abort();
    };
  });

/**
 * The bytes of a response. Completes when it ends, fails if the connection breaks, and closes it when unsubscribed.
 */
const bytesOf = (stream: NodeJS.ReadableStream): Observable<Uint8Array> =>
  new Observable<Uint8Array>((subscriber) => {
    const ended$ = merge(fromEvent(stream, 'end'), fromEvent(stream, 'close')).pipe(take(1));
    const failed$ = fromEvent(stream, 'error').pipe(
      mergeMap((error) => throwError(() => new EngineError(reasonOf(error)))),
    );
    const data$ = fromEvent(stream, 'data') as Observable<Uint8Array>;
    const subscription = merge(data$, failed$).pipe(takeUntil(ended$)).subscribe(subscriber);
    return () => {
      subscription.unsubscribe();
      // A stream that we destroyed may still report its broken socket.
      stream.on('error', () => undefined);
      (stream as { destroy?: () => void }).destroy?.();
    };
  });

const engineError = (error: unknown): EngineError => {
  const { statusCode, json } = (error ?? {}) as { statusCode?: unknown; json?: { message?: unknown } };
  const status = typeof statusCode === 'number' ? statusCode : undefined;
  if (typeof json?.message === 'string') return new EngineError(json.message, status);
  const failed = new EngineError(unreachable(error) ?? reasonOf(error), status);
  // A proxy answers with a page in HTML.
  if (failed.isForbidden) return new EngineError(`it is forbidden (HTTP ${String(status)})`, status);
  return status !== undefined && failed.isUnanswered
    ? new EngineError(`the proxy in front of the engine does not reach it (HTTP ${String(status)})`, status)
    : failed;
};

/** The usual reasons why there is no connection, each with its remedy. */
function unreachable(error: unknown): string | undefined {
  const { code, address = 'the engine' } = (error ?? {}) as { code?: unknown; address?: string };
  switch (code) {
    case 'ENOENT':
      return `there is no socket ${address} (is the engine running, is its socket mounted, is DOCKER_HOST right?)`;
    case 'EACCES':
      return `no permission to use ${address} (run as root, or as a member of the socket's group; with SELinux, see docs/troubleshooting.md)`;
    case 'ECONNREFUSED':
      return `${address} refuses the connection (is the engine running?)`;
    default:
      return undefined;
  }
}
