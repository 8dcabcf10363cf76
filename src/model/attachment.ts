import type { ContainerFacts } from '../../streams/events.ts';
import { exitOf } from './exits.ts';
import { joinedReference, referredTo } from './joined.ts';
import { isLeftUnstarted } from './left-unstarted.ts';
import { isOnNetworkOf, ownerOf, ownershipOf } from './network.ts';
import { gatewayTarget } from './selectors.ts';
import type { Attachment, State } from './state.ts';

/** The attachments of those that are to be put back. */
export const CUT_OFF = ['stale', 'orphaned', 'failedToJoin'] as const satisfies readonly Attachment[];
export type CutOff = (typeof CUT_OFF)[number];

export const isCutOff = (attachment: Attachment): attachment is CutOff =>
  (CUT_OFF as readonly Attachment[]).includes(attachment);

/**
 * `State.Error` of a start that failed for want of a network, or of processes or memory to share: engines before 28,
 * since 28, and what both say where the owner was just ending or starting.
 */
const JOIN_FAILURE =
  /(?:cannot|can't) join (?:network|PID|IPC)|joining network namespace|No such container|container [0-9a-f]{64} is not running|\/ns\/net: no such file|final child's PID|is restarting, wait until/;

export function attachmentOf(state: State, facts: ContainerFacts): Attachment {
  if (facts.details === undefined || facts.runState === 'restarting') return 'unknown';
  const link = ownershipOf(facts, state)?.link ?? 'present';
  if (!isRunning(facts)) {
    if (joinedReference(facts) === undefined || !wantsToRun(state, facts)) return 'stopped';
    return link === 'present' && !hasLostSharer(state, facts) ? 'failedToJoin' : 'orphaned';
  }
  if (!isOnNetworkOf(gatewayTarget(state.gateway)?.id, facts, state)) return 'apart';
  if (link === 'replaced') return 'orphaned';
  const freshness = freshnessOf(state, facts);
  // A gateway that only got another name is still the one it runs with; but a restart would not find it.
  return link === 'renamed' && freshness === 'stale' ? 'orphaned' : freshness;
}

/** Whose processes or memory it shared is no more: no start of it can succeed. */
const hasLostSharer = ({ shared: { containers } }: State, { details }: ContainerFacts): boolean =>
  (details?.sharesWith ?? []).some((reference) => referredTo(reference, containers.byId) === undefined);

export const isRunning = ({ runState }: ContainerFacts): boolean =>
  runState === 'running' || runState === 'paused';

/** Its last start failed for want of its gateway, and no restart policy tries again. */
export const hasFailedToJoin = (facts: ContainerFacts): boolean =>
  !isRunning(facts) && JOIN_FAILURE.test(facts.details?.error ?? '');

/** Whoever stopped it earlier: since then somebody has tried to start it. */
const wantsToRun = (state: State, facts: ContainerFacts): boolean =>
  hasFailedToJoin(facts) || isLeftUnstarted(state, facts) || wantsToRunAgain(state, facts);

/** By how it ended, and whether its restart policy would have it run. */
function wantsToRunAgain(state: State, facts: ContainerFacts): boolean {
  switch (exitOf(state.shared, facts)?.by) {
    case undefined:
      return wouldBeKeptRunning(facts) && hasEndedWithoutGateway(state, facts);
    case 'monitor':
      // Its processes ended with those of the one they are shared with.
      return wouldBeKeptRunning(facts) || facts.details?.sharesWith !== undefined;
    case 'engine':
      return wouldBeKeptRunning(facts);
    case 'operator':
    case 'itself':
      return false;
  }
}

/** Its restart policy would have it run. */
export function wouldBeKeptRunning({ details }: ContainerFacts): boolean {
  if (details === undefined) return false;
  const { restartPolicy: policy, exitCode } = details;
  return policy === 'always' || policy === 'unless-stopped' || (policy === 'on-failure' && exitCode !== 0);
}

/** It ended after its gateway's last run did, and before the present one began; all by the engine's clock. */
function hasEndedWithoutGateway(
  { gateway, shared: { containers } }: State,
  { details }: ContainerFacts,
): boolean {
  const owner = containers.byId[gatewayTarget(gateway)?.id ?? ''];
  const endedAt = details?.finishedAtMs;
  if (owner?.details === undefined || endedAt === undefined) return false;
  const { startedAtMs, finishedAtMs = owner.createdMs } = owner.details;
  const isOver = isRunning(owner) ? (startedAtMs ?? 0) : Infinity;
  return endedAt >= finishedAtMs && endedAt <= isOver;
}

/**
 * Started after its owner, and its owner after the owner's owner: no exec is needed to tell. Of one on the gateway's
 * network: its owners lead there.
 */
function freshnessOf(state: State, facts: ContainerFacts): 'fresh' | 'stale' | 'unknown' {
  const gatewayId = gatewayTarget(state.gateway)?.id;
  if (facts.id === gatewayId) return 'fresh';
  const owner = ownerOf(facts, state);
  if (owner === undefined) return 'unknown';
  // One between it and the gateway may have ended: the network they shared is the gateway's, and lives on.
  if (owner.id === gatewayId && !isRunning(owner)) return 'stale';
  const [startedAtMs, ownersMs] = [facts.details?.startedAtMs, owner.details?.startedAtMs];
  if (startedAtMs === undefined || ownersMs === undefined) return 'unknown';
  const isOlder = startedAtMs < ownersMs && !isRestored(state, facts, owner);
  return isOlder ? 'stale' : freshnessOf(state, owner);
}

/** We know better than the times, which a clock that was set back between the two starts makes lie. */
const isRestored = ({ repairs }: State, { id, details }: ContainerFacts, owner: ContainerFacts): boolean =>
  repairs.restored[id]?.run === details?.startedAt &&
  repairs.restored[id]?.ownerRun === owner.details?.startedAt;
