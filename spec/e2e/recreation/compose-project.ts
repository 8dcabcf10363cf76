import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SEARCH_PATH } from '../bound-process.ts';
import type { TestContainer } from '../stand-in/container.ts';
import { ControlFolder } from '../stand-in/control-folder.ts';
import { findContainer } from '../stand-in/dependent.ts';
import { Gateway } from '../stand-in/gateway.ts';
import { DEPENDENT_IMAGE, GATEWAY_IMAGE } from '../stand-in/images.ts';
import type { TestEngine } from '../test-engine.ts';

const run = promisify(execFile);

/** The names that Compose gives: `app2` has no `container_name`. */
export const DEPENDENTS = ['app1', 'stack_app2_1'];
export const OTHERS = ['gluetun', 'stack_bystander_1'];

/** A user's stack: a gateway, two services on its network, and an unrelated one. */
export class ComposeProject {
  readonly #engine: TestEngine;
  readonly #folder: string;
  readonly #control: ControlFolder;

  constructor(engine: TestEngine) {
    this.#engine = engine;
    this.#folder = join(engine.folder, `project-${randomUUID()}`);
    this.#control = new ControlFolder(join(this.#folder, 'control'));
  }

  /** Writes or replaces the compose file: another `version` is another gateway. */
  async write(version: string, secondsToStop = 3): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await this.#control.create();
    // JSON is YAML.
    await writeFile(
      join(this.#folder, 'docker-compose.yml'),
      JSON.stringify(this.#file(version, secondsToStop), null, 2),
    );
  }

  /** Runs `docker-compose ARGS…` and returns its output. */
  async run(...args: string[]): Promise<string> {
    const { stdout, stderr } = await run('docker-compose', ['--project-name', 'stack', ...args], {
      cwd: this.#folder,
      env: { PATH: SEARCH_PATH, HOME: this.#folder, DOCKER_HOST: this.#engine.dockerHost },
    });
    return stdout + stderr;
  }

  /** The current gateway, once it serves. */
  async gateway(): Promise<Gateway> {
    const { id } = await findContainer(this.#engine, 'gluetun');
    const gateway = new Gateway(this.#engine, id, { name: 'gluetun' }, this.#control);
    await gateway.untilServing();
    return gateway;
  }

  async dependents(): Promise<readonly TestContainer[]> {
    return Promise.all(DEPENDENTS.map(async (name) => findContainer(this.#engine, name)));
  }

  #file(version: string, secondsToStop: number): object {
    const labels = this.#engine.labels;
    const app = {
      image: DEPENDENT_IMAGE,
      labels,
      network_mode: 'service:gluetun',
      restart: 'unless-stopped',
    };
    return {
      services: {
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
          stop_grace_period: `${secondsToStop}s`,
        },
        bystander: { image: DEPENDENT_IMAGE, labels, network_mode: 'none' },
      },
      volumes: { library: {} },
    };
  }
}
