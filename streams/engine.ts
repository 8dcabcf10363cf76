import type { Observable } from 'rxjs';

/**
 * What the streams read from a Docker engine. Every observable is cold, emits untrusted JSON or raw bytes, and stops
 * at the engine when unsubscribed. Failures are `EngineError`s. The reader has to set time-outs: an engine that hangs
 * is silent for ever.
 */
export interface EngineReadings {
  /** One listing of all containers, running or not: an array of `GET /containers/json` entries. */
  list(): Observable<unknown>;
  /** `GET /containers/{id}/json`. */
  inspect(id: string): Observable<unknown>;
  /** `GET /images/{reference}/json`, by name or id. */
  inspectImage(reference: string): Observable<unknown>;
  /** `GET /volumes`: `{Volumes: […]}`. */
  volumes(): Observable<unknown>;
  /** `GET /containers/{id}/changes`: what the container's own layer adds to its image. */
  changes(id: string): Observable<unknown>;
  /** `HEAD /containers/{id}/archive`: `{name, size, mode, mtime, linkTarget}`, the mode in Go's bits. */
  fileStat(id: string, path: string): Observable<unknown>;
  /** Emits once, when the event stream is open: the stream's bytes, which end only with the connection. */
  openEvents(since: string | undefined): Observable<Observable<Uint8Array>>;
  /** `GET /info`: how the engine is set up. */
  info(): Observable<unknown>;
  /**
   * The bytes of all messages that the engine still remembers, of any kind; completes after the last.
   *
   * @param until on the engine's own clock. If it is in the future, the engine waits for it.
   */
  pastEvents(until: string): Observable<Uint8Array>;
  /**
   * The bytes of the container's log from `since` on: at most `tail` lines of its past, then new ones as they are
   * written.
   */
  followLog(id: string, options: { since: string; tail: number }): Observable<Uint8Array>;
  /** Runs a command in the container and emits the multiplexed bytes of its output. Completes with the command. */
  exec(id: string, command: ExecCommand): Observable<Uint8Array>;
  /** The engine's clock, as far as it is known here: milliseconds since the epoch. */
  clockMs(): number;
}

/**
 * Filters of the event stream: only what the monitor acts on, because each health probe would send three messages. By
 * `died` and `remove` Podman filters what Docker calls `die` and `destroy`.
 */
export const EVENT_FILTERS = {
  type: ['container'],
  event: [
    'create', 'start', 'die', 'died', 'stop', 'restart', 'kill', 'destroy', 'remove', 'rename', 'pause', 'unpause',
    'oom', 'health_status',
  ],
} as const; // prettier-ignore

export interface ExecCommand {
  readonly cmd: readonly string[];
  /** `NAME=value`. Secrets belong here, because a command line shows in process lists and in engine events. */
  readonly env: readonly string[];
}

/** The engine refused, failed or could not be reached. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  /** The HTTP status of the answer; undefined if there was none. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }

  /** A proxy in front of the engine, or a plugin of it, does not let the call through. */
  get isForbidden(): boolean {
    return this.status !== undefined && FORBIDDEN.includes(this.status);
  }

  /** The engine has not answered, though a proxy in front of it may have. */
  get isUnanswered(): boolean {
    return this.status === undefined || UNREACHED.includes(this.status);
  }
}

/** What a proxy answers if the engine does not. */
const UNREACHED: readonly number[] = [502, 503, 504];

/** 405 is the answer of proxies that have no rule for the method at all. */
const FORBIDDEN: readonly number[] = [401, 403, 405];

/** One line that describes anything thrown. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim().slice(0, 500) ||
  'unknown error';
