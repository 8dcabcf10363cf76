import { wantsRestart } from '../../simulated-engine/restart-policy.ts';
import type { Wire } from './disturbances.ts';
import type { People } from './people.ts';
import type { HistoryWorld } from './history-world.ts';

/**
 * What is wanted of a container, as far as that is beyond doubt: that it runs, that it stays down since then, or
 * that it is gone; `free`: nothing can be claimed of it.
 */
export type Intent =
  { readonly value: 'run' | 'gone' | 'free' } | { readonly value: 'down'; readonly since: number };

const FREE: Intent = { value: 'free' };
const RUN: Intent = { value: 'run' };

/** What the monitor waits before it decides, after the longest time that a stop gets here. */
const UNDECIDED_MS = 10_000 + 3_000;
/** By then the monitor has the engine again, and knows what it did at its start. */
const CAUGHT_UP_MS = 60_000;

/** Who wants what to run: kept beside the engine, for the engine itself does not tell. */
export class Intents {
  readonly #world: HistoryWorld;
  readonly #people: People;
  readonly #wire: Wire;
  readonly #intents = new Map<string, Intent>();
  /** Roles that the monitor is just writing on: who meddles with those gets what comes of it. */
  readonly #contested = new Map<string, number>();
  #monitorSince: number;
  /** Whom the monitor is just restarting. */
  readonly #restarting = new Set<string>();
  /** Whom it was restarting when the power was cut. */
  #halfRestarted: ReadonlySet<string> = new Set();
  /** Who ran when the engine was killed, and has met with nothing else since. */
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
   * By its operator's hand. What does not run is not stopped by that, and nobody can see that somebody tried; what is
   * just being removed or replaced is gone, or runs, after that.
   */
  isStopped(who: string): void {
    const container = this.#people.find(who);
    if (container?.state.running !== true || this.#isGoing(who)) return;
    const isUnclear = container.state.restarting || container.starts.current$ !== undefined;
    this.#set(who, isUnclear || this.#isContested(who) || !this.#isSeen(who) ? FREE : this.#down());
  }

  /** By itself. Where its policy starts it again, it is as before; a gateway is started by the monitor. */
  ends(who: string, exitCode: number): void {
    const container = this.#people.find(who);
    if (container?.state.running !== true || container.state.restarting) return;
    if (this.#isGoing(who)) return; // as above
    const isOver = !wantsRestart(container, exitCode);
    const isGateway = this.#people.gateways.includes(who);
    if (this.#isContested(who) || (isOver && isGateway && !this.#isWatched)) this.#set(who, FREE);
    else if (isOver && !isGateway) this.#set(who, this.#down());
  }

  /** The engine itself went away and came back: only its restart policies count then. */
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
   * By SIGKILL: the next one stops who still runs, and starts only those with `always`. What was just being done to
   * somebody is left half done, and nothing can be claimed of them.
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

  /** The monitor goes with all else. What it has heard of before it restarts one is known to the next. */
  powerGoes(): void {
    const isKnown = this.#isWatched && !this.#wire.losesAnswers;
    this.#halfRestarted = new Set(isKnown ? this.#restarting : []);
    this.monitorIsGone();
  }

  /**
   * As if the engine had been restarted; but what was half done stays so, and nobody has heard of it. Only what the
   * monitor itself was restarting is to run again in any case.
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
   * The engine is there again, and has told so far only whom it has just stopped. Those run again once the monitor has
   * heard of it, if nothing has kept it from that.
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

  /** Whoever stops so shortly before the engine does may have been stopped by it. */
  #isJustDown({ since }: { readonly since: number }): boolean {
    return this.#world.now - since <= UNDECIDED_MS;
  }

  /**
   * The next one does not know why a gateway that it finds down has ended; nor whether who was stopped just before had
   * not been stopped by the engine's end, as this one was: it has not been decided yet.
   */
  monitorIsGone(): void {
    for (const gateway of this.#people.gateways)
      if (!this.#runs(gateway) && this.of(gateway).value === 'run' && !this.#halfRestarted.has(gateway))
        this.#set(gateway, FREE);
    this.#undecidedAreFree();
  }

  /** Nobody can tell that from an engine that has gone away. */
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

  /** Whatever happens now is heard of. */
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

  /** Long enough for a restart and what may hold it up. */
  #isContested(who: string): boolean {
    return this.#world.now - (this.#contested.get(who) ?? -Infinity) < 75_000;
  }

  /**
   * Of a dependent that is found stopped the monitor takes it that its gateway was the reason, if that did not run; of
   * a gateway whose end is only half heard, that it crashed.
   */
  #isSeen(who: string): boolean {
    if (this.#isWatched) return true;
    const gateway = this.#people.roles.find(({ name }) => name === who)?.gateway;
    if (gateway === undefined) return !this.#wire.losesMessages;
    return this.#runs(gateway);
  }
}
