import { Dice } from './dice.ts';

/** All faults of the stack, the monitor and the connection between them. */
export const FAULTS = [
  'the tunnel breaks',
  'the tunnel breaks, and no restart heals it',
  'the gateway crashes',
  'the gateway is stopped, and started later',
  'the gateway is restarted by hand',
  'the gateway is paused, and resumed',
  'the gateway is removed and created again',
  'the gateway is replaced as compose does it',
  'a dependent crashes',
  'a dependent is stopped, and started later',
  'a dependent is paused, and resumed',
  'a dependent is removed, and created again later',
  'the engine is killed, and started',
  'the engine is stopped, and started',
  'the monitor is killed, and another one started',
  'all connections to the engine are cut',
  'the event stream is cut',
  'the engine cannot be reached for a while',
  'the engine answers slowly',
  'an answer to a command is lost',
  'the disk under the log and the state is full',
  "the monitor's wall clock jumps",
] as const;

export type FaultKind = (typeof FAULTS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** Since the previous fault. */
  readonly waitMs: number;
  /** Until it is undone, if it needs to be. */
  readonly holdMs: number;
  /** From 0 to 1: selects one of the possible targets. */
  readonly pick: number;
}

type Range = readonly [least: number, most: number];

/** Until it is undone: longer than the monitor needs to decide that an operator stopped it, or to try more than once. */
const LONG_HOLD_MS: Partial<Readonly<Record<FaultKind, Range>>> = {
  'the gateway is stopped, and started later': [14_000, 24_000],
  'a dependent is stopped, and started later': [14_000, 22_000],
  'the tunnel breaks, and no restart heals it': [20_000, 40_000],
};
const SHORT_HOLD_MS: Range = [500, 7_000];

/** After these there is sometimes a pause, so that the monitor can come to a decision. */
const PEACE_MS: Partial<Readonly<Record<FaultKind, number>>> = {
  'the gateway is stopped, and started later': 13_000,
  'a dependent is stopped, and started later': 13_000,
  'the engine is killed, and started': 12_000,
  'the tunnel breaks': 7_000,
  'the tunnel breaks, and no restart heals it': 7_000,
};

/** The time the monitor needs to ask a killed engine what it ended; it cannot if the engine goes away before that. */
const LEAST_PEACE_MS: Partial<Readonly<Record<FaultKind, number>>> = {
  'the engine is killed, and started': 6_000,
};

/**
 * An endless sequence, the same for the same seed. Like a deck of cards: each kind comes once before any repeats. Some
 * come in quick succession, so that they interrupt what the previous one started.
 */
export function* faults(seed: number): Generator<Fault, never> {
  const dice = new Dice(seed);
  let peaceMs = 0;
  for (;;)
    for (const kind of dice.shuffled(FAULTS)) {
      const isQuick = dice.next() < 0.3;
      const hold = LONG_HOLD_MS[kind] ?? SHORT_HOLD_MS;
      yield {
        kind,
        waitMs: peaceMs + (isQuick ? dice.between(0, 700) : dice.between(1_500, 6_000)),
        holdMs: dice.between(...hold),
        pick: dice.next(),
      };
      peaceMs = dice.next() < 0.5 ? (PEACE_MS[kind] ?? 0) : (LEAST_PEACE_MS[kind] ?? 0);
    }
}
