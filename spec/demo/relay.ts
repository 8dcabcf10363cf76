import { type Server, type Socket, connect, createServer } from 'node:net';
import type { Call } from './world.ts';

/** The head of a request: a client sends each in one piece, and the next one only after the answer. */
const REQUEST = /^(GET|HEAD|POST|PUT|DELETE) (?:\/v[\d.]+)?([^? ]*)\S* HTTP\/1\.1\r\n/;

/** A Unix socket that forwards to an engine's byte by byte, and records the requests. */
export class Relay {
  readonly calls: Call[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(engineSocketPath: string) {
    // Either side may end its output and still read: a client of an exec does.
    this.#server = createServer({ allowHalfOpen: true }, (client) =>
      this.#join(client, connect({ path: engineSocketPath, allowHalfOpen: true })),
    );
  }

  listen(socketPath: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socketPath, resolve);
    });
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #join(client: Socket, engine: Socket): void {
    client.on('data', (chunk) => this.#note(chunk.toString('latin1')));
    client.pipe(engine).pipe(client);
    for (const [socket, other] of [
      [client, engine],
      [engine, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }

  #note(chunk: string): void {
    const [, method, path] = REQUEST.exec(chunk) ?? [];
    if (method !== undefined && path !== undefined) this.calls.push({ method, path });
  }
}
