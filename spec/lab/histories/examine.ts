import fc from 'fast-check';
import { historyOf } from './arbitrary.ts';
import { draw } from './draw.ts';
import type { Deed, History } from './history.ts';
import type { Violation } from './invariants/judge.ts';
import { type Played, play } from './play.ts';

/** One in this many histories is played twice: unchanged, and with each event disturbed (8). */
const TWIN_EVERY = 8;
/** How long to search for smaller histories, seconds of real time. */
const SHRINK_SECONDS = 120;

/** Plays it, and its twin if due: both end alike for all containers whose final state is certain. */
export function examine(history: History, { withTwin = false } = {}): Played {
  const played = play(history);
  if (!withTwin || played.violations.length > 0) return played;
  const twin = play(disturbed(history));
  const violations = [...twin.violations.map(onlyDisturbed), ...differences(played, twin)];
  return violations.length === 0 ? played : { ...twin, violations };
}

export const examineSeed = (seed: number, hours: number, withTwin = hasTwin(seed)): Played =>
  examine(draw(seed, hours), { withTwin });

export const hasTwin = (seed: number): boolean => seed % TWIN_EVERY === 0;

/** Lost, late, twice, overtaken: a pattern that does not align with any sequence of events. */
const DISTURBED: Deed = {
  what: 'messagesDisturbed',
  forMs: Number.MAX_SAFE_INTEGER,
  fates: [[0], [], [1500], [0, 4000], [8000], [], [0]],
};

/** The same day with every event of the engine disturbed. */
export const disturbed = (history: History): History => ({
  ...history,
  steps: [
    { afterMs: 0, deed: DISTURBED },
    ...history.steps.map((step) =>
      step.deed.what === 'messagesDisturbed' ? { ...step, deed: DISTURBED } : step,
    ),
  ],
});

/**
 * 8: dropping, duplicating, delaying or reordering events changes when the state settles, never its final value. A kill
 * may hit a container in one of the two that does not run in the other: its wanted state differs from then on.
 */
function differences(one: Played, other: Played): readonly Violation[] {
  return Object.entries(one.end).flatMap(([who, end]) => {
    const twin = other.end[who];
    return twin?.wanted !== end.wanted || twin.is === end.is
      ? []
      : [{ invariant: 8, at: 0, what: `${who} ends ${end.is}, with disturbed messages ${twin.is}` }];
  });
}

/** An invariant that holds without disturbances must hold with them. */
const onlyDisturbed = ({ invariant, at, what }: Violation): Violation => ({
  invariant: 8,
  at,
  what: `with every message disturbed, invariant ${String(invariant)} breaks: ${what}`,
});

/** The smallest history derived from this seed's that still breaks the same invariant, if one was found in time. */
export function shrink(seed: number, hours: number, invariant: number): History {
  const isSound = (history: History): boolean =>
    !examine(history, { withTwin: invariant === 8 }).violations.some((one) => one.invariant === invariant);
  const found = fc.check(fc.property(fc.noBias(historyOf(hours)), isSound), {
    seed,
    numRuns: 1,
    interruptAfterTimeLimit: SHRINK_SECONDS * 1000,
  });
  return found.counterexample?.[0] ?? draw(seed, hours);
}
