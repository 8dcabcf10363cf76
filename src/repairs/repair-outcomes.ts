import { attachmentOf, isRunning } from '../model/attachment.ts';
import type { Repairable } from '../model/act.ts';
import { isInWave, outcomeOf, waveOf, withProgress } from '../model/in-flight.ts';
import { dependentsOf } from '../model/dependents-of.ts';
import { isYetToStart } from '../model/left-unstarted.ts';
import type { ContainerFacts, Event } from '../../streams/events.ts';
import { ownersOf } from '../model/network.ts';
import { runningStart } from '../model/selectors.ts';
import type { Repair, RepairFailure, Repairs, State } from '../model/state.ts';
import type { Notice } from '../notices/notice.ts';
import { type Transition, combine, to } from '../model/transition.ts';

const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 300_000;

type Ended = Extract<Event, { type: 'dependentRepairEnded' }>;

/** Reports the progress of the wave under way, and keeps what later decisions need. */
export function repairOutcomes(state: State, event: Event, before: State): Transition {
  const wave = waveOf(state);
  // Another gateway's wave does not concern this one.
  if ('how' in event && !isInWave(state, event.id)) return to(state);
  switch (event.type) {
    case 'dependentRepairBegun':
      return to(withProgress(state, { begun: [...(wave?.begun ?? []), event.id] }), {
        notices: sayBegun(state, event),
      });
    case 'dependentParked':
      if (!isInWave(state, event.id)) return to(state);
      return to(withProgress(state, { parked: { ...wave?.parked, [event.name]: event.parkedAs } }), {
        notices: [{ kind: 'dependentParked', name: event.name, parkedAs: event.parkedAs }],
      });
    case 'dependentRepairEnded':
      return ended(withProgress(state, { answered: [...(wave?.answered ?? []), event.id] }), event);
    case 'actEnded':
      return afterWave(state, event, before);
    default:
      return to(state);
  }
}

/** Only the first attempt is news. */
export const sayBegun = (
  { repairs, shared: { containers } }: State,
  { id, name, how }: Pick<Repairable, 'id' | 'name' | 'how'>,
): readonly Notice[] => {
  const attempt = (repairs.pending[id]?.failures ?? 0) + 1;
  return [
    // Without this it is not clear why a container that has never run is started.
    ...(isYetToStart(containers.byId[id]) ? [{ kind: 'dependentNeverStarted' as const, name, attempt }] : []),
    { kind: 'dependentRepairBegun', name, repair: how, attempt },
  ];
};

export const withRepairs = (state: State, changes: Partial<Repairs>): State => ({
  ...state,
  repairs: { ...state.repairs, ...changes },
});

/** Returns the same object if no repair of it is pending. */
export const forget = (state: State, id: string): State => {
  const { [id]: repair, ...pending } = state.repairs.pending;
  return repair === undefined ? state : withRepairs(state, { pending });
};

function ended(state: State, event: Ended): Transition {
  const { id, name, how, outcome, at } = event;
  if (outcome.ok) return judge(state, event);
  if (outcome.gone) return to(forget(state, id), { notices: [{ kind: 'dependentGone', name }] });
  if (outcome.isSkipped)
    return to(postpone(state, id, at), {
      notices: [{ kind: 'dependentLeftAlone', name, repair: how, reason: outcome.reason }],
    });
  return outcome.refused ? refused(state, event, outcome.reason) : failed(state, event, outcome);
}

/** Only a change of the container itself will help, so it is looked at again from time to time. */
function refused(state: State, { id, name, at }: Ended, reason: string): Transition {
  const attempt = (state.repairs.pending[id]?.failures ?? 0) + 1;
  const pending = {
    ...state.repairs.pending,
    [id]: {
      ...pendingOf(state, id, name, at),
      dueAt: at + LONGEST_RETRY_MS,
      failure: { isRefused: true, reason },
    },
  };
  const cutOffWithIt = sharersOf(state, id);
  return to(withRepairs(state, { pending }), {
    notices: [{ kind: 'recreationRefused', name, reason, cutOffWithIt, attempt }],
  });
}

const sharersOf = (state: State, id: string): readonly string[] =>
  dependentsOf(state)
    .filter((facts) => isRunning(facts) && ownersOf(facts, state).some((owner) => owner.id === id))
    .map(({ name }) => name);

const pendingOf = (state: State, id: string, name: string, at: number): Repair => {
  const known = state.repairs.pending[id];
  return { name, askedAt: at, dueAt: at, ...known, failures: (known?.failures ?? 0) + 1 };
};

