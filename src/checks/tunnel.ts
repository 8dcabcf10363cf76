import type { GatewayConcern } from '../model/concern.ts';
import { runningStart } from '../model/selectors.ts';
import type { State, Tunnel } from '../model/state.ts';
import { to } from '../model/transition.ts';
import { whyBlind } from './blindness.ts';
import { quorumIn, sitesDown } from './quorum.ts';

/** Whether the tunnel works, for those who ask. Nothing is decided by it. */
export const tunnel: GatewayConcern<'record'> = {
  stage: 'record',
  reduce: (state, { at, type }) => {
    const value = judged(state) ?? state.tunnel.value;
    if (value === state.tunnel.value && type !== 'monitorStarted') return to(state);
    return to({ ...state, tunnel: { value, since: value === 'down' ? (state.outageSince ?? at) : at } });
  },
};

/** Undefined: a check has failed, and another one has to confirm that. Until then the tunnel is what it was. */
function judged(state: State): Tunnel['value'] | undefined {
  const { gateway, recovery, checking } = state;
  if (isUnverified(recovery) || isDown(state)) return 'down';
  if (gateway.value === 'absent' || gateway.value === 'down' || gateway.value === 'paused') return 'stopped';
  const start = runningStart(gateway);
  const { latest } = checking;
  const isOfThisRun = latest !== undefined && latest.startedAt >= (start?.seenAt ?? Infinity);
  if (gateway.value !== 'ready' || !isOfThisRun) return 'unknown';
  if (latest.passing) return 'up';
  return whyBlind(state) === undefined ? undefined : 'unknown';
}

/** No check has passed yet since the recovery began. */
const isUnverified = (recovery: State['recovery']): boolean =>
  recovery.value !== 'none' && !('isVerified' in recovery && recovery.isVerified);

const isDown = (state: State): boolean =>
  runningStart(state.gateway) !== undefined && sitesDown(state).length >= quorumIn(state);
