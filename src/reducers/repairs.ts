import { attachmentOf, isCutOff } from '../attachment.ts';
import { blockedBy, waitsForOwner } from '../awaited-owner.ts';
import type { ContainerFacts, Event } from '../../streams/events.ts';
import type { Repairable, Target } from '../commands.ts';
import { dependentsOf, parkedOf } from '../dependents-of.ts';
import { areTo, furtherReferences } from '../joined.ts';
import { ownersOf, serviceOf, servicesNeededBy } from '../network.ts';
import { isParked, parkedAs } from '../parked.ts';
import { gatewayTarget, isInWave, runningStart } from '../selectors.ts';
import type { Repair, State } from '../state.ts';
import { type Notice, inDryRun } from '../notices/notice.ts';
import { type Transition, then, to } from '../transition.ts';
import { forget, repairOutcomes, sayBegun, tryAgainLater, withRepairs } from './repair-outcomes.ts';
import { repairable } from './repairable.ts';
import { settledAt } from './settling.ts';

/**
 * Puts back whoever needs it, whoever brought that about, wave by wave: owners of a shared network first, then what
 * compose's depends_on asks for, the rest together. Only while the gateway is ready: on a gateway that is down a
 * restart leaves its container stopped for good.
 */
export function repairs(state: State, event: Event, before: State): Transition {
  const progress = repairOutcomes(state, event);
  const pruned = prune(progress.state);
  const asked = mayNeed(pruned.state, before) ? askForNeeded(pruned.state, event.at) : to(pruned.state);
  const wave = nextWave(asked.state, event.at);
  const notices = [progress, pruned, asked, wave].flatMap((step) => step.notices);
  return { ...wave, notices: [...notices, ...sayEnd(wave.state, before)] };
}

/** Adds to what is pending; who failed before and is still due later is tried now. */
export function askForRepair(
  state: State,
  containers: readonly Target[],
  at: number,
  how: Pick<Repair, 'isForced'> = {},
): Transition {
  if (containers.length === 0) return to(state);
  const asked = containers.map(({ id, name }): [string, Repair] => [
    id,
    { name, failures: 0, askedAt: at, dueAt: at + patienceMs(state, id), ...how },
  ]);
  const paused = containers.filter(({ id }) => state.containers.byId[id]?.runState === 'paused');
  const next = withRepairs(state, { pending: { ...state.repairs.pending, ...Object.fromEntries(asked) } });
  return to(next, {
    notices: [
      ...paused.map(({ name }): Notice => ({ kind: 'dependentHeldUpByPause', name })),
      ...sayWaiting(next, containers),
    ],
  });
}

/** Compose is given time to start what it has created, as it does once the gateway is healthy. */
const COMPOSE_STARTS_MS = 10_000;

const patienceMs = ({ containers }: State, id: string): number =>
  containers.byId[id]?.runState === 'created' ? COMPOSE_STARTS_MS : 0;

/** Though nothing is wrong with their networks. */
export const askForForcedRestart = (state: State, containers: readonly Target[], at: number): Transition =>
  askForRepair(state, containers, at, { isForced: true });

/** Everyone who can be restarted has had a first try. */
export const hasTriedAll = (state: State): boolean =>
  state.repairs.wave === undefined &&
  Object.entries(state.repairs.pending).every(
    ([id, { failures }]) => failures > 0 || isHeldUp(state, state.containers.byId[id]),
  );

const isHeldUp = (state: State, facts: ContainerFacts | undefined): boolean =>
  facts !== undefined && (facts.runState === 'paused' || blockedBy(state, facts) !== undefined);

/** Names of those that are still cut off though everyone has had a try, and of those that are so with them. */
export const notRepaired = (state: State): readonly string[] =>
  Object.entries(state.repairs.pending)
    .filter(([id, { failures }]) => failures > 0 || isCutOffWithOwner(state, state.containers.byId[id]))
    .map(([, { name }]) => name);

function isCutOffWithOwner(state: State, facts: ContainerFacts | undefined): boolean {
  const owner = facts && blockedBy(state, facts);
  return owner !== undefined && isCutOff(attachmentOf(state, owner));
}

/** Of all that an attachment, and whether anything may be done about it, follow from. */
const mayNeed = (state: State, before: State): boolean =>
  state.containers.byId !== before.containers.byId ||
  state.gateway !== before.gateway ||
  state.connection !== before.connection ||
  state.endings !== before.endings ||
  state.recovery !== before.recovery ||
  state.repairs !== before.repairs;

/** Who is cut off, however that came about, and what an earlier monitor has left half done. */
function askForNeeded(state: State, at: number): Transition {
  if (!isRepairTime(state)) return to(state);
  const { wave, pending } = state.repairs;
  const isNew = ({ id, name }: Target): boolean =>
    !(id in pending) && !(wave?.dependents.some((one) => one.id === id || one.name === name) ?? false);
  const needed = [
    ...dependentsOf(state).filter((facts) => needsRepair(state, facts)),
    ...parkedOf(state).map(({ facts: { id }, name }) => ({ id, name })),
  ].filter(isNew);
  return askForRepair(state, needed, at);
}

/** For one that nobody repairs, but its operator: those that are repaired with it only wait their turn. */
const sayWaiting = (state: State, needed: readonly Target[]): readonly Notice[] =>
  needed.flatMap(({ id, name }): Notice[] => {
    const facts = state.containers.byId[id];
    const owner = facts && blockedBy(state, facts);
    return owner === undefined ? [] : [{ kind: 'dependentHeldUpByOwner', name, owner: owner.name }];
  });

