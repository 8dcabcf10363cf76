import { whyGatewayExcluded } from '../model/excluded.ts';
import { isPaused } from '../model/operator.ts';
import { isBeingEnded, isOverdue, runningStart } from '../model/selectors.ts';
import type { State } from '../model/state.ts';
import { isLate } from '../recovery/due.ts';

/** What speaks against a reconnect or a recovery that the operator asks for. */
export type Obstacle =
  | 'shuttingDown'
  | 'paused'
  | 'engineLost'
  | 'gatewayAbsent'
  | 'gatewayDown'
  | 'gatewayPaused'
  | 'gatewayStarting'
  | 'gatewayStopping'
  | 'excluded'
  | 'recoveryUnderWay'
  | 'reconnectUnderWay';

/**
 * The first that applies; undefined: nothing does. Neither the quorum nor the backoff nor a witness does: the operator
 * has decided. A recovery takes a gateway that is ready, or has had its time to become so.
 */
export function obstacleTo(what: 'reconnect' | 'recover', state: State, at: number): Obstacle | undefined {
  const { gateway, recovery, operator, shared } = state;
  if (shared.isShuttingDown) return 'shuttingDown';
  if (isPaused(state)) return 'paused';
  if (shared.connection.value !== 'connected') return 'engineLost';
  const missing = MISSING[gateway.value];
  if (missing !== undefined) return missing;
  if (whyGatewayExcluded(state) !== undefined) return 'excluded';
  if (recovery.value !== 'none' && !isLate(state)) return 'recoveryUnderWay';
  if (operator.reconnect?.value === 'underWay') return 'reconnectUnderWay';
  if (isBeingEnded(state) || runningStart(gateway) === undefined) return 'gatewayStopping';
  return what === 'recover' && gateway.value === 'starting' && !isOverdue(state, at)
    ? 'gatewayStarting'
    : undefined;
}

const MISSING: Readonly<Partial<Record<State['gateway']['value'], Obstacle>>> = {
  unseen: 'engineLost',
  absent: 'gatewayAbsent',
  down: 'gatewayDown',
  paused: 'gatewayPaused',
};
