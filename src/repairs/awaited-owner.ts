import type { ContainerFacts } from '../../streams/events.ts';
import { attachmentOf } from '../model/attachment.ts';
import { isInWave } from '../model/in-flight.ts';
import { ownersBelow } from '../model/network.ts';
import { keepsRestarting } from '../model/restart-loop.ts';
import { gatewayTarget, runningStart } from '../model/selectors.ts';
import type { State } from '../model/state.ts';

/**
 * A dependent may have joined the gateway's network through another container, its owner. While that one is not fit, a
 * restart of the dependent would only leave it stopped: its repair waits for the owner.
 */
export const waitsForOwner = (state: State, facts: ContainerFacts): ContainerFacts | undefined =>
  ownersBelow(gatewayTarget(state.gateway)?.id, facts, state).find(
    (owner) =>
      owner.runState !== 'running' ||
      attachmentOf(state, owner) !== 'fresh' ||
      (keepsRestarting(state, owner.id) && hasJoinedGateway(state, facts)),
  );

/** It has started since the gateway has: whatever its owner does, the network that they share may well live on. */
function hasJoinedGateway({ gateway }: State, { details }: ContainerFacts): boolean {
  const start = runningStart(gateway)?.startedAt.engineMs ?? Infinity;
  return (details?.startedAtMs ?? -Infinity) > start;
}

/** The owner it waits for in vain, as far as we can do anything: nobody repairs that one, and it is known not to be fit. */
export function blockedBy(state: State, facts: ContainerFacts): ContainerFacts | undefined {
  const owner = waitsForOwner(state, facts);
  // The owner's own turn may still come. If that has failed, whoever shares its network is blocked too.
  const isToCome = owner !== undefined && state.repairs.pending[owner.id]?.failures === 0;
  if (owner === undefined || isToCome || isInWave(state, owner.id)) return undefined;
  return attachmentOf(state, owner) === 'unknown' ? undefined : owner;
}
