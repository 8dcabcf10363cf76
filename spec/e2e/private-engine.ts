import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SEARCH_PATH } from './bound-process.ts';
import { EngineProcess } from './engine-process.ts';

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
export class PrivateEngine extends EngineProcess {
  readonly #hasNetworks: boolean;

  constructor({ hasNetworks = false }: PrivateEngineOptions = {}) {
    super('docker');
    this.#hasNetworks = hasNetworks;
  }

  /** SIGKILL: containers run on without an engine until the next start finds them. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Like a power cut: the engine and the containers end at once, and what is only in memory (`/run`) is lost. */
  async cutPower(): Promise<void> {
    await this.kill();
    await this.endLeftovers();
    await rm(join(this.folder, 'exec'), { recursive: true, force: true });
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  protected override async prepare(): Promise<void> {
    // After `kill` containerd is dead, too, but a zombie until it is reaped; dockerd would consider it alive
    // and wait in vain for its socket.
    await rm(join(this.folder, 'exec/containerd/containerd.pid'), { force: true });
    // The host's own daemon.json must not affect this engine.
    await writeFile(this.#configFile, '{}');
  }

  protected override command() {
    const env = { ...process.env, PATH: SEARCH_PATH };
    const args = this.#daemonArguments();
    return this.#hasNetworks
      ? { program: 'unshare', args: [...IN_A_NAMESPACE, 'dockerd', ...args], env }
      : { program: 'dockerd', args, env };
  }

  get #configFile(): string {
    return join(this.folder, 'daemon.json');
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
}
