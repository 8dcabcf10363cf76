import { attachmentOf, isRunning } from '../attachment.ts';
import type { Repairable } from '../commands.ts';
import { dependentsOf } from '../dependents-of.ts';
import { isYetToStart } from '../left-unstarted.ts';
import type { ContainerFacts, Event, RepairKind } from '../../streams/events.ts';
import type { Line } from '../log-line.ts';
import { ownersOf } from '../network.ts';
import { runningStart } from '../selectors.ts';
import type { Repair, Repairs, State, Wave } from '../state.ts';
import { type Transition, debug, duration, error, info, to } from '../transition.ts';

const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 300_000;

type Begun = Extract<Event, { type: 'dependentRepairBegun' }>;
type Ended = Extract<Event, { type: 'dependentRepairEnded' }>;

export const WORDS: Readonly<Record<RepairKind, { readonly doing: string; readonly done: string }>> = {
  restart: { doing: 'Restarting', done: 'restarted' },
  recreate: { doing: 'Re-creating', done: 're-created' },
  resume: { doing: 'Finishing the re-creation of', done: 're-created' },
};

/** What becomes of the wave under way: said as it happens, and kept for what follows from it. */
export function repairOutcomes(state: State, event: Event): Transition {
  const { wave } = state.repairs;
  if ('how' in event && !isInWave(wave, event.id)) return to(state);
  switch (event.type) {
    case 'dependentRepairBegun':
      return to(withWave(state, { begun: [...(wave?.begun ?? []), event.id] }), {
        lines: sayBegun(state, event),
      });
    case 'dependentParked':
      if (!isInWave(wave, event.id)) return to(state);
      return to(withWave(state, { parked: { ...wave?.parked, [event.name]: event.parkedAs } }), {
        lines: [debug(`${event.name} waits as ${event.parkedAs}`)],
      });
    case 'dependentRepairEnded':
      return ended(withWave(state, { answered: [...(wave?.answered ?? []), event.id] }), event);
    case 'commandFinished':
      if (wave?.commandId !== event.id) return to(state);
      if (!event.outcome.ok && event.outcome.untouched) return to(withRepairs(state, { wave: undefined }));
      return afterWave(
        state,
        wave,
        event.at,
        event.outcome.ok ? 'there was no answer' : event.outcome.reason,
      );
    default:
      return to(state);
  }
}

/** Of what is tried again and again only the first attempt is news. */
const sayBegun = (state: State, { id, name, how }: Begun): readonly Line[] => {
  const say = (state.repairs.pending[id]?.failures ?? 0) > 0 ? debug : info;
  return whatIsDone(state, { id, name, how }).map(say);
};

/** Of one that has never run it is not plain why it is started. */
export const whatIsDone = (
  { containers: { byId } }: State,
  { id, name, how }: Pick<Repairable, 'id' | 'name' | 'how'>,
): readonly string[] => [
  ...(isYetToStart(byId[id])
    ? [`Dependent container was never started, because its gateway was unhealthy: ${name}`]
    : []),
  `${WORDS[how].doing} ${name}...`,
];

/** Another gateway's wave is none of ours. */
const isInWave = (wave: Wave | undefined, id: string): boolean =>
  wave?.dependents.some((one) => one.id === id) ?? false;

function withWave(state: State, changes: Partial<Wave>): State {
  const { wave } = state.repairs;
  return wave === undefined ? state : withRepairs(state, { wave: { ...wave, ...changes } });
}

export const withRepairs = (state: State, changes: Partial<Repairs>): State => ({
  ...state,
  repairs: { ...state.repairs, ...changes },
});

export const forget = (state: State, id: string): State => {
  const { [id]: _, ...pending } = state.repairs.pending;
  return withRepairs(state, { pending });
};

