import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type EngineRequest, haproxyRule } from '../../shipping/engine-calls.ts';
import { readText } from '../../shipping/repository.ts';
import { SEARCH_PATH, bindToThisProcess } from '../bound-process.ts';
import { eventually, messageOf } from '../eventually.ts';
import type { TestEngine } from '../test-engine.ts';

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
  readonly dockerHost: string;
  readonly seen: Seen[] = [];
  readonly #engine: TestEngine;
  readonly #listen: string | number;
  readonly #complaints: string[] = [];
  #process: ChildProcess | undefined;

  /** @param listen the path of a socket, or a port of this host */
  constructor(engine: TestEngine, listen: string | number) {
    this.#engine = engine;
    this.#listen = listen;
    this.dockerHost = typeof listen === 'string' ? `unix://${listen}` : `tcp://127.0.0.1:${listen}`;
  }

  /** What it did not let through. */
  get refused(): readonly string[] {
    return this.seen.filter(({ status }) => status === 403).map(({ method, path }) => `${method} ${path}`);
  }

  /** @param forbidden what the published rules allow, but these do not */
  async start(forbidden?: EngineRequest): Promise<void> {
    const rules = `haproxy-${basename(String(this.#listen))}.cfg`;
    await writeFile(join(this.#engine.folder, rules), rulesWithout(forbidden));
    const [program, args] = bindToThisProcess('haproxy', ['-db', '-f', rules]);
    const env = {
      PATH: SEARCH_PATH,
      LISTEN: typeof this.#listen === 'string' ? this.#listen : `127.0.0.1:${this.#listen}`,
      DOCKER_SOCKET: this.#engine.socketPath,
      LOG_LEVEL: 'debug',
    };
    // Its arguments do not name the folder: what does is ended in a power cut, which a proxy survives by its policy.
    const child = spawn(program, args, {
      cwd: this.#engine.folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
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

function rulesWithout(forbidden: EngineRequest | undefined): string {
  const published = readText('docker/haproxy.cfg');
  if (forbidden === undefined) return published;
  return published.replace(haproxyRule(forbidden), '');
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