function needsRepair(state: State, facts: ContainerFacts): boolean {
  const attachment = attachmentOf(state, facts);
  return isCutOff(attachment) && (attachment !== 'orphaned' || state.settings.autoRecreate);
}

/** Somebody else was faster, or it is gone, or was stopped meanwhile: then there is nothing left to do. */
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
    ([id, { failures }]) => failures > 0 && isInNeedOfNothing(state, state.containers.byId[id]),
  );
  return to(
    settled.reduce((soFar, [id]) => forget(soFar, id), state),
    { notices: healed.map(([, { name }]) => ({ kind: 'dependentRecovered', name })) },
  );
}

/** An orphan that must be re-created by hand is settled, for us, and far from well. */
const isInNeedOfNothing = (state: State, facts: ContainerFacts | undefined): boolean =>
  facts !== undefined && attachmentOf(state, facts) !== 'orphaned';

function isSettled(state: State, id: string, { failures, isForced }: Repair): boolean {
  const facts = state.containers.byId[id];
  if (facts === undefined) return true;
  if (isParked(facts)) return false;
  const attachment = attachmentOf(state, facts);
  if (attachment === 'fresh' && isForced === true) return false;
  // Our own restart has left it down: it is ours to bring it back.
  if (attachment === 'stopped' && state.endings[id]?.value === 'ours') return failures === 0;
  return (
    ['fresh', 'stopped'].includes(attachment) || (attachment === 'orphaned' && !state.settings.autoRecreate)
  );
}

/** Not while the gateway may be about to be restarted: a wave decided now would run after that. */
export const isRepairTime = ({ gateway, connection, recovery, ending }: State): boolean =>
  gateway.value === 'ready' &&
  connection.value === 'connected' &&
  (recovery.value === 'none' || recovery.value === 'repairing') &&
  !ending;

const mayRepair = (state: State): boolean => state.repairs.wave === undefined && isRepairTime(state);

const dueAt = (state: State, repair: Repair): number =>
  Math.max(repair.dueAt, settledAt(state, repair.askedAt));

/** When the next one is due; a wave that ends and a gateway that becomes ready are events of their own. */
export const retriesDueAt = (state: State): readonly number[] =>
  mayRepair(state) ? Object.values(state.repairs.pending).map((repair) => dueAt(state, repair)) : [];

function nextWave(state: State, at: number): Transition {
  const gateway = gatewayTarget(state.gateway);
  if (!mayRepair(state) || gateway === undefined) return to(state);
  const due = Object.entries(state.repairs.pending).flatMap(([id, repair]) => {
    const facts = state.containers.byId[id];
    const mustWait = facts === undefined || facts.runState === 'paused' || dueAt(state, repair) > at;
    return mustWait || waitsForOwner(state, facts) !== undefined ? [] : [facts];
  });
  const dependents = oneOfAName(firstOf(due, state).map((facts) => repairable(state, facts, gateway)));
  if (dependents.length === 0) return to(state);
  if (state.settings.dryRun) return sayWave(state, dependents, at);
  const id = state.nextId;
  const start = runningStart(state.gateway)?.startedAt.text;
  const { restartConcurrency: concurrency } = state.settings;
  const wave = { commandId: id, dependents, begun: [], answered: [], parked: {} };
  return to(withRepairs({ ...state, nextId: id + 1 }, { wave }), {
    commands: [{ kind: 'repairDependents', id, dependents, concurrency, gateway, start }],
  });
}

/** What would be done; said once, as a failure is. */
const sayWave = (state: State, dependents: readonly Repairable[], at: number): Transition =>
  dependents.reduce((soFar, { id, name, how }) => {
    const next = tryAgainLater(soFar.state, id, at);
    const isFirst = next.repairs.pending[id]?.failures === 1;
    const notices = isFirst ? sayBegun(soFar.state, { id, name, how }).map(inDryRun) : [];
    return then(soFar, to(next, { notices }));
  }, to(state));

/** Two acts about one name would meet: what was left half done comes first. */
const oneOfAName = (dependents: readonly Repairable[]): readonly Repairable[] =>
  dependents.filter(
    ({ id, name, how }) =>
      how === 'resume' || !dependents.some((other) => other.name === name && other.id !== id),
  );

/** Those that wait for none of the others; all of them where they wait for each other in a circle. */
function firstOf(due: readonly ContainerFacts[], state: State): readonly ContainerFacts[] {
  const waits = (one: ContainerFacts): boolean =>
    due.some((other) => other.id !== one.id && isBefore(other, one, state));
  const ready = due.filter((one) => !waits(one));
  return ready.length === 0 ? due : ready;
}

const isBefore = (other: ContainerFacts, one: ContainerFacts, state: State): boolean =>
  ownersOf(one, state).some(({ id }) => id === other.id) ||
  servicesNeededBy(one).includes(serviceOf(other)) ||
  areTo(furtherReferences(one), { id: other.id, name: parkedAs(other)?.name ?? other.name });

/** Of repairs that no recovery asked for; a recovery says its own end. */
function sayEnd(state: State, before: State): readonly Notice[] {
  const isBusy = ({ repairs: { pending, wave } }: State): boolean =>
    wave !== undefined || Object.keys(pending).length > 0;
  const isOver = isBusy(before) && !isBusy(state) && before.repairs.wave !== undefined;
  const { gateway, recovery } = state;
  // One that went away meanwhile, with the last of them or without, has nobody on its network.
  if (!isOver || recovery.value !== 'none' || gateway.value !== 'ready') return [];
  const cutOff = dependentsOf(state).some((facts) => isCutOff(attachmentOf(state, facts)));
  return cutOff ? [] : [{ kind: 'dependentsAllFresh', name: gateway.name }];
}
