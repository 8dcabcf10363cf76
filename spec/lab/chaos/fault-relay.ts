import { randomBytes } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer, request } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestEngine } from '../../e2e/test-engine.ts';
import { monitorsSocket } from '../../e2e/way-in.ts';
import { type Call, type History, WRITES } from './history.ts';

const WRITE =
  /^(?:POST|DELETE) (?:\/v[\d.]+)?\/containers\/([^/?]+)(?:\/(start|stop|restart|rename|kill|update))?(?:\?(?:.*&)?name=([^&]+).*)?(?:\?.*)?$/;
const EXEC = /^POST (?:\/v[\d.]+)?\/(?:containers\/[^/]+\/exec|exec\/[^/]+\/start)$/;

/**
 * The only way from the monitor to the engine. It records each call that changes something, with its beginning and its
 * end as the monitor sees them, and disturbs connections as networks and engines do.
 */
export class FaultRelay {
  readonly socketPath: string;
  readonly dockerHost: string;
  /** The delay before a call is forwarded, and again before its answer is. */
  delayMs = 0;
  isDown = false;
  /** The number of further commands that are carried out but whose answers are lost. */
  answersToLose = 0;
  /** The number of the monitor that makes the calls. */
  monitor = 0;
  onCall: (call: Call) => void = () => undefined;
  readonly #engine: TestEngine;
  readonly #history: History;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #eventStreams = new Set<ServerResponse>();

  private constructor(engine: TestEngine, history: History) {
    this.#engine = engine;
    this.#history = history;
    this.socketPath = join(engine.folder, `way-${randomBytes(3).toString('hex')}.sock`);
    this.dockerHost = `unix://${this.socketPath}`;
    this.#server = createServer((incoming, outgoing) => {
      this.#serve(incoming, outgoing).catch(() => outgoing.destroy());
    });
    this.#server.on('connection', (socket) => this.#admit(socket));
  }

  static async open(engine: TestEngine, history: History): Promise<FaultRelay> {
    const relay = new FaultRelay(engine, history);
    await new Promise<void>((resolve, reject) => {
      relay.#server.once('error', reject);
      relay.#server.listen(relay.socketPath, resolve);
    });
    return relay;
  }

  /** Cuts all connections, even during a call. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  cutEvents(): void {
    for (const stream of this.#eventStreams) stream.destroy();
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #admit(socket: Socket): void {
    if (this.isDown) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const call = this.#note(incoming, outgoing);
    if (this.delayMs > 0) await pause(this.delayMs);
    if (outgoing.destroyed) return; // whoever asked is no more
    const { method, url, headers } = incoming;
    const upstream = request({ socketPath: monitorsSocket(this.#engine), method, path: url, headers });
    upstream.on('response', (answer) => {
      this.#answer(answer, outgoing, call).catch(() => outgoing.destroy());
    });
    upstream.on('error', () => outgoing.destroy());
    outgoing.on('close', () => upstream.destroy());
    incoming.pipe(upstream);
  }

  async #answer(answer: IncomingMessage, outgoing: ServerResponse, call: Call | undefined): Promise<void> {
    if (this.delayMs > 0) await pause(this.delayMs);
    if (call !== undefined && this.answersToLose > 0) {
      this.answersToLose -= 1;
      outgoing.destroy();
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    outgoing.flushHeaders();
    if (this.#eventStreams.has(outgoing)) this.#connected(outgoing);
    answer.on('close', () => outgoing.destroy()).pipe(outgoing);
  }

  #note(incoming: IncomingMessage, outgoing: ServerResponse): Call | undefined {
    const what = `${incoming.method ?? ''} ${incoming.url ?? ''}`;
    // A request for past events ends by itself.
    if (what.includes('/events?') && !what.includes('until=')) this.#eventStreams.add(outgoing);
    outgoing.on('close', () => this.#eventStreams.delete(outgoing));
    const call = callIn(what, this.monitor);
    if (call === undefined) return undefined;
    this.#history.calls.push(call);
    outgoing.on('close', () => {
      call.to = Date.now();
      this.onCall(call);
    });
    return call;
  }

  #connected(outgoing: ServerResponse): void {
    const span = { from: Date.now(), to: Infinity };
    this.#history.connections.push(span);
    outgoing.on('close', () => (span.to = Date.now()));
  }
}

/** A call that changes something in an unknown way is recorded, too. */
function callIn(what: string, monitor: number): Call | undefined {
  if (/^(GET|HEAD) /.test(what) || EXEC.test(what)) return undefined;
  const [, target = what, verb, name] = WRITE.exec(what) ?? [];
  const span = { monitor, from: Date.now(), to: Infinity };
  if (target === 'create') return { ...span, verb: 'create', target: name ?? what };
  if (what.startsWith('DELETE ')) return { ...span, verb: 'remove', target };
  return { ...span, verb: WRITES.find((one) => one === verb) ?? 'update', target };
}
