import type { Event } from '../../streams/events.ts';
import { gatewayTarget, nameOf } from '../selectors.ts';
import type { Recovery, Starts, State } from '../state.ts';
import { type Transition, error, to, warn } from '../transition.ts';

type AwaitingReady = Extract<Recovery, { value: 'awaitingReady' }>;

/** How long a gateway that went down in the recovery may take to come back by itself. */
const FIRST_START_MS = 10_000;
const LONGEST_START_MS = 300_000;

/**
 * A gateway that went down in the recovery and stayed so: it is started, for nobody else will. Never one that its
 * operator stopped, nor while its restart policy may do it.
 */
export function startLeftBehind(state: State, event: Event): Transition {
  const ended = attemptEnded(state, event);
  const { recovery: phase, gateway } = ended.state;
  const dueAt = startDueAt(ended.state);
  // On any event: an attempt that took long, or an engine that was away, leaves the next one due in the past.
  if (phase.value !== 'awaitingReady' || dueAt === undefined || dueAt > event.at) return ended;
  const target = gatewayTarget(gateway);
  if (target === undefined) return ended;
  const commandId = ended.state.nextId;
  const starts = { attempts: phase.starts.attempts + 1, lastAt: event.at, commandId };
  const lines = starts.attempts === 1 ? [warn(`${target.name} has not come back; starting it`)] : [];
  return to(
    { ...withStarts(ended.state, phase, starts), nextId: commandId + 1 },
    {
      lines: [...ended.lines, ...lines],
      commands: [{ kind: 'startGateway', id: commandId, gateway: target }],
    },
  );
}

/** When the next attempt is due; each waits twice as long as the one before. */
export function startDueAt({ gateway, recovery: phase, connection, ending }: State): number | undefined {
  if (ending || connection.value !== 'connected') return undefined;
  if (phase.value !== 'awaitingReady' || gateway.value !== 'down' || phase.starts.commandId !== undefined)
    return undefined;
  if (gateway.cause !== 'ourRestart' && gateway.cause !== 'crash') return undefined;
  const { attempts, lastAt } = phase.starts;
  return Math.max(
    gateway.since + FIRST_START_MS,
    lastAt + Math.min(FIRST_START_MS * 2 ** attempts, LONGEST_START_MS),
  );
}

/** A failure is said for the first attempt; the others are as good as this one. */
function attemptEnded(state: State, event: Event): Transition {
  const phase = state.recovery;
  if (
    phase.value !== 'awaitingReady' ||
    event.type !== 'commandFinished' ||
    event.id !== phase.starts.commandId
  )
    return to(state);
  const isFirstFailure = !event.outcome.ok && phase.starts.attempts === 1;
  const lines = isFirstFailure
    ? [error(`Starting ${nameOf(state)} failed: ${reasonIn(event)}; trying again`)]
    : [];
  return to(withStarts(state, phase, { ...phase.starts, commandId: undefined }), { lines });
}

const reasonIn = ({ outcome }: Extract<Event, { type: 'commandFinished' }>): string =>
  outcome.ok ? '' : outcome.reason;

const withStarts = (state: State, phase: AwaitingReady, starts: Starts): State => ({
  ...state,
  recovery: { ...phase, starts },
});
