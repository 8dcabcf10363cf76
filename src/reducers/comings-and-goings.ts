import type { ContainerEvent, Event } from '../../streams/events.ts';
import { isRunning } from '../attachment.ts';
import type { Line } from '../log-line.ts';
import { isMessageOfStart } from '../messages.ts';
import type { Dependents, Ends, State } from '../state.ts';
import { duration, info, warn } from '../transition.ts';

/** So many ends, each within this time of the one before, and it is called a loop; so long without one ends it. */
const LOOP_ENDS = 3;
const CALM_MS = 600_000;

interface Heard {
  readonly ends: Dependents['ends'];
  readonly lines: readonly Line[];
}

/**
 * What somebody else, or it itself, does with a dependent: what our own command does is said by the command's
 * progress. One that ends again and again is told as one condition, when it begins and when it is over.
 */
export function comingsAndGoings(state: State, event: Event, before: State): Heard {
  const calmed = calm(state, event, before);
  if (!('engineTimeMs' in event)) return calmed;
  const name = state.dependents.shown?.[event.id]?.name;
  if (name === undefined || isBeingRepaired(state, name)) return calmed;
  const known = calmed.ends[event.id];
  const own = event.type === 'containerDied' ? afterEnd(state, event, known) : known;
  const { [event.id]: _, ...others } = calmed.ends;
  const lines =
    isLoop(known) && isLoop(own) ? [] : isLoop(own) ? [sayLoop(name)] : sayStep(name, event, before);
  return {
    ends: own === known ? calmed.ends : own === undefined ? others : { ...others, [event.id]: own },
    lines: [...calmed.lines, ...lines],
  };
}

/** Said to keep restarting, and not over it yet. */
export const keepsRestarting = ({ dependents }: State, id: string): boolean => isLoop(dependents.ends[id]);

const isLoop = (ends: Ends | undefined): boolean => (ends?.inARow ?? 0) >= LOOP_ENDS;

/** An end that somebody asked for belongs to no loop, and is said. */
const afterEnd = (
  { endings }: State,
  { id, at }: ContainerEvent,
  known: Ends | undefined,
): Ends | undefined =>
  endings[id]?.value === 'itself' ? { inARow: (known?.inARow ?? 0) + 1, lastAt: at } : undefined;

const sayLoop = (name: string): Line =>
  warn(
    `Dependent container keeps restarting: ${name} has ended ${String(LOOP_ENDS)} times by itself; its starts and stops are not told until it has kept still for ${duration(CALM_MS)}`,
  );

/** Forgets those that have not ended for long enough, or are gone. What a message tells is not of that time any more. */
function calm({ dependents, containers: { byId } }: State, event: Event, before: State): Heard {
  const { ends, shown = {} } = dependents;
  const then = 'engineTimeMs' in event ? before.containers.byId : byId;
  const over = Object.entries(ends).filter(
    ([id, { lastAt }]) => !(id in shown) || event.at - lastAt >= CALM_MS,
  );
  if (over.length === 0) return { ends, lines: [] };
  const ids = over.map(([id]) => id);
  return {
    ends: Object.fromEntries(Object.entries(ends).filter(([id]) => !ids.includes(id))),
    lines: over.flatMap(([id, own]) => {
      const [name, facts] = [shown[id]?.name, then[id]];
      if (!isLoop(own) || name === undefined || facts === undefined || !(id in byId)) return [];
      return [
        info(
          isRunning(facts)
            ? `Dependent container has stopped restarting: ${name} has run for ${duration(CALM_MS)}`
            : `Dependent container stopped: ${name}`,
        ),
      ];
    }),
  };
}

/** Not any more, once its outcome has come, though the others of its wave are still at it. */
const isBeingRepaired = ({ repairs: { wave } }: State, name: string): boolean =>
  wave?.dependents.some((one) => one.name === name && !wave.answered.includes(one.id)) ?? false;

function sayStep(name: string, event: ContainerEvent, before: State): readonly Line[] {
  switch (event.type) {
    case 'containerStarted': {
      const knownStart = before.containers.byId[event.id]?.details?.startedAtMs;
      return isMessageOfStart(knownStart, event.engineTimeMs)
        ? []
        : [info(`Dependent container started: ${name}`)];
    }
    case 'containerDied':
      return [info(`Dependent container stopped: ${name}`)];
    case 'containerPaused':
      return [info(`Dependent container paused: ${name}`)];
    case 'containerUnpaused':
      return [info(`Dependent container resumed: ${name}`)];
    case 'containerOutOfMemory':
      return [warn(`Dependent container out of memory: ${name}`)];
    default:
      return [];
  }
}
