import { randomBytes } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer, request } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { eventually } from '../eventually.ts';
import type { TestEngine } from '../test-engine.ts';
import { passOn } from '../pass-on.ts';
import { monitorsSocket } from '../way-in.ts';

/** A call that changes something about containers. */
export interface Write {
  /** As in the engine's documentation, without a version: `POST /containers/create`, with an id as `{id}`. */
  readonly what: string;
  /** The id or name of the container, or its new name. */
  readonly target: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export type Moment = 'before' | 'after';

interface Hold {
  readonly moment: Moment;
  readonly isAt: (write: Write, number: number) => boolean;
  readonly reached: (write: Write) => void;
  readonly released: Promise<void>;
}

export interface Held {
  /** Resolves when the call arrives: before the engine gets it, or after the engine has carried it out. */
  readonly reached: Promise<Write>;
  /** Forwards the call or its answer. */
  readonly release: () => void;
}

const WRITE =
  /^(POST|DELETE) (?:\/v[\d.]+)?\/containers\/([^/?]+)(?:\/(start|stop|restart|rename|kill|update))?(?:\?(\S*))?$/;

/**
 * A Unix socket that forwards to the engine's. It records each call that changes a container, refuses calls on request,
 * and can hold one of them just before the engine gets it or just after it has been carried out, so that a monitor can
 * be killed at that instant.
 */
export class EngineRelay {
  readonly writes: Write[] = [];
  readonly socketPath: string;
  readonly dockerHost: string;
  refuses: (write: Write) => boolean = () => false;
  readonly #target: string;
  readonly #server: Server;
  #hold: Hold | undefined;

  constructor(engine: TestEngine, target: string) {
    this.#target = target;
    this.socketPath = join(engine.folder, `relay-${randomBytes(3).toString('hex')}.sock`);
    this.dockerHost = `unix://${this.socketPath}`;
    this.#server = createServer((incoming, outgoing) => {
      this.#serve(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  /** @param target the socket that it forwards to: the one that monitors use, unless it is for somebody else */
  static async open(engine: TestEngine, target = monitorsSocket(engine)): Promise<EngineRelay> {
    const relay = new EngineRelay(engine, target);
    await relay.#listen();
    return relay;
  }

  async #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.socketPath, resolve);
    });
  }

  /** Cuts all connections, including the event stream; the engine is not affected. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  /** @param number counted from now on; the first is 1 */
  hold(number: number, moment: Moment): Held {
    const atWrite = this.writes.length + number;
    return this.#holdAt(moment, (_write, at) => at === atWrite);
  }

  /** Holds each call such as `POST /containers/{id}/stop`. */
  holdCall(what: string, moment: Moment): Held {
    return this.#holdAt(moment, (write) => write.what === what);
  }

  #holdAt(moment: Moment, isAt: Hold['isAt']): Held {
    let reached: (write: Write) => void = () => undefined;
    let release: () => void = () => undefined;
    const arrival = new Promise<Write>((resolve) => (reached = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    this.#hold = { moment, isAt, reached, released };
    return { reached: arrival, release };
  }

  /** Waits for a call such as `POST /containers/{id}/stop`. */
  async untilAsked(what: string, deadlineMs = 20_000): Promise<Write> {
    return eventually(what, () => this.writes.find((write) => write.what === what), deadlineMs);
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const found = await writeIn(incoming);
    if (found === undefined) {
      passOn(this.#target, incoming, outgoing);
      return;
    }
    const { write, text } = found;
    const number = this.writes.push(write);
    await this.#stopOver('before', number, write);
    if (outgoing.destroyed) return; // whoever asked is no more
    if (this.refuses(write)) {
      refuse(outgoing);
      return;
    }
    const answer = await this.#ask(incoming, text);
    const body = await buffer(answer);
    await this.#stopOver('after', number, write);
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers).end(body);
  }

  async #stopOver(moment: Moment, number: number, write: Write): Promise<void> {
    if (this.#hold?.moment !== moment || !this.#hold.isAt(write, number)) return;
    this.#hold.reached(write);
    await this.#hold.released;
  }

  async #ask({ method, url, headers }: IncomingMessage, body: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      request({ socketPath: this.#target, method, path: url, headers }, resolve)
        .on('error', reject)
        .end(body);
    });
  }
}

/** The call, and its body as it was sent: its length is among the headers. */
async function writeIn(incoming: IncomingMessage): Promise<{ write: Write; text: string } | undefined> {
  const [, method, container, verb, query] =
    WRITE.exec(`${incoming.method ?? ''} ${incoming.url ?? ''}`) ?? [];
  if (method === undefined || container === undefined) return undefined;
  const isCreation = container === 'create';
  if (method === 'POST' && !isCreation && verb === undefined) return undefined;
  const text = (await buffer(incoming)).toString();
  const parameters = Object.fromEntries(new URLSearchParams(query));
  const write: Write = {
    what: [
      method,
      ' /containers/',
      isCreation ? 'create' : '{id}',
      verb === undefined ? '' : `/${verb}`,
    ].join(''),
    target: isCreation ? (parameters['name'] ?? '') : container,
    query: parameters,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
  return { write, text };
}

const refuse = (outgoing: ServerResponse): void => {
  outgoing
    .writeHead(500, { 'content-type': 'application/json' })
    .end(JSON.stringify({ message: 'refused by the relay' }));
};
