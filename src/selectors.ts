import type { Target } from './commands.ts';
import { isExpectedToEnd } from './exits.ts';
import type { Common, Gateway, Start, State } from './state.ts';

/** The gateway runs and is not paused, ready or not. */
export const runningStart = (gateway: Gateway): Start | undefined =>
  gateway.value === 'starting' || gateway.value === 'ready' ? gateway.start : undefined;

/** Its present run, whether it is paused in it or not. */
export const startOf = (gateway: Gateway): Start | undefined =>
  gateway.value === 'paused' ? gateway.start : runningStart(gateway);

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

/**
 * An act has its turn; before that nothing is done, and what happens is somebody else's doing. None is noted yet: it
 * was decided in this very event, and nobody is before it.
 */
export const hasItsTurn = ({ acts }: Pick<Common, 'acts'>, id: number): boolean =>
  acts.length === 0 || acts[0] === id;

export const isBeingRestarted = ({ acts, recovery }: Pick<State, 'acts' | 'recovery'>): boolean =>
  recovery.value === 'restarting' && hasItsTurn({ acts }, recovery.commandId);

/** We are restarting the VPN inside it. */
export const isReconnecting = ({ acts, recovery }: Pick<State, 'acts' | 'recovery'>): boolean =>
  recovery.value === 'restartingVpn' && hasItsTurn({ acts }, recovery.commandId);

/** So long after Gluetun said that it restarts its VPN, what is met may be that restart. */
const OWN_RESTART_MS = 15_000;

export const isSelfHealing = (
  { checking: { reconnect } }: Pick<State, 'checking'>,
  at: number,
  withinMs = OWN_RESTART_MS,
): boolean => reconnect?.by === 'gluetun' && at - reconnect.at < withinMs;

/**
 * Somebody has sent the gateway a signal that ends it: what fails now fails for that, and a restart would undo what they
 * are doing.
 */
export const isBeingEnded = ({ gateway, exits }: Pick<State, 'gateway' | 'exits'>): boolean =>
  'id' in gateway && isExpectedToEnd(exits[gateway.id]);

/** It is repaired by the command under way, or has been. */
export const isInWave = ({ repairs: { wave } }: Pick<State, 'repairs'>, id: string): boolean =>
  wave?.dependents.some((one) => one.id === id) ?? false;
