import type { Event } from '../../streams/events.ts';
import { isRunning } from '../attachment.ts';
import { gatewayTarget, isBeingRestarted } from '../selectors.ts';
import type { Everything } from '../state.ts';
import { type Transition, to } from '../transition.ts';

/**
 * Whom we restart is written down before the call. Should monitor and engine go in the middle of it, be it with their
 * host, nothing else would tell the next monitor that nobody had stopped them by hand, and the engine takes it that
 * somebody has. What is created anew is parked before: its name tells.
 */
export function underWay(state: Everything, event: Event, before: Everything): Transition<Everything> {
  const { memory, containers } = state;
  if (!containers.isListed) return to(state);
  const known = Object.entries(memory.restarting);
  const kept = known.filter((entry) => isStillOpen(entry, state, { event, before }));
  const begun = toEnd(state, event, before).map((id): Entry => [id, runOf(state, id)]);
  return begun.length === 0 && kept.length === known.length
    ? to(state)
    : to({ ...state, memory: { ...memory, restarting: Object.fromEntries([...kept, ...begun]) } });
}

/** Who, and when the run began that is to end. */
type Entry = readonly [id: string, startedAt: string];

interface Moment {
  readonly event: Event;
  readonly before: Everything;
}

/** Those whose turn has just come, and that run. */
function toEnd(state: Everything, event: Event, before: Everything): readonly string[] {
  const ids =
    event.type === 'dependentRepairBegun' && event.how === 'restart'
      ? [event.id]
      : gatewaysToRestart(state).filter((id) => !gatewaysToRestart(before).includes(id));
  return ids.filter((id) => runOf(state, id) !== '');
}

const gatewaysToRestart = ({ watches, acts }: Everything): readonly string[] =>
  watches
    .filter(({ recovery }) => isBeingRestarted({ acts, recovery }))
    .flatMap(({ gateway }) => gatewayTarget(gateway)?.id ?? []);

/** Empty: it does not run, or it is not known since when. */
function runOf({ containers: { byId } }: Everything, id: string): string {
  const facts = byId[id];
  return (facts !== undefined && isRunning(facts) ? facts.details?.startedAt : undefined) ?? '';
}

/** Until it runs again, or turns out not to have been touched. */
function isStillOpen([id, startedAt]: Entry, { containers: { byId } }: Everything, moment: Moment): boolean {
  const { event, before } = moment;
  const facts = byId[id];
  if (facts === undefined || isUntouched(id, event, before)) return false;
  if (isRunning(facts)) return facts.details?.startedAt === startedAt && !isOver(id, event, before);
  return (facts.details?.startedAt ?? startedAt) === startedAt;
}

/** Acts run one after another: with any of them nothing is under way any more, nor at first sight. */
const isOver = (id: string, event: Event, before: Everything): boolean =>
  !before.containers.isListed ||
  event.type === 'commandFinished' ||
  (event.type === 'dependentRepairEnded' && event.id === id);

function isUntouched(id: string, event: Event, before: Everything): boolean {
  if (event.type === 'dependentRepairEnded') return event.id === id && isOfUntouched(event);
  return event.type === 'commandFinished' && isOfUntouched(event) && gatewaysToRestart(before).includes(id);
}

const isOfUntouched = ({ outcome }: Extract<Event, { readonly outcome: unknown }>): boolean =>
  !outcome.ok && outcome.untouched === true;
