import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { peekStateFile } from '../../../src/edges/state-file.ts';
import { EngineEvents, isCheck } from '../engine-events.ts';
import { eventually, messageOf } from '../eventually.ts';
import type { MonitorOptions, MonitorProcess } from '../monitor.ts';
import { PrivateEngine } from '../private-engine.ts';
import { SITES } from '../setting.ts';
import { TestContainer } from '../stand-in/container.ts';
import { createDependent } from '../stand-in/dependent.ts';
import { type Gateway, createGateway } from '../stand-in/gateway.ts';
import { DEPENDENT_IMAGE, SHELL_LESS_IMAGE } from '../stand-in/images.ts';
import type { TestEngine } from '../test-engine.ts';
import { type Dependent, EXCLUDED, GATEWAY_LABELS } from '../../world/causes/dependents.ts';
import { BYSTANDER, GATEWAY, RENAMED } from '../../world/causes/names.ts';
import { type GatewayKind, type Snapshot, type Stage, seenIn } from '../../world/causes/stage.ts';

/** More than the minute between two listings, as the engine emits no event for a failed start. */
const SETTLED_MS = 45_000;
/** The monitor needs ten seconds to decide that an operator stopped a container. */
const DECIDED_MS = 20_000;

/** The table on a real engine, with the built monitor as a separate process. */
export class RealStage implements Stage {
  readonly #engine: TestEngine;
  readonly #start: (options: MonitorOptions) => Promise<MonitorProcess>;
  readonly #stateFile: string;
  readonly #containers = new Map<string, TestContainer>();
  #gateway: Gateway | undefined;
  #monitor: MonitorProcess | undefined;
  #events: EngineEvents | undefined;
  #underWay: Promise<void> = Promise.resolve();
  #setUpAtMs = Infinity;

  constructor(engine: TestEngine, start: (options: MonitorOptions) => Promise<MonitorProcess>) {
    this.#engine = engine;
    this.#start = start;
    this.#stateFile = join(engine.folder, `state-${randomUUID()}.json`);
  }

