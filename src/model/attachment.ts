import type { ContainerFacts } from '../../streams/events.ts';
import { exitOf } from './exits.ts';
import { joinedReference, referredTo } from './joined.ts';
import { isLeftUnstarted } from './left-unstarted.ts';
import { isOnNetworkOf, ownerOf, ownershipOf } from './network.ts';
import { gatewayTarget } from './selectors.ts';
import type { Attachment, State } from './state.ts';

/** The attachments that need a repair. */
export const CUT_OFF = ['stale', 'orphaned', 'failedToJoin'] as const satisfies readonly Attachment[];
export type CutOff = (typeof CUT_OFF)[number];

export const isCutOff = (attachment: Attachment): attachment is CutOff =>
  (CUT_OFF as readonly Attachment[]).includes(attachment);

/**
 * Matches `State.Error` after a start that failed because the network, processes or memory to share did not exist.
 * Covers engines before 28, engines since 28, what both report while the owner is just stopping or starting, and Podman.
 */
const JOIN_FAILURE =
  /(?:cannot|can't) join (?:network|PID|IPC)|joining network namespace|No such container|container [0-9a-f]{64} is not running|\/ns\/net: no such file|final child's PID|is restarting, wait until|some dependencies of container [0-9a-f]{64} are not started/;

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
  // It still runs on the network of the renamed gateway, but a restart would not find that under the old name.
  return link === 'renamed' && freshness === 'stale' ? 'orphaned' : freshness;
}

/** Whether a container whose processes or memory it shares no longer exists, so that no start can succeed. */
const hasLostSharer = ({ shared: { containers } }: State, { details }: ContainerFacts): boolean =>
  (details?.sharesWith ?? []).some((reference) => referredTo(reference, containers.byId) === undefined);

export const isRunning = ({ runState }: ContainerFacts): boolean =>
  runState === 'running' || runState === 'paused';

/** Its last start failed because its gateway was missing, and no restart policy tries again. */
export const hasFailedToJoin = (facts: ContainerFacts): boolean =>
  !isRunning(facts) && JOIN_FAILURE.test(facts.details?.error ?? '');

/** A failed start counts whoever stopped it earlier: somebody has tried to start it since. */
const wantsToRun = (state: State, facts: ContainerFacts): boolean =>
  hasFailedToJoin(facts) || isLeftUnstarted(state, facts) || wantsToRunAgain(state, facts);

function wantsToRunAgain(state: State, facts: ContainerFacts): boolean {
  switch (exitOf(state.shared, facts)?.by) {
    case undefined:
      return wouldBeKeptRunning(facts) && hasEndedWithoutGateway(state, facts);
    case 'monitor':
      // It ended together with the container whose processes it shares.
      return wouldBeKeptRunning(facts) || facts.details?.sharesWith !== undefined;
    case 'engine':
      return wouldBeKeptRunning(facts);
    case 'operator':
    case 'itself':
      return false;
  }
}

export function wouldBeKeptRunning({ details }: ContainerFacts): boolean {
  if (details === undefined) return false;
  const { restartPolicy: policy, exitCode } = details;
  return policy === 'always' || policy === 'unless-stopped' || (policy === 'on-failure' && exitCode !== 0);
}

/**
 * Whether it ended between the end of the gateway's last run and the start of the present one, by the engine's clock.
 */
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
 * Fresh if it started after its owner, and each owner after its own owner, up to the gateway. The start times show this
 * without an exec. Only for containers on the gateway's network.
 */
function freshnessOf(state: State, facts: ContainerFacts): 'fresh' | 'stale' | 'unknown' {
  const gatewayId = gatewayTarget(state.gateway)?.id;
  if (facts.id === gatewayId) return 'fresh';
  const owner = ownerOf(facts, state);
  if (owner === undefined) return 'unknown';
  // An owner below the gateway may have ended: the network is the gateway's and lives on.
  if (owner.id === gatewayId && !isRunning(owner)) return 'stale';
  const [startedAtMs, ownersMs] = [facts.details?.startedAtMs, owner.details?.startedAtMs];
  if (startedAtMs === undefined || ownersMs === undefined) return 'unknown';
  const isOlder = startedAtMs < ownersMs && !isRestored(state, facts, owner);
  return isOlder ? 'stale' : freshnessOf(state, owner);
}

/** Whether the monitor itself restarted it on this run of its owner. If the clock was set back, the times are wrong. */
const isRestored = ({ repairs }: State, { id, details }: ContainerFacts, owner: ContainerFacts): boolean =>
  repairs.restored[id]?.run === details?.startedAt &&
  repairs.restored[id]?.ownerRun === owner.details?.startedAt;
