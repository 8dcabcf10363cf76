import type { SharedConcern } from '../model/concern.ts';
import type { ContainerEvent, ContainerFacts, Event } from '../../streams/events.ts';
import { isRunning } from '../model/attachment.ts';
import { isAwaited } from '../model/awaited-inspection.ts';
import { type Exit, opened, withExit, withoutExits } from '../model/exits.ts';
import { referredTo } from '../model/joined.ts';
import { isEndingSignal } from './ending-signal.ts';
import { isParked } from '../model/parked.ts';
import { isCodeOfAStop } from '../model/retries.ts';
import { isOfFormerRun, presentRun } from '../model/run-of.ts';
import type { Everything } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';
import { andInspect, isStranger } from './containers.ts';
import { askForInspection } from './inspections.ts';
import { isReplaced } from './our-exits.ts';

/** How long a stop may take beyond the container's stop time-out: a host that swaps is slow. */
const STOP_ALLOWANCE_MS = 60_000;
/** A limit, as a container's stop time-out may be a day or infinite. */
const LONGEST_STOP_MS = 300_000;

/**
 * Why containers end. What somebody stopped stays stopped; what the monitor itself ended (`ourExits`) is started again.
 * Only messages count: if a container is found exited, nothing is known about the cause.
 */
export const exits: SharedConcern<'exits'> = { stage: 'exits', reduce, dueAt };

function reduce(state: Everything, event: Event, before: Everything): Transition<Everything> {
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
    case 'containerStarted':
      // The run that the signal was to end is over, though no message about its end came.
      return to(state.exits[event.id]?.stage === 'expected' ? withoutExits(state, [event.id]) : state);
    case 'containerDied':
      return to(died(state, event, before));
    case 'containerStopped':
      return to(stopped(state, event));
    case 'containerDestroyed':
      return to(withoutExits(state, [event.id]));
    case 'containersListed':
      return decideDueExits(withSeenExits(state, idsIn(state, event), event), event);
    case 'containerInspected':
      return to(withSeenExits(state, [event.id], event));
    case 'timeReached':
      return decideDueExits(state, event);
    default:
      return to(state);
  }
}

// The engine's messages

/** The message is repeated or late: the record is at least as new, or the container has started since. */
const isKnown = ({ exits: known, containers }: Everything, event: ContainerEvent): boolean =>
  event.engineTimeMs <= (known[event.id]?.engineMs ?? 0) || isOfFormerRun(event, containers.byId[event.id]);

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
 * Whether the exit is already explained by its record or by the act under way. A container that does not run cannot be
 * sent a signal, so such a message is late. A parked container is being re-created whoever ends it: perhaps by a call
 * that an earlier monitor left under way.
 */
const isExplained = (state: Everything, { id, name }: ContainerEvent): boolean => {
  const by = state.exits[id]?.by;
  return by === 'engine' || by === 'monitor' || isParked({ id, name }) || isReplaced(state, id, name);
};

/** Keeps an exit by the engine or a certain one. Otherwise the exit is the monitor's, at this stage. */
function byMonitor(state: Everything, event: ContainerEvent, stage: Exit['stage']): Everything {
  const { id, at } = event;
  const known = state.exits[id];
  if (known?.by === 'engine' || known?.stage === 'certain') return state;
  const run = endedRun(state, id);
  return withExit(state, id, { run, by: 'monitor', stage, at, engineMs: event.engineTimeMs });
}

/** The run that has ended, also if an inspection has already shown it exited. */
const endedRun = (state: Everything, id: string): string | undefined =>
  state.exits[id]?.run ?? presentRun(state, id);

function died(state: Everything, event: Died, before: Everything): Everything {
  const { id, at, engineTimeMs: engineMs } = event;
  const known = state.exits[id];
  if (isExplained(state, event) || (known === undefined && isEndedWithSharer(state, id)))
    return byMonitor(state, event, 'certain');
  const isExpected = known?.stage === 'expected' || isSeenEnded(before, id, known);
  const by = isExpected || isSilentStop(event) ? 'operator' : 'itself';
  // After an earlier exit it must have run again unseen. The next inspection shows which run has ended now.
  const run = known === undefined || isExpected ? endedRun(state, id) : undefined;
  return withExit(state, id, opened({ run, by, at, engineMs }, at));
}

/**
 * Whether an inspection was faster than this message: it has shown the end of a run that somebody was ending, and nothing
 * says that the container has run since.
 */
function isSeenEnded({ containers }: Everything, id: string, known: Exit | undefined): boolean {
  if (known?.by !== 'operator' || known.stage !== 'open' || isAwaited(containers, id)) return false;
  const facts = containers.byId[id];
  return facts !== undefined && !isRunning(facts) && facts.details?.startedAt === known.run;
}

type Died = Extract<ContainerEvent, { readonly type: 'containerDied' }>;

/** If the engine sends no messages about signals, only the exit code shows that somebody stopped it. */
const isSilentStop = ({ tellsNoSignal, exitCode }: Died): boolean =>
  tellsNoSignal === true && isCodeOfAStop(exitCode);

/** Whether the monitor has ended a container whose processes or memory it shares. */
const isEndedWithSharer = (state: Everything, id: string): boolean =>
  state.containers.byId[id]?.details?.sharesWith?.some((reference) => {
    const other = referredTo(reference, state.containers.byId);
    return (
      other !== undefined &&
      (state.exits[other.id]?.by === 'monitor' || isReplaced(state, other.id, other.name))
    );
  }) ?? false;

