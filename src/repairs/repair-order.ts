import type { ContainerFacts } from '../../streams/events.ts';
import { areTo, furtherReferences } from '../model/joined.ts';
import { ownersOf, serviceOf, servicesNeededBy } from '../model/network.ts';
import { parkedAs } from '../model/parked.ts';
import type { State } from '../model/state.ts';

/** Containers that wait for none of the others; all of them if they wait for each other in a circle. */
export function firstOf(due: readonly ContainerFacts[], state: State): readonly ContainerFacts[] {
  const waits = (one: ContainerFacts): boolean =>
    due.some((other) => other.id !== one.id && isBefore(other, one, state));
  const ready = due.filter((one) => !waits(one));
  return ready.length === 0 ? due : ready;
}

/** A dependent needs its network's owner, what Compose's `depends_on` names, and whatever it shares processes with. */
const isBefore = (other: ContainerFacts, one: ContainerFacts, state: State): boolean =>
  ownersOf(one, state).some(({ id }) => id === other.id) ||
  servicesNeededBy(one).includes(serviceOf(other)) ||
  areTo(furtherReferences(one), { id: other.id, name: parkedAs(other)?.name ?? other.name });
