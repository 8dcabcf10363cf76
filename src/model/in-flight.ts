import type { Event, Outcome } from '../../streams/events.ts';
import type { Act, Acts } from './act.ts';
import type { Shared, State, Wave } from './state.ts';

type Seen = Pick<State, 'shared' | 'settings'>;

/** The dependents that are being repaired, if they are this gateway's. */
export const waveOf = ({ shared: { inFlight }, settings }: Seen): Wave | undefined =>
  inFlight?.act.kind === 'repairDependents' && inFlight.gateway === settings.gateway
    ? { dependents: inFlight.act.dependents, ...inFlight.progress }
    : undefined;

/** It is repaired by the act under way, or has been. */
export const isInWave = (state: Seen, id: string): boolean =>
  waveOf(state)?.dependents.some((one) => one.id === id) ?? false;

/** We are starting the gateway. */
export const isBeingStarted = ({ shared: { inFlight }, settings }: Seen): boolean =>
  inFlight?.act.kind === 'startGateway' && inFlight.gateway === settings.gateway;

/** What became of this gateway's act of that kind, if this event has ended it. */
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

/** The act that has begun between two states. */
export const begunBetween = (before: Shared, after: Shared): Act | undefined =>
  after.inFlight?.act === before.inFlight?.act ? undefined : after.inFlight?.act;
