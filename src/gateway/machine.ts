import type { Target } from '../model/act.ts';
import { COMES_BACK_MS, type Gateway, type GatewayIn, type Start } from '../model/gateway.ts';

/** What can move the gateway from one state to another. `at` is `Event.at`'s clock. */
export type Signal =
  /** There is no gateway. */
  | { readonly type: 'absent' }
  /**
   * The gateway exists but does not run. `run`: `State.StartedAt` of the run that ended. `isCreated`: it has been created,
   * and never started.
   */
  | (Look & { readonly type: 'down'; readonly run: string; readonly isCreated: boolean })
  | (Look & { readonly type: 'paused'; readonly startedAt: Start['startedAt'] })
  /** `ageMs`: how long it has run, by the engine's clock; 0 if the event does not tell. */
  | (Look & { readonly type: 'running'; readonly startedAt: Start['startedAt']; readonly ageMs: number })
  /** Its log shows that the tunnel is up. */
  | { readonly type: 'tunnelShown'; readonly at: number }
  /** What counts as proof is up to `readiness`. */
  | { readonly type: 'provenReady'; readonly at: number }
  /** It has used up the time it had to become ready. */
  | { readonly type: 'timeOver' };

/** A look at the engine shows which container is the gateway. */
interface Look {
  readonly at: number;
  readonly target: Target;
}

type SignalOf<T extends Signal['type']> = Extract<Signal, { type: T }>;

const ABSENT: Gateway = { value: 'absent' };

/**
 * The gateway after a signal: the same object if the signal changes nothing. The diagram is in `docs/machines.md`.
 *
 * A look that shows another container says nothing about the one we knew, so it counts as the first look at a gateway
 * that was absent.
 */
export function next(gateway: Gateway, signal: Signal): Gateway {
  const known = isAboutAnother(signal, gateway) ? ABSENT : gateway;
  switch (known.value) {
    case 'unseen':
    case 'absent':
      return fromNone(known, signal);
    case 'down':
      return fromDown(known, signal);
    case 'starting':
      return fromStarting(known, signal);
    case 'ready':
      return fromReady(known, signal);
    case 'paused':
      return fromPaused(known, signal);
  }
}

function fromNone(none: GatewayIn<'unseen' | 'absent'>, signal: Signal): Gateway {
  switch (signal.type) {
    case 'absent':
      return none.value === 'absent' ? none : ABSENT;
    case 'down':
      return down(signal, 0);
    case 'paused':
      return paused(signal, newStart(signal, 0), false);
    case 'running': {
      // If we find it running when we start ourselves, it has been running for a while.
      const seenAt = none.value === 'unseen' ? signal.at - signal.ageMs : signal.at;
      return starting(signal, { ...newStart(signal, 0), seenAt });
    }
    case 'tunnelShown':
    case 'provenReady':
    case 'timeOver':
      return none;
  }
}

function fromDown(gateway: GatewayIn<'down'>, signal: Signal): Gateway {
  switch (signal.type) {
    case 'absent':
      return ABSENT;
    case 'down':
      // Another run started and ended before we could look: it cannot have been ready.
      return signal.run === gateway.run ? stillDown(gateway, signal) : down(signal, gateway.unreadyRuns + 1);
    case 'paused':
      return paused(signal, newStart(signal, gateway.unreadyRuns), false);
    case 'running':
      return starting(signal, newStart(signal, gateway.unreadyRuns));
    case 'tunnelShown':
    case 'provenReady':
    case 'timeOver':
      return gateway;
  }
}

