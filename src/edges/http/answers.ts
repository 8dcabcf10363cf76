import type { Everything } from '../../model/state.ts';
import type { Status } from '../../status/schema.ts';
import { statusOf } from '../../status/status.ts';

/** The two clocks, and when the monitor started by the first. */
export interface Clocks {
  /** The clock of `Event.at`. */
  readonly now: () => number;
  readonly wallNow: () => number;
  readonly startedAt: number;
}

/** The loop has a listing every minute, so it is never silent for longer. */
const SILENT_MS = 90_000;

/** What changes as time passes, and nothing else does. */
const MOVING = new Set(['time', 'uptime_seconds', 'age_seconds', 'seconds']);

/** By gateway, as it is named in the settings. */
export type Statistics = () => NonNullable<Parameters<typeof statusOf>[2]>;

/** What the latest step has shown. */
export class Latest {
  readonly #clocks: Clocks;
  readonly #statistics: Statistics | undefined;
  readonly #mask: (text: string) => string;
  #state: Everything | undefined;
  #steppedAt: number;
  #isReconciled = false;

  constructor(clocks: Clocks, mask: (text: string) => string, statistics?: Statistics) {
    this.#statistics = statistics;
    this.#clocks = clocks;
    this.#mask = mask;
    this.#steppedAt = clocks.now();
  }

  take(state: Everything): void {
    this.#state = state;
    this.#steppedAt = this.#clocks.now();
    this.#isReconciled ||= state.connection.value === 'connected';
  }

  get isAlive(): boolean {
    return this.#clocks.now() - this.#steppedAt < SILENT_MS;
  }

  /** The first reconcile is done. */
  get isReady(): boolean {
    return this.#isReconciled;
  }

  toWall(at: number): number {
    const { now, wallNow } = this.#clocks;
    return Math.round(wallNow() - (now() - at));
  }

  timeNow(): string {
    return new Date(this.#clocks.wallNow()).toISOString();
  }

  /** Undefined before the first step. */
  status(): Status | undefined {
    const { now, wallNow, startedAt } = this.#clocks;
    const moment = { at: now(), wallMs: wallNow(), startedAt };
    return this.#state && statusOf(this.#state, moment, this.#statistics?.());
  }

  /** As JSON, with no secret in it, whoever is quoted. */
  json(value: unknown): string {
    const json = JSON.stringify(value);
    return this.#mask(json) === json
      ? json
      : JSON.stringify(value, (_, one: unknown) => (typeof one === 'string' ? this.#mask(one) : one));
  }

  /** Two that are the same show the same, apart from ages. */
  fingerprint(): string {
    return JSON.stringify(this.status(), (key, value: unknown) => (MOVING.has(key) ? undefined : value));
  }
}

/** `/check`: whether every gateway's tunnel works, and if not, why. */
export function checkAnswer(status: Status | undefined): {
  readonly passing: boolean;
  readonly sentence: string;
} {
  if (status === undefined) return { passing: false, sentence: 'The monitor is starting.' };
  const gateways = status.gateways.map(({ name, tunnel, sentence }) => ({
    name,
    tunnel,
    passing: tunnel === 'up',
    sentence,
  }));
  return { passing: gateways.every(({ passing }) => passing), sentence: status.sentence, ...{ gateways } };
}
