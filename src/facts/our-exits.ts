import type { SharedConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import { isRunning } from '../model/attachment.ts';
import type { Act, Repairable } from '../model/act.ts';
import { opened, withExit, withoutExits } from '../model/exits.ts';
import { begunBetween } from '../model/in-flight.ts';
import { presentRun, runsNow } from '../model/run-of.ts';
import type { Everything, InFlight, Progress } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/**
 * Records the exits that the monitor is about to cause, before the call. If the monitor and the engine go down in
 * mid-call, for example with their host, only this record shows the next monitor that nobody stopped the container by
 * hand, which the engine assumes. A container that is re-created needs no record: it is parked before, and its name
 * shows it.
 */
export const expectedExits: SharedConcern<'record'> = { stage: 'record', reduce: noteBegin };

function noteBegin(state: Everything, event: Event, before: Everything): Transition<Everything> {
  if (event.type === 'dependentRepairBegun' && event.how === 'restart')
    return to(expectEnd(state, event.id, event.at));
  const act = begunBetween(before, state);
  return to(act?.kind === 'restartGateway' ? expectEnd(state, act.gateway.id, event.at) : state);
}

function expectEnd(state: Everything, id: string, at: number): Everything {
  const run = presentRun(state, id);
  // If it has already ended, somebody else was faster.
  const isEndedAlready = run === undefined || state.exits[id]?.by === 'operator';
  return isEndedAlready ? state : withExit(state, id, { run, by: 'monitor', stage: 'expected', at });
}

type Ended = Extract<Event, { readonly outcome: unknown }>;

/** Decides the monitor's exits when an act, or its repair of one dependent, is over. */
export const ourExits: SharedConcern<'exits'> = { stage: 'exits', reduce: noteEnd };

function noteEnd(state: Everything, event: Event, { inFlight }: Everything): Transition<Everything> {
  if (inFlight === undefined) return to(state);
  switch (event.type) {
    case 'dependentRepairEnded':
      return to(close(disown(state, event.id, event, inFlight), event.id));
    case 'actEnded':
      return to(afterAct(state, event, inFlight));
    default:
      return to(state);
  }
}

function afterAct(state: Everything, event: Ended, inFlight: InFlight): Everything {
  const { act } = inFlight;
  const next = act.kind === 'restartGateway' ? disown(state, act.gateway.id, event, inFlight) : state;
  return withLeftDown(Object.keys(next.exits).reduce(close, next), act, event);
}

/** If the act did nothing, somebody else must have ended the container. */
function disown(state: Everything, id: string, event: Ended, { since }: InFlight): Everything {
  const exit = state.exits[id];
  // An earlier act of the monitor may have ended it.
  if (!isUntouched(event) || exit?.by !== 'monitor' || exit.at < since) return state;
  return exit.stage === 'expected'
    ? withoutExits(state, [id])
    : withExit(state, id, opened({ ...exit, by: 'operator' }, event.at));
}

const isUntouched = ({ outcome }: Ended): boolean => !outcome.ok && outcome.isSkipped === true;

/** After the act, the container has either been ended by it or still runs and was not ended at all. */
function close(state: Everything, id: string): Everything {
  const exit = state.exits[id];
  if (exit?.by !== 'monitor' || exit.stage !== 'expected') return state;
  if (!runsNow(state, id)) return withExit(state, id, { ...exit, stage: 'certain' });
  // While the engine is out of reach, nobody knows what became of the container.
  return state.connection.value === 'connected' ? withoutExits(state, [id]) : state;
}

/**
 * If the run that the monitor began has ended before any inspection, the exit is the monitor's: it has to start it
 * again.
 */
function withLeftDown(state: Everything, act: Act, event: Ended): Everything {
  if ((act.kind !== 'restartGateway' && act.kind !== 'startGateway') || isUntouched(event)) return state;
  const { id } = act.gateway;
  const facts = state.containers.byId[id];
  if (facts?.details === undefined || isRunning(facts) || id in state.exits) return state;
  return withExit(state, id, { run: facts.details.startedAt, by: 'monitor', stage: 'certain', at: event.at });
}

/** Whether the container is being repaired now, or replaces one that is. Neither before nor after its own repair. */
export const isReplaced = ({ inFlight }: Everything, id: string, name: string): boolean =>
  inFlight?.act.kind === 'repairDependents' &&
  inFlight.act.dependents.some(
    (one) => (one.id === id || one.name === name) && isUnderRepair(inFlight.progress, one),
  );

/**
 * The monitor does not touch a container to re-create before it is parked: until then anybody ending it is somebody
 * else.
 */
const isUnderRepair = ({ begun, answered, parked }: Progress, { id, name, how }: Repairable): boolean =>
  begun.includes(id) && !answered.includes(id) && (how !== 'recreate' || Object.hasOwn(parked, name));
