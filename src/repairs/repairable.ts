import type { ContainerFacts } from '../../streams/events.ts';
import { attachmentOf, isRunning } from '../model/attachment.ts';
import type { Repairable, Target } from '../model/act.ts';
import { dependentsOf } from '../model/dependents-of.ts';
import { areTo, furtherReferences, referredTo } from '../model/joined.ts';
import { ownerOf, rememberedSuccessor } from '../model/network.ts';
import { isParked, parkedAs } from '../model/parked.ts';
import { runOf } from '../model/run-of.ts';
import type { State } from '../model/state.ts';

/** What has to be done about one dependent, in the run it is in now. */
export function repairable(state: State, facts: ContainerFacts, gateway: Target): Repairable {
  const { id } = facts;
  const owner = ownerOf(facts, state) ?? gateway;
  return {
    id,
    name: parkedAs(facts)?.name ?? facts.name,
    how: howFor(state, facts),
    run: runOf(facts),
    startedAt: facts.details?.startedAt,
    owner: { id: owner.id, name: owner.name },
    ...referencesOf(state, facts),
  };
}

/** How its re-creation affects the containers that refer to it, and what its own references become. */
function referencesOf(state: State, facts: ContainerFacts): Pick<Repairable, 'followers' | 'replaced'> {
  if (howFor(state, facts) !== 'recreate') return {};
  const own = furtherReferences(facts);
  const followers = dependentsOf(state)
    .filter((other) => areTo(other.details?.sharesWith ?? [], facts) && !areTo(own, other))
    .filter((other) => !isRunning(other) || isOrphanToRepair(state, other))
    .map(({ id }) => id);
  const replaced = own.flatMap((reference): [string, string][] => {
    const isThere = referredTo(reference, state.shared.containers.byId) !== undefined;
    const successor = isThere ? undefined : rememberedSuccessor(reference, state);
    return successor === undefined ? [] : [[reference, successor.id]];
  });
  return {
    ...(followers.length > 0 && { followers }),
    ...(replaced.length > 0 && { replaced: Object.fromEntries(replaced) }),
  };
}

/** A follower that does not run is left for later: when it starts some day, it is found to be an orphan. */
const isOrphanToRepair = (state: State, facts: ContainerFacts): boolean =>
  facts.id in state.repairs.pending && attachmentOf(state, facts) === 'orphaned';

const howFor = (state: State, facts: ContainerFacts): Repairable['how'] => {
  if (isParked(facts)) return 'resume';
  return attachmentOf(state, facts) === 'orphaned' ? 'recreate' : 'restart';
};
