import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SEARCH_PATH, bindToThisProcess } from '../bound-process.ts';
import { eventually, messageOf } from '../eventually.ts';
import type { TestEngine } from '../test-engine.ts';

/** The published rules. */
const RULES = join(__dirname, '../../../docker/haproxy.cfg');
/** A file for each proxy of a run, with what went through it: `npm run test:matrix -- --calls` counts it. */
export const SEEN = join(__dirname, '../../../coverage/haproxy');

/** One line of its log. */
export interface Seen {
  readonly status: number;
  readonly method: string;
  readonly path: string;
}

interface HaproxyOptions {
  /** Another file of rules than the published one. */
  readonly rules?: string;
  /** Where it listens: the path of a socket, or a port of this host. */
  readonly listen: string | number;
}

/** Debian's haproxy with the published rules, in front of the engine of a test. */
export class Haproxy {
  readonly dockerHost: string;
  readonly seen: Seen[] = [];
  readonly #engine: TestEngine;
  readonly #rules: string;
  readonly #listen: string | number;
  readonly #complaints: string[] = [];
  #process: ChildProcess | undefined;

  constructor(engine: TestEngine, { rules = RULES, listen }: HaproxyOptions) {
    this.#engine = engine;
    this.#rules = rules;
    this.#listen = listen;
    this.dockerHost = typeof listen === 'string' ? `unix://${listen}` : `tcp://127.0.0.1:${listen}`;
  }

  /** What it did not let through. */
  get refused(): readonly string[] {
    return this.seen.filter(({ status }) => status === 403).map(({ method, path }) => `${method} ${path}`);
  }

  async start(): Promise<void> {
    const [program, args] = bindToThisProcess('haproxy', ['-db', '-f', this.#rules]);
    const env = {
      PATH: SEARCH_PATH,
      LISTEN: typeof this.#listen === 'string' ? this.#listen : `127.0.0.1:${this.#listen}`,
      DOCKER_SOCKET: this.#engine.socketPath,
      LOG_LEVEL: 'debug',
    };
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    createInterface({ input: child.stdout }).on('line', (line) => this.#note(line));
    createInterface({ input: child.stderr }).on('line', (line) => this.#complaints.push(line));
    try {
      await Promise.race([
        eventually('haproxy listens', async () => canConnect(this.#listen), 10_000, 20),
        once(child, 'close').then(() => Promise.reject(new Error('it has exited'))),
      ]);
    } catch (error) {
      throw new Error(`starting haproxy: ${messageOf(error)}\n${this.#complaints.join('\n')}`, {
        cause: error,
      });
    }
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    await closed;
    if (typeof this.#listen === 'string') await rm(this.#listen, { force: true });
  }

  /** Adds what went through it to the files that are counted. */
  async keepSeen(): Promise<void> {
    await mkdir(SEEN, { recursive: true });
    const lines = this.seen.map(({ status, method, path }) => `${status} ${method} ${path}\n`);
    await appendFile(join(SEEN, `${process.pid}.log`), lines.join(''));
  }

  #note(line: string): void {
    const [, status, method, path] = /^(\d+) ([A-Z]+) (\/\S*)$/.exec(line) ?? [];
    if (status === undefined || method === undefined || path === undefined) this.#complaints.push(line);
    else this.seen.push({ status: Number(status), method, path });
  }
}

/** One that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function canConnect(where: string | number): Promise<boolean> {
  const socket = typeof where === 'string' ? connect(where) : connect(where, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
  return true;
}
