import type { Target } from './act.ts';
import { isExpectedToEnd } from './exits.ts';
import type { Gateway, Start } from './gateway.ts';
import type { State } from './state.ts';

/** The present run of a gateway that is not paused, ready or not. */
export const runningStart = (gateway: Gateway): Start | undefined =>
  gateway.value === 'starting' || gateway.value === 'ready' ? gateway.start : undefined;

/** The present run of the gateway, paused or not. */
export const startOf = (gateway: Gateway): Start | undefined =>
  gateway.value === 'paused' ? gateway.start : runningStart(gateway);

/** Whether both are the same run of the same container. Also true if neither has a run. */
export const isSameRun = (one: Gateway, other: Gateway): boolean =>
  startOf(one)?.startedAt.text === startOf(other)?.startedAt.text &&
  (startOf(one) === undefined || gatewayTarget(one)?.id === gatewayTarget(other)?.id);

/** Also true if it was ready in an earlier run: it may have ended and started between two inspections. */
export const hasBecomeReady = ({ gateway }: State, before: State): boolean =>
  gateway.value === 'ready' && (before.gateway.value !== 'ready' || !isSameRun(before.gateway, gateway));

/** The gateway's health status in Docker; undefined: it was not inspected, or does not exist. */
export const healthOf = ({ gateway, shared: { containers } }: State): string | undefined =>
  'id' in gateway ? containers.byId[gateway.id]?.details?.health : undefined;

/** Whether the gateway's health status has changed to this one, from another known one. */
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

/** The gateway's name or, if it does not exist, the user's reference to it. */
export const nameOf = ({ gateway, settings }: State): string =>
  gatewayTarget(gateway)?.name ?? settings.gateway;

/** Whether the gateway has had its time to become ready. */
export const isOverdue = (state: State, at: number): boolean => {
  const start = runningStart(state.gateway);
  return start !== undefined && at >= start.seenAt + state.settings.healthyWaitMs;
};

/** Whether the monitor is restarting the gateway. */
export const isBeingRestarted = ({ recovery }: Pick<State, 'recovery'>): boolean =>
  recovery.value === 'restarting';

/** Whether the monitor is restarting the VPN inside the gateway: in a recovery, or because the operator asked for it. */
export const isReconnecting = ({ recovery, operator }: Pick<State, 'recovery' | 'operator'>): boolean =>
  recovery.value === 'restartingVpn' || operator.reconnect?.value === 'underWay';

/** For this long after Gluetun announces a restart of its VPN, trouble may be due to that restart. */
const OWN_RESTART_MS = 15_000;

export const isSelfHealing = (
  { checking: { reconnect } }: Pick<State, 'checking'>,
  at: number,
  withinMs = OWN_RESTART_MS,
): boolean => reconnect?.by === 'gluetun' && at - reconnect.at < withinMs;

/**
 * Whether somebody is stopping the gateway: it was sent a signal that ends it, or has ended and was not inspected
 * since. Checks that fail now fail because of that, and a restart would work against whoever stops it.
 */
export function isBeingEnded({ gateway, shared: { exits } }: Pick<State, 'gateway' | 'shared'>): boolean {
  const exit = 'id' in gateway ? exits[gateway.id] : undefined;
  if (exit === undefined || exit.by === 'monitor') return false;
  return isExpectedToEnd(exit) || runningStart(gateway) !== undefined;
}
