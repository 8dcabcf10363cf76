import type { Event, Outcome } from '../../streams/events.ts';
import type { Act, Acts } from './act.ts';
import type { Progress, Shared, State, Wave } from './state.ts';

type Seen = Pick<State, 'shared' | 'settings'>;

/** The repairs under way, if they are this gateway's. */
export const waveOf = ({ shared: { inFlight }, settings }: Seen): Wave | undefined =>
  inFlight?.act.kind === 'repairDependents' && inFlight.gateway === settings.gateway
    ? { dependents: inFlight.act.dependents, ...inFlight.progress }
    : undefined;

export const withProgress = (state: State, changes: Partial<Progress>): State => {
  const { inFlight } = state.shared;
  if (inFlight === undefined) return state;
  const progress = { ...inFlight.progress, ...changes };
  return { ...state, shared: { ...state.shared, inFlight: { ...inFlight, progress } } };
};

/** Whether the act under way repairs this dependent, or already has. */
export const isInWave = (state: Seen, id: string): boolean =>
  waveOf(state)?.dependents.some((one) => one.id === id) ?? false;

/** Whether the monitor is starting the gateway. */
export const isBeingStarted = ({ shared: { inFlight }, settings }: Seen): boolean =>
  inFlight?.act.kind === 'startGateway' && inFlight.gateway === settings.gateway;

/** The outcome of this gateway's act of that kind, if this event ends it. */
export const outcomeOf = (
  event: Event,
  { shared: { inFlight }, settings }: Seen,
  kind: keyof Acts,
): Outcome | undefined =>
  event.type === 'actEnded' &&
  event.id === inFlight?.act.id &&
  inFlight.act.kind === kind &&
  inFlight.gateway === settings.gateway
    ? event.outcome
    : undefined;

/** The act that began between two states. */
export const begunBetween = (before: Shared, after: Shared): Act | undefined =>
  after.inFlight?.act === before.inFlight?.act ? undefined : after.inFlight?.act;
