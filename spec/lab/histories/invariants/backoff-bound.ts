import type { Onlooker } from '../history-world.ts';
import type { Event } from '../../../../streams/events.ts';
import { type Court, askedToRecover, writeIn } from './judge.ts';

interface Attempts {
  /** At least this many recoveries since the last possible reset of the backoff. */
  readonly count: number;
  readonly at: number;
  /** The same, by the clock of the monitor. */
  readonly monitorsAt: number;
}

const CALM_MS = 600_000;

/**
 * 5: gateway restarts in any window stay within the backoff's bound, also across restarts of the monitor, also when
 * each one helps for a while. The wait between any two doubles, unless all was well for long enough to reset it. A
 * monitor whose clock was set ahead counts that as time waited.
 */
export class BackoffBound implements Onlooker {
  readonly #court: Court;
  readonly #attempts = new Map<string, Attempts>();
  /** Gateways that our latest restart may have left down: their start is part of it. */
  readonly #leftByUs = new Set<string>();
  /** Gateways that the operator has asked to recover, and that were not restarted since. */
  readonly #asked = new Set<string>();

  constructor(court: Court) {
    this.#court = court;
  }

  heard(event: Event): void {
    for (const gateway of askedToRecover(event, this.#court)) this.#asked.add(gateway);
  }

  writes(call: string): void {
    const { verb, role } = writeIn(call, this.#court);
    if (role === undefined || !this.#court.world.watched.includes(role)) return;
    if (verb === 'start' && this.#leftByUs.delete(role)) return;
    if (verb === 'restart') this.#leftByUs.add(role);
    this.#count(role, call);
  }

  #count(gateway: string, call: string): void {
    const { now, monitorsNow } = this.#court.world;
    const last = this.#attempts.get(gateway);
    if (last === undefined) {
      this.#attempts.set(gateway, { count: 1, at: now, monitorsAt: monitorsNow });
      return;
    }
    const [waited, wait] = [now - last.at, this.#waitAfter(last.count)];
    if (Math.max(waited, monitorsNow - last.monitorsAt) < wait && !this.#asked.delete(gateway))
      this.#court.violate(
        5,
        `${call} ${String(waited)} ms after the last one: attempt ${String(last.count)} asks for ${String(wait)}`,
      );
    const mayBeForgotten = waited >= Math.max(CALM_MS, wait);
    const count = mayBeForgotten ? 1 : last.count + 1;
    this.#attempts.set(gateway, { count, at: now, monitorsAt: monitorsNow });
  }

  #waitAfter(attempts: number): number {
    const { backoffMs, backoffMaxMs } = this.#court.world.settings;
    return Math.min(backoffMs * 2 ** (attempts - 1), backoffMaxMs);
  }
}
