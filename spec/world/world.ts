import type { OperatorRequest } from '../../streams/events.ts';
import { EMPTY, type Observable, ignoreElements, map, timer } from 'rxjs';
import type { Site } from '../../config/config.ts';
import type { WitnessVerdict } from '../../streams/witness.ts';
import type { Line } from '../../src/notices/log-line.ts';
import { type Persisted, NOTHING_PERSISTED } from '../../src/model/persisted.ts';
import type { Edge } from '../../src/edges/edge.ts';
import { initialState } from '../../src/loop/initial-state.ts';
import type { Everything, Settings } from '../../src/model/state.ts';
import { SETTINGS } from '../default-settings.ts';
import { site } from '../src/builders.ts';
import type { ContainerSpec } from '../simulated-engine/create-request.ts';
import { SimulatedEngine } from '../simulated-engine/engine.ts';
import { GluetunStandIn, type GluetunOptions, gatewayContainer } from '../simulated-engine/gluetun.ts';
import { VirtualTime, advance } from '../simulated-engine/virtual-time.ts';
import { SECRETS } from '../marked-secrets.ts';
import { EngineClient } from './engine-client.ts';
import { type MonitorParts, SimulatedMonitor } from './simulated-monitor.ts';

export const SITES = ['https://one.example/', 'https://two.example/', 'https://three.example/'] as const;

const HEALTH = { intervalMs: 5_000, retries: 3 };

export interface WorldOptions {
  readonly settings?: Partial<Settings>;
  readonly sites?: readonly Partial<Site>[];
  /** No health check: null. */
  readonly health?: { readonly intervalMs: number; readonly retries: number } | null;
  readonly gluetun?: GluetunOptions;
  readonly hasWitness?: boolean;
  /** Of the gateway. */
  readonly restartPolicy?: 'no' | 'always' | 'unless-stopped';
  /** How long the gateway takes to exit after SIGTERM. */
  readonly exitMs?: number;
  /** Further gateways that the same monitor watches, by name. */
  readonly more?: Readonly<Record<string, GluetunOptions>>;
  /** On the engine's clock, for which the year 1 means "never". */
  readonly beginsAtMs?: number;
  readonly isPodman?: boolean;
}

/**
 * An engine with a gateway and its dependents, and the monitor's own streams, reducers and executor, unchanged, all
 * in virtual time: a day takes a moment.
 */
export class World {
  readonly scheduler = new VirtualTime();
  readonly engine: SimulatedEngine;
  readonly client: EngineClient;
  readonly standIn: GluetunStandIn;
  readonly gateway: ContainerSpec;
  /** Those of the further gateways. */
  readonly standIns: Readonly<Record<string, GluetunStandIn>>;
  readonly lines: (Line & { readonly at: number })[] = [];
  /** The persisted state that the next monitor starts with. */
  memory: Persisted = NOTHING_PERSISTED;
  readonly #begin: () => Everything;
  #monitor: SimulatedMonitor | undefined;

  constructor({
    settings,
    sites = SITES.map((url) => ({ url })),
    health = HEALTH,
    gluetun = {},
    hasWitness = false,
    restartPolicy = 'always',
    exitMs,
    more = {},
    beginsAtMs = 1_000_000,
    isPodman = false,
  }: WorldOptions = {}) {
    this.engine = new SimulatedEngine(this.scheduler, { isPodman });
    this.client = new EngineClient(this.engine, this.scheduler);
    advance(this.scheduler, beginsAtMs);
    this.standIn = new GluetunStandIn(this.scheduler, gluetun);
    this.gateway = gatewayContainer({
      name: 'gluetun',
      standIn: this.standIn,
      restartPolicy,
      ...(health && { health }),
      ...(exitMs !== undefined && { timings: { exitMs } }),
    });
    this.standIns = Object.fromEntries(
      Object.entries(more).map(([name, options]) => [name, new GluetunStandIn(this.scheduler, options)]),
    );
    const common = { ...SETTINGS, ...settings };
    const watched = [common, ...Object.keys(more).map((name) => ({ ...common, gateway: name }))];
    const probed = sites.map((one) => site('', { name: one.url ?? '', ...one }));
    this.#begin = () => initialState(watched, probed, { memory: this.memory, hasWitness });
  }

  /** The gateway and, by default, three dependents: joined by id, by the name of another dependent, and again by id. */
  populate(dependents: readonly ContainerSpec[] = THREE): this {
    for (const gateway of this.#gateways()) {
      this.engine.create(withSecrets(gateway));
      this.engine.start(gateway.name);
    }
    this.pass(10_000);
    for (const spec of dependents) {
      this.engine.create(withSecrets(spec));
      this.engine.start(spec.name);
      this.pass(1_000);
    }
    return this;
  }

