import type { Target } from './act.ts';
import { isExpectedToEnd } from './exits.ts';
import type { Gateway, Start } from './gateway.ts';
import type { State } from './state.ts';

/** The gateway runs and is not paused, ready or not. */
export const runningStart = (gateway: Gateway): Start | undefined =>
  gateway.value === 'starting' || gateway.value === 'ready' ? gateway.start : undefined;

/** Its present run, whether it is paused in it or not. */
export const startOf = (gateway: Gateway): Start | undefined =>
  gateway.value === 'paused' ? gateway.start : runningStart(gateway);

/** Of the same container, and not started since; also of none, before and after. */
export const isSameRun = (one: Gateway, other: Gateway): boolean =>
  startOf(one)?.startedAt.text === startOf(other)?.startedAt.text &&
  (startOf(one) === undefined || gatewayTarget(one)?.id === gatewayTarget(other)?.id);

/** It was not ready before, or in another run: both an end and a start may lie between two looks. */
export const hasBecomeReady = ({ gateway }: State, before: State): boolean =>
  gateway.value === 'ready' && (before.gateway.value !== 'ready' || !isSameRun(before.gateway, gateway));

/** What Docker calls it; undefined: it was not inspected, or is not there. */
export const healthOf = ({ gateway, shared: { containers } }: State): string | undefined =>
  'id' in gateway ? containers.byId[gateway.id]?.details?.health : undefined;

/** Docker calls the gateway so by now, and called it otherwise before. */
export const hasTurned = (state: State, before: State, health: 'healthy' | 'unhealthy'): boolean => {
  const was = healthOf(before);
  return was !== undefined && was !== health && healthOf(state) === health;
};

export const gatewayTarget = (gateway: Gateway): Target | undefined =>
  gateway.value === 'unseen' || gateway.value === 'absent'
    ? undefined
    : { id: gateway.id, name: gateway.name };

export const isGateway = ({ gateway }: Pick<State, 'gateway'>, id: string): boolean =>
  'id' in gateway && gateway.id === id;

/** The gateway's name, or, where there is none, what the user calls it. */
export const nameOf = ({ gateway, settings }: State): string =>
  gatewayTarget(gateway)?.name ?? settings.gateway;

/** Whether the time the gateway gets to become ready is over. */
export const isOverdue = (state: State, at: number): boolean => {
  const start = runningStart(state.gateway);
  return start !== undefined && at >= start.seenAt + state.settings.healthyWaitMs;
};

/** By us. */
export const isBeingRestarted = ({ recovery }: Pick<State, 'recovery'>): boolean =>
  recovery.value === 'restarting';

/** We are restarting the VPN inside it. */
export const isReconnecting = ({ recovery }: Pick<State, 'recovery'>): boolean =>
  recovery.value === 'restartingVpn';

/** So long after Gluetun said that it restarts its VPN, what is met may be that restart. */
const OWN_RESTART_MS = 15_000;

export const isSelfHealing = (
  { checking: { reconnect } }: Pick<State, 'checking'>,
  at: number,
  withinMs = OWN_RESTART_MS,
): boolean => reconnect?.by === 'gluetun' && at - reconnect.at < withinMs;

/**
 * Somebody has sent the gateway a signal that ends it, or it has ended and was not inspected since: what fails now fails
 * for that, and a restart would undo what they are doing.
 */
export function isBeingEnded({ gateway, shared: { exits } }: Pick<State, 'gateway' | 'shared'>): boolean {
  const exit = 'id' in gateway ? exits[gateway.id] : undefined;
  if (exit === undefined || exit.by === 'monitor') return false;
  return isExpectedToEnd(exit) || runningStart(gateway) !== undefined;
}
