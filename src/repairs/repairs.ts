import type { GatewayConcern } from '../model/concern.ts';
import { attachmentOf, isCutOff } from '../model/attachment.ts';
import { blockedBy, waitsForOwner } from './awaited-owner.ts';
import type { ContainerFacts, Event } from '../../streams/events.ts';
import type { DeedOf, Repairable, Target } from '../model/act.ts';
import { dependentsOf, parkedOf } from '../model/dependents-of.ts';
import { isInWave, waveOf } from '../model/in-flight.ts';
import { isParked } from '../model/parked.ts';
import { exitOf } from '../model/exits.ts';
import { gatewayTarget, runningStart } from '../model/selectors.ts';
import type { Repair, State } from '../model/state.ts';
import { type Notice, inDryRun } from '../notices/notice.ts';
import { type Transition, combine, to } from '../model/transition.ts';
import { RANKS, type Rank, type Wish } from '../model/wish.ts';
import { forget, repairOutcomes, sayBegun, tryAgainLater, withRepairs } from './repair-outcomes.ts';
import { repairable } from './repairable.ts';
import { quietAt } from './quiet.ts';
import { firstOf } from './repair-order.ts';
import { whyNotRecreated } from '../model/why-not-recreated.ts';

/**
 * Puts back every dependent that needs it, whatever the cause, wave by wave: owners of a shared network first, then
 * in the order of Compose's `depends_on`, the rest together. Only while the gateway is ready: a restart on a gateway
 * that is down leaves the dependent stopped for good.
 */
export const repairs: GatewayConcern<'repair'> = { stage: 'repair', reduce, dueAt };

function reduce(state: State, event: Event, before: State): Transition {
  const progress = repairOutcomes(state, event, before);
  const pruned = prune(progress.state);
  const requested = mayNeed(pruned.state, before) ? askForNeeded(pruned.state, event.at) : to(pruned.state);
  const notices = [progress, pruned, requested].flatMap((step) => step.notices);
  return { ...requested, notices: [...notices, ...sayEnd(requested.state, before)] };
}

/** Adds repairs to the pending ones. A repair that failed before and is due later is tried now. */
export function askForRepair(
  state: State,
  containers: readonly Target[],
  at: number,
  how: Pick<Repair, 'isForced'> = {},
): Transition {
  if (containers.length === 0) return to(state);
  const added = containers.map(({ id, name }): [string, Repair] => [
    id,
    { name, failures: 0, askedAt: at, dueAt: at + patienceMs(state, id), ...how },
  ]);
  const paused = containers.filter(({ id }) => state.shared.containers.byId[id]?.runState === 'paused');
  const next = withRepairs(state, { pending: { ...state.repairs.pending, ...Object.fromEntries(added) } });
  return to(next, {
    notices: [
      ...paused.map(({ name }): Notice => ({ kind: 'dependentHeldUpByPause', name })),
      ...sayWaiting(next, containers),
    ],
  });
}

/** Compose starts the containers it has created once the gateway is healthy. It gets this much time. */
const COMPOSE_STARTS_MS = 10_000;

const patienceMs = ({ shared: { containers } }: State, id: string): number =>
  containers.byId[id]?.runState === 'created' ? COMPOSE_STARTS_MS : 0;

/** Restarts containers although nothing is wrong with their networks. */
export const askForForcedRestart = (state: State, containers: readonly Target[], at: number): Transition =>
  askForRepair(state, containers, at, { isForced: true });

/** Every dependent that can be restarted has been tried once. */
export const hasTriedAll = (state: State): boolean =>
  waveOf(state) === undefined &&
  Object.entries(state.repairs.pending).every(
    ([id, { failures }]) => failures > 0 || isHeldUp(state, state.shared.containers.byId[id]),
  );

const isHeldUp = (state: State, facts: ContainerFacts | undefined): boolean =>
  facts !== undefined && (facts.runState === 'paused' || blockedBy(state, facts) !== undefined);

/** Names of dependents that are still cut off after a try, or because their owner is. */
export const notRepaired = (state: State): readonly string[] =>
  Object.entries(state.repairs.pending)
    .filter(
      ([id, { failures }]) => failures > 0 || isCutOffWithOwner(state, state.shared.containers.byId[id]),
    )
    .map(([, { name }]) => name);

