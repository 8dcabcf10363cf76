import { once } from 'node:events';
import { type Server, type Socket, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A server on 127.0.0.1 that writes raw answers, valid and invalid ones, by the request's path. */
export class LittleServer {
  /** The heads of the requests that it received. */
  readonly requests: string[] = [];
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  readonly #answer: (path: string, socket: Socket, request: string) => void;

  constructor(answer: (path: string, socket: Socket, request: string) => void) {
    this.#answer = answer;
    beforeEach(() => this.#open());
    afterEach(() => this.close());
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server?.address() as AddressInfo).port}${path}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server?.listening === true) await new Promise((resolve) => this.#server?.close(resolve));
  }

  async #open(): Promise<void> {
    this.requests.length = 0;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
      socket.once('data', (chunk) => {
        const request = chunk.toString();
        this.requests.push(request);
        this.#answer(request.split(' ')[1] ?? '', socket, request);
      });
    }).listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }
}

export const answer = (status: string, headers: readonly string[] = [], body = ''): string =>
  [`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${body.length}`, 'Connection: close', '', body].join(
    '\r\n',
  );
