import type { SchedulerLike } from 'rxjs';

/** An instant on the engine's clock: nanoseconds since the epoch. */
export type Nanos = bigint;

/** Added when two things happen within one millisecond; because of the trailing zero, fractions have any length. */
const TICK: Nanos = 7_010n;
const NANOS_PER_SECOND = 1_000_000_000n;

/** The engine's clock: the scheduler's, refined so that no two instants are the same. */
export class EngineClock {
  readonly #scheduler: SchedulerLike;
  #last: Nanos = -1n;
  #aheadMs = 0;

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  /** A new instant, later than all before, unless the clock was set back. */
  stamp(): Nanos {
    const now = BigInt(Math.floor(this.nowMs())) * 1_000_000n;
    this.#last = now > this.#last ? now : this.#last + TICK;
    return this.#last;
  }

  nowMs(): number {
    return this.#scheduler.now() + this.#aheadMs;
  }

  /** Sets the host's clock forward or, if negative, back. */
  jump(ms: number): void {
    this.#aheadMs += ms;
    this.#last = -1n;
  }
}

export const nanosToMs = (nanos: Nanos): number => Number(nanos / 1_000_000n);

export const nanosToSeconds = (nanos: Nanos): number => Number(nanos / NANOS_PER_SECOND);

/**
 * RFC3339Nano as Go prints it: trailing zeros of the fraction trimmed, the whole fraction too when it is
 * nothing, and the year 1 for what never happened. Text order is therefore not the order in time.
 */
export function formatNanos(nanos: Nanos | undefined): string {
  if (nanos === undefined) return '0001-01-01T00:00:00Z';
  const whole = new Date(nanosToSeconds(nanos) * 1000).toISOString().slice(0, 19);
  const fraction = fractionDigits(nanos).replace(/0+$/, '');
  return fraction === '' ? `${whole}Z` : `${whole}.${fraction}Z`;
}

/** The format of timestamps in logs: all nine digits. */
export function formatNanosPadded(nanos: Nanos): string {
  const whole = new Date(nanosToSeconds(nanos) * 1000).toISOString().slice(0, 19);
  return `${whole}.${fractionDigits(nanos)}Z`;
}

/** Parses `since` and `until` as the engine does: `seconds[.fraction]`; undefined if it is not a number. */
export function parseUnixTime(text: string): Nanos | undefined {
  const [, seconds, fraction = ''] = /^(\d+)(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  return seconds === undefined
    ? undefined
    : BigInt(seconds) * NANOS_PER_SECOND + BigInt(fraction.padEnd(9, '0'));
}

const fractionDigits = (nanos: Nanos): string => (nanos % NANOS_PER_SECOND).toString().padStart(9, '0');
