import { Dice } from './dice.ts';

/** All that is done to the stack, the monitor and the way between them. */
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
  /** Since the one before. */
  readonly waitMs: number;
  /** Until it is undone, where somebody has to undo it. */
  readonly holdMs: number;
  /** From 0 to 1: which one of those that it could be done to. */
  readonly pick: number;
}

/** Longer than it takes to decide that somebody has stopped a container. */
const LONG_HOLD_MS = [14_000, 22_000] as const;
const SHORT_HOLD_MS = [500, 7_000] as const;

/**
 * For ever, the same ones for the same seed. Dealt like cards: each kind comes once before any comes again. Some come
 * in quick succession, so that they meet what the one before has set going.
 */
export function* faults(seed: number): Generator<Fault, never> {
  const dice = new Dice(seed);
  for (;;)
    for (const kind of dice.shuffled(FAULTS)) {
      const isQuick = dice.next() < 0.3;
      const [least, most] = kind.includes('started later') ? LONG_HOLD_MS : SHORT_HOLD_MS;
      yield {
        kind,
        waitMs: isQuick ? dice.between(0, 700) : dice.between(1_500, 6_000),
        holdMs: dice.between(least, most),
        pick: dice.next(),
      };
    }
}
