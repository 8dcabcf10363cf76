import { startWish } from '../recovery/crashed-gateway.ts';
import { recoveryWish } from '../recovery/begin.ts';
import { repairWishes } from '../repairs/repairs.ts';
import type { Everything, State } from '../model/state.ts';
import { viewsOf } from '../model/watches.ts';
import { RANKS, type Wish } from '../model/wish.ts';

/** A wish, and which of the gateways has it, by its place among them. */
export interface NextAct extends Wish {
  readonly watch: number;
}

/**
 * What is to be done now; undefined: nothing. It follows from the state alone and is asked whenever no act is under way:
 * so whatever begins is wanted at that moment, nothing waits in a queue, and nothing is asked again whether it still is.
 * Of equal rank the gateway goes first that has waited longest.
 *
 * To begin an act, and its outcome, each change the state, so that the same act is not the answer again at that instant.
 */
export function nextAct(all: Everything, at: number): NextAct | undefined {
  if (all.inFlight !== undefined || all.isShuttingDown) return undefined;
  return viewsOf(all)
    .flatMap((view, watch) => wishesOf(view, at).map((wish): NextAct => ({ ...wish, watch })))
    .reduce<NextAct | undefined>(
      (first, other) => (first === undefined || isBefore(other, first) ? other : first),
      undefined,
    );
}

const wishesOf = (state: State, at: number): readonly Wish[] => [
  ...repairWishes(state, at),
  ...[startWish(state, at), recoveryWish(state, at)].filter((wish) => wish !== undefined),
];

const isBefore = (one: Wish, other: Wish): boolean =>
  (RANKS.indexOf(one.rank) - RANKS.indexOf(other.rank) || one.since - other.since) < 0;
