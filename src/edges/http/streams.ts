import type { ServerResponse } from 'node:http';

export const MOST_STREAMS = 200;
const HEARTBEAT_MS = 15_000;
/** Between two statuses. */
const PACE_MS = 1_000;
/** What a client may leave unread of what comes between statuses. */
const MOST_UNREAD = 256 * 1024;
/** How long it may read nothing at all. */
const PATIENCE_MS = 2 * HEARTBEAT_MS;

export interface StreamOptions {
  /** The status as JSON. */
  readonly status: () => string;
  /** The part of it that does not change with time alone. */
  readonly fingerprint: () => string;
  readonly beat: () => string;
}

interface Client {
  readonly response: ServerResponse;
  /** A status was left out, because it has not taken the one before. */
  isBehind: boolean;
  /** The size of the latest status that it was sent. */
  statusBytes: number;
  /** When it was last seen to have read everything. */
  readAt: number;
}

/**
 * The open `/events`. Each client is sent the status at once, and again when it has changed, at most once a second.
 *
 * Whoever reads slowly misses statuses: it gets the newest one when it has taken the one before. So at most one status
 * waits for each client, whose bytes all of them share. Whoever stops reading is dropped.
 */
export class Streams {
  readonly #options: StreamOptions;
  readonly #clients = new Set<Client>();
  #heartbeat: NodeJS.Timeout | undefined;
  #next: NodeJS.Timeout | undefined;
  #sentAt = -Infinity;
  #sent = '';

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#clients.size >= MOST_STREAMS;
  }

  /** Writes the headers, and everything that follows. */
  open(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
    const client: Client = { response, isBehind: false, statusBytes: 0, readAt: performance.now() };
    response.writeHead(200, {
      ...headers,
      'Content-Type': 'text/event-stream; charset=utf-8',
      'X-Accel-Buffering': 'no', // nginx would keep it back
    });
    response.on('error', () => undefined);
    response.on('drain', () => {
      client.readAt = performance.now();
      if (client.isBehind) this.#sendStatus(client, statusEvent(this.#options.status()));
    });
    response.on('close', () => this.#forget(client));
    if (this.#clients.size === 0) this.#sent = this.#options.fingerprint();
    this.#clients.add(client);
    this.#heartbeat ??= setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
    this.#sendStatus(client, statusEvent(this.#options.status()));
  }

  /** The state may have changed. */
  change(): void {
    if (this.#clients.size === 0 || this.#next !== undefined) return;
    const inMs = Math.max(0, this.#sentAt + PACE_MS - performance.now());
    this.#next = setTimeout(() => this.#sendChange(), inMs).unref();
  }

  /** @param data One line of JSON. */
  tell(event: string, data: string, comment = ''): void {
    if (this.#clients.size === 0) return;
    const bytes = eventOf(event, data, comment);
    for (const client of this.#clients) this.#send(client, bytes);
  }

  close(): void {
    for (const { response } of this.#clients) response.destroy();
    clearTimeout(this.#next);
    clearInterval(this.#heartbeat);
  }

  #sendChange(): void {
    this.#next = undefined;
    const fingerprint = this.#options.fingerprint();
    if (fingerprint === this.#sent) return;
    this.#sent = fingerprint;
    this.#sentAt = performance.now();
    const bytes = statusEvent(this.#options.status());
    for (const client of this.#clients) this.#sendStatus(client, bytes);
  }

  #sendStatus(client: Client, bytes: Buffer): void {
    client.isBehind = client.response.writableLength > 0;
    if (client.isBehind) return;
    client.statusBytes = bytes.length;
    client.response.write(bytes);
  }

  #send(client: Client, bytes: Buffer): void {
    const { response, statusBytes } = client;
    // How much waits of a status is no fault of its own.
    if (response.writableLength > statusBytes + MOST_UNREAD) response.destroy();
    else response.write(bytes);
  }

  #beat(): void {
    const now = performance.now();
    for (const client of this.#clients) {
      if (client.response.writableLength === 0) client.readAt = now;
      else if (now - client.readAt > PATIENCE_MS) client.response.destroy();
    }
    // For whoever looks at the stream, and for proxies; a page does not get to see comments.
    this.tell('beat', this.#options.beat(), ': still here\n');
  }

  #forget(client: Client): void {
    this.#clients.delete(client);
    if (this.#clients.size > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}

const eventOf = (event: string, data: string, comment = ''): Buffer =>
  Buffer.from(`${comment}event: ${event}\ndata: ${data}\n\n`);

const statusEvent = (status: string): Buffer => eventOf('status', status);
