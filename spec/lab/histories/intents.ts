import { wantsRestart } from '../../simulated-engine/restart-policy.ts';
import type { Wire } from './disturbances.ts';
import type { People } from './people.ts';
import type { HistoryWorld } from './history-world.ts';

/**
 * The wanted state of a container, if it is certain: that it runs, that it stays down since then, or that it is
 * gone; `free`: nothing is certain.
 */
export type Intent =
  { readonly value: 'run' | 'gone' | 'free' } | { readonly value: 'down'; readonly since: number };

const FREE: Intent = { value: 'free' };
const RUN: Intent = { value: 'run' };

/** How long the monitor waits before it decides, after the longest stop timeout used here. */
const UNDECIDED_MS = 10_000 + 3_000;
/** By then the monitor is connected again, and knows what the engine did at its start. */
const CAUGHT_UP_MS = 60_000;

/** The wanted state of each container, tracked separately, as the engine does not know it. */
export class Intents {
  readonly #world: HistoryWorld;
  readonly #people: People;
  readonly #wire: Wire;
  readonly #intents = new Map<string, Intent>();
  /** Roles that the monitor is just changing: an interference with those has no certain outcome. */
  readonly #contested = new Map<string, number>();
  #monitorSince: number;
  /** The roles that the monitor is just restarting. */
  readonly #restarting = new Set<string>();
  /** The roles that it was restarting when the power was cut. */
  #halfRestarted: ReadonlySet<string> = new Set();
  /** The roles that ran when the engine was killed, and were not affected by anything since. */
  readonly #cutOff = new Map<string, Intent>();

