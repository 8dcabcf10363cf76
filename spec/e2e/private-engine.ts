import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { bindToThisProcess, SEARCH_PATH } from './bound-process.ts';
import { eventually, messageOf } from './eventually.ts';
import { killProcessesOf, unmountBelow } from './leftovers.ts';
import { dockerAt, removeContainers, removeFolder, type TestEngine } from './test-engine.ts';

export interface PrivateEngineOptions {
  /** With bridges and firewall rules of its own, in a network namespace that ends with it. */
  readonly hasNetworks?: boolean;
}

/** Its first process, in a new network namespace, becomes the engine. */
const IN_A_NAMESPACE = ['--net', '--', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"'];
const WITHOUT_NETWORKS = ['--bridge=none', '--iptables=false', '--ip-forward=false', '--ip-masq=false'];

/**
 * A Docker Engine for one test: its data, its state, its containerd and its socket are all in one temporary folder,
 * so that it can be restarted, killed and removed without affecting others.
 *
 * Unless it is asked for networks it has no bridge and no firewall rules, and so leaves the host's network alone: the
 * stand-in needs only a loopback, which joined containers share.
 */
export class PrivateEngine implements TestEngine {
  readonly kind = 'private';
  readonly folder: string;
  readonly socketPath: string;
  readonly dockerHost: string;
  readonly docker: Docker;
  readonly labels: Readonly<Record<string, string>>;
  readonly #hasNetworks: boolean;
  #daemon: ChildProcess | undefined;

  constructor({ hasNetworks = false }: PrivateEngineOptions = {}) {
    this.#hasNetworks = hasNetworks;
    const name = `gm-${process.pid}-${randomBytes(3).toString('hex')}`;
    // Short, as the path of containerd's socket is 40 characters longer, and 107 are allowed.
    this.folder = join(tmpdir(), name);
    this.socketPath = join(this.folder, 'docker.sock');
    this.dockerHost = `unix://${this.socketPath}`;
    this.docker = dockerAt(this.socketPath);
    this.labels = { 'org.gluetun-monitor.test': name };
  }

  get isRunning(): boolean {
    return this.#daemon?.exitCode === null && this.#daemon.signalCode === null;
  }

  /** Starts the daemon on the folder, new or as it was left, and waits until it answers. */
  async start(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    // After `kill` containerd is dead, too, but a zombie until it is reaped; dockerd would consider it alive
    // and wait in vain for its socket.
    await rm(join(this.folder, 'exec/containerd/containerd.pid'), { force: true });
    // The host's own daemon.json must not affect this engine.
    await writeFile(this.#configFile, '{}');
    const log = openSync(join(this.folder, 'dockerd.log'), 'a');
    this.#daemon = this.#spawn(log);
    closeSync(log);
    try {
      await Promise.race([
        eventually('the private engine answers', async () => this.#ping(), 30_000, 20),
        failWhenItExits(this.#daemon),
      ]);
    } catch (error) {
      throw new Error(`starting a private dockerd: ${messageOf(error)}\n${await this.#logTail()}`, {
        cause: error,
      });
    }
  }

  /** SIGTERM: the engine stops its containers, as at a shutdown of the host, and exits. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** SIGKILL: containers run on without an engine until the next start finds them. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Like a power cut: the engine and the containers end at once, and what is only in memory (`/run`) is lost. */
  async cutPower(): Promise<void> {
    await this.kill();
    await killProcessesOf(this.folder);
    await unmountBelow(this.folder);
    await rm(join(this.folder, 'exec'), { recursive: true, force: true });
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async dispose(): Promise<void> {
    try {
      if (this.isRunning) await removeContainers(this);
      await this.stop();
    } finally {
      // There are no leftovers after an orderly stop; after `kill` there are the containers and their shims.
      await killProcessesOf(this.folder);
      await unmountBelow(this.folder);
      await removeFolder(this.folder);
    }
  }

  get #configFile(): string {
    return join(this.folder, 'daemon.json');
  }

  #spawn(log: number): ChildProcess {
    const dockerd = this.#daemonArguments();
    const [program, args] = this.#hasNetworks
      ? bindToThisProcess('unshare', [...IN_A_NAMESPACE, 'dockerd', ...dockerd])
      : bindToThisProcess('dockerd', dockerd);
    return spawn(program, args, { stdio: ['ignore', log, log], env: { ...process.env, PATH: SEARCH_PATH } });
  }

  #daemonArguments(): string[] {
    return [
      ['--host', this.dockerHost],
      ['--data-root', join(this.folder, 'data')],
      ['--exec-root', join(this.folder, 'exec')],
      ['--pidfile', join(this.folder, 'pid')],
      ['--config-file', this.#configFile],
      this.#hasNetworks ? [] : WITHOUT_NETWORKS,
    ].flat();
  }

  async #ping(): Promise<boolean> {
    await this.docker.ping();
    return true;
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (!this.#daemon || !this.isRunning) return;
    const exit = once(this.#daemon, 'exit');
    this.#daemon.kill(signal);
    await exit;
  }

  async #logTail(): Promise<string> {
    const log = await readFile(join(this.folder, 'dockerd.log'), 'utf8');
    return log.split('\n').slice(-15).join('\n');
  }
}

async function failWhenItExits(daemon: ChildProcess): Promise<never> {
  await once(daemon, 'exit');
  throw new Error('it has exited');
}