  #gateways(): readonly ContainerSpec[] {
    const more = Object.entries(this.standIns).map(([name, standIn]) =>
      gatewayContainer({ name, standIn, restartPolicy: 'always', health: HEALTH }),
    );
    return [this.gateway, ...more];
  }

  get now(): number {
    return this.scheduler.now();
  }

  /** Knows only what an earlier one persisted. */
  startMonitor(): this {
    return this.beginMonitor().pass(2_000);
  }

  protected beginMonitor(parts: Partial<MonitorParts> = {}): this {
    const { client, scheduler, edges } = this;
    this.#monitor = new SimulatedMonitor({
      client,
      scheduler,
      initial: this.#begin(),
      probeWitness: () => this.#probeWitness(),
      say: (line) => this.#say(line),
      remember: (memory) => (this.memory = memory),
      edges,
      commit: () => this.#commit(),
      ...parts,
    });
    return this;
  }

  get state(): Everything {
    return this.#monitor?.state ?? this.#begin();
  }

  get isMonitorAlive(): boolean {
    return this.#monitor?.isAlive ?? false;
  }

  get hasEnded(): boolean {
    return this.#monitor?.hasEnded ?? false;
  }

  get fault(): unknown {
    return this.#monitor?.fault;
  }

  /** Get every step of the next monitor. */
  readonly edges: Edge[] = [];

  /** How long an act waits until the state for a later monitor is written. */
  diskTakesMs = 0;

  #commit(): Observable<never> {
    return this.diskTakesMs === 0 ? EMPTY : timer(this.diskTakesMs, this.scheduler).pipe(ignoreElements());
  }

  /** Whether the internet connection outside the tunnel works. */
  isLineUp = true;

  #probeWitness(): Observable<WitnessVerdict> {
    const verdict = (): WitnessVerdict =>
      this.isLineUp ? { answers: true } : { answers: false, reason: 'connect ETIMEDOUT' };
    return timer(20, this.scheduler).pipe(map(verdict));
  }

  /** What a user sees at the default log level. */
  #say(line: Line): void {
    if (line.level !== 'debug') this.lines.push({ ...line, at: this.now });
  }

  pass(ms: number): this {
    advance(this.scheduler, ms);
    return this;
  }

  /** Lets time pass until the condition holds; fails if it never does. */
  until(condition: () => boolean, withinMs = 600_000): this {
    const end = this.now + withinMs;
    while (!condition()) {
      if (this.now >= end)
        throw new Error(`it did not come to be within ${String(withinMs)} ms:\n${this.log()}`);
      this.pass(100);
    }
    return this;
  }

  untilSaid(pattern: RegExp, withinMs?: number): this {
    return this.until(() => this.said(pattern).length > 0, withinMs);
  }

  said(pattern: RegExp): readonly string[] {
    return this.lines.map(({ message }) => message).filter((message) => pattern.test(message));
  }

  log(): string {
    return this.lines
      .map(({ at, level, message }) => `${(at / 1000).toFixed(1)} ${level} ${message}`)
      .join('\n');
  }

  /** Names of running containers on a dead network of another container. */
  cutOff(): readonly string[] {
    return this.engine.containers
      .filter(({ name, state }) => state.running && name !== 'gluetun' && !this.engine.isOnLiveNetwork(name))
      .map(({ name }) => name);
  }

  shutDownMonitor(): void {
    this.#monitor?.shutDown();
  }

  ask(request: OperatorRequest): void {
    this.#monitor?.ask(request);
  }

  /** Like SIGKILL: at once, in the middle of whatever it does. */
  killMonitor(): void {
    this.#monitor?.kill();
  }

  /** Kills it and drops all references to it, so that the memory it held can be measured. */
  forgetMonitor(): void {
    this.killMonitor();
    this.#monitor = undefined;
  }

  /** Removes its container and creates it again under its name, as an update does. */
  recreateGateway(name = 'gluetun'): this {
    this.engine.remove(name, { force: true });
    this.pass(1_000);
    for (const gateway of this.#gateways().filter((one) => one.name === name))
      this.engine.create(withSecrets(gateway));
    this.engine.start(name);
    return this;
  }

  dispose(): void {
    this.#monitor?.kill();
    this.engine.dispose();
  }

  /** Called at the end of a story. @throws the fault that ended the monitor, if there was one */
  end(): void {
    this.dispose();
    if (this.fault !== undefined) throw this.fault as Error;
  }
}

/** As real containers have them: the monitor inspects them all, and must not repeat them. */
const withSecrets = (spec: ContainerSpec): ContainerSpec => ({
  ...spec,
  labels: { 'homepage.widget.key': SECRETS.label, ...spec.labels },
  body: { ...spec.body, Env: [...(spec.body?.Env ?? []), `API_KEY=${SECRETS.environment}`] },
});

export const dependent = (name: string, owner: string): ContainerSpec => ({
  name,
  networkMode: `container:${owner}`,
  restartPolicy: 'unless-stopped',
});

export const THREE = [dependent('app1', 'gluetun'), dependent('app2', 'app1'), dependent('app3', 'gluetun')];
