import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { bindToThisProcess } from './bound-process.ts';
import { eventually, messageOf } from './eventually.ts';
import { killProcessesOf, unmountBelow } from './leftovers.ts';
import { type TestEngine, dockerAt, removeContainers, removeFolder } from './test-engine.ts';

interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** An engine that a test starts for itself. All its data is in one temporary folder, which ends with it. */
export abstract class EngineProcess implements TestEngine {
  readonly kind = 'private';
  readonly folder: string;
  readonly socketPath: string;
  readonly dockerHost: string;
  readonly docker: Docker;
  readonly labels: Readonly<Record<string, string>>;
  readonly #name: string;
  #process: ChildProcess | undefined;

  /** @param name what it is called in its files and in errors */
  constructor(name: string) {
    this.#name = name;
    const own = `gm-${process.pid}-${randomBytes(3).toString('hex')}`;
    // Short, as the paths of other sockets below it (containerd's, conmon's) are much longer, and 107 characters are allowed.
    this.folder = join(tmpdir(), own);
    this.socketPath = join(this.folder, `${name}.sock`);
    this.dockerHost = `unix://${this.socketPath}`;
    this.docker = dockerAt(this.socketPath);
    this.labels = { 'org.gluetun-monitor.test': own };
  }

  get isRunning(): boolean {
    return this.#process?.exitCode === null && this.#process.signalCode === null;
  }

  /** Starts it on the folder, new or as it was left, and waits until it answers. */
  async start(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await this.prepare();
    const { program, args, env } = this.command();
    const logPath = join(this.folder, `${this.#name}.log`);
    const log = openSync(logPath, 'a');
    this.#process = spawn(...bindToThisProcess(program, args), { stdio: ['ignore', log, log], env });
    closeSync(log);
    try {
      const answersOrEnds = async (): Promise<boolean> =>
        !this.isRunning || Boolean(await this.docker.ping());
      await eventually('it answers or ends', answersOrEnds, 30_000, 20);
      if (!this.isRunning) throw new Error('it has exited');
    } catch (error) {
      const lines = (await readFile(logPath, 'utf8')).split('\n').slice(-15);
      throw new Error(`starting ${this.#name}: ${messageOf(error)}\n${lines.join('\n')}`, { cause: error });
    }
  }

  /** As at a shutdown of the host: dockerd stops its containers before it exits. Podman's run on without its service. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  async dispose(): Promise<void> {
    try {
      if (this.isRunning) await removeContainers(this);
      await this.stop();
    } finally {
      await this.endLeftovers();
      await removeFolder(this.folder);
    }
  }

  /** What must be there, or must not, before the program is started. */
  protected abstract prepare(): Promise<void>;

  protected abstract command(): Command;

  protected async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (!this.#process || !this.isRunning) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill(signal);
    await exit;
  }

  /** Containers and their shims, where the engine did not end them itself. */
  protected async endLeftovers(): Promise<void> {
    await killProcessesOf(this.folder);
    await unmountBelow(this.folder);
  }
}
