import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { passOn } from './pass-on.ts';
import type { TestEngine } from './test-engine.ts';

/** A TCP port that forwards to the engine's socket, but answers what is forbidden as haproxy does: 403 and a page. */
export class ForbiddingProxy {
  /** Matches method and path, such as `POST /containers/create?name=app`. */
  forbidden: RegExp | undefined;
  /** Every call, in the same form. */
  readonly calls: string[] = [];
  readonly #engine: TestEngine;
  readonly #server: Server;

  constructor(engine: TestEngine) {
    this.#engine = engine;
    this.#server = createServer((incoming, outgoing) => this.#serve(incoming, outgoing));
  }

  static async open(engine: TestEngine, forbidden?: RegExp): Promise<ForbiddingProxy> {
    const proxy = new ForbiddingProxy(engine);
    proxy.forbidden = forbidden;
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get dockerHost(): string {
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** As at a reload of its rules: every connection is cut. */
  change(forbidden: RegExp | undefined): void {
    this.forbidden = forbidden;
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const call = `${incoming.method ?? ''} ${incoming.url ?? ''}`;
    this.calls.push(call);
    if (this.forbidden?.test(call) !== true) {
      passOn(this.#engine.socketPath, incoming, outgoing);
      return;
    }
    outgoing
      .writeHead(403, { 'content-type': 'text/html', connection: 'close' })
      .end(
        '<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>\n',
      );
  }
}
