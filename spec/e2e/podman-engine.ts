import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { SEARCH_PATH, bindToThisProcess, findProgram } from './bound-process.ts';
import { eventually, messageOf } from './eventually.ts';
import { killProcessesOf, unmountBelow } from './leftovers.ts';
import { type TestEngine, dockerAt, removeContainers, removeFolder } from './test-engine.ts';

const run = promisify(execFile);

/**
 * Podman with its Docker-compatible API, for one test: all its data is in one temporary folder. It needs no network of
 * the host, and no systemd: so no health check ever runs by itself, and health stays `starting`.
 */
export class PodmanEngine implements TestEngine {
  readonly kind = 'private';
  readonly hasHealthchecks = false;
  readonly folder: string;
  readonly socketPath: string;
  readonly dockerHost: string;
  readonly docker: Docker;
  readonly labels: Readonly<Record<string, string>>;
  #service: ChildProcess | undefined;

  constructor() {
    const name = `gm-${process.pid}-${randomBytes(3).toString('hex')}`;
    // Short, as the paths of conmon's sockets are much longer, and 107 characters are allowed.
    this.folder = join(tmpdir(), name);
    this.socketPath = join(this.folder, 'podman.sock');
    this.dockerHost = `unix://${this.socketPath}`;
    this.docker = dockerAt(this.socketPath);
    this.labels = { 'org.gluetun-monitor.test': name };
  }

  /** Starts the service on the folder, new or as it was left, and waits until it answers. */
  async start(): Promise<void> {
    await mkdir(join(this.folder, 'tmp'), { recursive: true });
    await writeFile(this.#configFile, this.#config());
    await writeFile(join(this.folder, 'storage.conf'), this.#storageConfig());
    const log = openSync(join(this.folder, 'podman.log'), 'a');
    const [program, args] = bindToThisProcess('podman', [
      ...this.#everywhere(),
      'system',
      'service',
      '--time=0',
      this.dockerHost,
    ]);
    this.#service = spawn(program, args, { stdio: ['ignore', log, log], env: this.#environment() });
    closeSync(log);
    try {
      await eventually(
        'Podman answers or ends',
        async () => !this.isRunning || Boolean(await this.docker.ping()),
        30_000,
        20,
      );
      if (!this.isRunning) throw new Error('it has exited');
    } catch (error) {
      const told = await readFile(join(this.folder, 'podman.log'), 'utf8');
      throw new Error(`starting Podman: ${messageOf(error)}\n${told.slice(-2_000)}`, { cause: error });
    }
  }

  get isRunning(): boolean {
    return this.#service?.exitCode === null && this.#service.signalCode === null;
  }

  /** The service ends; its containers run on, for nothing of Podman has to run for them. */
  async stop(): Promise<void> {
    if (!this.#service || !this.isRunning) return;
    const exit = once(this.#service, 'exit');
    this.#service.kill('SIGTERM');
    await exit;
  }

  /** A command of Podman's own, on the same containers. */
  async run(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('podman', [...this.#everywhere(), ...args], { env: this.#environment() });
    return stdout;
  }

  async dispose(): Promise<void> {
    try {
      if (this.isRunning) await removeContainers(this);
      await this.stop();
    } finally {
      await killProcessesOf(this.folder);
      await unmountBelow(this.folder);
      await removeFolder(this.folder);
    }
  }

  get #configFile(): string {
    return join(this.folder, 'containers.conf');
  }

  get #root(): string {
    return join(this.folder, 'root');
  }

  get #runroot(): string {
    return join(this.folder, 'run');
  }

  #everywhere(): readonly string[] {
    return ['--root', this.#root, '--runroot', this.#runroot];
  }

  #storageConfig(): string {
    return `[storage]\ndriver = "vfs"\ngraphroot = "${this.#root}"\nrunroot = "${this.#runroot}"\n`;
  }

  /** The host's own configuration must not affect this engine. */
  #environment(): NodeJS.ProcessEnv {
    return {
      PATH: SEARCH_PATH,
      HOME: this.folder,
      CONTAINERS_CONF: this.#configFile,
      CONTAINERS_STORAGE_CONF: join(this.folder, 'storage.conf'),
      PODMAN_IGNORE_CGROUPSV1_WARNING: '1',
    };
  }

  /** `crun` refuses hosts with both versions of cgroups, and there may be no journal to write events to. */
  #config(): string {
    return [
      '[engine]',
      `runtime = "${findProgram('runc') === undefined ? 'crun' : 'runc'}"`,
      'cgroup_manager = "cgroupfs"',
      // Others would share their locks with it, in /dev/shm.
      'lock_type = "file"',
      'events_logger = "file"',
      `events_logfile_path = "${join(this.folder, 'events.log')}"`,
      `tmp_dir = "${join(this.folder, 'tmp')}"`,
      '[network]',
      `network_config_dir = "${join(this.folder, 'networks')}"`,
      '[containers]',
      'log_driver = "k8s-file"',
      // Its own limits are higher than what a host that is a container itself may set.
      'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]',
      '',
    ].join('\n');
  }
}