  get monitor(): MonitorProcess {
    return there(this.#monitor);
  }

  /** When the cause began. */
  get setUpAtMs(): number {
    return this.#setUpAtMs;
  }

  get events(): EngineEvents {
    return there(this.#events);
  }

  async setUp({ restartPolicy }: GatewayKind, dependents: readonly Dependent[]): Promise<void> {
    this.#events = await EngineEvents.open(this.#engine);
    // The engine keeps a name only if no container has it yet.
    for (const one of dependents.filter(({ joins }) => 'name' in joins)) await this.#create(one);
    const options = { name: GATEWAY, restartPolicy, labels: GATEWAY_LABELS };
    this.#gateway = await createGateway(this.#engine, options);
    await this.#createBystander();
    await this.#startAll(dependents);
    await this.startMonitor();
    await this.monitor.waitForLine(/Status: STARTUP/);
    await this.#letEnd(dependents);
    this.#setUpAtMs = performance.now();
  }

  async beginRestart(): Promise<void> {
    this.#underWay = this.#its.restart();
    await this.events.waitFor('die', this.#its);
  }

  async crashGateway(): Promise<void> {
    await this.#its.crash();
    await this.events.waitFor('die', this.#its);
  }

  async stopGateway(): Promise<void> {
    await this.#its.stop();
  }

  async removeGateway(): Promise<void> {
    await this.#its.remove();
  }

  async createGateway(): Promise<void> {
    this.#gateway = await this.#its.createAgain();
  }

  async replaceGateway(): Promise<void> {
    this.#gateway = await this.#its.replace();
  }

  async startGateway(): Promise<void> {
    await this.#its.start();
    await this.untilGatewayRuns();
  }

  async renameGateway(): Promise<void> {
    await this.#its.rename(RENAMED);
  }

  async untilGatewayRuns(): Promise<void> {
    await this.#underWay;
    const runs = async (): Promise<boolean> => (await this.#its.inspect()).State.Status === 'running';
    await eventually('the gateway runs', runs, DECIDED_MS);
    await this.#its.untilServing();
  }

  async leaveItDown(): Promise<void> {
    await this.#untilStopIsKnownOf([this.#its]);
  }

  async restartEngine(): Promise<void> {
    if (!(this.#engine instanceof PrivateEngine)) throw new Error('only an engine of its own is restarted');
    this.events.close();
    await this.#engine.restart();
    this.#events = await EngineEvents.open(this.#engine);
  }

  async stopMonitor(): Promise<void> {
    await this.monitor.stop();
  }

  async startMonitor(): Promise<void> {
    this.#monitor = await this.#start({
      env: {
        SITES,
        CHECK_INTERVAL: '1',
        STATE_FILE: this.#stateFile,
        EXCLUDE_CONTAINERS: EXCLUDED.join(','),
      },
    });
  }

  async start(name: string): Promise<void> {
    await this.#container(name)
      .start()
      .catch(() => undefined);
  }

  async stop(name: string): Promise<void> {
    await this.#container(name).stop();
  }

  async restart(name: string): Promise<void> {
    await this.#container(name).restart();
  }

  async untilStopIsDecided(name: string): Promise<void> {
    await this.#untilStopIsKnownOf([this.#container(name)]);
  }

  async end(name: string): Promise<void> {
    const container = this.#container(name);
    // Its answer is lost with the container.
    await container.exec('kill', '1').catch(() => undefined);
    await this.events.waitFor('die', container);
  }

  /** A container may be between two runs, or be removed, just while it is inspected. */
  async look(): Promise<Snapshot> {
    return eventually('all can be looked at', async () => this.#lookOnce());
  }

  async lookUntil(isSo: (snapshot: Snapshot) => boolean): Promise<void> {
    const seen = async (): Promise<boolean> => isSo(await this.#lookOnce());
    // Each cell shows that it failed; this shows how.
    await eventually('what is expected', seen, SETTLED_MS, 100).catch((error: unknown) => {
      process.stderr.write(`${messageOf(error)}\n${this.said().join('\n')}\n`);
    });
  }

  async untilQuiet(): Promise<void> {
    const checks = (): number => this.events.all.filter(isCheck).length;
    const soFar = checks();
    await eventually('two more checks', () => checks() >= soFar + 2, SETTLED_MS, 50);
  }

  said(): readonly string[] {
    return this.monitor.lines.map(({ text }) => text);
  }

  async dispose(): Promise<void> {
    if (this.#monitor?.hasExited === false) await this.#monitor.stop('SIGKILL');
    this.#events?.close();
  }

  get #its(): Gateway {
    return there(this.#gateway);
  }

  async #lookOnce(): Promise<Snapshot> {
    const { docker, labels } = this.#engine;
    const label = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    const [listed, live] = await Promise.all([
      docker.listContainers({ all: true, filters: { label } }),
      this.#its.networkNamespace(),
    ]);
    const entries = listed.map(async ({ Id, Names }) => {
      const container = new TestContainer(this.#engine, Id, (Names[0] ?? '').slice(1));
      const [inspection, own] = await Promise.all([container.inspect(), container.networkNamespace()]);
      const network = own === undefined ? undefined : own === live ? 'live' : 'dead';
      return [container.name, seenIn(inspection, network)] as const;
    });
    return new Map(await Promise.all(entries));
  }

  #container(name: string): TestContainer {
    return there(this.#containers.get(name));
  }

  async #create({ name, joins, restartPolicy, labels, hasShell }: Dependent): Promise<void> {
    const network = 'name' in joins ? joins.name : this.#idOf(joins.idOf);
    const image = hasShell ? DEPENDENT_IMAGE : SHELL_LESS_IMAGE;
    const options = { name, network, image, restartPolicy, labels, isLeftUnstarted: true };
    this.#containers.set(name, await createDependent(this.#engine, options));
  }

  #idOf(name: string): string {
    return name === GATEWAY ? this.#its.id : this.#container(name).id;
  }

  async #createBystander(): Promise<void> {
    const { id } = await this.#engine.docker.createContainer({
      name: BYSTANDER,
      Image: DEPENDENT_IMAGE,
      Labels: { ...this.#engine.labels },
      HostConfig: { NetworkMode: 'none', RestartPolicy: { Name: 'unless-stopped' } },
    });
    await new TestContainer(this.#engine, id, BYSTANDER).start();
  }

  /** Owners first. */
  async #startAll(dependents: readonly Dependent[]): Promise<void> {
    for (const one of dependents) if (!this.#containers.has(one.name)) await this.#create(one);
    const wanted = dependents.filter(({ life }) => life !== 'created');
    const isOnGateway = ({ joins }: Dependent): boolean => 'name' in joins || joins.idOf === GATEWAY;
    const start = async ({ name }: Dependent): Promise<void> => this.#container(name).start();
    await Promise.all(wanted.filter(isOnGateway).map(start));
    await Promise.all(wanted.filter((one) => !isOnGateway(one)).map(start));
  }

  async #letEnd(dependents: readonly Dependent[]): Promise<void> {
    const by = (...lives: readonly string[]): readonly TestContainer[] =>
      dependents.filter(({ life }) => lives.includes(life)).map(({ name }) => this.#container(name));
    const stopped = by('stopped', 'stoppedThenTried');
    await Promise.all(by('ended').map(async ({ name }) => this.end(name)));
    await Promise.all(stopped.map(async (container) => container.stop()));
    await this.#untilStopIsKnownOf(stopped);
  }

  /** The monitor writes an operator's stop to its state file as soon as it has decided that. */
  async #untilStopIsKnownOf(containers: readonly TestContainer[]): Promise<void> {
    const isKnown = (): boolean => {
      const { exits } = peekStateFile(this.#stateFile);
      return containers.every(({ id }) => exits[id]?.by === 'operator');
    };
    await eventually('the monitor knows who was stopped', isKnown, DECIDED_MS, 50);
  }
}

function there<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('it is not there: the stage is not set up');
  return thing;
}
