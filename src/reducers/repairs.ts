import { attachmentOf, isRunning } from '../attachment.ts';
import type { ContainerFacts, Event } from '../../streams/events.ts';
import { COMPOSE_DEPENDS_ON, COMPOSE_PROJECT, COMPOSE_SERVICE } from '../../streams/labels.ts';
import type { Target } from '../commands.ts';
import { ownersOf, runningStart } from '../selectors.ts';
import type { Repair, Repairs, State } from '../state.ts';
import { type Transition, debug, duration, error, info, to } from '../transition.ts';

const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 300_000;

type Ended = Extract<Event, { type: 'dependentRestartEnded' }>;

/**
 * Puts back who is pending, wave by wave: owners of a shared network first, then what compose's depends_on asks
 * for, the rest together. Only while the gateway is ready: on a gateway that is down a restart leaves its
 * container stopped for good.
 */
export function repairs(state: State, event: Event): Transition {
  const progress = follow(state, event);
  const pruned = prune(progress.state);
  const wave = nextWave(pruned, event.at);
  return { state: wave.state, commands: wave.commands, lines: progress.lines };
}

function follow(state: State, event: Event): Transition {
  const { wave } = state.repairs;
  switch (event.type) {
    case 'dependentRestartBegun':
      return to(state, { lines: [info(`Restarting ${event.name}...`)] });
    case 'dependentRestartEnded':
      return ended(state, event);
    case 'commandFinished':
      if (wave?.commandId !== event.id) return to(state);
      return afterWave(
        state,
        wave.ids,
        event.at,
        event.outcome.ok ? 'the restart gave no answer' : event.outcome.reason,
      );
    default:
      return to(state);
  }
}

/** Called restarted only when it was seen to be on the live network. */
function ended(state: State, { id, name, outcome, facts, at }: Ended): Transition {
  if (!outcome.ok && outcome.gone)
    return to(forget(state, id), { lines: [info(`${name} is gone; nothing to restart`)] });
  if (!outcome.ok) return failed(state, id, name, outcome.reason, at);
  if (facts !== undefined && isBack(state, facts))
    return to(forget(state, id), { lines: [info(`${name} restarted successfully`)] });
  return failed(state, id, name, 'it was restarted but is not on the live network', at);
}

function isBack(state: State, facts: ContainerFacts): boolean {
  const attachment = attachmentOf(state, facts);
  if (attachment !== 'apart') return attachment === 'fresh';
  const gatewayStart = runningStart(state.gateway)?.startedAt?.engineMs ?? 0;
  return isRunning(facts) && (facts.details?.startedAtMs ?? 0) > gatewayStart;
}

/** Reported once, tried again with growing delay until it works. */
function failed(state: State, id: string, name: string, reason: string, at: number): Transition {
  const failures = (state.repairs.pending[id]?.failures ?? 0) + 1;
  const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS);
  const told = `Restarting ${name} failed: ${reason}; trying again in ${duration(waitMs)}`;
  const pending = { ...state.repairs.pending, [id]: { name, failures, dueAt: at + waitMs } };
  return to(withRepairs(state, { pending }), { lines: [failures === 1 ? error(told) : debug(told)] });
}

/** Whoever of the wave is still due was never answered for. */
function afterWave(state: State, ids: readonly string[], at: number, reason: string): Transition {
  const idle = withRepairs(state, { wave: undefined });
  const unanswered = ids.filter((id) => (idle.repairs.pending[id]?.dueAt ?? Infinity) <= at);
  return unanswered.reduce((soFar, id) => {
    const next = failed(soFar.state, id, idle.repairs.pending[id]?.name ?? id, reason, at);
    return { ...next, lines: [...soFar.lines, ...next.lines] };
  }, to(idle));
}

const withRepairs = (state: State, changes: Partial<Repairs>): State => ({
  ...state,
  repairs: { ...state.repairs, ...changes },
});

const forget = (state: State, id: string): State => {
  const { [id]: _, ...pending } = state.repairs.pending;
  return withRepairs(state, { pending });
};

/** Somebody else was faster, or it is gone, or was stopped meanwhile: then there is nothing left to do. */
function prune(state: State): State {
  const { pending, wave } = state.repairs;
  const isSettled = ([id, repair]: [string, Repair]): boolean => {
    const facts = state.containers.byId[id];
    if (facts === undefined) return state.containers.listed;
    if (wave?.ids.includes(id)) return false;
    const attachment = attachmentOf(state, facts);
    return attachment === 'fresh' || (attachment === 'stopped' && repair.failures === 0);
  };
  const settled = Object.entries(pending).filter(isSettled);
  return settled.reduce((soFar, [id]) => forget(soFar, id), state);
}

function nextWave(state: State, at: number): Transition {
  const { pending, wave } = state.repairs;
  if (
    wave !== undefined ||
    state.gateway.value !== 'ready' ||
    state.connection.value !== 'connected' ||
    state.ending
  )
    return to(state);
  const due = Object.entries(pending).filter(([, { dueAt }]) => dueAt <= at);
  const dependents = firstOf(
    due.map(([id, { name }]) => ({ id, name })),
    state,
  );
  if (dependents.length === 0) return to(state);
  const id = state.nextId;
  const next = withRepairs(
    { ...state, nextId: id + 1 },
    { wave: { commandId: id, ids: dependents.map((target) => target.id) } },
  );
  return to(next, {
    commands: [{ kind: 'restartDependents', id, dependents, concurrency: state.settings.restartConcurrency }],
  });
}

/** Those that wait for none of the others; all of them where they wait for each other in a circle. */
function firstOf(due: readonly Target[], state: State): readonly Target[] {
  const facts = due.map(({ id }) => state.containers.byId[id]).filter((known) => known !== undefined);
  const waits = (one: ContainerFacts): boolean =>
    facts.some((other) => other.id !== one.id && isBefore(other, one, state));
  const ready = facts.filter((one) => !waits(one)).map(({ id, name }) => ({ id, name }));
  return ready.length === 0 ? due : ready;
}

const isBefore = (other: ContainerFacts, one: ContainerFacts, { containers }: State): boolean =>
  ownersOf(one, containers.byId).some(({ id }) => id === other.id) ||
  servicesNeededBy(one).includes(serviceOf(other));

const serviceOf = ({ labels }: ContainerFacts): string =>
  `${labels[COMPOSE_PROJECT] ?? ''}/${labels[COMPOSE_SERVICE] ?? ''}`;

const servicesNeededBy = ({ labels }: ContainerFacts): readonly string[] =>
  (labels[COMPOSE_DEPENDS_ON] ?? '')
    .split(',')
    .filter((entry) => entry !== '')
    .map((entry) => `${labels[COMPOSE_PROJECT] ?? ''}/${entry.split(':')[0] ?? ''}`);
