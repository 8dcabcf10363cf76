import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** `METHOD ROUTE`, and the requested status. */
type Request = `GET ${string}` | `PUT ${string}`;

/** An answer, or none: `silence` keeps the connection open, `hang-up` closes it. */
export type Reply = readonly [status: number, body: string, location?: string] | 'silence' | 'hang-up';

/** What a VPN loop does on request: the outcomes are those of Gluetun's `ApplyStatus`. */
export class VpnLoop {
  status: string;

  constructor(status = 'running') {
    this.status = status;
  }

  apply(wanted: string): string {
    const before = wanted === 'running' ? 'stopped' : 'running';
    if (this.status !== before) return `already ${this.status}`;
    this.status = wanted;
    return wanted;
  }
}

/** The VPN part of Gluetun's control server on 127.0.0.1. A spec says what a version does differently. */
export class LittleControlServer {
  /** `GET vpn`, `PUT vpn stopped`…, in the order they came. */
  readonly requests: Request[] = [];
  /** The key of each request. */
  readonly keys: (string | undefined)[] = [];
  /** Answers first; undefined: answer as current Gluetun versions do. */
  otherwise: (request: Request, key: string | undefined) => Reply | undefined = () => undefined;
  vpn = new VpnLoop();
  #server: Server | undefined;

  constructor() {
    beforeEach(() => this.#open());
    afterEach(() => this.close());
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server?.address() as AddressInfo).port}`;
  }

  count(request: string): number {
    return this.requests.filter((one) => one === request).length;
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    if (this.#server?.listening === true) await new Promise((resolve) => this.#server?.close(resolve));
  }

  async #open(): Promise<void> {
    this.requests.length = this.keys.length = 0;
    this.otherwise = () => undefined;
    this.vpn = new VpnLoop();
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(message);
    const route = (message.url ?? '').replace(/^\/v1\/(.*)\/status$/, '$1');
    const wanted = body === '' ? '' : ` ${(JSON.parse(body) as { status: string }).status}`;
    const request = `${message.method ?? ''} ${route}${wanted}` as Request;
    const key = message.headers['x-api-key']?.toString();
    this.requests.push(request);
    this.keys.push(key);
    const reply = this.otherwise(request, key) ?? this.answer(request);
    if (reply === 'hang-up') response.destroy();
    else if (reply !== 'silence') send(response, reply);
  }

  /** Carries the request out. */
  answer(request: Request): Reply {
    const [method, , wanted = ''] = request.split(' ');
    if (method === 'GET') return [200, JSON.stringify({ status: this.vpn.status })];
    return [200, JSON.stringify({ outcome: this.vpn.apply(wanted) })];
  }
}

/** Declared as text even if it is JSON, as v3.41 does. */
const send = (response: ServerResponse, [status, body, location]: Exclude<Reply, string>): void => {
  if (location !== undefined) response.setHeader('Location', location);
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${body}\n`);
};
