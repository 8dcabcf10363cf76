import { STATUS_CODES } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { Duplex, Writable } from 'node:stream';
import type { Observable } from 'rxjs';

export const API_VERSION = '1.51';
export const ENGINE_VERSION = '28.5.2';

const RAW_STREAM = 'application/vnd.docker.raw-stream';

const ENGINE_HEADERS: Readonly<Record<string, string>> = {
  'Api-Version': API_VERSION,
  'Docker-Experimental': 'false',
  Ostype: 'linux',
  Server: `Docker/${ENGINE_VERSION} (linux)`,
};

/** The ways the engine answers, for any kind of request. */
export interface Answer {
  json(status: number, body: object | null): void;
  text(status: number, body: string): void;
  empty(status: number, headers?: Readonly<Record<string, string>>): void;
  /** Chunked, with the headers sent at once: the reader can distinguish its end from a broken connection. */
  stream(contentType: string | undefined): Writable;
  /** Until the connection closes: the reader cannot distinguish its end from a broken connection. */
  raw(): Writable;
}

export class PlainAnswer implements Answer {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  json(status: number, body: object | null): void {
    this.#complete(status, 'application/json', `${JSON.stringify(body)}\n`);
  }

  text(status: number, body: string): void {
    this.#complete(status, 'text/plain; charset=utf-8', body);
  }

  empty(status: number, headers: Readonly<Record<string, string>> = {}): void {
    this.#response.writeHead(status, { ...ENGINE_HEADERS, ...headers }).end();
  }

  stream(contentType: string | undefined): Writable {
    const type = contentType === undefined ? {} : { 'Content-Type': contentType };
    this.#response.writeHead(200, { ...ENGINE_HEADERS, ...type });
    this.#response.flushHeaders();
    return this.#response;
  }

  raw(): Writable {
    this.#response.removeHeader('Transfer-Encoding');
    this.#response.shouldKeepAlive = false;
    this.#response.writeHead(200, { ...ENGINE_HEADERS, 'Content-Type': RAW_STREAM });
    this.#response.flushHeaders();
    return this.#response;
  }

  #complete(status: number, contentType: string, body: string): void {
    const headers = {
      ...ENGINE_HEADERS,
      'Content-Type': contentType,
      'Content-Length': Buffer.byteLength(body),
    };
    this.#response.writeHead(status, headers).end(body);
  }
}

/** For a client that requested an upgrade: on success it gets the raw connection. */
export class UpgradedAnswer implements Answer {
  readonly #connection: Duplex;

  constructor(connection: Duplex) {
    this.#connection = connection;
  }

  json(status: number, body: object | null): void {
    this.text(status, JSON.stringify(body));
  }

  text(status: number, body: string): void {
    const length = { 'Content-Length': String(Buffer.byteLength(body)), Connection: 'close' };
    this.#head(`${status} ${STATUS_CODES[status] ?? ''}`, { ...length, 'Content-Type': 'application/json' });
    this.#connection.end(body);
  }

  empty(status: number): void {
    this.text(status, '');
  }

  stream(): Writable {
    return this.raw();
  }

  raw(): Writable {
    this.#head('101 UPGRADED', { 'Content-Type': RAW_STREAM, Connection: 'Upgrade', Upgrade: 'tcp' });
    return this.#connection;
  }

  #head(status: string, headers: Readonly<Record<string, string>>): void {
    const lines = Object.entries({ ...headers, ...ENGINE_HEADERS }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    this.#connection.write(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`);
  }
}

/** Writes the output until it ends or the reader has gone, which does not end the output. */
export function pour(source$: Observable<string | Buffer>, into: Writable): void {
  const subscription = source$.subscribe({
    next: (chunk) => into.write(chunk),
    complete: () => into.end(),
  });
  into.once('close', () => subscription.unsubscribe());
}
