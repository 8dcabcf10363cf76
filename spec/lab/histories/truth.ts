import type { Event } from '../../../streams/events.ts';
import type { Everything } from '../../../src/model/state.ts';
import { nanosToMs } from '../../simulated-engine/clock.ts';
import type { EngineEvent } from '../../simulated-engine/events.ts';
import type { Wire } from './disturbances.ts';
import type { People } from './people.ts';
import type { Onlooker, HistoryWorld } from './history-world.ts';

/** The real state of one gateway, whatever the monitor knows of it. */
interface Known {
  /** When its current run began; undefined: it does not run. */
  runSince: number | undefined;
  isPaused: boolean;
  /** Since when there is proof in its current run that its tunnel works. */
  readySince: number | undefined;
  /** When it was last ready, and when it last ran. */
  lastReady: number;
  lastRan: number;
  /** How its last run ended: by a signal, and whose, or by itself. */
  end: 'operator' | 'monitor' | 'itself';
}

/**
 * The state of the gateways from undisturbed events: the judge's own view of "ready", built on nothing from the monitor
 * except the results of its probes.
 */
export class Truth implements Onlooker {
  readonly #world: HistoryWorld;
  readonly #people: People;
  readonly #wire: Wire;
  readonly #known = new Map<string, Known>();
  #monitorSince = -Infinity;
  /** The gateway that the monitor is changing at this moment. */
  #writing: string | undefined;

  constructor(world: HistoryWorld, people: People, wire: Wire) {
    this.#world = world;
    this.#people = people;
    this.#wire = wire;
    for (const gateway of people.gateways)
      this.#known.set(gateway, {
        runSince: world.now,
        isPaused: false,
        readySince: world.now,
        lastReady: world.now,
        lastRan: world.now,
        end: 'itself',
      });
    world.onlookers.push(this);
  }

  of(gateway: string): Known {
    const known = this.#known.get(gateway);
    if (known === undefined) throw new Error(`nobody knows a gateway ${gateway}`);
    if (known.readySince !== undefined && !known.isPaused) known.lastReady = this.#world.now;
    if (known.runSince !== undefined) known.lastRan = this.#world.now;
    return known;
  }

  /**
   * How long its current run has lasted, milliseconds; for a monitor that found it running, by the engine's clock,
   * which may have been set ahead since. Undefined: it does not run.
   */
  ageOf(gateway: string): number | undefined {
    const { runSince } = this.of(gateway);
    if (runSince === undefined) return undefined;
    if (this.#monitorSince < runSince && !this.#wire.losesMessages) return this.#world.now - runSince;
    const startedAt = this.#people.find(gateway)?.state.startedAt;
    const { clock } = this.#world.engine.runtime;
    const shownMs = startedAt === undefined ? 0 : clock.nowMs() - nanosToMs(startedAt);
    return Math.max(this.#world.now - runSince, shownMs);
  }

  monitorStarted(): void {
    this.#monitorSince = this.#world.now;
  }

  writes(call: string): void {
    const [verb = '', name = ''] = call.split(' ');
    if (verb === 'restart' || verb === 'stop') this.#writing = this.#people.roleOf(name);
  }

  actEnded(): void {
    this.#writing = undefined;
  }

  /** A probe that passed and was started after the current run began. */
  heard(event: Event, { watches }: Everything): void {
    if (event.type !== 'siteProbed' || event.result.verdict !== 'pass') return;
    const watch = watches.find(({ checking }) => checking.running?.checkId === event.checkId);
    const known = this.#known.get(watch?.settings.gateway ?? '');
    const begunAt = this.#world.now - (event.result.latencyMs ?? 0);
    if (known?.runSince !== undefined && begunAt >= known.runSince) known.readySince ??= this.#world.now;
  }

  told({ id, action }: EngineEvent): void {
    const gateway = this.#people.gateways.find((who) => this.#people.find(who)?.id === id);
    if (gateway === undefined) return;
    const known = this.of(gateway);
    const { now } = this.#world;
    switch (action) {
      case 'start':
        known.runSince = now;
        known.readySince = undefined;
        known.isPaused = false;
        known.end = 'itself';
        break;
      case 'die':
        known.runSince = undefined;
        known.readySince = undefined;
        break;
      case 'kill':
        known.end = this.#writing === gateway ? 'monitor' : 'operator';
        break;
      case 'pause':
      case 'unpause':
        known.isPaused = action === 'pause';
        break;
      case 'health_status: healthy':
        if (known.runSince !== undefined) known.readySince ??= now;
        break;
    }
  }
}
