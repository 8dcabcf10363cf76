import type { SharedConcern } from '../model/concern.ts';
import type { ContainerEvent, ContainerFacts, Event } from '../../streams/events.ts';
import { isRunning } from '../model/attachment.ts';
import { isAwaited } from '../model/awaited-inspection.ts';
import { type Exit, opened, withExit, withoutExits } from '../model/exits.ts';
import { referredTo } from '../model/joined.ts';
import { isEndingSignal } from './ending-signal.ts';
import { isParked } from '../model/parked.ts';
import { isCodeOfAStop } from '../model/retries.ts';
import { presentRun } from '../model/run-of.ts';
import type { Everything } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';
import { andInspect, isStranger } from './containers.ts';
import { askForInspection } from './inspections.ts';
import { isReplaced } from './our-exits.ts';

/** What a stop may take beyond the time that the container gets for it: a host that swaps is slow. */
const STOP_ALLOWANCE_MS = 60_000;
/** A container may ask for a day, or for ever. */
const LONGEST_STOP_MS = 300_000;

/**
 * Why containers end: what a person stopped stays stopped, and what we ended ourselves (`ourExits`) we start again. Only
 * what is heard counts; of one that is found ended nothing is known.
 */
export const exits: SharedConcern<'exits'> = { stage: 'exits', reduce, dueAt: dueAt };

function reduce(state: Everything, event: Event): Transition<Everything> {
  if ('engineTimeMs' in event && (isStranger(state, event.id) || isKnown(state, event))) return to(state);
  switch (event.type) {
    case 'engineConnected':
      return to(forgetOpenStops(state));
    case 'containerEndedByEngine':
      return to(endedByEngine(state, event.id, event.at));
    case 'containerKilled':
      return to(
        isEndingSignal(event.signal, state.containers.byId[event.id]) ? signalled(state, event) : state,
      );
    case 'containerDied':
      return to(died(state, event));
    case 'containerStopped':
      return to(stopped(state, event));
    case 'containerDestroyed':
      return to(withoutExits(state, [event.id]));
    case 'containersListed':
      return decideThoseDue(seen(state, idsIn(state, event), event), event);
    case 'containerInspected':
      return to(seen(state, [event.id], event));
    case 'timeReached':
      return decideThoseDue(state, event);
    default:
      return to(state);
  }
}

// What the engine's messages tell

/** Delivered twice, or late: the record is younger. */
const isKnown = ({ exits: known }: Everything, { id, engineTimeMs }: ContainerEvent): boolean =>
  engineTimeMs <= (known[id]?.engineMs ?? 0);

function signalled(state: Everything, event: ContainerEvent): Everything {
  const { id, at, engineTimeMs: engineMs } = event;
  if (isExplained(state, event)) return byMonitor(state, event, 'expected');
  const until = at + longestStopMs(state, event);
  const run = presentRun(state, id);
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
  const run = endedRun(state, id);
  return withExit(state, id, { run, by: 'monitor', stage, at, engineMs: event.engineTimeMs });
}

/** Also after a look that has shown it exited. */
const endedRun = (state: Everything, id: string): string | undefined =>
  state.exits[id]?.run ?? presentRun(state, id);

function died(state: Everything, event: Died): Everything {
  const { id, at, engineTimeMs: engineMs } = event;
  const known = state.exits[id];
  if (isExplained(state, event) || (known === undefined && isEndedWithOurs(state, id)))
    return byMonitor(state, event, 'certain');
  const isExpected = known?.stage === 'expected';
  const by = isExpected || isStopUntold(event) ? 'operator' : 'itself';
  // After an end that was heard of it has run again, unseen: the next look shows which run that was.
  const run = known === undefined || isExpected ? endedRun(state, id) : undefined;
  return withExit(state, id, opened({ run, by, at, engineMs }, at));
}

type Died = Extract<ContainerEvent, { readonly type: 'containerDied' }>;

/** Where nobody is told of signals, only how it ended tells that somebody has stopped it. */
const isStopUntold = ({ tellsNoSignal, exitCode }: Died): boolean =>
  tellsNoSignal === true && isCodeOfAStop(exitCode);

/** With the one whose processes it shares. */
const isEndedWithOurs = (state: Everything, id: string): boolean =>
  state.containers.byId[id]?.details?.sharesWith?.some((reference) => {
    const other = referredTo(reference, state.containers.byId);
    return (
      other !== undefined &&
      (state.exits[other.id]?.by === 'monitor' || isReplaced(state, other.id, other.name))
    );
  }) ?? false;

/**
 * `stop` comes only where somebody asked for it: the signal's own message was lost. Engines since 28 say it before they
 * say that the container has died.
 */
function stopped(state: Everything, event: ContainerEvent): Everything {
  const { id, at, engineTimeMs: engineMs } = event;
  const known = state.exits[id];
  if (known?.by === 'itself') return withExit(state, id, opened({ ...known, by: 'operator', engineMs }, at));
  return known === undefined && presentRun(state, id) !== undefined ? signalled(state, event) : state;
}

/** The engine may have gone away with them: then it was the engine, for all we know. */
const forgetOpenStops = (state: Everything): Everything =>
  withoutExits(
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
  const connectedAt = connection.value === 'reconciling' ? connection.since : -Infinity;
  return (containers.knownAt[id] ?? -Infinity) >= connectedAt;
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
    const facts = soFar.containers.byId[id];
    const next = facts === undefined ? undefined : asSeen(soFar, facts, look);
    if (next === soFar.exits[id]) return soFar;
    return next === undefined ? withoutExits(soFar, [id]) : withExit(soFar, id, next);
  }, state);

/** The record of that run, as far as it shows: another run has another end, or none yet. */
function asSeen(state: Everything, facts: ContainerFacts, { at, requestedAt }: Look): Exit | undefined {
  const { id, details } = facts;
  const exit = state.exits[id];
  if (exit === undefined) return isToBeRestarted(facts) ? endedByItself(facts, at) : undefined;
  if (details === undefined) return exit;
  if (exit.run !== undefined && exit.run !== details.startedAt) return undefined;
  // What it shows may be from before the exit that was heard of: then another look follows.
  const isOlder = requestedAt <= exit.at || isAwaited(state.containers, id);
  if (isRunning(facts)) return isOlder || isToCome(state, exit) ? exit : undefined;
  const ended = { ...exit, run: details.startedAt };
  // It has ended, though nothing was heard of that.
  if (exit.by === 'operator' && exit.stage === 'expected' && !isOlder) return opened(ended, at);
  return exit.run === undefined ? ended : exit;
}

/** A signal takes its time, and so does an act of ours. */
const isToCome = ({ inFlight }: Everything, { stage, by }: Exit): boolean =>
  stage === 'expected' && (by === 'operator' || inFlight !== undefined);

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
  const names = byEngine.flatMap((id) => state.containers.byId[id]?.name ?? []);
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
    ? withoutExits(state, [id])
    : withExit(state, id, { ...exit, stage: 'certain' });
}

/** When the next exit is decided or looked at. */
function dueAt(state: Everything): readonly (number | undefined)[] {
  return state.connection.value === 'connected' ? Object.values(state.exits).map(({ until }) => until) : [];
}
