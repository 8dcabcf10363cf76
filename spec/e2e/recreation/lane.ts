import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { eventually } from '../eventually.ts';
import type { MonitorOptions, MonitorProcess } from '../monitor.ts';
import { SITES } from '../setting.ts';
import { isOnLiveNetwork } from '../stand-in/container.ts';
import { createDependent, findContainer } from '../stand-in/dependent.ts';
import { type Gateway, createGateway } from '../stand-in/gateway.ts';
import { type TestEngine, removeContainer } from '../test-engine.ts';
import { type Difference, unexpectedDifferences } from './difference.ts';
import { EngineRelay, type Moment } from './engine-relay.ts';
import { checksums, containerNames, fill } from './world.ts';

const PLACES = ['/data', '/library', '/anonymous'];

interface Known {
  readonly name: string;
  readonly inspection: Docker.ContainerInspectInfo;
  readonly checksums: string;
}

type StartMonitor = (options: MonitorOptions) => Promise<MonitorProcess>;

/**
 * A gateway, `near` on its network, `far` on that of `near`, and a relay from a monitor to the engine: all with unique
 * names, so that several lanes can be used in parallel, as most of the time is spent waiting.
 *
 * A lane is used repeatedly: its dependents must always remain what they were at first.
 */
export class Lane {
  readonly name: string;
  readonly relay: EngineRelay;
  readonly #engine: TestEngine;
  readonly #startMonitor: StartMonitor;
  readonly #stateFile: string;
  readonly #known: readonly Known[];
  #gateway: Gateway;

  static async create(engine: TestEngine, name: string, startMonitor: StartMonitor): Promise<Lane> {
    for (const left of await containersOf(engine, name)) await removeContainer(engine.docker, left);
    const gateway = await createGateway(engine, { name: `gluetun-${name}` });
    const known: Known[] = [];
    for (const one of [`near-${name}`, `far-${name}`]) {
      const network = one.startsWith('near') ? gateway.id : `near-${name}`;
      const binds = [`library-of-${one}:/library`, '/anonymous'];
      const container = await createDependent(engine, { name: one, network, binds });
      await fill(engine, one, PLACES);
      const inspection = await container.inspect();
      known.push({ name: one, inspection, checksums: await checksums(engine, one, PLACES) });
    }
    const stateFile = join(await mkdtemp(join(engine.folder, 'state-')), 'state.json');
    const relay = await EngineRelay.open(engine);
    const lane = new Lane({ engine, startMonitor }, { name, relay, stateFile, known, gateway });
    await (await lane.watch()).stop();
    return lane;
  }

  private constructor(
    { engine, startMonitor }: { engine: TestEngine; startMonitor: StartMonitor },
    parts: { name: string; relay: EngineRelay; stateFile: string; known: readonly Known[]; gateway: Gateway },
  ) {
    this.#engine = engine;
    this.#startMonitor = startMonitor;
    this.name = parts.name;
    this.relay = parts.relay;
    this.#stateFile = parts.stateFile;
    this.#known = parts.known;
    this.#gateway = parts.gateway;
  }

  get dependents(): readonly string[] {
    return this.#known.map(({ name }) => name);
  }

  /** No monitor runs meanwhile. */
  async recreateGateway(): Promise<void> {
    this.#gateway = await this.#gateway.recreate();
  }

  /** A monitor with the state of the previous one, after it has listed the containers. */
  async watch(): Promise<MonitorProcess> {
    const monitor = await this.#startMonitor({
      env: {
        SITES,
        GLUETUN_CONTAINER: `gluetun-${this.name}`,
        STATE_FILE: this.#stateFile,
        DOCKER_HOST: this.relay.dockerHost,
      },
    });
    await monitor.waitForLine(/Dependent containers \(auto-discovery\)/);
    return monitor;
  }

  /** Kills a monitor at its call of that number, or at the end if it makes fewer calls. */
  async killAt(number: number, moment: Moment): Promise<void> {
    const held = this.relay.hold(number, moment);
    const monitor = await this.watch();
    await Promise.race([held.reached, this.untilWhole()]);
    await monitor.stop('SIGKILL');
    held.release();
  }

  /** Names of dependents that exist neither under their names nor parked. */
  async lost(): Promise<readonly string[]> {
    const names = await containersOf(this.#engine, this.name);
    const parked = (name: string): string => `${name}.orphan-of-gluetun-${this.name}-`;
    return this.dependents.filter(
      (name) => !names.some((one) => one === name || one.startsWith(parked(name))),
    );
  }

  async untilWhole(): Promise<boolean> {
    return eventually(`lane ${this.name} is whole`, async () => this.#isWhole(), 50_000, 100);
  }

  /** The differences of the dependents from what they were at first. */
  async changes(): Promise<readonly (Difference | string)[]> {
    const changes = await Promise.all(
      this.#known.map(async ({ name, inspection, checksums: before }) => {
        const container = await findContainer(this.#engine, name);
        const after = await checksums(this.#engine, name, PLACES);
        const content = after === before ? [] : [`the content of its volumes is ${after} by now`];
        return [...unexpectedDifferences(inspection, await container.inspect()), ...content];
      }),
    );
    return changes.flat();
  }

  async #isWhole(): Promise<boolean> {
    const names = await containersOf(this.#engine, this.name);
    if (names.join() !== [...this.dependents, `gluetun-${this.name}`].sort().join()) return false;
    const isLive = await Promise.all(
      this.dependents.map(async (name) =>
        isOnLiveNetwork(await findContainer(this.#engine, name), this.#gateway),
      ),
    );
    return isLive.every(Boolean);
  }
}

const containersOf = async (engine: TestEngine, lane: string): Promise<readonly string[]> =>
  (await containerNames(engine)).filter((name) => new RegExp(`^(near|far|gluetun)-${lane}\\b`).test(name));
