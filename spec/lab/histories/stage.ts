import { type Observable, defer, finalize, first, map, tap, timer } from 'rxjs';
import type { Event } from '../../../streams/events.ts';
import type { WitnessVerdict } from '../../../streams/witness.ts';
import type { Act } from '../../../src/model/act.ts';
import { type Memory, NOTHING_REMEMBERED } from '../../../src/model/memory.ts';
import { initialState } from '../../../src/loop/initial-state.ts';
import type { Everything, Settings } from '../../../src/model/state.ts';
import { SimulatedEngine } from '../../simulated-engine/engine.ts';
import { GluetunStandIn } from '../../simulated-engine/gluetun.ts';
import { VirtualTime, advance } from '../../simulated-engine/virtual-time.ts';
import { EngineClient } from '../../world/engine-client.ts';
import { SimulatedMonitor } from '../../world/simulated-monitor.ts';
import { SETTINGS } from '../../default-settings.ts';
import { siteOf } from '../../world/world.ts';
import type { History } from './history.ts';
import { shiftedClock } from './shifted-clock.ts';
import { EXCLUDED, GATEWAY, SECOND_GATEWAY } from './roles.ts';

/** When a history begins, on the clock that all go by. */
export const BEGINNING_MS = 30 * 24 * 3_600_000;

/** From the engine's first answer. */
const MONITOR_STARTS_MS = 2_000;

/** Who looks on, and sees everything that could matter to a judgement. */
export interface Onlooker {
  monitorStarted?(): void;
  engineIsBack?(): void;
  /** What the streams said, before anything is made of it. */
  heard?(event: Event, state: Everything): void;
  stateChanged?(before: Everything, after: Everything): void;
  actBegun?(act: Act): void;
  actEnded?(act: Act): void;
  outcome?(event: Event, act: Act): void;
  /** The engine is about to carry it out. */
  writes?(call: string): void;
  wrote?(call: string): void;
  /** The monitor waits for it no more. */
  writeOver?(call: string): void;
}

interface BootOrder {
  /** Or all at once. */
  readonly ownersFirst: boolean;
}

export interface Said {
  readonly at: number;
  readonly level: string;
  readonly message: string;
}

/**
 * The engine, the tunnels, the line, and the monitor of one history, all under virtual time. The monitor is its own
 * streams, reducers and executor, unchanged.
 */
export class Stage {
  readonly scheduler = new VirtualTime();
  readonly engine = new SimulatedEngine(this.scheduler);
  readonly client = new EngineClient(this.engine, this.scheduler);
  readonly tunnel = new GluetunStandIn(this.scheduler, { publicIpMs: 400 });
  readonly secondTunnel = new GluetunStandIn(this.scheduler, { publicIpMs: 400 });
  readonly sites: readonly string[];
  readonly lines: Said[] = [];
  readonly onlookers: Onlooker[] = [];
  memory: Memory = NOTHING_REMEMBERED;
  isLineUp = true;
  /** It answers, and is not about to go away. */
  isEngineThere = true;
  readonly #settings: readonly Settings[];
  readonly #hasWitness: boolean;
  #monitor: SimulatedMonitor | undefined;
  #aheadMs = 0;

  constructor({ cast, settings: { sites, hasWitness, ...chosen } }: History) {
    // The engine's own year 1 is "never", and clocks are set back by days: time begins later.
    advance(this.scheduler, BEGINNING_MS);
    this.sites = Array.from({ length: sites }, (_, index) => `https://site${String(index + 1)}.example/`);
    const common = { ...SETTINGS, exclude: EXCLUDED, ...chosen };
    const watched = cast.second === 'watched' ? [GATEWAY, SECOND_GATEWAY] : [GATEWAY];
    this.#settings = watched.map((gateway) => ({ ...common, gateway }));
    this.#hasWitness = hasWitness;
    this.client.beforeWrite = (call) => this.onlookers.forEach((one) => one.writes?.(call));
    this.client.writeOver = (call) => this.onlookers.forEach((one) => one.writeOver?.(call));
    this.client.afterWrite = (call) => this.onlookers.forEach((one) => one.wrote?.(call));
  }

