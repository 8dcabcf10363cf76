import type { ContainerFacts } from '../../streams/events.ts';
import { attachmentOf } from '../model/attachment.ts';
import { isInWave } from '../model/in-flight.ts';
import { ownersBelow } from '../model/network.ts';
import { keepsRestarting } from '../model/restart-loop.ts';
import { gatewayTarget, runningStart } from '../model/selectors.ts';
import type { State } from '../model/state.ts';

/**
 * A dependent may have joined the gateway's network through another container, its owner. As long as the owner is not
 * fit, a restart would only leave the dependent stopped, so its repair waits for the owner.
 */
export const waitsForOwner = (state: State, facts: ContainerFacts): ContainerFacts | undefined =>
  ownersBelow(gatewayTarget(state.gateway)?.id, facts, state).find(
    (owner) =>
      owner.runState !== 'running' ||
      attachmentOf(state, owner) !== 'fresh' ||
      (keepsRestarting(state, owner.id) && hasJoinedGateway(state, facts)),
  );

/** It has started after the gateway. Whatever its owner does, the network they share may still be alive. */
function hasJoinedGateway({ gateway }: State, { details }: ContainerFacts): boolean {
  const start = runningStart(gateway)?.startedAt.engineMs ?? Infinity;
  return (details?.startedAtMs ?? -Infinity) > start;
}

/** The unfit owner it waits for although the monitor will not repair that owner. */
export function blockedBy(state: State, facts: ContainerFacts): ContainerFacts | undefined {
  const owner = waitsForOwner(state, facts);
  // The owner's own repair may still be due. If it has failed, every container that shares its network is blocked
  // too.
  const isRepairDue = owner !== undefined && state.repairs.pending[owner.id]?.failures === 0;
  if (owner === undefined || isRepairDue || isInWave(state, owner.id)) return undefined;
  return attachmentOf(state, owner) === 'unknown' ? undefined : owner;
}
