import type { ContainerFacts } from '../streams/events.ts';
import { gatewayTarget, isOnNetworkOf, ownerOf } from './selectors.ts';
import type { State } from './state.ts';

/**
 * How a dependent hangs on the gateway's network.
 *
 * - `fresh`: runs, and was started after every owner of its network.
 * - `stale`: runs in a network namespace that is dead, for an owner was started after it.
 * - `failedToJoin`: does not run, because its gateway was not there when it should have started.
 * - `stopped`: does not run, for any other reason.
 * - `apart`: is not on the gateway's network at all (only a container the user listed can be).
 * - `unknown`: not inspected yet, which proves nothing.
 */
export type Attachment = 'fresh' | 'stale' | 'failedToJoin' | 'stopped' | 'apart' | 'unknown';

/** `State.Error` of a failed start, engines before and since 28. */
const JOIN_FAILURE = /cannot join network|joining network namespace|No such container/;

export function attachmentOf(state: State, facts: ContainerFacts): Attachment {
  if (facts.details === undefined) return 'unknown';
  if (!isRunning(facts)) return hasFailedToJoin(facts) ? 'failedToJoin' : 'stopped';
  const gatewayId = gatewayTarget(state.gateway)?.id;
  if (gatewayId === undefined || !isOnNetworkOf(gatewayId, facts, state.containers.byId)) return 'apart';
  return isFresh(state, facts);
}

/** Its last start failed for want of its gateway, and no restart policy tries again. */
export const hasFailedToJoin = (facts: ContainerFacts): boolean =>
  !isRunning(facts) && JOIN_FAILURE.test(facts.details?.error ?? '');

export const isRunning = ({ runState }: ContainerFacts): boolean =>
  runState === 'running' || runState === 'paused';

/** Started after its owner, and its owner after the owner's owner: the engine's `StartedAt` tells, no exec needed. */
function isFresh(
  state: State,
  facts: ContainerFacts,
  seen: readonly string[] = [],
): 'fresh' | 'stale' | 'unknown' {
  const gatewayId = gatewayTarget(state.gateway)?.id;
  if (facts.id === gatewayId) return 'fresh';
  const owner = ownerOf(facts, state.containers.byId);
  if (owner === undefined || seen.includes(facts.id)) return 'unknown';
  if (!isRunning(owner)) return 'stale';
  const [own, owners] = [facts.details?.startedAtMs, owner.details?.startedAtMs];
  if (own === undefined || owners === undefined) return 'unknown';
  return own < owners ? 'stale' : isFresh(state, owner, [...seen, facts.id]);
}
