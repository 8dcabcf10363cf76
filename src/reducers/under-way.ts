import type { ContainerFacts, Event } from '../../streams/events.ts';
import { isRunning } from '../attachment.ts';
import type { Memory } from '../memory.ts';
import { gatewayTarget } from '../selectors.ts';
import type { Everything, Watch } from '../state.ts';
import { type Transition, to } from '../transition.ts';

/**
 * Whom we are about to restart is written down before. Should monitor and engine go in the middle of it, be it with their
 * host, nothing else would tell the next monitor that nobody had stopped them by hand, and the engine takes it that
 * somebody has.
 */
export function underWay(state: Everything, _event: Event, before: Everything): Transition<Everything> {
  const { memory, watches, containers, endings } = state;
  const isUnchanged =
    watches === before.watches && containers === before.containers && endings === before.endings;
  if (isUnchanged || containers.latestListing === undefined) return to(state);
  const restarting = { ...stillDown(state), ...runsToEnd(state) };
  return isSame(restarting, memory.restarting)
    ? to(state)
    : to({ ...state, memory: { ...memory, restarting } });
}

type Runs = Memory['restarting'];

/** What is created anew is parked before: its name tells. */
const toBeRestarted = ({ gateway, recovery, repairs }: Watch): readonly (string | undefined)[] => [
  ...(recovery.value === 'restarting' ? [gatewayTarget(gateway)?.id] : []),
  ...(repairs.wave?.dependents ?? [])
    .filter(({ id, how }) => how === 'restart' && repairs.wave?.answered.includes(id) === false)
    .map(({ id }) => id),
];

const runsToEnd = ({ watches, containers: { byId } }: Everything): Runs =>
  Object.fromEntries(
    watches
      .flatMap(toBeRestarted)
      .map((id) => byId[id ?? ''])
      .filter((facts) => facts !== undefined)
      .filter(isRunning)
      .flatMap(({ id, details }) => (details?.startedAt === undefined ? [] : [[id, details.startedAt]])),
  );

/** Until they run again, or somebody else is known to have ended them. */
const stillDown = ({ memory, containers: { byId }, endings }: Everything): Runs =>
  Object.fromEntries(
    Object.entries(memory.restarting).filter(
      ([id, startedAt]) => isStillDown(byId[id], startedAt) && endings[id]?.value !== 'operator',
    ),
  );

const isStillDown = (facts: ContainerFacts | undefined, startedAt: string): boolean =>
  facts !== undefined && !isRunning(facts) && (facts.details?.startedAt ?? startedAt) === startedAt;

const isSame = (one: Runs, other: Runs): boolean => {
  const ids = Object.keys(one);
  return ids.length === Object.keys(other).length && ids.every((id) => one[id] === other[id]);
};
