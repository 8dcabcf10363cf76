import { EngineError } from '../../../streams/engine.ts';
import { type Disturbance, type EngineClient, ON_TIME } from '../../world/engine-client.ts';
import type { CallFate, Deedful } from './history.ts';
import type { HistoryWorld } from './history-world.ts';

const WRITE = /^(restart|start|stop|rename|remove|create) /;

/** The effect of each fate on a call. */
function disturbanceOf(fate: CallFate): Disturbance | undefined {
  switch (fate.fate) {
    case 'fine':
      return undefined;
    case 'slow':
      return { lateMs: fate.lateMs, answerMs: fate.answerMs };
    case 'fails':
      return { error: new EngineError('the engine is out of its mind', 500) };
    case 'answerLost':
      return { error: new EngineError('socket hang up'), isDone: true };
    case 'hangs':
      return { answerMs: Infinity };
  }
}

/** The fates in turn, starting over after the last. */
function inTurn<T>(all: readonly T[]): () => T | undefined {
  let index = 0;
  return () => all[index++ % all.length];
}

/** An inspection and the write based on it are two calls. */
const CALM_SLACK_MS = 20;

/** The connection between engine and monitor, with its disturbances. The latest one of a kind applies. */
export class Wire {
  readonly #world: HistoryWorld;
  readonly #client: EngineClient;
  #callsUntil = -Infinity;
  #readingsUntil = -Infinity;
  #messagesUntil = -Infinity;

  constructor(world: HistoryWorld) {
    this.#world = world;
    this.#client = world.client;
  }

  /** How late the monitor's acts may be, milliseconds: the inspection before them may be that old. */
  get slackMs(): number {
    return this.#world.now < this.#callsUntil + 60_000 ? 40_000 : CALM_SLACK_MS;
  }

  /** Whether a call may stay unanswered, now or at the next connection. */
  get losesAnswers(): boolean {
    return this.#world.now < this.#readingsUntil + 15_000;
  }

  /** Whether an event may have been lost. */
  get losesMessages(): boolean {
    return this.#world.now < this.#messagesUntil + 90_000;
  }

  /** Since when every call is answered and every event arrives: not yet, if that is now or later. */
  get quietSince(): number {
    return Math.max(this.#callsUntil, this.#messagesUntil);
  }

  disturbCalls({ calls, fates, forMs }: Deedful<'callsDisturbed'>): void {
    const until = (this.#callsUntil = this.#world.now + forMs);
    if (calls === 'readings') this.#readingsUntil = until;
    const next = inTurn(fates.map(disturbanceOf));
    this.#client.disturb = (call) =>
      this.#world.now < until && WRITE.test(call) === (calls === 'writes') ? next() : undefined;
  }

  disturbMessages({ fates, forMs }: Deedful<'messagesDisturbed'>): void {
    const until = this.#world.now + forMs;
    this.#messagesUntil = Math.max(this.#messagesUntil, until);
    const next = inTurn(fates);
    this.#client.tell = () => (this.#world.now < until ? (next() ?? ON_TIME) : ON_TIME);
  }

  calm(): void {
    this.#callsUntil = Math.min(this.#callsUntil, this.#world.now);
    this.#readingsUntil = Math.min(this.#readingsUntil, this.#world.now);
    this.#messagesUntil = Math.min(this.#messagesUntil, this.#world.now);
    this.#client.disturb = () => undefined;
    this.#client.tell = () => ON_TIME;
  }
}
