import type { ContainerEvent, ContainerFacts, Event } from '../../streams/events.ts';
import { isRunning } from '../model/attachment.ts';
import { isAwaited } from '../model/awaited-inspection.ts';
import type { Act, Repairable } from '../model/act.ts';
import { type Exit, isExpectedToEnd } from '../model/exits.ts';
import { begunBetween } from '../model/in-flight.ts';
import { referredTo } from '../model/joined.ts';
import { isEndingSignal } from './ending-signal.ts';
import { isParked } from '../model/parked.ts';
import { isCodeOfAStop } from '../model/retries.ts';
import type { Everything, Progress } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';
import { andInspect, isStranger } from './containers.ts';
import { askForInspection } from './inspections.ts';

/** An engine that shuts down stops its containers just as an operator does, and is gone by then. */
const ENGINE_STAYS_MS = 10_000;
/** What a stop may take beyond the time that the container gets for it: a host that swaps is slow. */
const STOP_ALLOWANCE_MS = 60_000;
/** A container may ask for a day, or for ever. */
const LONGEST_STOP_MS = 300_000;

/**
 * Why containers end: what a person stopped stays stopped, and what we ended ourselves we start again. Only what is
 * heard counts; of one that is found ended nothing is known.
 */
export function exits(state: Everything, event: Event, before: Everything): Transition<Everything> {
  if ('engineTimeMs' in event && isStranger(state, event.id)) return to(state);
  switch (event.type) {
    case 'engineConnected':
      return to(forgetOpenStops(state));
    case 'containerEndedByEngine':
      return to(endedByEngine(state, event.id, event.at));
    case 'containerKilled':
    case 'containerDied':
    case 'containerStopped':
    case 'containerStarted':
    case 'containerDestroyed':
      return to(isKnown(state, event) ? state : afterMessage(state, event));
    case 'containersListed':
      return decideThoseDue(seen(state, idsIn(state, event), event), event);
    case 'containerInspected':
      return to(seen(state, [event.id], event));
    case 'dependentRepairEnded':
      return to(closeAfterAct(state, [event.id], { ...event, since: before.inFlight?.since ?? 0 }));
    case 'commandFinished':
      return to(afterAct(state, event, before));
    case 'timeReached':
      return decideThoseDue(state, event);
    default:
      return to(state);
  }
}

const withExit = (state: Everything, id: string, exit: Exit): Everything => ({
  ...state,
  exits: { ...state.exits, [id]: exit },
});

const without = (state: Everything, ids: readonly string[]): Everything => {
  const gone = ids.filter((id) => id in state.exits);
  if (gone.length === 0) return state;
  const kept = Object.entries(state.exits).filter(([id]) => !gone.includes(id));
  return { ...state, exits: Object.fromEntries(kept) };
};

// What the engine's messages tell

/** Delivered twice, or late: the record is younger. */
const isKnown = ({ exits: known }: Everything, { id, engineTimeMs }: ContainerEvent): boolean =>
  engineTimeMs <= (known[id]?.engineMs ?? 0);

function afterMessage(state: Everything, event: ContainerEvent): Everything {
  const { id } = event;
  switch (event.type) {
    case 'containerKilled':
      return isEndingSignal(event.signal, state.containers.byId[id]) ? signalled(state, event) : state;
    case 'containerDied':
      return died(state, event);
    case 'containerStopped':
      return stopped(state, event);
    case 'containerStarted':
      // What the signal was to end is over. Of an end that was heard of the next look shows another run.
      return state.exits[id]?.stage === 'expected' ? without(state, [id]) : state;
    case 'containerDestroyed':
      return without(state, [id]);
    default:
      return state;
  }
}

/** The run that is known, if it still goes on. */
const runningRun = ({ containers: { byId } }: Everything, id: string): string | undefined => {
  const facts = byId[id];
  return facts !== undefined && isRunning(facts) ? facts.details?.startedAt : undefined;
};

function signalled(state: Everything, event: ContainerEvent): Everything {
  const { id, at, engineTimeMs: engineMs } = event;
  if (isExplained(state, event)) return byMonitor(state, event, 'expected');
  const until = at + longestStopMs(state, event);
  const run = runningRun(state, id);
  return withExit(state, id, { run, by: 'operator', stage: 'expected', at, until, engineMs });
}

