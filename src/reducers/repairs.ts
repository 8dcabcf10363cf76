import { attachmentOf } from '../attachment.ts';
import type { ContainerFacts, Event } from '../../streams/events.ts';
import { COMPOSE_DEPENDS_ON, COMPOSE_PROJECT, COMPOSE_SERVICE } from '../../streams/labels.ts';
import type { Target } from '../commands.ts';
import { gatewayTarget, ownersOf, runningStart } from '../selectors.ts';
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
  const wave = nextWave(pruned.state, event.at);
  return { state: wave.state, commands: wave.commands, lines: [...progress.lines, ...pruned.lines] };
}

/** Adds to what is pending; who failed before and is still due later is tried now. */
export function askForRepair(state: State, containers: readonly ContainerFacts[], at: number): Transition {
  const asked = containers.map(({ id, name }): [string, Repair] => [id, { name, failures: 0, dueAt: at }]);
  const paused = containers.filter(({ runState }) => runState === 'paused');
  return to(withRepairs(state, { pending: { ...state.repairs.pending, ...Object.fromEntries(asked) } }), {
    lines: paused.map(({ name }) => info(`${name} is paused; it is restarted when it is resumed`)),
  });
}

/** Everyone who can be restarted has had a first try. */
export const hasTriedAll = ({ repairs: { wave, pending }, containers }: State): boolean =>
  wave === undefined &&
  Object.entries(pending).every(
    ([id, { failures }]) => failures > 0 || containers.byId[id]?.runState === 'paused',
  );

function follow(state: State, event: Event): Transition {
  const { wave } = state.repairs;
  switch (event.type) {
    case 'dependentRestartBegun':
      return to(state, { lines: [info(`Restarting ${event.name}...`)] });
    case 'dependentRestartEnded':
      return ended(answered(state, event.id), event);
    case 'commandFinished':
      if (wave?.commandId !== event.id) return to(state);
      return afterWave(
        state,
        wave,
        event.at,
        event.outcome.ok ? 'the restart gave no answer' : event.outcome.reason,
      );
    default:
      return to(state);
  }
}

const answered = (state: State, id: string): State => {
  const { wave } = state.repairs;
  return wave === undefined
    ? state
    : withRepairs(state, { wave: { ...wave, answered: [...wave.answered, id] } });
};

function ended(state: State, { id, name, outcome, facts, at }: Ended): Transition {
  if (outcome.ok) return judge(state, id, name, facts, at);
  if (outcome.gone) return to(forget(state, id), { lines: [info(`${name} is gone; nothing to restart`)] });
  if (outcome.untouched)
    return to(postpone(state, id, at), { lines: [info(`${name} is left alone: ${outcome.reason}`)] });
  return failed(state, id, name, outcome.reason, at);
}

/** Called restarted only when it was seen to be on the live network. What ended by itself is not started again. */
function judge(
  state: State,
  id: string,
  name: string,
  facts: ContainerFacts | undefined,
  at: number,
): Transition {
  if (facts === undefined) return failed(state, id, name, 'it could not be inspected afterwards', at);
  const attachment = attachmentOf(state, facts);
  if (attachment === 'stopped')
    return to(forget(state, id), {
      lines: [
        info(
          `${name} was restarted and has ended by itself (exit code ${String(facts.details?.exitCode ?? 0)})`,
        ),
      ],
    });
  if (attachment === 'fresh' || (attachment === 'apart' && isYoungerThanGateway(state, facts)))
    return to(forget(state, id), { lines: [info(`${name} restarted successfully`)] });
  return failed(state, id, name, 'it was restarted but is not on the live network', at);
}

const isYoungerThanGateway = (state: State, facts: ContainerFacts): boolean =>
  (facts.details?.startedAtMs ?? 0) > (runningStart(state.gateway)?.startedAt?.engineMs ?? Infinity);

/** Nothing was done: it is looked at again, which tells whether there is anything left to do. */
const postpone = (state: State, id: string, at: number): State => {
  const repair = state.repairs.pending[id];
  return repair === undefined
    ? state
    : withRepairs(state, {
        pending: { ...state.repairs.pending, [id]: { ...repair, dueAt: at + FIRST_RETRY_MS } },
      });
};

/** Reported once, tried again with growing delay until it works. */
function failed(state: State, id: string, name: string, reason: string, at: number): Transition {
  const failures = (state.repairs.pending[id]?.failures ?? 0) + 1;
  const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS);
  const told = `Restarting ${name} failed: ${reason}; trying again in ${duration(waitMs)}`;
  const pending = { ...state.repairs.pending, [id]: { name, failures, dueAt: at + waitMs } };
  return to(withRepairs(state, { pending }), { lines: [failures === 1 ? error(told) : debug(told)] });
}

/** Whoever of the wave has not answered counts as failed: the command itself has. */
function afterWave(state: State, wave: NonNullable<Repairs['wave']>, at: number, reason: string): Transition {
  const idle = withRepairs(state, { wave: undefined });
  const unanswered = wave.ids.filter((id) => !wave.answered.includes(id) && id in idle.repairs.pending);
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
function prune(state: State): Transition {
  const settled = Object.entries(state.repairs.pending).filter(([id]) => isSettled(state, id));
  const healed = settled.filter(
    ([id, { failures }]) => failures > 0 && state.containers.byId[id] !== undefined,
  );
  return to(
    settled.reduce((soFar, [id]) => forget(soFar, id), state),
    { lines: healed.map(([, { name }]) => info(`${name} needs no restart any more`)) },
  );
}

function isSettled(state: State, id: string): boolean {
  const facts = state.containers.byId[id];
  if (facts === undefined) return state.containers.listed;
  if (state.repairs.wave?.ids.includes(id)) return false;
  return ['fresh', 'stopped'].includes(attachmentOf(state, facts));
}

/** Not while the gateway may be about to be restarted: a wave decided now would run after that. */
const mayRepair = ({ repairs: { wave }, gateway, connection, recovery, ending }: State): boolean =>
  wave === undefined &&
  gateway.value === 'ready' &&
  connection.value === 'connected' &&
  (recovery.value === 'none' || recovery.value === 'repairing') &&
  !ending;

/** When the next retry is due; a wave that ends and a gateway that becomes ready are events of their own. */
export const retriesDueAt = (state: State): readonly number[] =>
  mayRepair(state) ? Object.values(state.repairs.pending).map(({ dueAt }) => dueAt) : [];

function nextWave(state: State, at: number): Transition {
  const gateway = gatewayTarget(state.gateway);
  if (!mayRepair(state) || gateway === undefined) return to(state);
  const isDue = ([id, { dueAt }]: [string, Repair]): boolean =>
    dueAt <= at && state.containers.byId[id]?.runState !== 'paused';
  const due = Object.entries(state.repairs.pending).filter(isDue);
  const dependents = firstOf(
    due.map(([id, { name }]) => ({ id, name })),
    state,
  );
  if (dependents.length === 0) return to(state);
  const id = state.nextId;
  const ids = dependents.map((target) => target.id);
  const start = runningStart(state.gateway)?.startedAt?.text;
  return to(withRepairs({ ...state, nextId: id + 1 }, { wave: { commandId: id, ids, answered: [] } }), {
    commands: [
      {
        kind: 'restartDependents',
        id,
        dependents,
        concurrency: state.settings.restartConcurrency,
        gateway,
        start,
      },
    ],
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
