import { startWish } from '../recovery/crashed-gateway.ts';
import { recoveryWish } from '../recovery/begin.ts';
import { operatorWish } from '../operator/requests.ts';
import { repairWishes } from '../repairs/repairs.ts';
import { isPaused } from '../model/operator.ts';
import type { Everything, State } from '../model/state.ts';
import { viewsOf } from '../model/watches.ts';
import { RANKS, type Wish } from '../model/wish.ts';

/** A wish and the index of the watch that has it. */
export interface NextAct extends Wish {
  readonly watch: number;
}

/**
 * The act to begin now; undefined: none. It is derived from the state alone, whenever no act is under way. Whatever
 * begins is therefore wanted at that moment. Nothing waits in a queue, and no decision has to be confirmed later. Among
 * wishes of equal rank, the oldest goes first.
 *
 * Both the beginning of an act and its outcome change the state, so the same act is not chosen again at the same
 * instant.
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

/** While the operator has paused the monitor, a half-done re-creation is still finished. Nothing else begins. */
function wishesOf(state: State, at: number): readonly Wish[] {
  const all = [
    ...repairWishes(state, at),
    ...[startWish(state, at), recoveryWish(state, at), operatorWish(state, at)].filter(
      (wish) => wish !== undefined,
    ),
  ];
  return isPaused(state) ? all.filter(({ rank }) => rank === 'resume') : all;
}

const isBefore = (one: Wish, other: Wish): boolean =>
  (RANKS.indexOf(one.rank) - RANKS.indexOf(other.rank) || one.since - other.since) < 0;