/**
 * `stop` is sent only if somebody requested a stop, so it replaces a lost message about the signal. Engines since 28
 * send it before the message that the container has died.
 */
function stopped(state: Everything, event: ContainerEvent): Everything {
  const { id, at, engineTimeMs: engineMs } = event;
  const known = state.exits[id];
  if (known?.by === 'itself') return withExit(state, id, opened({ ...known, by: 'operator', engineMs }, at));
  return known === undefined && presentRun(state, id) !== undefined ? signalled(state, event) : state;
}

/** The engine may have shut down just after these stops, which then may have been its own. */
const forgetOpenStops = (state: Everything): Everything =>
  withoutExits(
    state,
    Object.entries(state.exits)
      .filter(([, { by, stage }]) => by === 'operator' && stage !== 'certain')
      .map(([id]) => id),
  );

/**
 * Overrides any earlier record. The engine ends only what still runs, so nobody had stopped the container before. The
 * exit is due at once rather than certain, so that one notice reports all containers of one engine start.
 */
function endedByEngine(state: Everything, id: string, at: number): Everything {
  if (state.exits[id]?.by === 'engine' || hasRunSinceConnected(state, id)) return state;
  const run = state.containers.byId[id]?.details?.startedAt;
  return withExit(state, id, { run, by: 'engine', stage: 'open', at, until: at });
}

/** Whether it was started while the engine was being asked. Facts from before the connection do not show that. */
function hasRunSinceConnected({ containers, connection, exits: known }: Everything, id: string): boolean {
  const facts = containers.byId[id];
  if (facts === undefined || !isRunning(facts) || id in known) return false;
  const connectedAt = connection.value === 'reconciling' ? connection.since : -Infinity;
  return (containers.knownAt[id] ?? -Infinity) >= connectedAt;
}

// Listings and inspections

type Look = Extract<Event, { type: 'containersListed' | 'containerInspected' }>;

/** The listed containers, and those with a record that no longer exist: the message about their removal was lost. */
const idsIn = (
  { exits: known, containers: all }: Everything,
  { containers }: Extract<Event, { type: 'containersListed' }>,
): readonly string[] => [
  ...containers.map(({ id }) => id),
  // An awaited inspection means that the container may be newer than the listing.
  ...Object.keys(known).filter((id) => !(id in all.byId) && !isAwaited(all, id)),
];

const withSeenExits = (state: Everything, ids: readonly string[], look: Look): Everything =>
  ids.reduce((soFar, id) => {
    const facts = soFar.containers.byId[id];
    const next = facts === undefined ? undefined : asSeen(soFar, facts, look);
    if (next === soFar.exits[id]) return soFar;
    return next === undefined ? withoutExits(soFar, [id]) : withExit(soFar, id, next);
  }, state);

/** The record after these facts. If they show another run than the record's, the record is void. */
function asSeen(state: Everything, facts: ContainerFacts, { at, requestedAt }: Look): Exit | undefined {
  const { id, details } = facts;
  const exit = state.exits[id];
  if (exit === undefined) return isToBeRestarted(facts) ? endedByItself(facts, at) : undefined;
  if (details === undefined) return exit;
  if (exit.run !== undefined && exit.run !== details.startedAt) return undefined;
  // The facts may be older than the message about the exit. In that case another inspection follows.
  const isOlder = requestedAt <= exit.at || isAwaited(state.containers, id);
  if (isRunning(facts)) return isOlder || isStillToCome(state, exit) ? exit : undefined;
  const ended = { ...exit, run: details.startedAt };
  // It has ended, but the message about that was lost.
  if (exit.by === 'operator' && exit.stage === 'expected' && !isOlder) return opened(ended, at);
  return exit.run === undefined ? ended : exit;
}

/** Whether the exit is yet to come: a signal takes time to work, and so does an act of the monitor. */
const isStillToCome = ({ inFlight }: Everything, { stage, by }: Exit): boolean =>
  stage === 'expected' && (by === 'operator' || inFlight !== undefined);

/** Its restart policy is about to start it, so nobody has stopped it. */
const isToBeRestarted = ({ runState }: ContainerFacts): boolean => runState === 'restarting';

const endedByItself = ({ details }: ContainerFacts, at: number): Exit | undefined =>
  details && { run: details.startedAt, by: 'itself', stage: 'certain', at };

// Time

/**
 * Decides the exits whose time has come, and inspects their containers: a failed start by a restart policy sends no
 * message, but shows by now. If the time came while the engine was away, the listing after its return decides them.
 */
function decideDueExits(state: Everything, { at }: Event): Transition<Everything> {
  if (state.connection.value !== 'connected') return to(state);
  const due = Object.entries(state.exits).filter(([, { until = Infinity }]) => until <= at);
  const byEngine = due.filter(([, { by }]) => by === 'engine').map(([id]) => id);
  const names = byEngine.flatMap((id) => state.containers.byId[id]?.name ?? []);
  const toInspect = due.map(([id]) => id).filter((id) => !byEngine.includes(id));
  const decided = due.reduce((soFar, [id, exit]) => afterTime(soFar, id, exit), state);
  return andInspect(
    to(
      toInspect.reduce((soFar, id) => askForInspection(soFar, { id, matters: true }), decided),
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

/** When exits become certain or are dropped. */
function dueAt(state: Everything): readonly (number | undefined)[] {
  return state.connection.value === 'connected' ? Object.values(state.exits).map(({ until }) => until) : [];
}