function longestStopMs({ containers }: Everything, { id }: ContainerEvent): number {
  const seconds = containers.byId[id]?.details?.stopTimeoutSeconds ?? 0;
  return Math.min(seconds * 1000, LONGEST_STOP_MS) + STOP_ALLOWANCE_MS;
}

/**
 * By what is known already, or what is under way: what does not run cannot be sent a signal, so the message is late. What
 * is parked is created anew whoever ends it: perhaps an act that an earlier monitor has left under way.
 */
const isExplained = (state: Everything, { id, name }: ContainerEvent): boolean => {
  const by = state.exits[id]?.by;
  return by === 'engine' || by === 'monitor' || isParked({ id, name }) || isReplaced(state, id, name);
};

/** What explains it stays as it is known, but for the stage. */
function byMonitor(state: Everything, event: ContainerEvent, stage: Exit['stage']): Everything {
  const { id, at } = event;
  const known = state.exits[id];
  if (known?.by === 'engine' || known?.stage === 'certain') return state;
  const run = known?.run ?? runningRun(state, id);
  return withExit(state, id, { run, by: 'monitor', stage, at, engineMs: event.engineTimeMs });
}

function died(state: Everything, event: Died): Everything {
  const { id, at, engineTimeMs: engineMs } = event;
  const known = state.exits[id];
  if (isExplained(state, event) || (known === undefined && isEndedWithOurs(state, id)))
    return byMonitor(state, event, 'certain');
  const isExpected = known?.stage === 'expected';
  const by = isExpected || isStopUntold(event) ? 'operator' : 'itself';
  // After an end that was heard of it has run again, unseen: the next look shows which run that was.
  const run = isExpected
    ? (known.run ?? runningRun(state, id))
    : known === undefined
      ? runningRun(state, id)
      : undefined;
  return withExit(state, id, { run, by, stage: 'open', at, until: at + ENGINE_STAYS_MS, engineMs });
}

type Died = Extract<ContainerEvent, { readonly type: 'containerDied' }>;

/** Where nobody is told of signals, only how it ended tells that somebody has stopped it. */
const isStopUntold = ({ tellsNoSignal, exitCode }: Died): boolean =>
  tellsNoSignal === true && exitCode !== undefined && isCodeOfAStop(exitCode);

/** With the one whose processes it shares. */
const isEndedWithOurs = (state: Everything, id: string): boolean =>
  (state.containers.byId[id]?.details?.sharesWith ?? []).some((reference) => {
    const other = referredTo(reference, state.containers.byId);
    return (
      other !== undefined &&
      (state.exits[other.id]?.by === 'monitor' || isReplaced(state, other.id, other.name))
    );
  });

/**
 * `stop` comes only where somebody asked for it: the signal's own message was lost. Engines since 28 say it before they
 * say that the container has died.
 */
function stopped(state: Everything, event: ContainerEvent): Everything {
  const { id, at, engineTimeMs: engineMs } = event;
  const known = state.exits[id];
  if (known?.by === 'itself')
    return withExit(state, id, {
      ...known,
      by: 'operator',
      stage: 'open',
      until: at + ENGINE_STAYS_MS,
      engineMs,
    });
  return known === undefined && runningRun(state, id) !== undefined ? signalled(state, event) : state;
}

/** The engine may have gone away with them: then it was the engine, for all we know. */
const forgetOpenStops = (state: Everything): Everything =>
  without(
    state,
    Object.entries(state.exits)
      .filter(([, { by, stage }]) => by === 'operator' && stage !== 'certain')
      .map(([id]) => id),
  );

/**
 * Whatever its messages looked like, and whatever was decided: the engine only ends what still runs, so nobody had stopped
 * it before. Those of one start are told together.
 */
function endedByEngine(state: Everything, id: string, at: number): Everything {
  if (state.exits[id]?.by === 'engine' || hasRunSinceConnected(state, id)) return state;
  const run = state.containers.byId[id]?.details?.startedAt;
  return withExit(state, id, { run, by: 'engine', stage: 'open', at, until: at });
}

/** It was started while the engine was asked. What is known from before the connection tells nothing of that. */
function hasRunSinceConnected({ containers, connection, exits: known }: Everything, id: string): boolean {
  const facts = containers.byId[id];
  if (facts === undefined || !isRunning(facts) || id in known) return false;
  return (
    connection.value === 'connected' ||
    (connection.value === 'reconciling' && (containers.knownAt[id] ?? -Infinity) >= connection.since)
  );
}

