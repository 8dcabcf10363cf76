import { type Observable, defer, finalize, first, tap } from 'rxjs';
import type { Event } from '../../../streams/events.ts';
import type { Act } from '../../../src/model/act.ts';
import type { Everything, Settings } from '../../../src/model/state.ts';
import { SETTINGS } from '../../src/builders.ts';
import { GluetunStandIn } from '../../simulated-engine/gluetun.ts';
import { World } from '../../world/world.ts';
import type { History } from './history.ts';
import { EXCLUDED, GATEWAY, SECOND_GATEWAY } from './roles.ts';
import { shiftedClock } from './shifted-clock.ts';

/** The start of a history on the common clock. Not zero, as clocks are set back by days. */
export const BEGINNING_MS = 30 * 24 * 3_600_000;

/** Measured from the engine's first answer. */
const MONITOR_STARTS_MS = 2_000;

const TUNNEL = { publicIpMs: 400 };

/** An observer of everything that could matter to an invariant. */
export interface Onlooker {
  monitorStarted?(): void;
  engineIsBack?(): void;
  /** An event of the streams, before it is reduced. */
  heard?(event: Event, state: Everything): void;
  stateChanged?(before: Everything, after: Everything): void;
  actBegun?(act: Act): void;
  actEnded?(act: Act): void;
  outcome?(event: Event, act: Act): void;
  /** The engine is about to carry it out. */
  writes?(call: string): void;
  wrote?(call: string): void;
  /** The monitor no longer waits for it. */
  writeOver?(call: string): void;
}

interface BootOrder {
  /** Or everything at once. */
  readonly ownersFirst: boolean;
}

/** The world of one history: its observers, and the faults of its engine, its power and its clocks. */
export class HistoryWorld extends World {
  readonly onlookers: Onlooker[] = [];
  readonly sites: readonly string[];
  readonly settings: Settings;
  readonly watched: readonly string[];
  readonly secondStandIn: GluetunStandIn;
  /** Whether it answers and is not about to go away. */
  isEngineThere = true;
  #aheadMs = 0;

  constructor({ cast, settings: { sites: count, hasWitness, ...chosen } }: History) {
    const sites = Array.from({ length: count }, (_, index) => `https://site${String(index + 1)}.example/`);
    const settings = { exclude: EXCLUDED, ...chosen };
    super({
      beginsAtMs: BEGINNING_MS,
      settings,
      sites: sites.map((url) => ({ url })),
      hasWitness,
      gluetun: TUNNEL,
      ...(cast.second === 'watched' && { more: { [SECOND_GATEWAY]: TUNNEL } }),
    });
    this.sites = sites;
    this.settings = { ...SETTINGS, ...settings };
    this.watched = [GATEWAY, ...Object.keys(this.standIns)];
    this.secondStandIn = this.standIns[SECOND_GATEWAY] ?? new GluetunStandIn(this.scheduler, TUNNEL);
    this.client.beforeWrite = (call) => this.onlookers.forEach((one) => one.writes?.(call));
    this.client.writeOver = (call) => this.onlookers.forEach((one) => one.writeOver?.(call));
    this.client.afterWrite = (call) => this.onlookers.forEach((one) => one.wrote?.(call));
  }

  /** The time on the clock of the current or the latest monitor. */
  get monitorsNow(): number {
    return this.now + this.#aheadMs;
  }

  /** Its clock may have been set since the previous monitor. */
  override startMonitor(aheadMs = 0): this {
    this.#aheadMs = aheadMs;
    this.onlookers.forEach((one) => one.monitorStarted?.());
    return this.beginMonitor({
      scheduler: shiftedClock(this.scheduler, aheadMs),
      onEvent: (event, state) => this.onlookers.forEach((one) => one.heard?.(event, state)),
      onState: (before, after) => this.onlookers.forEach((one) => one.stateChanged?.(before, after)),
      around: (act, events$) => this.#observed(act, events$),
    });
  }

  /** Runs something later, whatever the engine or the monitor is doing then. */
  later(ms: number, act: () => void): void {
    this.scheduler.schedule(act, ms);
  }

  /** The engine stops everything, is away for a while, and then starts containers by their policies. */
  restartEngine(forMs: number, order: BootOrder): void {
    this.isEngineThere = false;
    this.engine.shutDown();
    this.later(forMs, () => this.#boot(order));
  }

  /** The engine stops nothing before it goes; the next one does, before it answers. */
  killEngine(forMs: number, order: BootOrder): void {
    this.isEngineThere = false;
    this.engine.breakDown();
    this.later(forMs, () => this.#boot(order));
  }

  /** Also ends the monitor, which is started again as soon as there is an engine. */
  cutPower(forMs: number, order: BootOrder): void {
    this.isEngineThere = false;
    this.killMonitor();
    this.engine.cutPower();
    this.later(forMs, () => {
      this.#boot(order);
      this.later(MONITOR_STARTS_MS, () => {
        if (!this.isMonitorAlive) this.startMonitor();
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

  #observed(act: Act, events$: Observable<Event>): Observable<Event> {
    return defer(() => {
      this.onlookers.forEach((one) => one.actBegun?.(act));
      return events$.pipe(
        tap((event) => this.onlookers.forEach((one) => one.outcome?.(event, act))),
        finalize(() => this.onlookers.forEach((one) => one.actEnded?.(act))),
      );
    });
  }
}
