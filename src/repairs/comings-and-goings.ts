import type { ContainerEvent, Event } from '../../streams/events.ts';
import { isRunning } from '../model/attachment.ts';
import { waveOf } from '../model/in-flight.ts';
import type { Notice } from '../notices/notice.ts';
import { LOOP_ENDS, isLoop } from '../model/restart-loop.ts';
import { isOfFormerRun } from '../model/run-of.ts';
import type { Dependents, Ends, State } from '../model/state.ts';

/** Ends further apart than this belong to no loop. A loop is over after this long without an end. */
const CALM_MS = 600_000;

interface Lifecycle {
  readonly ends: Dependents['ends'];
  readonly notices: readonly Notice[];
}

/**
 * Reports what a dependent does by itself or what somebody else does with it. Our own acts are reported with their
 * progress. A dependent that ends again and again is one condition, reported when it begins and when it is over.
 */
export function comingsAndGoings(state: State, event: Event, before: State): Lifecycle {
  const calmed = calm(state, event);
  if (!('engineTimeMs' in event))
    return { ...calmed, notices: [...calmed.notices, ...sayStarts(state, before, calmed.ends)] };
  const name = state.dependents.members?.[event.id]?.name;
  const facts = state.shared.containers.byId[event.id];
  if (name === undefined || isBeingRepaired(state, name) || isOfFormerRun(event, facts)) return calmed;
  const known = calmed.ends[event.id];
  const own = event.type === 'containerDied' ? afterEnd(state, event, known) : known;
  const { [event.id]: _, ...others } = calmed.ends;
  const notices = isLoop(known) && isLoop(own) ? [] : isLoop(own) ? [sayLoop(name)] : sayStep(name, event);
  return {
    ends: own === known ? calmed.ends : own === undefined ? others : { ...others, [event.id]: own },
    notices: [...calmed.notices, ...notices],
  };
}

/** An end that somebody asked for belongs to no loop, and is reported. */
const afterEnd = (
  { shared: { exits } }: State,
  { id, at }: ContainerEvent,
  known: Ends | undefined,
): Ends | undefined =>
  exits[id]?.by === 'itself' ? { inARow: (known?.inARow ?? 0) + 1, lastAt: at } : undefined;

const sayLoop = (name: string): Notice => ({
  kind: 'dependentLooping',
  name,
  exits: LOOP_ENDS,
  calmMs: CALM_MS,
});

/** Forgets dependents that have not ended for long enough, or no longer exist. */
function calm(
  {
    dependents,
    shared: {
      containers: { byId },
    },
  }: State,
  event: Event,
): Lifecycle {
  const { ends, members = {} } = dependents;
  const over = Object.entries(ends).filter(
    ([id, { lastAt }]) => !(id in members) || event.at - lastAt >= CALM_MS,
  );
  if (over.length === 0) return { ends, notices: [] };
  const ids = over.map(([id]) => id);
  return {
    ends: Object.fromEntries(Object.entries(ends).filter(([id]) => !ids.includes(id))),
    notices: over.flatMap(([id, own]): Notice[] => {
      const [name, facts] = [members[id]?.name, byId[id]];
      if (!isLoop(own) || name === undefined || facts === undefined || !(id in byId)) return [];
      return [
        isRunning(facts)
          ? { kind: 'dependentCalm', name, calmMs: CALM_MS }
          : { kind: 'dependentStopped', name },
      ];
    }),
  };
}

/**
 * Dependents whose run differs from the one before. A dependent in a restart loop starts all the time, so it is left
 * out.
 */
const sayStarts = (state: State, before: State, ends: Dependents['ends']): readonly Notice[] =>
  state.shared.containers.byId === before.shared.containers.byId
    ? []
    : Object.entries(before.dependents.members ?? {})
        .filter(([id]) => hasStartedAnew(id, state, before) && !isLoop(ends[id]))
        .flatMap(([id]) => state.shared.containers.byId[id]?.name ?? [])
        .filter((name) => !isBeingRepaired(state, name))
        .map((name) => ({ kind: 'dependentStarted', name }));

function hasStartedAnew(id: string, state: State, before: State): boolean {
  const [was, is] = [before.shared.containers.byId[id], state.shared.containers.byId[id]];
  return (
    is !== undefined &&
    isRunning(is) &&
    was?.details !== undefined &&
    is.details !== undefined &&
    was.details.startedAt !== is.details.startedAt
  );
}

/** False once its own outcome has come, even if others of its wave are still being repaired. */
const isBeingRepaired = (state: State, name: string): boolean => {
  const wave = waveOf(state);
  return wave?.dependents.some((one) => one.name === name && !wave.answered.includes(one.id)) ?? false;
};

function sayStep(name: string, event: ContainerEvent): readonly Notice[] {
  switch (event.type) {
    case 'containerDied':
      return [{ kind: 'dependentStopped', name }];
    case 'containerPaused':
      return [{ kind: 'dependentPaused', name }];
    case 'containerUnpaused':
      return [{ kind: 'dependentResumed', name }];
    case 'containerOutOfMemory':
      return [{ kind: 'dependentOutOfMemory', name }];
    default:
      return [];
  }
}
