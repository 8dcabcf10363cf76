import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SEARCH_PATH, bindToThisProcess } from '../bound-process.ts';
import { eventually, messageOf } from '../eventually.ts';
import type { TestEngine } from '../test-engine.ts';

/** The published rules. */
export const RULES = join(__dirname, '../../../docker/haproxy.cfg');
/** A file for each proxy of a run, with what went through it: `npm run test:matrix -- --calls` counts it. */
export const SEEN = join(__dirname, '../../../coverage/haproxy');

/** One line of its log. */
export interface Seen {
  readonly status: number;
  readonly method: string;
  readonly path: string;
}

/** Debian's haproxy with the published rules, in front of the engine of a test. */
export class Haproxy {
  readonly socketPath: string;
  readonly dockerHost: string;
  readonly seen: Seen[] = [];
  readonly #engine: TestEngine;
  readonly #rules: string;
  readonly #complaints: string[] = [];
  #process: ChildProcess | undefined;

  constructor(engine: TestEngine, { rules = RULES, socketPath = someSocket(engine) } = {}) {
    this.#engine = engine;
    this.#rules = rules;
    this.socketPath = socketPath;
    this.dockerHost = `unix://${socketPath}`;
  }

  /** What it did not let through. */
  get refused(): readonly string[] {
    return this.seen.filter(({ status }) => status === 403).map(({ method, path }) => `${method} ${path}`);
  }

  async start(): Promise<void> {
    const [program, args] = bindToThisProcess('haproxy', ['-db', '-f', this.#rules]);
    const env = {
      PATH: SEARCH_PATH,
      LISTEN: this.socketPath,
      DOCKER_SOCKET: this.#engine.socketPath,
      LOG_LEVEL: 'debug',
    };
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    createInterface({ input: child.stdout }).on('line', (line) => this.#note(line));
    createInterface({ input: child.stderr }).on('line', (line) => this.#complaints.push(line));
    try {
      await Promise.race([
        eventually('haproxy listens', async () => canConnect(this.socketPath), 10_000, 20),
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
    await rm(this.socketPath, { force: true });
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

const someSocket = ({ folder }: TestEngine): string =>
  join(folder, `haproxy-${randomBytes(3).toString('hex')}.sock`);

async function canConnect(socketPath: string): Promise<boolean> {
  const socket = connect(socketPath);
  await once(socket, 'connect');
  socket.destroy();
  return true;
}