function isCutOffWithOwner(state: State, facts: ContainerFacts | undefined): boolean {
  const owner = facts && blockedBy(state, facts);
  return owner !== undefined && isCutOff(attachmentOf(state, owner));
}

/** Whether anything changed that decides if a repair is needed or possible. */
const mayNeed = (state: State, before: State): boolean =>
  state.shared.containers.byId !== before.shared.containers.byId ||
  state.gateway !== before.gateway ||
  state.shared.connection !== before.shared.connection ||
  state.shared.exits !== before.shared.exits ||
  state.recovery !== before.recovery ||
  state.dueSince !== before.dueSince ||
  state.shared.inFlight !== before.shared.inFlight ||
  state.repairs !== before.repairs;

/**
 * Asks for a repair of every dependent that is cut off, and of every re-creation that an earlier monitor left half
 * done. While a recovery is due, only for the latter: the recovery's restart will cut off the others once more.
 */
function askForNeeded(state: State, at: number): Transition {
  if (!isRepairTime(state)) return to(state);
  const { pending } = state.repairs;
  const wave = waveOf(state);
  const isNew = ({ id, name }: Target): boolean =>
    !(id in pending) && !(wave?.dependents.some((one) => one.id === id || one.name === name) ?? false);
  const needed = [
    ...(state.dueSince === undefined ? dependentsOf(state) : []).filter((facts) => needsRepair(state, facts)),
    ...parkedOf(state).map(({ facts: { id }, name }) => ({ id, name })),
  ].filter(isNew);
  return askForRepair(state, needed, at);
}

/**
 * Reports dependents that wait for an owner only the operator can repair. Dependents that are repaired after their
 * owner just wait their turn, and are not reported.
 */
const sayWaiting = (state: State, needed: readonly Target[]): readonly Notice[] =>
  needed.flatMap(({ id, name }): Notice[] => {
    const facts = state.shared.containers.byId[id];
    const owner = facts && blockedBy(state, facts);
    return owner === undefined ? [] : [{ kind: 'dependentHeldUpByOwner', name, owner: owner.name }];
  });

function needsRepair(state: State, facts: ContainerFacts): boolean {
  const attachment = attachmentOf(state, facts);
  return isCutOff(attachment) && (attachment !== 'orphaned' || whyNotRecreated(state) === undefined);
}

/** Drops repairs that are no longer needed: somebody else was faster, or the dependent is gone or was stopped. */
function prune(state: State): Transition {
  const pending = Object.entries(state.repairs.pending);
  if (pending.length === 0) return to(state);
  const concerned = [...dependentsOf(state), ...parkedOf(state).map(({ facts }) => facts)].map(
    ({ id }) => id,
  );
  const isLost = (id: string): boolean => state.gateway.value === 'ready' && !concerned.includes(id);
  const settled = pending.filter(
    ([id, repair]) => !isInWave(state, id) && (isLost(id) || isSettled(state, id, repair)),
  );
  const healed = settled.filter(
    ([id, { failures }]) => failures > 0 && isInNeedOfNothing(state, state.shared.containers.byId[id]),
  );
  return to(
    settled.reduce((soFar, [id]) => forget(soFar, id), state),
    { notices: healed.map(([, { name }]) => ({ kind: 'dependentRecovered', name })) },
  );
}

/** An orphan that has to be re-created by hand needs nothing from the monitor, but is far from well. */
const isInNeedOfNothing = (state: State, facts: ContainerFacts | undefined): boolean =>
  facts !== undefined && attachmentOf(state, facts) !== 'orphaned';

function isSettled(state: State, id: string, { failures, isForced }: Repair): boolean {
  const facts = state.shared.containers.byId[id];
  if (facts === undefined) return true;
  if (isParked(facts)) return false;
  const attachment = attachmentOf(state, facts);
  if (attachment === 'fresh' && isForced === true) return false;
  // Our own restart left it down, so we have to bring it back.
  if (attachment === 'stopped' && exitOf(state.shared, facts)?.by === 'monitor') return failures === 0;
  return (
    ['fresh', 'stopped'].includes(attachment) ||
    (attachment === 'orphaned' && whyNotRecreated(state) !== undefined)
  );
}

/** A recovery that is due goes first because of its rank, except before a half-done re-creation. */
const isRepairTime = ({ gateway, recovery, shared: { connection, isShuttingDown } }: State): boolean =>
  gateway.value === 'ready' &&
  connection.value === 'connected' &&
  (recovery.value === 'none' || recovery.value === 'repairing') &&
  !isShuttingDown;

