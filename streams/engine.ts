import type { Observable } from 'rxjs';

/**
 * What the streams read from a Docker engine. Everything is cold, answers untrusted JSON or raw bytes, and
 * stops at the engine when unsubscribed. Failures are `EngineError`s. Time-outs are the reader's business:
 * an engine that hangs is silent for ever.
 */
export interface EngineReadings {
  /** One listing of all containers, running or not: an array of `GET /containers/json` entries. */
  list(): Observable<unknown>;
  /** `GET /containers/{id}/json`. */
  inspect(id: string): Observable<unknown>;
  /** `GET /images/{reference}/json`, by name or id. */
  inspectImage(reference: string): Observable<unknown>;
  /** `GET /containers/{id}/changes`: what the container's own layer has beyond its image. */
  changes(id: string): Observable<unknown>;
  /** `HEAD /containers/{id}/archive`: `{name, size, mode, mtime, linkTarget}`, the mode in Go's bits. */
  fileStat(id: string, path: string): Observable<unknown>;
  /** Emits once, when the event stream is open: the stream's bytes, which end only with the connection. */
  openEvents(since: string | undefined): Observable<Observable<Uint8Array>>;
  /** `GET /info`: how the engine is set up. */
  info(): Observable<unknown>;
  /**
   * Bytes of all messages that the engine still remembers, of whatever kind; completes after the last.
   *
   * @param until by the engine's own clock: for one that is still to come it would wait
   */
  pastEvents(until: string): Observable<Uint8Array>;
  /** Bytes of the container's log from `since` on, at most `tail` lines of its past, then as it grows. */
  followLog(id: string, options: { since: string; tail: number }): Observable<Uint8Array>;
  /** Runs a command in the container: the multiplexed bytes of its output. Ends with the command. */
  exec(id: string, command: ExecCommand): Observable<Uint8Array>;
  /** The engine's clock as well as it is known here: milliseconds since the epoch. */
  clockMs(): number;
}

/** What is asked of the event stream: only what the monitor acts on, for each health probe would be three messages. */
export const EVENT_FILTERS = {
  type: ['container'],
  event: [
    'create', 'start', 'die', 'stop', 'restart', 'kill', 'destroy', 'rename', 'pause', 'unpause', 'oom',
    'health_status',
  ],
} as const; // prettier-ignore

export interface ExecCommand {
  readonly cmd: readonly string[];
  /** `NAME=value`: where secrets travel, for a command line shows in process lists and in engine events. */
  readonly env: readonly string[];
}

/** The engine refused, failed or could not be reached. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  /** The HTTP status it answered; undefined where it gave no answer. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/** The one line to show of whatever was thrown. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim().slice(0, 500) ||
  'unknown error';