/** Reported as repaired only if it was seen on the live network. If it ended by itself, it is not started again. */
function judge(before: State, event: Ended): Transition {
  const { id, name, how, facts } = event;
  if (facts === undefined) return failed(before, event, { fault: 'notInspected' });
  const state = withRestored(before, facts);
  const attachment = attachmentOf(state, facts);
  if (attachment === 'stopped')
    return to(forget(state, id), {
      notices: [{ kind: 'dependentExited', name, repair: how, exitCode: facts.details?.exitCode ?? 0 }],
    });
  if (
    attachment === 'fresh' ||
    facts.runState === 'restarting' ||
    (attachment === 'apart' && isYoungerThanGateway(state, facts))
  )
    return to(forget(state, id), { notices: [{ kind: 'dependentRepaired', name, repair: how }] });
  return failed(state, event, { fault: 'notOnLiveNetwork' });
}

/**
 * The gateway was inspected before the restart and is still in that run, so the dependent joined its live network,
 * whatever the timestamps say. Without this, a clock that was set back would cause useless restarts until it has
 * caught up.
 */
function withRestored(state: State, { id, details, runState }: ContainerFacts): State {
  const {
    gateway,
    repairs,
    shared: { inFlight, containers },
  } = state;
  const owner = gateway.value === 'ready' ? containers.byId[gateway.id]?.details : undefined;
  const act = inFlight?.act.kind === 'repairDependents' ? inFlight.act : undefined;
  const isAnew = act?.dependents.find((one) => one.id === id)?.startedAt !== details?.startedAt;
  const isOnIt = isAnew && act?.start === owner?.startedAt;
  const isDenied = (details?.startedAtMs ?? Infinity) < (owner?.startedAtMs ?? 0);
  if (owner === undefined || details === undefined || runState !== 'running' || !isOnIt || !isDenied)
    return state;
  const others = Object.entries(repairs.restored).filter(([other]) => other in containers.byId);
  const restored = {
    ...Object.fromEntries(others),
    [id]: { run: details.startedAt, ownerRun: owner.startedAt },
  };
  return withRepairs(state, { restored });
}

const isYoungerThanGateway = (state: State, facts: ContainerFacts): boolean =>
  (facts.details?.startedAtMs ?? 0) > (runningStart(state.gateway)?.startedAt.engineMs ?? Infinity);

/** Nothing was done. Another look shows whether there is anything left to do. */
const postpone = (state: State, id: string, at: number): State => {
  const repair = state.repairs.pending[id];
  return repair === undefined
    ? state
    : withRepairs(state, {
        pending: { ...state.repairs.pending, [id]: { ...repair, dueAt: at + FIRST_RETRY_MS } },
      });
};

/** Retries with a growing delay until it works; reported once. */
function failed(
  state: State,
  { id, name, how, at }: Pick<Ended, 'id' | 'name' | 'how' | 'at'>,
  { reason, fault }: Why,
): Transition {
  const next = tryAgainLater(state, id, at, name, {
    isRefused: false,
    ...(reason !== undefined && { reason }),
    ...(fault && { fault }),
  });
  const { failures = 1, dueAt = at } = next.repairs.pending[id] ?? {};
  const retryInMs = dueAt - at;
  const facts = { name, repair: how, reason, fault, retryInMs, attempt: failures };
  return to(next, { notices: [{ kind: 'dependentRepairFailed', ...facts }] });
}

type Why = Omit<RepairFailure, 'isRefused'>;

/** Counts one more failed attempt. Each one makes the wait for the next longer. */
export function tryAgainLater(
  state: State,
  id: string,
  at: number,
  name = id,
  failure?: RepairFailure,
): State {
  const repair = pendingOf(state, id, name, at);
  const dueAt = at + Math.min(FIRST_RETRY_MS * 2 ** (repair.failures - 1), LONGEST_RETRY_MS);
  return withRepairs(state, {
    pending: { ...state.repairs.pending, [id]: { ...repair, dueAt, ...(failure && { failure }) } },
  });
}

/**
 * When the act ends, a dependent without an outcome counts as failed, or as left alone if the whole act was skipped.
 */
function afterWave(state: State, event: Event, before: State): Transition {
  const { at } = event;
  const [wave, outcome] = [waveOf(before), outcomeOf(event, before, 'repairDependents')];
  if (wave === undefined || outcome === undefined) return to(state);
  const why: Why = outcome.ok ? { fault: 'noAnswer' } : { reason: outcome.reason };
  const isUntouched = !outcome.ok && outcome.isSkipped === true;
  return wave.dependents
    .filter(({ id }) => !wave.answered.includes(id) && id in state.repairs.pending)
    .reduce(
      (soFar, dependent) =>
        isUntouched
          ? to(postpone(soFar.state, dependent.id, at))
          : combine(soFar, failed(soFar.state, { ...dependent, at }, why)),
      to(state),
    );
}
