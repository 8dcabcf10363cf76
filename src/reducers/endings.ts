import type { ContainerEvent, Event } from '../../streams/events.ts';
import type { Repairable } from '../commands.ts';
import { isRunning } from '../attachment.ts';
import { isAwaited } from '../awaited-inspection.ts';
import { referredTo } from '../joined.ts';
import { isEndingSignal } from '../messages.ts';
import { isCodeOfAStop } from '../retries.ts';
import { isParked } from '../parked.ts';
import { gatewayTarget, hasItsTurn, isBeingRestarted } from '../selectors.ts';
import type { Ending, Everything, State, Wave } from '../state.ts';
import { type Transition, to } from '../transition.ts';
import { andInspect, isStranger } from './containers.ts';
import { askForInspection } from './inspections.ts';

/** An engine that shuts down stops its containers just as an operator does, and is gone by then. */
const ENGINE_STAYS_MS = 10_000;
/** What a stop may take beyond the time that the container gets for it: a host that swaps is slow. */
const STOP_ALLOWANCE_MS = 60_000;
/** A container may ask for a day, or for ever. */
const LONGEST_STOP_MS = 300_000;

/**
 * Why containers end: what a person stopped stays stopped. Only what is heard counts; of one that is found ended,
 * nothing is known.
 */
export function endings(state: Everything, event: Event): Transition<Everything> {
  if ('engineTimeMs' in event && isStranger(state, event.id)) return to(state);
  switch (event.type) {
    case 'engineConnected':
      return to(undecide(state));
    case 'containerEndedByEngine':
      return to(endedByEngine(state, event.id, event.at));
    case 'containerKilled':
      return to(
        isEndingSignal(event.signal, state.containers.byId[event.id])
          ? withEnding(state, event.id, signalled(state, event))
          : state,
      );
    case 'containerDied':
      return to(withEnding(state, event.id, ended(state, event)));
    case 'containerStopped':
      return to(stopped(state, event));
    case 'containerDestroyed':
      return to(forget(state, event.id));
    case 'commandFinished':
      return to(gatewayIds(state).reduce(leftByUs, state));
    case 'dependentRepairEnded':
      return to(event.facts === undefined ? state : leftByUs(state, event.facts.id));
    default:
      return lookAtThoseDue(forgetRunning(state, event), event);
  }
}

const withEnding = (state: Everything, id: string, ending: Ending): Everything => ({
  ...state,
  endings: { ...state.endings, [id]: ending },
});

function forget(state: Everything, id: string): Everything {
  if (!(id in state.endings)) return state;
  const { [id]: _, ...endings } = state.endings;
  return { ...state, endings };
}

/**
 * Whatever its messages looked like, and whatever was decided: the engine only ends what still runs, so nobody had stopped
 * it before.
 */
function endedByEngine(state: Everything, id: string, at: number): Everything {
  if (state.endings[id]?.value === 'engine' || hasRunSinceConnected(state, id)) return state;
  const isTold = Object.hasOwn(state.memory.endedByEngine, id);
  return withEnding(state, id, { value: 'engine', tellAt: isTold ? undefined : at });
}

/** It was started while the engine was asked. What is known from before the connection tells nothing of that. */
function hasRunSinceConnected({ containers, connection, endings: known }: Everything, id: string): boolean {
  const facts = containers.byId[id];
  if (facts === undefined || !isRunning(facts) || id in known) return false;
  return (
    connection.value === 'connected' ||
    (connection.value === 'reconciling' && (containers.knownAt[id] ?? -Infinity) >= connection.since)
  );
}

/**
 * What does not run cannot be sent a signal: the message is late, and of our own command or of the engine's. What is
 * parked is created anew whoever ends it: perhaps a command that an earlier monitor has left under way.
 */
const explained = (state: Everything, { id, name }: ContainerEvent): Ending | undefined => {
  const known = state.endings[id];
  if (known?.value === 'engine') return known;
  const isOfOurs = isOurs(state, id, name) || isParked({ id, name }) || known?.value === 'ours';
  return isOfOurs ? { value: 'ours' } : undefined;
};

