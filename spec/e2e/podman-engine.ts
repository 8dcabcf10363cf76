import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SEARCH_PATH, findProgram } from './bound-process.ts';
import { EngineProcess } from './engine-process.ts';

const run = promisify(execFile);

/**
 * Podman with its Docker-compatible API, for one test. It needs no network of the host, and no systemd: so no health
 * check ever runs by itself, and health stays `starting`.
 */
export class PodmanEngine extends EngineProcess {
  readonly hasHealthchecks = false;

  constructor() {
    super('podman');
  }

  /** A command of Podman's own, on the same containers. */
  async run(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('podman', [...this.#everywhere(), ...args], { env: this.#environment() });
    return stdout;
  }

  protected override async prepare(): Promise<void> {
    await mkdir(join(this.folder, 'tmp'), { recursive: true });
    await writeFile(this.#configFile, this.#config());
    await writeFile(join(this.folder, 'storage.conf'), this.#storageConfig());
  }

  protected override command() {
    const args = [...this.#everywhere(), 'system', 'service', '--time=0', this.dockerHost];
    return { program: 'podman', args, env: this.#environment() };
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