function turnAt(state: State, id: string, repair: Repair): number {
  const facts = state.shared.containers.byId[id];
  const wantedSince = repair.failures === 0 ? repair.askedAt : repair.dueAt;
  return Math.max(repair.dueAt, facts === undefined ? 0 : quietAt(state, wantedSince, facts));
}

/** When the next repair is due. The end of an act and a ready gateway are events of their own. */
function dueAt(state: State): readonly number[] {
  if (state.shared.inFlight !== undefined || !isRepairTime(state)) return [];
  return Object.entries(state.repairs.pending).map(([id, repair]) => turnAt(state, id, repair));
}

/** Repairs that are due and wait for no other one: a wave for each rank. */
export function repairWishes(state: State, at: number): readonly Wish[] {
  const gateway = gatewayTarget(state.gateway);
  if (!isRepairTime(state) || gateway === undefined) return [];
  const due = Object.entries(state.repairs.pending).flatMap(([id, repair]) => {
    const facts = state.shared.containers.byId[id];
    const mustWait = facts === undefined || facts.runState === 'paused' || turnAt(state, id, repair) > at;
    return mustWait || waitsForOwner(state, facts) !== undefined ? [] : [facts];
  });
  const all = oneOfAName(firstOf(due, state).map((facts) => repairable(state, facts, gateway)));
  const start = runningStart(state.gateway)?.startedAt.text;
  const { restartConcurrency: concurrency } = state.settings;
  return RANKS.flatMap((rank): Wish[] => {
    const dependents = all.filter((dependent) => rankOf(state, dependent) === rank);
    if (dependents.length === 0) return [];
    const since = Math.min(...dependents.map(({ id }) => sinceWhen(state, id, at)));
    return [{ rank, since, deed: { kind: 'repairDependents', dependents, concurrency, gateway, start } }];
  });
}

function rankOf(state: State, { id, how }: Repairable): Rank {
  if (how === 'resume') return 'resume';
  const facts = state.shared.containers.byId[id];
  const isSound = facts !== undefined && attachmentOf(state, facts) === 'fresh';
  return isSound && state.repairs.pending[id]?.isForced === true ? 'afterReconnect' : 'repair';
}

const sinceWhen = (state: State, id: string, at: number): number => {
  const repair = state.repairs.pending[id];
  return repair === undefined ? at : turnAt(state, id, repair);
};

/** Each repair is reported as its turn comes. In a dry run none begins, so all are reported here. */
export const beginRepairs = (
  state: State,
  { dependents }: DeedOf<'repairDependents'>,
  at: number,
): Transition => (state.settings.dryRun ? sayWave(state, dependents, at) : to(state));

/** Reports what would be done, once, like a failure. */
const sayWave = (state: State, dependents: readonly Repairable[], at: number): Transition =>
  dependents.reduce((soFar, { id, name, how }) => {
    const next = tryAgainLater(soFar.state, id, at);
    const isFirst = next.repairs.pending[id]?.failures === 1;
    const notices = isFirst ? sayBegun(soFar.state, { id, name, how }).map(inDryRun) : [];
    return combine(soFar, to(next, { notices }));
  }, to(state));

/** Two acts on one name would collide, so the half-done re-creation comes first. */
const oneOfAName = (dependents: readonly Repairable[]): readonly Repairable[] =>
  dependents.filter(
    ({ id, name, how }) =>
      how === 'resume' || !dependents.some((other) => other.name === name && other.id !== id),
  );

/** Reports the end of repairs that belong to no recovery. A recovery reports its own end. */
function sayEnd(state: State, before: State): readonly Notice[] {
  const isBusy = waveOf(state) !== undefined || Object.keys(state.repairs.pending).length > 0;
  const isOver = !isBusy && waveOf(before) !== undefined;
  const { gateway, recovery } = state;
  // A gateway that has gone in the meantime has no container on its network.
  if (!isOver || recovery.value !== 'none' || gateway.value !== 'ready') return [];
  const cutOff = dependentsOf(state).some((facts) => isCutOff(attachmentOf(state, facts)));
  return cutOff ? [] : [{ kind: 'dependentsAllFresh', name: gateway.name }];
}