const signalled = (state: Everything, event: ContainerEvent): Ending =>
  explained(state, event) ?? { value: 'signalled', forgottenAt: event.at + longestStopMs(state, event) };

function longestStopMs({ containers }: Everything, { id }: ContainerEvent): number {
  const seconds = containers.byId[id]?.details?.stopTimeoutSeconds ?? 0;
  return Math.min(seconds * 1000, LONGEST_STOP_MS) + STOP_ALLOWANCE_MS;
}

/** With the one whose processes it shares. */
const isEndedWithOurs = (state: Everything, id: string): boolean =>
  (state.containers.byId[id]?.details?.sharesWith ?? []).some((reference) => {
    const other = referredTo(reference, state.containers.byId);
    return other !== undefined && isOurs(state, other.id, other.name);
  });

function ended(state: Everything, event: Died): Ending {
  const { id, at } = event;
  const known = state.endings[id];
  const cause = explained(state, event);
  if (cause !== undefined) return cause;
  if (known === undefined && isEndedWithOurs(state, id)) return { value: 'ours' };
  return known?.value === 'signalled' || isStopUntold(event)
    ? { value: 'undecided', decidedAt: at + ENGINE_STAYS_MS }
    : { value: 'itself', lookAt: at + ENGINE_STAYS_MS };
}

type Died = Extract<ContainerEvent, { readonly type: 'containerDied' }>;

/** Where nobody is told of signals, only how it ended tells that somebody has stopped it. */
const isStopUntold = ({ tellsNoSignal, exitCode }: Died): boolean =>
  tellsNoSignal === true && exitCode !== undefined && isCodeOfAStop(exitCode);

/** Our command is over and what it was about does not run: so we ended it, whatever of that is still to be heard. */
function leftByUs(state: Everything, id: string): Everything {
  const facts = state.containers.byId[id];
  if (facts === undefined || isRunning(facts) || id in state.endings) return state;
  return isOurs(state, id, facts.name) ? withEnding(state, id, { value: 'ours' }) : state;
}

/**
 * `stop` comes only where somebody asked for it: the signal's own message was lost. Engines since 28 say it before they
 * say that the container has died.
 */
function stopped(state: Everything, event: ContainerEvent): Everything {
  const { id, at } = event;
  const ending = state.endings[id];
  const facts = state.containers.byId[id];
  if (ending?.value === 'itself')
    return withEnding(state, id, { value: 'undecided', decidedAt: at + ENGINE_STAYS_MS });
  return ending === undefined && facts !== undefined && isRunning(facts)
    ? withEnding(state, id, signalled(state, event))
    : state;
}

const gatewayIds = ({ watches }: Everything): readonly string[] =>
  watches.flatMap(({ gateway }) => gatewayTarget(gateway)?.id ?? []);

const isOurs = ({ watches, acts }: Everything, id: string, name: string): boolean =>
  watches.some((watch) => isActedOn({ ...watch, acts }, id, name));

type Acting = Pick<State, 'recovery' | 'repairs' | 'gateway' | 'acts'>;

/** What a command of ours under way is about; in a wave only what has its turn, neither before nor after that. */
function isActedOn(acting: Acting, id: string, name: string): boolean {
  const { gateway, recovery, repairs } = acting;
  const isGateway = 'id' in gateway && gateway.id === id;
  const started = recovery.value === 'awaitingReady' ? recovery.starts.commandId : undefined;
  if (isGateway && (isBeingRestarted(acting) || isUnderWay(acting, started))) return true;
  const { wave } = repairs;
  return (
    wave?.dependents.some((one) => (one.id === id || one.name === name) && isInItsTurn(wave, one)) ?? false
  );
}

/** What is created anew is not touched before it is parked: until then whoever ends it is somebody else. */
const isInItsTurn = ({ begun, answered, parked }: Wave, { id, name, how }: Repairable): boolean =>
  begun.includes(id) && !answered.includes(id) && (how !== 'recreate' || Object.hasOwn(parked, name));