  get now(): number {
    return this.scheduler.now();
  }

  /** What the clock of the monitor shows, or of the latest there was. */
  get monitorsNow(): number {
    return this.now + this.#aheadMs;
  }

  get settings(): Settings {
    const [first] = this.#settings;
    if (first === undefined) throw new Error('a monitor watches something');
    return first;
  }

  get watched(): readonly string[] {
    return this.#settings.map(({ gateway }) => gateway);
  }

  get monitor(): SimulatedMonitor | undefined {
    return this.#monitor;
  }

  /** Knows nothing but what the one before has left; its clock may have been set meanwhile. */
  startMonitor(aheadMs = 0): void {
    this.#aheadMs = aheadMs;
    const initial = initialState(
      this.#settings,
      this.sites.map((url) => siteOf({ url })),
      {
        memory: this.memory,
        hasWitness: this.#hasWitness,
      },
    );
    let before = initial;
    this.onlookers.forEach((one) => one.monitorStarted?.());
    this.#monitor = new SimulatedMonitor({
      client: this.client,
      scheduler: shiftedClock(this.scheduler, aheadMs),
      initial,
      probeWitness: () => this.#probeWitness(),
      say: ({ level, message }) => this.lines.push({ at: this.now, level, message }),
      remember: (memory) => (this.memory = memory),
      onEvent: (event) => this.onlookers.forEach((one) => one.heard?.(event, before)),
      onState: (state) => {
        if (state !== before) this.onlookers.forEach((one) => one.stateChanged?.(before, state));
        before = state;
      },
      around: (act, events$) => this.#watched(act, events$),
    });
  }

  pass(ms: number): void {
    advance(this.scheduler, ms);
  }

  /** Later, whatever the engine or the monitor is at. */
  later(ms: number, act: () => void): void {
    this.scheduler.schedule(act, ms);
  }

  /** It stops everything, is away for a while, and starts what its policies say. */
  restartEngine(forMs: number, order: BootOrder): void {
    this.isEngineThere = false;
    this.engine.shutDown();
    this.later(forMs, () => this.#boot(order));
  }

  /** It stops nothing before it goes; the next one does, before it is there for anybody. */
  killEngine(forMs: number, order: BootOrder): void {
    this.isEngineThere = false;
    this.engine.breakDown();
    this.later(forMs, () => this.#boot(order));
  }

  /** With the monitor, which is started again as soon as there is an engine. */
  cutPower(forMs: number, order: BootOrder): void {
    this.isEngineThere = false;
    this.#monitor?.kill();
    this.engine.cutPower();
    this.later(forMs, () => {
      this.#boot(order);
      this.later(MONITOR_STARTS_MS, () => {
        if (this.#monitor?.isAlive !== true) this.startMonitor();
      });
    });
  }

  #boot(order: BootOrder): void {
    this.engine.up$.pipe(first(Boolean)).subscribe(() => {
      this.isEngineThere = true;
      this.onlookers.forEach((one) => one.engineIsBack?.());
    });
    this.engine.boot(order);
  }

  dispose(): void {
    this.#monitor?.kill();
    this.engine.dispose();
  }

  #probeWitness(): Observable<WitnessVerdict> {
    const verdict = (): WitnessVerdict =>
      this.isLineUp ? { answers: true } : { answers: false, reason: 'connect ETIMEDOUT' };
    return timer(20, this.scheduler).pipe(map(verdict));
  }

  #watched(act: Act, events$: Observable<Event>): Observable<Event> {
    return defer(() => {
      this.onlookers.forEach((one) => one.actBegun?.(act));
      return events$.pipe(
        tap((event) => this.onlookers.forEach((one) => one.outcome?.(event, act))),
        finalize(() => this.onlookers.forEach((one) => one.actEnded?.(act))),
      );
    });
  }
}