function ended(state: State, event: Ended): Transition {
  const { id, name, how, outcome, at } = event;
  if (outcome.ok) return judge(state, event);
  if (outcome.gone) return to(forget(state, id), { lines: [info(`${name} is gone; nothing to restart`)] });
  if (outcome.untouched) {
    const told = how === 'resume' ? `${name}: ${outcome.reason}` : `${name} is left alone: ${outcome.reason}`;
    return to(postpone(state, id, at), { lines: [info(told)] });
  }
  return outcome.refused ? refused(state, event, outcome.reason) : failed(state, event, outcome.reason);
}

/** Nothing but a change of the container itself will help: it is looked at again, now and then. */
function refused(state: State, { id, name, at }: Ended, reason: string): Transition {
  const isKnown = (state.repairs.pending[id]?.failures ?? 0) > 0;
  const pending = {
    ...state.repairs.pending,
    [id]: { ...pendingOf(state, id, name, at), dueAt: at + LONGEST_RETRY_MS },
  };
  const others = sharersOf(state, id);
  const withIt = others.length === 0 ? '' : `; cut off with it until then: ${others.join(', ')}`;
  const told = `${name} cannot be re-created: ${reason}${withIt}`;
  return to(withRepairs(state, { pending }), { lines: [isKnown ? debug(told) : error(told)] });
}

const sharersOf = (state: State, id: string): readonly string[] =>
  dependentsOf(state)
    .filter((facts) => isRunning(facts) && ownersOf(facts, state).some((owner) => owner.id === id))
    .map(({ name }) => name);

const pendingOf = (state: State, id: string, name: string, at: number): Repair => {
  const known = state.repairs.pending[id];
  return { name, askedAt: at, dueAt: at, ...known, failures: (known?.failures ?? 0) + 1 };
};

/** Called restarted only when it was seen to be on the live network. What ended by itself is not started again. */
function judge(state: State, event: Ended): Transition {
  const { id, name, how, facts } = event;
  if (facts === undefined) return failed(state, event, 'it could not be inspected afterwards');
  const attachment = attachmentOf(state, facts);
  const { done } = WORDS[how];
  const code = String(facts.details?.exitCode ?? 0);
  if (attachment === 'stopped')
    return to(forget(state, id), {
      lines: [info(`${name} was ${done} and has ended by itself (exit code ${code})`)],
    });
  if (
    attachment === 'fresh' ||
    facts.runState === 'restarting' ||
    (attachment === 'apart' && isYoungerThanGateway(state, facts))
  )
    return to(forget(state, id), { lines: [info(`${name} ${done} successfully`)] });
  return failed(state, event, `it was ${done} but is not on the live network`);
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
function failed(
  state: State,
  { id, name, how, at }: Pick<Ended, 'id' | 'name' | 'how' | 'at'>,
  reason: string,
): Transition {
  const next = tryAgainLater(state, id, at, name);
  const { failures = 1, dueAt = at } = next.repairs.pending[id] ?? {};
  const told = `${WORDS[how].doing} ${name} failed: ${reason}; trying again in ${duration(dueAt - at)}`;
  return to(next, { lines: [failures === 1 ? error(told) : debug(told)] });
}

/** One more attempt has not succeeded: each makes the wait for the next one longer. */
export function tryAgainLater(state: State, id: string, at: number, name = id): State {
  const repair = pendingOf(state, id, name, at);
  const dueAt = at + Math.min(FIRST_RETRY_MS * 2 ** (repair.failures - 1), LONGEST_RETRY_MS);
  return withRepairs(state, { pending: { ...state.repairs.pending, [id]: { ...repair, dueAt } } });
}

/** Whoever of the wave has not answered counts as failed: the command itself has. */
function afterWave(state: State, wave: Wave, at: number, reason: string): Transition {
  const idle = withRepairs(state, { wave: undefined });
  const unanswered = wave.dependents.filter(
    ({ id }) => !wave.answered.includes(id) && id in idle.repairs.pending,
  );
  return unanswered.reduce((soFar, dependent) => {
    const next = failed(soFar.state, { ...dependent, at }, reason);
    return { ...next, lines: [...soFar.lines, ...next.lines] };
  }, to(idle));
}
