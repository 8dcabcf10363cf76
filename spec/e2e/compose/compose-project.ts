import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bindToThisProcess, SEARCH_PATH } from '../bound-process.ts';
import type { TestContainer } from '../stand-in/container.ts';
import { ControlFolder } from '../stand-in/control-folder.ts';
import { findContainer } from '../stand-in/dependent.ts';
import { Gateway } from '../stand-in/gateway.ts';
import { DEPENDENT_IMAGE, GATEWAY_IMAGE } from '../stand-in/images.ts';
import type { TestEngine } from '../test-engine.ts';
import { composeName } from './docker-compose.ts';

const run = promisify(execFile);

/** The names that Compose gives: `app2` has no `container_name`. */
export const APP2 = composeName('app2');
export const DEPENDENTS = ['app1', APP2];
export const BYSTANDER = composeName('bystander');
/** Everything in the plain stack, and what of it hangs on the gateway, with that. */
export const ALL = [...DEPENDENTS, 'gluetun', BYSTANDER].sort();
export const AROUND_IT = [...DEPENDENTS, 'gluetun'].sort();

/** A gateway with a health check. Until the start period is over, Docker does not call it unhealthy. */
export const gatewayWithHealth = (startPeriod: string): Service => ({
  healthcheck: {
    test: ['CMD', '/gluetun-entrypoint', 'healthcheck'],
    interval: '1s',
    timeout: '5s',
    start_period: startPeriod,
    retries: 1,
  },
});

/** A service as in a compose file. */
export type Service = Readonly<Record<string, unknown>>;

/** What differs from the plain stack: services replace those of the same name field by field, or are further ones. */
export type Services = Readonly<Record<string, Service>>;

/** A user's stack: a gateway, two services on its network, and an unrelated one. */
export class ComposeProject {
  readonly folder: string;
  readonly #engine: TestEngine;
  readonly #control: ControlFolder;

  constructor(engine: TestEngine) {
    this.#engine = engine;
    this.folder = join(engine.folder, `project-${randomUUID()}`);
    this.#control = new ControlFolder(join(this.folder, 'control'));
  }

  /** Writes or replaces the compose file: another `version` is another gateway. */
  async write(version: string, changes: Services = {}): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await this.#control.create();
    // JSON is YAML.
    await writeFile(
      join(this.folder, 'docker-compose.yml'),
      JSON.stringify(this.#file(version, changes), null, 2),
    );
  }

  /** Runs `docker-compose ARGS…` and returns its output. */
  async run(...args: string[]): Promise<string> {
    const { stdout, stderr } = await run('docker-compose', this.#arguments(args), this.#options());
    return stdout + stderr;
  }

  /** Starts `docker-compose ARGS…` against an engine at another address. */
  start(dockerHost: string, ...args: string[]): ChildProcess {
    const options = this.#options(dockerHost);
    return spawn(...bindToThisProcess('docker-compose', this.#arguments(args)), {
      ...options,
      stdio: 'ignore',
    });
  }

  /** The current gateway, once it serves. */
  async gateway(): Promise<Gateway> {
    const { id } = await findContainer(this.#engine, 'gluetun');
    const gateway = new Gateway(this.#engine, id, { name: 'gluetun' }, this.#control);
    await gateway.untilServing();
    return gateway;
  }

  async dependents(names: readonly string[] = DEPENDENTS): Promise<readonly TestContainer[]> {
    return Promise.all(names.map(async (name) => findContainer(this.#engine, name)));
  }

  #arguments(args: readonly string[]): string[] {
    return ['--project-name', 'stack', ...args];
  }

  #options(dockerHost = this.#engine.dockerHost) {
    return { cwd: this.folder, env: { PATH: SEARCH_PATH, HOME: this.folder, DOCKER_HOST: dockerHost } };
  }

  #file(version: string, changes: Services): object {
    const labels = this.#engine.labels;
    const app = {
      image: DEPENDENT_IMAGE,
      labels,
      network_mode: 'service:gluetun',
      restart: 'unless-stopped',
    };
    const services: Services = {
      gluetun: {
        image: GATEWAY_IMAGE,
        container_name: 'gluetun',
        labels,
        // The private engine has no bridge, and the stand-in needs only a loopback.
        network_mode: 'none',
        cap_add: ['NET_ADMIN'],
        environment: { VERSION: version },
        volumes: [`${this.#control.path}:/control`],
        restart: 'unless-stopped',
      },
      app1: { ...app, container_name: 'app1', volumes: ['library:/library', '/anonymous'] },
      app2: {
        ...app,
        depends_on: { gluetun: { condition: 'service_healthy' } },
        // Slow, so that Compose takes a while.
        environment: { IGNORE_TERM: 'yes' },
        stop_grace_period: '3s',
      },
      bystander: { image: DEPENDENT_IMAGE, labels, network_mode: 'none' },
    };
    const changed = Object.entries(changes).map(([name, change]): [string, Service] => [
      name,
      { ...(services[name] ?? app), ...change },
    ]);
    return {
      services: { ...services, ...(Object.fromEntries(changed) as Services) },
      volumes: { library: {} },
    };
  }
}
