import { attemptBegun } from '../backoff.ts';
import type { Event } from '../../streams/events.ts';
import { whyGatewayExcluded } from '../excluded.ts';
import { downCause, isEndedByItself } from '../down-cause.ts';
import { gatewayTarget, nameOf } from '../selectors.ts';
import type { Recovery, Starts, State } from '../state.ts';
import type { Notice } from '../notices/notice.ts';
import { type Transition, to } from '../transition.ts';

type AwaitingReady = Extract<Recovery, { value: 'awaitingReady' }>;

/** How long a gateway that went down may take to come back by itself. */
export const COMES_BACK_MS = 10_000;

/**
 * A gateway that went down by itself, or in the recovery, and stayed so: it is started, for nobody else will. Never
 * one that its operator stopped, nor while its restart policy may do it.
 */
export function startLeftBehind(state: State, event: Event): Transition {
  const ended = attemptEnded(state, event);
  const { recovery: phase, gateway } = ended.state;
  const dueAt = startDueAt(ended.state);
  // On any event: an attempt that took long, or an engine that was away, leaves the next one due in the past.
  if (phase.value !== 'awaitingReady' || dueAt === undefined || dueAt > event.at) return ended;
  // Its turn would not have come: it is decided once it can be done, on what is so by then.
  if (isQueued(state, event)) return ended;
  const target = gatewayTarget(gateway);
  if (target === undefined) return ended;
  const commandId = ended.state.nextId;
  const starts = { attempts: phase.starts.attempts + 1, commandId };
  const notices: readonly Notice[] =
    starts.attempts === 1 ? [{ kind: 'gatewayStartBegun', name: target.name }] : [];
  return to(
    {
      ...withStarts(ended.state, phase, starts),
      nextId: commandId + 1,
      backoff: isPartOfRestart(state, phase)
        ? state.backoff
        : attemptBegun(state.backoff, state.settings, event.at),
    },
    {
      notices: [...ended.notices, ...notices],
      commands: [{ kind: 'startGateway', id: commandId, gateway: target }],
    },
  );
}

/** Another act is under way, be it an earlier start that has worked but not been answered yet. */
const isQueued = ({ acts }: State, event: Event): boolean =>
  acts.some((id) => !(event.type === 'commandFinished' && event.id === id));

/** Our own restart that failed half-way: to start what it has left down is the same attempt. */
const isPartOfRestart = (state: State, { starts }: AwaitingReady): boolean =>
  downCause(state) === 'ourRestart' && starts.attempts === 0;

/** When the next attempt is due: each further one under the backoff of recoveries. Outside a recovery it begins one. */
export function startDueAt(state: State): number | undefined {
  const { gateway, recovery: phase } = state;
  if (gateway.value !== 'down' || !isActionAllowed(state)) return undefined;
  const backAt = gateway.since + COMES_BACK_MS;
  const underBackoff = Math.max(backAt, state.backoff.notBefore);
  const cause = downCause(state);
  if (phase.value === 'none') return isEndedByItself(cause) ? underBackoff : undefined;
  if (phase.value !== 'awaitingReady' || phase.starts.commandId !== undefined) return undefined;
  if (cause !== 'ourRestart' && !isEndedByItself(cause)) return undefined;
  return isPartOfRestart(state, phase) ? backAt : underBackoff;
}

/** Not while the monitor ends or the engine is away, and never a gateway that the user excluded. */
const isActionAllowed = (state: State): boolean =>
  !state.ending &&
  state.connection.value === 'connected' &&
  'name' in state.gateway &&
  whyGatewayExcluded(state) === undefined;

/** A failure is said for the first attempt; the others are as good as this one. */
function attemptEnded(state: State, event: Event): Transition {
  const phase = state.recovery;
  if (
    phase.value !== 'awaitingReady' ||
    event.type !== 'commandFinished' ||
    event.id !== phase.starts.commandId
  )
    return to(state);
  const { outcome } = event;
  const isFirstFailure = !outcome.ok && !outcome.untouched && phase.starts.attempts === 1;
  const notices: readonly Notice[] = isFirstFailure
    ? [{ kind: 'gatewayStartFailed', name: nameOf(state), reason: outcome.reason }]
    : [];
  return to(withStarts(state, phase, { ...phase.starts, commandId: undefined }), { notices });
}

const withStarts = (state: State, phase: AwaitingReady, starts: Starts): State => ({
  ...state,
  recovery: { ...phase, starts },
});