const isUnderWay = (acting: Acting, commandId: number | undefined): boolean =>
  commandId !== undefined && hasItsTurn(acting, commandId);

/** The engine may have gone away with them: then it was the engine, for all we know. */
function undecide(state: Everything): Everything {
  const isOpen = ({ value }: Ending): boolean => value === 'undecided' || value === 'signalled';
  const entries = Object.entries(state.endings).filter(([, ending]) => !isOpen(ending));
  return entries.length === Object.keys(state.endings).length
    ? state
    : { ...state, endings: Object.fromEntries(entries) };
}

/**
 * What runs again has no ending, once an inspection shows that; a signal may still be on its way to end it, unless it was
 * started since. What is not there any more has none either, though the message of its removal was lost.
 */
function forgetRunning(state: Everything, event: Event): Everything {
  switch (event.type) {
    case 'containersListed':
      return forgetThose(state, [...event.containers.map(({ id }) => id), ...goneFrom(state)]);
    case 'containerInspected':
      return forgetThose(state, [event.id]);
    case 'containerStarted':
      return state.endings[event.id]?.value === 'signalled' ? forget(state, event.id) : state;
    default:
      return state;
  }
}

const forgetThose = (state: Everything, ids: readonly string[]): Everything =>
  ids.filter((id) => id in state.endings && hasStartedSince(state, id)).reduce(forget, state);

/** Not those that were first heard of while the listing was made. */
const goneFrom = ({ endings: known, containers }: Everything): readonly string[] =>
  Object.keys(known).filter((id) => !(id in containers.byId) && !isAwaited(containers, id));

/** An answer may be from before the end that was heard of: then another one is awaited. */
const hasStartedSince = ({ containers, endings: known }: Everything, id: string): boolean => {
  const facts = containers.byId[id];
  if (facts === undefined) return true;
  return isRunning(facts) && known[id]?.value !== 'signalled' && !isAwaited(containers, id);
};

/**
 * The time to decide has come: the failed start of a restart policy, too, which emits nothing, shows by now. Where it
 * came while the engine was away, the listing that catches up with it is the moment.
 */
function lookAtThoseDue(state: Everything, event: Event): Transition<Everything> {
  const isTime = event.type === 'timeReached' || event.type === 'containersListed';
  if (!isTime || state.connection.value !== 'connected') return to(state);
  const due = Object.entries(state.endings).filter(([, ending]) => (dueAt(ending) ?? Infinity) <= event.at);
  const byEngine = due.filter(([, { value }]) => value === 'engine').map(([id]) => id);
  const names = byEngine.map((id) => state.containers.byId[id]?.name).filter((name) => name !== undefined);
  const toLookAt = due.map(([id]) => id).filter((id) => !byEngine.includes(id));
  const decided = due.reduce((soFar, [id, { value }]) => decide(soFar, id, value), state);
  return andInspect(
    to(
      toLookAt.reduce((soFar, id) => askForInspection(soFar, { id, matters: true }), decided),
      { notices: names.length === 0 ? [] : [{ kind: 'engineHadCrashed', names: [...names].sort() }] },
    ),
    event.at,
  );
}

function decide(state: Everything, id: string, value: Ending['value']): Everything {
  switch (value) {
    case 'signalled':
      return forget(state, id);
    case 'undecided':
      return withEnding(state, id, { value: 'operator' });
    case 'engine':
      return withEnding(state, id, { value: 'engine', tellAt: undefined });
    default:
      return withEnding(state, id, { value: 'itself', lookAt: undefined });
  }
}

function dueAt(ending: Ending): number | undefined {
  switch (ending.value) {
    case 'signalled':
      return ending.forgottenAt;
    case 'undecided':
      return ending.decidedAt;
    case 'itself':
      return ending.lookAt;
    case 'engine':
      return ending.tellAt;
    default:
      return undefined;
  }
}

/** When the next ending is decided, looked at or told. */
export const endingsDueAt = (state: Everything): readonly (number | undefined)[] =>
  state.connection.value === 'connected' ? Object.values(state.endings).map(dueAt) : [];
