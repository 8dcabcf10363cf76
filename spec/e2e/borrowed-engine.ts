import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { type Server, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { eventually } from './eventually.ts';
import { dockerAt, removeContainers, removeFolder, type TestEngine } from './test-engine.ts';

/** Every suite calls its gateway `gluetun`, so on a shared engine they run one after the other. */
const TURN = '\0gluetun-monitor-tests';
/** Longer than all suites together. */
export const TURN_MS = 3_600_000;

/** The socket of an engine on this host, if there is one: bind mounts and process ids must be shared with it. */
export function findLocalSocket(): string | undefined {
  const host = process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  const path = host.startsWith('unix://') ? host.slice('unix://'.length) : undefined;
  return path !== undefined && existsSync(path) ? path : undefined;
}

/** An abstract socket (unix(7)): the kernel frees it when its process ends in any way. */
const takeTurn = async (): Promise<Server> =>
  eventually(
    'the suites before this one leave the engine',
    async () => {
      const server = createServer().listen(TURN);
      await once(server, 'listening');
      return server.unref();
    },
    TURN_MS,
    200,
  );

/** An engine that others use: it is left as it was found, and never restarted. */
export class BorrowedEngine implements TestEngine {
  readonly kind = 'borrowed';
  readonly socketPath: string;
  readonly dockerHost: string;
  readonly docker: Docker;
  readonly folder: string;
  readonly labels: Readonly<Record<string, string>>;
  #turn: Server | undefined;

  constructor(socketPath: string) {
    const name = `gm-${process.pid}-${randomBytes(3).toString('hex')}`;
    this.socketPath = socketPath;
    this.dockerHost = `unix://${socketPath}`;
    this.docker = dockerAt(socketPath);
    this.folder = join(tmpdir(), name);
    this.labels = { 'org.gluetun-monitor.test': name };
  }

  async start(): Promise<void> {
    this.#turn = await takeTurn();
    await mkdir(this.folder, { recursive: true });
    await this.docker.ping();
  }

  /** The images stay: they are small, and the next run replaces them. */
  async dispose(): Promise<void> {
    await removeContainers(this);
    await removeFolder(this.folder);
    this.#turn?.close();
  }
}
