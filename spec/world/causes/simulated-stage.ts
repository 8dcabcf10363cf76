import type { ContainerSpec } from '../../simulated-engine/create-request.ts';
import { gatewayContainer } from '../../simulated-engine/gluetun.ts';
import { composeUp } from '../../simulated-engine/operator.ts';
import { World } from '../world.ts';
import { type Dependent, EXCLUDED, GATEWAY_LABELS } from './dependents.ts';
import { BYSTANDER, GATEWAY, RENAMED } from './names.ts';
import { type GatewayKind, type Snapshot, type Stage, seenIn } from './stage.ts';

const MINUTE_MS = 60_000;

/** The table in the simulated world: the monitor's own streams, reducers and executor, in virtual time. */
export class SimulatedStage implements Stage {
  readonly world = new World({ settings: { exclude: EXCLUDED } });
  readonly #labels: Readonly<Record<string, string>>;
  #gateway: ContainerSpec = this.world.gateway;

  constructor({ isOfCompose }: { readonly isOfCompose: boolean }) {
    this.#labels = isOfCompose ? GATEWAY_LABELS : {};
  }

  async setUp({ restartPolicy }: GatewayKind, dependents: readonly Dependent[]): Promise<void> {
    const { engine, standIn } = this.world;
    const health = { intervalMs: 5_000, retries: 3 };
    this.#gateway = gatewayContainer({ name: GATEWAY, standIn, restartPolicy, labels: this.#labels, health });
    for (const one of dependents.filter(({ joins }) => 'name' in joins)) this.#create(one);
    await this.createGateway();
    engine.create({ name: BYSTANDER, restartPolicy: 'unless-stopped' });
    engine.start(BYSTANDER);
    for (const one of dependents) this.#letLive(one);
    this.world.startMonitor().pass(MINUTE_MS);
    for (const one of dependents) await this.#letEnd(one);
    this.world.pass(MINUTE_MS);
  }

  async beginRestart(): Promise<void> {
    this.world.engine.restart(GATEWAY);
    return this.#untilDown();
  }

  async crashGateway(): Promise<void> {
    this.world.engine.crash(GATEWAY, 1);
    return this.#untilDown();
  }

  async stopGateway(): Promise<void> {
    this.world.engine.stop(GATEWAY);
    return this.#untilDown();
  }

  removeGateway(): Promise<void> {
    this.world.engine.remove(GATEWAY, { force: true });
    return this.#until(() => this.world.engine.find(GATEWAY) === undefined);
  }

  createGateway(): Promise<void> {
    this.world.engine.create(this.#gateway);
    return this.startGateway();
  }

  async replaceGateway(): Promise<void> {
    const { id } = this.world.engine.get(GATEWAY);
    composeUp(this.world.engine, this.#gateway);
    await this.#until(() => this.world.engine.find(id) === undefined);
    return this.#until(() => this.world.engine.find(GATEWAY)?.state.running === true);
  }

  startGateway(): Promise<void> {
    this.world.engine.start(GATEWAY);
    return this.untilGatewayRuns();
  }

  renameGateway(): Promise<void> {
    this.world.engine.rename(GATEWAY, RENAMED);
    return this.#pass(1000);
  }

  untilGatewayRuns(): Promise<void> {
    return this.#until(() => this.world.engine.isOnLiveNetwork(GATEWAY));
  }

  leaveItDown(): Promise<void> {
    return this.#pass(MINUTE_MS);
  }

  async restartEngine(): Promise<void> {
    this.world.engine.shutDown();
    await this.#until(() => !this.world.engine.up$.value);
    await this.#pass(2_000);
    this.world.engine.boot();
  }

  stopMonitor(): Promise<void> {
    this.world.shutDownMonitor();
    return this.#until(() => this.world.hasEnded);
  }

  startMonitor(): Promise<void> {
    this.world.startMonitor();
    return Promise.resolve();
  }

  /** Only the caller learns of a failed start. */
  start(name: string): Promise<void> {
    this.world.engine.start(name);
    return Promise.resolve();
  }

  stop(name: string): Promise<void> {
    this.world.engine.stop(name);
    return this.#until(() => !this.world.engine.get(name).state.running);
  }

  async restart(name: string): Promise<void> {
    this.world.engine.restart(name);
    await this.#until(() => !this.world.engine.get(name).state.running);
    return this.#until(() => this.world.engine.get(name).state.running);
  }

  untilStopIsDecided(): Promise<void> {
    return this.#pass(MINUTE_MS);
  }

  end(name: string): Promise<void> {
    this.world.engine.crash(name, 0);
    return Promise.resolve();
  }

  look(): Promise<Snapshot> {
    const { engine } = this.world;
    const seen = engine.containers.map(({ id, name, state }) => {
      const network = engine.isOnLiveNetwork(name) ? 'live' : 'dead';
      const inspection = engine.inspect(id) as Parameters<typeof seenIn>[0];
      return [name, seenIn(inspection, state.running ? network : undefined)] as const;
    });
    return Promise.resolve(new Map(seen));
  }

  /** Throws as soon as the monitor ends with a fault. */
  async lookUntil(isSo: (snapshot: Snapshot) => boolean): Promise<void> {
    for (let waited = 0; waited < 5 * MINUTE_MS && !isSo(await this.look()); waited += 100) {
      if (this.world.fault !== undefined) throw this.world.fault as Error;
      this.world.pass(100);
    }
  }

  untilQuiet(): Promise<void> {
    return this.#pass(10 * MINUTE_MS);
  }

  said(): readonly string[] {
    return this.world.said(/./);
  }

  #create({ name, joins, restartPolicy, labels, hasShell }: Dependent): void {
    const { engine } = this.world;
    const owner = 'name' in joins ? joins.name : engine.get(joins.idOf).id;
    const image = hasShell ? 'application' : 'shell-less';
    engine.create({ name, image, restartPolicy, labels, networkMode: `container:${owner}` });
  }

  #letLive(dependent: Dependent): void {
    const { engine } = this.world;
    if (engine.find(dependent.name) === undefined) this.#create(dependent);
    if (dependent.life !== 'created') engine.start(dependent.name);
    this.world.pass(1000);
  }

  async #letEnd({ name, life }: Dependent): Promise<void> {
    if (life === 'stopped' || life === 'stoppedThenTried') await this.stop(name);
    if (life === 'ended') await this.end(name);
  }

  #untilDown(): Promise<void> {
    return this.#until(() => !this.world.engine.isOnLiveNetwork(GATEWAY));
  }

  #until(condition: () => boolean): Promise<void> {
    this.world.until(condition);
    return Promise.resolve();
  }

  #pass(ms: number): Promise<void> {
    this.world.pass(ms);
    return Promise.resolve();
  }
}
