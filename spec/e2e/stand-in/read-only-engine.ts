import { randomBytes } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { join } from 'node:path';
import type { TestEngine } from '../test-engine.ts';
import { passOn } from '../pass-on.ts';
import { monitorsSocket } from '../way-in.ts';

/** Reads, and the two calls of an exec. */
const ALLOWED =
  /^(?:GET|HEAD) |^POST (?:\/v[\d.]+)?\/(?:containers\/[^/?]+\/exec|exec\/[^/?]+\/start)(?:\?|$)/;

/** A Unix socket that forwards to the engine's, but refuses (403) every change except execs. */
export class ReadOnlyEngine {
  /** The refused calls, such as `POST /containers/ID/restart`. */
  readonly refused: string[] = [];
  readonly dockerHost: string;
  readonly #engine: TestEngine;
  readonly #server: Server;
  readonly #socketPath: string;

  constructor(engine: TestEngine) {
    this.#engine = engine;
    this.#socketPath = join(engine.folder, `read-only-${randomBytes(3).toString('hex')}.sock`);
    this.dockerHost = `unix://${this.#socketPath}`;
    this.#server = createServer((incoming, outgoing) => this.#serve(incoming, outgoing));
  }

  static async open(engine: TestEngine): Promise<ReadOnlyEngine> {
    const readOnly = new ReadOnlyEngine(engine);
    await new Promise<void>((resolve, reject) => {
      readOnly.#server.once('error', reject);
      readOnly.#server.listen(readOnly.#socketPath, resolve);
    });
    return readOnly;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const call = `${incoming.method ?? ''} ${incoming.url ?? ''}`;
    if (ALLOWED.test(call)) passOn(monitorsSocket(this.#engine), incoming, outgoing);
    else this.#refuse(call, outgoing);
  }

  #refuse(call: string, outgoing: ServerResponse): void {
    this.refused.push(call);
    outgoing
      .writeHead(403, { 'content-type': 'application/json' })
      .end(JSON.stringify({ message: 'this engine is read only' }));
  }
}
