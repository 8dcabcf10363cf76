import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { distinctUntilChanged, skip, Subscription } from 'rxjs';
import type { SimulatedEngine } from './engine.ts';
import { EngineError } from './errors.ts';
import { API_VERSION, PlainAnswer, UpgradedAnswer } from './http-response.ts';
import type { Answer } from './http-response.ts';
import { ROUTES } from './http-routes.ts';

/** Docker's HTTP API in front of a simulated engine, on a Unix socket; answers while the engine is up. */
export class EngineServer {
  readonly socketPath: string;
  readonly #engine: SimulatedEngine;
  readonly #connections = new Set<Socket>();
  #server: Server | undefined;
  #upDown = Subscription.EMPTY;

  constructor(engine: SimulatedEngine, socketPath: string) {
    this.#engine = engine;
    this.socketPath = socketPath;
  }

  async listen(): Promise<void> {
    this.#upDown = this.#engine.up$.pipe(distinctUntilChanged(), skip(1)).subscribe((up) => {
      if (up) void this.acceptConnections();
      else this.#hangUp();
    });
    await this.acceptConnections();
  }

  async close(): Promise<void> {
    this.#upDown.unsubscribe();
    await this.refuseConnections();
  }

  /** Nothing listens any more, and every open connection breaks. */
  refuseConnections(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => {
      if (server === undefined) resolve();
      else server.close(() => resolve());
    });
    for (const connection of this.#connections) connection.destroy();
    return closed;
  }

  acceptConnections(): Promise<void> {
    if (this.#server !== undefined) return Promise.resolve();
    rmSync(this.socketPath, { force: true });
    const server = this.#newServer();
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.socketPath, resolve);
    });
  }

  /** The engine went down in an orderly way: pending data still arrives, then the end. */
  #hangUp(): void {
    this.#server?.close();
    this.#server = undefined;
    for (const connection of this.#connections) connection.end();
  }

  #newServer(): Server {
    const server = createServer((request, response) => void this.#serve(request, new PlainAnswer(response)));
    server.on('upgrade', (request: IncomingMessage, connection: Duplex) => {
      connection.on('error', ignoreBrokenConnection).resume();
      void this.#serve(request, new UpgradedAnswer(connection), {});
    });
    server.on('connection', (connection) => {
      this.#connections.add(connection);
      connection.on('error', ignoreBrokenConnection);
      connection.once('close', () => this.#connections.delete(connection));
    });
    return server;
  }

  /** `body` if it need not be read: data after an upgrade is no longer HTTP. */
  async #serve(request: IncomingMessage, answer: Answer, body?: Body): Promise<void> {
    try {
      const url = new URL(request.url ?? '/', 'http://engine');
      const path = withoutVersion(url.pathname);
      const method = request.method ?? 'GET';
      this.#engine.record(method, path, url.search);
      await this.#route(method, path, url.searchParams, body ?? (await readBody(request)), answer);
    } catch (error) {
      complain(error, answer);
    }
  }

  async #route(
    method: string,
    path: string,
    query: URLSearchParams,
    body: Body,
    answer: Answer,
  ): Promise<void> {
    for (const route of ROUTES) {
      const match = route.method === method ? route.path.exec(path) : null;
      if (match === null) continue;
      const ref = decodeURIComponent(match[1] ?? '');
      await route.handle({ engine: this.#engine, ref, query, body, answer });
      return;
    }
    throw new EngineError(404, 'page not found');
  }
}

type Body = Readonly<Record<string, unknown>>;

function complain(error: unknown, answer: Answer): void {
  const status = error instanceof EngineError ? error.status : 500;
  answer.json(status, { message: error instanceof Error ? error.message : String(error) });
}

function withoutVersion(path: string): string {
  const [prefix = '', minor] = /^\/v1\.(\d+)(?=\/)/.exec(path) ?? [];
  if (minor !== undefined && Number(minor) > Number(API_VERSION.slice(2))) {
    const tooNew = `client version 1.${minor} is too new. Maximum supported API version is ${API_VERSION}`;
    throw new EngineError(400, tooNew);
  }
  return path.slice(prefix.length);
}

async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : (JSON.parse(text) as Body);
}

/** A client that went away is not a fault of the engine. */
function ignoreBrokenConnection(): void {
  // Its 'close' follows.
}
