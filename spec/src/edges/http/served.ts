import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { type Socket, connect } from 'node:net';
import type { EdgeEvent } from '../../../../streams/events.ts';
import type { Notice } from '../../../../src/notices/notice.ts';
import { type HttpEdge, type HttpOptions, openHttp } from '../../../../src/edges/http/http-edge.ts';
import { lookForSecrets } from '../../../marked-secrets.ts';
import { STORY_BEGINS } from '../../builders.ts';
import { type History, settled } from '../../history.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The wall clock is an hour ahead of the monitor's. */
export const AHEAD_MS = 3_600_000;

/** A monitor that serves its page on a free port of the loopback. */
export class Served {
  history: History;
  port = 0;
  readonly said: Notice[] = [];
  readonly reported: EdgeEvent[] = [];
  readonly edge: HttpEdge;
  readonly #sockets: Socket[] = [];
  #now = 0;

  static async open(options: Partial<HttpOptions> = {}, history = settled()): Promise<Served> {
    const served = new Served(options, history);
    await served.#listening;
    return served;
  }

  readonly #listening: Promise<void>;

  private constructor(options: Partial<HttpOptions>, history: History) {
    this.history = history;
    let heard: () => void = () => undefined;
    this.#listening = new Promise((resolve) => (heard = resolve));
    this.edge = openHttp({
      http: { addresses: [{ host: '127.0.0.1', port: 0, text: '127.0.0.1:0' }], token: undefined, hosts: [] },
      now: () => this.history.now + this.#now,
      wallNow: () => this.history.now + this.#now + AHEAD_MS,
      startedAt: STORY_BEGINS,
      ofSeveral: false,
      secrets: [],
      say: (notice) => this.said.push(notice),
      report: (event) => this.reported.push(event),
      page: { script: 'document.title = "page"', style: 'body { margin: 0 }' },
      listening: (port) => {
        this.port = port;
        heard();
      },
      ...options,
    });
    this.step();
  }

  /** Only the clock goes on. */
  wait(ms: number): void {
    this.#now += ms;
  }

  /** Gives the edge the state of now, and what was said since. */
  step(notices: readonly Notice[] = []): void {
    const { everything: state, now: at } = this.history;
    void this.edge.take({ event: { type: 'timeReached', at }, before: state, state, notices });
  }

  ask(path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = request(
        { host: '127.0.0.1', port: this.port, path, method, headers, agent: false },
        (answer: IncomingMessage) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('error', reject);
          answer.on('end', () => {
            const text = Buffer.concat(parts).toString();
            lookForSecrets('an answer', text);
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
          });
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });
  }

  async json(path: string, asked?: Asked): Promise<unknown> {
    return JSON.parse((await this.ask(path, asked)).text);
  }

  logIn(token: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.ask('/login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams({ token }).toString(),
    });
  }

  /** A connection of which every byte is known. */
  raw(text: string): Raw {
    const socket = connect(this.port, '127.0.0.1');
    this.#sockets.push(socket);
    return new Raw(socket, text);
  }

  /** An open stream. */
  events(headers = ''): Raw {
    return this.raw(`GET /events HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`);
  }

  close(): void {
    this.#sockets.forEach((socket) => socket.destroy());
    this.edge.close();
  }
}

export class Raw {
  readonly socket: Socket;
  text = '';
  isClosed = false;

  constructor(socket: Socket, text: string) {
    this.socket = socket;
    socket.on('data', (part) => (this.text += part.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => (this.isClosed = true));
    socket.write(text);
  }

  async until(isSo: (raw: Raw) => boolean, mostMs = 5_000): Promise<this> {
    const end = Date.now() + mostMs;
    while (!isSo(this)) {
      if (Date.now() > end) throw new Error(`not in time; so far: ${this.text.slice(0, 400)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return this;
  }

  /** The data of the events of one name. */
  of(name: string): readonly unknown[] {
    return [...this.text.matchAll(new RegExp(`event: ${name}\\ndata: (.*)\\n`, 'g'))].map(
      ([, data = '']) => JSON.parse(data) as unknown,
    );
  }
}