function fromStarting(gateway: GatewayIn<'starting'>, signal: Signal): Gateway {
  const { start } = gateway;
  const unreadyRuns = start.unreadyRuns + 1;
  switch (signal.type) {
    case 'absent':
      return ABSENT;
    case 'down':
      return down(signal, unreadyRuns);
    case 'paused':
      return paused(signal, isRunOf(signal, start) ? start : newStart(signal, unreadyRuns), false);
    case 'running':
      return isRunOf(signal, start)
        ? withNameOf(signal, gateway)
        : starting(signal, newStart(signal, unreadyRuns));
    case 'tunnelShown':
      return start.tunnelShownAt === undefined
        ? { ...gateway, start: { ...start, tunnelShownAt: signal.at } }
        : gateway;
    case 'provenReady':
      return {
        ...gateway,
        value: 'ready',
        start: { ...start, readyAt: signal.at, unreadyRuns: 0, isLate: false },
      };
    case 'timeOver':
      return start.isLate ? gateway : { ...gateway, start: { ...start, isLate: true } };
  }
}

function fromReady(gateway: GatewayIn<'ready'>, signal: Signal): Gateway {
  const { start } = gateway;
  switch (signal.type) {
    case 'absent':
      return ABSENT;
    case 'down':
      return down(signal, 0);
    case 'paused':
      return isRunOf(signal, start)
        ? paused(signal, start, true)
        : paused(signal, newStart(signal, 0), false);
    case 'running':
      // What was proven of the run before says nothing about this one.
      return isRunOf(signal, start) ? withNameOf(signal, gateway) : starting(signal, newStart(signal, 0));
    case 'tunnelShown':
    case 'provenReady':
    case 'timeOver':
      return gateway;
  }
}

function fromPaused(gateway: GatewayIn<'paused'>, signal: Signal): Gateway {
  const { start, wasReady } = gateway;
  const unreadyRuns = wasReady ? 0 : start.unreadyRuns + 1;
  switch (signal.type) {
    case 'absent':
      return ABSENT;
    case 'down':
      return down(signal, unreadyRuns);
    case 'paused':
      return isRunOf(signal, start) ? gateway : paused(signal, newStart(signal, unreadyRuns), false);
    case 'running':
      if (!isRunOf(signal, start)) return starting(signal, newStart(signal, unreadyRuns));
      // It is as ready as it was, but what a check met while it was paused says nothing.
      return wasReady
        ? { value: 'ready', ...signal.target, start: { ...start, readyAt: signal.at } }
        : starting(signal, start);
    case 'tunnelShown':
    case 'provenReady':
    case 'timeOver':
      return gateway;
  }
}

const isAboutAnother = (signal: Signal, gateway: Gateway): boolean =>
  'target' in signal && 'id' in gateway && signal.target.id !== gateway.id;

const isRunOf = ({ startedAt }: SignalOf<'running' | 'paused'>, start: Start): boolean =>
  startedAt.text === start.startedAt.text;

const newStart = ({ at, startedAt }: SignalOf<'running' | 'paused'>, unreadyRuns: number): Start => ({
  seenAt: at,
  startedAt,
  tunnelShownAt: undefined,
  readyAt: undefined,
  unreadyRuns,
  isLate: false,
});

const starting = ({ target }: Look, start: Start): Gateway => ({ value: 'starting', ...target, start });

const paused = ({ target }: Look, start: Start, wasReady: boolean): Gateway => ({
  value: 'paused',
  ...target,
  start,
  wasReady,
});

const down = ({ at, target, run }: SignalOf<'down'>, unreadyRuns: number): Gateway => ({
  value: 'down',
  ...target,
  since: at,
  isLeft: false,
  run,
  unreadyRuns,
});

function stillDown(gateway: GatewayIn<'down'>, signal: SignalOf<'down'>): Gateway {
  const isLeft = signal.isCreated && signal.at >= gateway.since + COMES_BACK_MS;
  return isLeft === gateway.isLeft ? withNameOf(signal, gateway) : { ...gateway, ...signal.target, isLeft };
}

const withNameOf = ({ target }: Look, gateway: GatewayIn<'down' | 'starting' | 'ready'>): Gateway =>
  target.name === gateway.name ? gateway : { ...gateway, ...target };