  constructor(world: HistoryWorld, people: People, wire: Wire) {
    this.#world = world;
    this.#people = people;
    this.#wire = wire;
    for (const who of [...people.gateways, ...people.roles.map(({ name }) => name)]) this.#set(who, RUN);
    this.#monitorSince = world.now;
    world.onlookers.push({
      writes: (call) => this.#contest(call),
      writeOver: (call) => this.#restarting.delete(this.#roleIn(call) ?? ''),
      monitorStarted: () => (this.#monitorSince = world.now),
      engineIsBack: () => this.#lookAtThoseCutOff(),
    });
  }

  of(who: string): Intent {
    return this.#intents.get(who) ?? FREE;
  }

  wantsRun(who: string): void {
    this.#set(who, RUN);
  }

  isRemoved(who: string): void {
    this.#set(who, { value: 'gone' });
  }

  nothingIsSure(who: string): void {
    this.#set(who, FREE);
  }

  /**
   * Stopped by its operator. That has no effect on a container that does not run, and leaves no trace; one that is
   * just being removed or replaced is gone, or runs, afterwards.
   */
  isStopped(who: string): void {
    const container = this.#people.find(who);
    if (container?.state.running !== true || this.#isGoing(who)) return;
    const isUnclear = container.state.restarting || container.starts.current$ !== undefined;
    this.#set(who, isUnclear || this.#isContested(who) || !this.#isSeen(who) ? FREE : this.#down());
  }

  /** Exited by itself. If its policy starts it again, nothing changes; the monitor starts a gateway. */
  ends(who: string, exitCode: number): void {
    const container = this.#people.find(who);
    if (container?.state.running !== true || container.state.restarting) return;
    if (this.#isGoing(who)) return; // as above
    const isOver = !wantsRestart(container, exitCode);
    const isGateway = this.#people.gateways.includes(who);
    if (this.#isContested(who) || (isOver && isGateway && !this.#isWatched)) this.#set(who, FREE);
    else if (isOver && !isGateway) this.#set(who, this.#down());
  }

  /** The engine went away and came back: only the restart policies count then. */
  engineRestarted(): void {
    this.#cutOff.clear();
    for (const [who, intent] of this.#intents) {
      const policy = this.#people.find(who)?.hostConfig.RestartPolicy?.Name;
      if (intent.value === 'gone') continue;
      if (policy !== 'unless-stopped' && policy !== 'always') this.#set(who, FREE);
      else if (intent.value === 'down' && (policy === 'always' || this.#isJustDown(intent)))
        this.#set(who, FREE);
    }
  }

  /**
   * The engine was killed: the next one stops what still runs, and starts only containers with `always`. Interrupted
   * actions leave their containers in an uncertain state.
   */
  engineKilled(): void {
    this.engineRestarted();
    for (const [who, { value }] of [...this.#intents]) {
      if (value !== 'run') continue;
      if (!this.#people.isThere(who)) this.isRemoved(who);
      else if (this.#isContested(who)) this.#set(who, FREE);
      else {
        const cutOff: Intent = { value: 'free' };
        this.#set(who, cutOff);
        this.#cutOff.set(who, cutOff);
      }
    }
  }

  /** The monitor ends, too. The next one knows what this one had noticed before a restart. */
  powerGoes(): void {
    const isKnown = this.#isWatched && !this.#wire.losesAnswers;
    this.#halfRestarted = new Set(isKnown ? this.#restarting : []);
    this.monitorIsGone();
  }

  /**
   * Like a restart of the engine, but interrupted actions stay incomplete and unnoticed. Only what the monitor itself
   * was restarting must run again in any case.
   */
  powerIsCut(): void {
    this.engineRestarted();
    for (const [who, { value }] of [...this.#intents]) {
      if (value !== 'run') continue;
      const container = this.#people.find(who);
      if (!this.#people.isThere(who)) this.isRemoved(who);
      else if (this.#halfRestarted.has(who) && container !== undefined) continue;
      else if (container === undefined || container.manuallyStopped || this.#isContested(who))
        this.#set(who, FREE);
    }
    this.#halfRestarted = new Set();
  }

  /**
   * The engine is back, and so far only its own stops have been reported. Those containers run again once the monitor
   * knows of that, if nothing prevents it.
   */
  #lookAtThoseCutOff(): void {
    const { engine, now } = this.#world;
    const stopped = new Set(engine.events.past().map(({ id }) => id));
    const cutOff = [...this.#cutOff].filter(([who]) => stopped.has(this.#people.find(who)?.id ?? ''));
    this.#cutOff.clear();
    this.#world.later(CAUGHT_UP_MS, () => {
      if (!this.#hasCaughtUp(now)) return;
      for (const [who, intent] of cutOff) if (this.of(who) === intent) this.wantsRun(who);
    });
  }

  #hasCaughtUp(backSince: number): boolean {
    const { isMonitorAlive, engine } = this.#world;
    const hasStayed = isMonitorAlive && this.#monitorSince <= backSince && engine.up$.value;
    const isUndisturbed = this.#wire.quietSince <= backSince;
    return hasStayed && isUndisturbed && engine.events.hasForgottenNothing;
  }

  /** A container that stops just before the engine does may have been stopped by it. */
  #isJustDown({ since }: { readonly since: number }): boolean {
    return this.#world.now - since <= UNDECIDED_MS;
  }

  /**
   * The next monitor does not know why a gateway that it finds down has ended. Nor does it know whether a container
   * that stopped just before was stopped by the engine's shutdown: that was not decided yet.
   */
  monitorIsGone(): void {
    for (const gateway of this.#people.gateways)
      if (!this.#runs(gateway) && this.of(gateway).value === 'run' && !this.#halfRestarted.has(gateway))
        this.#set(gateway, FREE);
    this.#undecidedAreFree();
  }

  /** It cannot be distinguished from an engine that went away. */
  streamIsCut(): void {
    this.#undecidedAreFree();
  }

  #undecidedAreFree(): void {
    for (const { name, gateway } of this.#people.roles) {
      const intent = this.of(name);
      if (
        intent.value === 'down' &&
        this.#isJustDown(intent) &&
        gateway !== undefined &&
        !this.#runs(gateway)
      )
        this.#set(name, FREE);
    }
  }

  #isGoing(who: string): boolean {
    return this.of(who).value === 'gone' || this.#people.isBeingReplaced(who);
  }

  #runs(who: string): boolean {
    return this.#people.find(who)?.state.running === true;
  }

  /** Whether the monitor notices what happens now. */
  get #isWatched(): boolean {
    const { isMonitorAlive, state, engine } = this.#world;
    return isMonitorAlive && !state.isShuttingDown && engine.up$.value && !this.#wire.losesMessages;
  }

  #down(): Intent {
    return { value: 'down', since: this.#world.now };
  }

  #set(who: string, intent: Intent): void {
    if (this.#people.has(who)) this.#intents.set(who, intent);
  }

  #roleIn(call: string): string | undefined {
    return this.#people.roleOf(call.split(' ')[1] ?? '');
  }

  #contest(call: string): void {
    const role = this.#roleIn(call);
    if (role === undefined) return;
    this.#contested.set(role, this.#world.now);
    if (call.startsWith('restart ')) this.#restarting.add(role);
  }

  /** Long enough for a restart with its possible delays. */
  #isContested(who: string): boolean {
    return this.#world.now - (this.#contested.get(who) ?? -Infinity) < 75_000;
  }

  /**
   * The monitor assumes that a dependent found stopped had stopped because of its gateway, if that did not run, and
   * that a gateway crashed if it noticed only a part of its exit.
   */
  #isSeen(who: string): boolean {
    if (this.#isWatched) return true;
    const gateway = this.#people.roles.find(({ name }) => name === who)?.gateway;
    if (gateway === undefined) return !this.#wire.losesMessages;
    return this.#runs(gateway);
  }
}
