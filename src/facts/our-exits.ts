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
 * Whom we are about to end is written down before the call. Should monitor and engine go in the middle of it, be it with
 * their host, nothing else would tell the next monitor that nobody had stopped it by hand, and the engine takes it that
 * somebody has. What is created anew is parked before: its name tells.
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
  // Somebody else was faster.
  const isEndedAlready = run === undefined || state.exits[id]?.by === 'operator';
  return isEndedAlready ? state : withExit(state, id, { run, by: 'monitor', stage: 'expected', at });
}

type Ended = Extract<Event, { readonly outcome: unknown }>;

/** Our act is over, or its part that was about one dependent. */
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

/** If it has done nothing, then somebody else has ended what does not run by now. */
function disown(state: Everything, id: string, event: Ended, { since }: InFlight): Everything {
  const exit = state.exits[id];
  // An earlier act of ours may have ended it.
  if (!isUntouched(event) || exit?.by !== 'monitor' || exit.at < since) return state;
  return exit.stage === 'expected'
    ? withoutExits(state, [id])
    : withExit(state, id, opened({ ...exit, by: 'operator' }, event.at));
}

const isUntouched = ({ outcome }: Ended): boolean => !outcome.ok && outcome.isSkipped === true;

/** What we were to end has ended by it, or runs on and was not ended at all. */
function close(state: Everything, id: string): Everything {
  const exit = state.exits[id];
  if (exit?.by !== 'monitor' || exit.stage !== 'expected') return state;
  if (!runsNow(state, id)) return withExit(state, id, { ...exit, stage: 'certain' });
  // Without the engine nobody knows what has become of it.
  return state.connection.value === 'connected' ? withoutExits(state, [id]) : state;
}

/** The run that our restart or start began has ended before anybody looked at it: it is ours to start it again. */
function withLeftDown(state: Everything, act: Act, event: Ended): Everything {
  if ((act.kind !== 'restartGateway' && act.kind !== 'startGateway') || isUntouched(event)) return state;
  const { id } = act.gateway;
  const facts = state.containers.byId[id];
  if (facts?.details === undefined || isRunning(facts) || id in state.exits) return state;
  return withExit(state, id, { run: facts.details.startedAt, by: 'monitor', stage: 'certain', at: event.at });
}

/** It is being created anew, or is what takes the place of that one; only what has its turn, neither before nor after. */
export const isReplaced = ({ inFlight }: Everything, id: string, name: string): boolean =>
  inFlight?.act.kind === 'repairDependents' &&
  inFlight.act.dependents.some(
    (one) => (one.id === id || one.name === name) && isInItsTurn(inFlight.progress, one),
  );

/** What is created anew is not touched before it is parked: until then whoever ends it is somebody else. */
const isInItsTurn = ({ begun, answered, parked }: Progress, { id, name, how }: Repairable): boolean =>
  begun.includes(id) && !answered.includes(id) && (how !== 'recreate' || Object.hasOwn(parked, name));