// What listings and inspections show

type Look = Extract<Event, { type: 'containersListed' | 'containerInspected' }>;

/** Those it shows, and those that are not there any more, though the message of the removal was lost. */
const idsIn = (
  { exits: known, containers: all }: Everything,
  { containers }: Extract<Event, { type: 'containersListed' }>,
): readonly string[] => [
  ...containers.map(({ id }) => id),
  // Not those that were first heard of while the listing was made.
  ...Object.keys(known).filter((id) => !(id in all.byId) && !isAwaited(all, id)),
];

const seen = (state: Everything, ids: readonly string[], look: Look): Everything =>
  ids.reduce((soFar, id) => {
    const exit = soFar.exits[id];
    const facts = soFar.containers.byId[id];
    const isOlder = look.requestedAt <= (exit?.at ?? 0) || isAwaited(soFar.containers, id);
    const isActing = soFar.inFlight !== undefined;
    const next = facts === undefined ? undefined : asSeen(exit, facts, { at: look.at, isOlder, isActing });
    if (next === exit) return soFar;
    return next === undefined ? without(soFar, [id]) : withExit(soFar, id, next);
  }, state);

interface Sight {
  readonly at: number;
  /** It may be from before the exit that was heard of: then another look follows. */
  readonly isOlder: boolean;
  /** An act of ours is under way. */
  readonly isActing: boolean;
}

/** The record of that run, as far as it shows: another run has another end, or none yet. */
function asSeen(exit: Exit | undefined, facts: ContainerFacts, sight: Sight): Exit | undefined {
  const { details } = facts;
  const { at, isOlder, isActing } = sight;
  if (exit === undefined) return isToBeRestarted(facts) ? endedByItself(facts, at) : undefined;
  if (details === undefined) return exit;
  if (exit.run !== undefined && exit.run !== details.startedAt) return undefined;
  if (isRunning(facts)) {
    const isToCome = exit.stage === 'expected' && (exit.by === 'operator' || isActing);
    return isOlder || isToCome ? exit : undefined;
  }
  const run = details.startedAt;
  // It has ended, though nothing was heard of that.
  if (exit.by === 'operator' && exit.stage === 'expected' && !isOlder)
    return { ...exit, run, stage: 'open', until: at + ENGINE_STAYS_MS };
  return exit.run === undefined ? { ...exit, run } : exit;
}

/** Its restart policy is at work, so nobody has ended it. */
const isToBeRestarted = ({ runState }: ContainerFacts): boolean => runState === 'restarting';

const endedByItself = ({ details }: ContainerFacts, at: number): Exit | undefined =>
  details && { run: details.startedAt, by: 'itself', stage: 'certain', at };

// What time tells

/**
 * The failed start of a restart policy, too, which emits nothing, shows by now. Where the time came while the engine was
 * away, the listing that catches up with it is the moment.
 */
function decideThoseDue(state: Everything, { at }: Event): Transition<Everything> {
  if (state.connection.value !== 'connected') return to(state);
  const due = Object.entries(state.exits).filter(([, { until = Infinity }]) => until <= at);
  const byEngine = due.filter(([, { by }]) => by === 'engine').map(([id]) => id);
  const names = byEngine.map((id) => state.containers.byId[id]?.name).filter((name) => name !== undefined);
  const toLookAt = due.map(([id]) => id).filter((id) => !byEngine.includes(id));
  const decided = due.reduce((soFar, [id, exit]) => afterTime(soFar, id, exit), state);
  return andInspect(
    to(
      toLookAt.reduce((soFar, id) => askForInspection(soFar, { id, matters: true }), decided),
      { notices: names.length === 0 ? [] : [{ kind: 'engineHadCrashed', names: [...names].sort() }] },
    ),
    at,
  );
}

function afterTime(state: Everything, id: string, { until: _, ...exit }: Exit): Everything {
  return exit.stage === 'expected'
    ? without(state, [id])
    : withExit(state, id, { ...exit, stage: 'certain' });
}

/** When the next exit is decided or looked at. */
export const exitsDueAt = (state: Everything): readonly (number | undefined)[] =>
  state.connection.value === 'connected' ? Object.values(state.exits).map(({ until }) => until) : [];

// What we do ourselves

/**
 * Whom we are about to end is written down before the call. Should monitor and engine go in the middle of it, be it with
 * their host, nothing else would tell the next monitor that nobody had stopped it by hand, and the engine takes it that
 * somebody has. What is created anew is parked before: its name tells.
 */
export function expectedExits(state: Everything, event: Event, before: Everything): Transition<Everything> {
  const begun =
    event.type === 'dependentRepairBegun' && event.how === 'restart'
      ? [event.id]
      : gatewayRestartedBy(begunBetween(before, state));
  return to(
    begun.reduce((soFar, id) => {
      const run = runningRun(soFar, id);
      // Somebody else was faster.
      return run === undefined || isExpectedToEnd(soFar.exits[id])
        ? soFar
        : withExit(soFar, id, { run, by: 'monitor', stage: 'expected', at: event.at });
    }, state),
  );
}

/** The gateway that the act restarts. */
const gatewayRestartedBy = (act: Act | undefined): readonly string[] =>
  act?.kind === 'restartGateway' ? [act.gateway.id] : [];

type Outcome = Extract<Event, { readonly outcome: unknown }>;

function afterAct(
  state: Everything,
  event: Extract<Event, { type: 'commandFinished' }>,
  { inFlight }: Everything,
): Everything {
  const outcome = { ...event, since: inFlight?.since ?? 0 };
  const closed = closeAfterAct(state, gatewayRestartedBy(inFlight?.act), outcome);
  return withLeftDown(closeAfterAct(closed, expectedIn(closed)), inFlight?.act, event);
}

/** The run that our restart or start began has ended before anybody looked at it: it is ours to start it again. */
function withLeftDown(state: Everything, act: Act | undefined, event: Outcome): Everything {
  if ((act?.kind !== 'restartGateway' && act?.kind !== 'startGateway') || isUntouched(event)) return state;
  const { id } = act.gateway;
  const facts = state.containers.byId[id];
  if (facts?.details === undefined || isRunning(facts) || id in state.exits) return state;
  return withExit(state, id, { run: facts.details.startedAt, by: 'monitor', stage: 'certain', at: event.at });
}

const expectedIn = ({ exits: known }: Everything): readonly string[] =>
  Object.keys(known).filter((id) => known[id]?.stage === 'expected');

/**
 * Our act is over: what it was to end has ended by it, or runs on and was not ended at all. If it has done nothing, then
 * somebody else has ended what does not run by now.
 */
function closeAfterAct(
  state: Everything,
  ids: readonly string[],
  act?: Outcome & { readonly since: number },
): Everything {
  return ids.reduce((soFar, id) => {
    const exit = soFar.exits[id];
    if (exit?.by !== 'monitor') return soFar;
    // An earlier act of ours has ended it.
    if (act !== undefined && exit.stage === 'certain' && exit.at < act.since) return soFar;
    const next = act !== undefined && isUntouched(act) ? byOperator(exit, act.at) : closed(soFar, id, exit);
    return next === undefined ? without(soFar, [id]) : next === exit ? soFar : withExit(soFar, id, next);
  }, state);
}

const isUntouched = ({ outcome }: Outcome): boolean => !outcome.ok && outcome.untouched === true;

const byOperator = (exit: Exit, at: number): Exit | undefined =>
  exit.stage === 'expected'
    ? undefined
    : { ...exit, by: 'operator', stage: 'open', until: at + ENGINE_STAYS_MS };

function closed({ containers, connection }: Everything, id: string, exit: Exit): Exit | undefined {
  const facts = containers.byId[id];
  if (exit.stage !== 'expected' || facts === undefined) return exit;
  if (!isRunning(facts)) return { ...exit, stage: 'certain' };
  // Without the engine nobody knows what has become of it.
  return connection.value === 'connected' ? undefined : exit;
}

/** It is being created anew, or is what takes the place of that one; only what has its turn, neither before nor after. */
const isReplaced = ({ inFlight }: Everything, id: string, name: string): boolean =>
  inFlight?.act.kind === 'repairDependents' &&
  inFlight.act.dependents.some(
    (one) => (one.id === id || one.name === name) && isInItsTurn(inFlight.progress, one),
  );

/** What is created anew is not touched before it is parked: until then whoever ends it is somebody else. */
const isInItsTurn = ({ begun, answered, parked }: Progress, { id, name, how }: Repairable): boolean =>
  begun.includes(id) && !answered.includes(id) && (how !== 'recreate' || Object.hasOwn(parked, name));
