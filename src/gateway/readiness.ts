import type { GatewayConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import { finishedCheck, isOfThisStart } from '../checks/finished-check.ts';
import { whyBlind } from '../checks/blindness.ts';
import type { GatewayIn } from '../model/gateway.ts';
import { lastTrouble } from '../model/gateway-troubles.ts';
import { isOverdue, isSameRun } from '../model/selectors.ts';
import type { State } from '../model/state.ts';
import type { Notice, NoticeOf } from '../notices/notice.ts';
import { type Transition, to } from '../model/transition.ts';
import { listRequest } from '../facts/containers.ts';
import { next } from './machine.ts';

type Starting = GatewayIn<'starting'>;

/**
 * When a gateway that is starting becomes ready: nothing may be put on its network before. There are three proofs, and
 * each must come from the present run: Docker calls it healthy; a check passes after its log showed the tunnel; a check
 * passes, and it has no health check or its time to become healthy is over.
 */
export const readiness: GatewayConcern<'readiness'> = {
  stage: 'readiness',
  reduce,
  dueAt: (state) => [healthyWaitEnds(state)],
};

function reduce(state: State, event: Event, before: State): Transition {
  const { gateway } = state;
  if (gateway.value !== 'starting') return to(state);
  const proof = proofOf(state, gateway, event, before);
  const wasAwaited = before.gateway.value === 'starting' && isSameRun(before.gateway, gateway);
  if (proof === undefined) return overdue(state, gateway, { at: event.at, wasAwaited });
  const notices = sayReady(gateway, proof, { at: event.at, wasAwaited });
  // The engine sends no message if a dependent failed to start meanwhile: only a listing shows that.
  const requests = wasAwaited || event.type === 'containerInspected' ? [listRequest(state.shared)] : [];
  return to(
    { ...state, gateway: next(gateway, { type: 'provenReady', at: event.at }) },
    { notices, requests },
  );
}

/**
 * Says once that the gateway takes too long: not during a recovery, which says so itself, and not if the gateway was
 * found like this, because that may be hours old.
 */
function overdue(state: State, gateway: Starting, { at, wasAwaited }: Moment): Transition {
  // Without the engine nobody knows how the gateway is by now.
  const isKnown = state.shared.connection.value === 'connected' && !state.shared.isShuttingDown;
  if (!isKnown || !isOverdue(state, at)) return to(state);
  const late = next(gateway, { type: 'timeOver' });
  if (late === gateway) return to(state);
  const notice: Notice = {
    kind: 'gatewayNotReady',
    name: gateway.name,
    waitedMs: state.settings.healthyWaitMs,
    isInRecovery: false,
    trouble: lastTrouble(state),
  };
  return to(
    { ...state, gateway: late },
    { notices: wasAwaited && state.recovery.value === 'none' ? [notice] : [] },
  );
}

function sayReady({ name, start }: Starting, proof: Proof, { at, wasAwaited }: Moment): readonly Notice[] {
  if (proof === 'none') return [{ kind: 'gatewayTakenForReady', name }];
  return wasAwaited ? [{ kind: 'gatewayReady', name, tookMs: at - start.seenAt, proof }] : [];
}

interface Moment {
  readonly at: number;
  /** The gateway was already known to be starting before this event. */
  readonly wasAwaited: boolean;
}

/** What proves it; `none`: nothing can, so it is taken for ready. */
type Proof = NoticeOf<'gatewayReady'>['proof'] | 'none';

function proofOf(state: State, gateway: Starting, event: Event, before: State): Proof | undefined {
  if (isHealthy(state, gateway)) return 'health';
  const health = state.shared.containers.byId[gateway.id]?.details?.health;
  const check = finishedCheck(event, before);
  if (check?.passing && isOfThisStart(state, check)) {
    if (check.startedAt >= (gateway.start.tunnelShownAt ?? Infinity)) return 'log';
    if (health === 'none') return 'check';
    if (isOverdue(state, event.at)) return 'overdue';
  }
  if (health === 'none' && isOverdue(state, event.at) && whyBlind(state) !== undefined) return 'none';
  return undefined;
}

/** An inspection of the present run says so. */
function isHealthy(state: State, { id, start }: Starting): boolean {
  const details = state.shared.containers.byId[id]?.details;
  return details?.health === 'healthy' && details.startedAt === start.startedAt.text;
}

/** By then it is ready, or late. */
const healthyWaitEnds = ({ gateway, settings }: State): number | undefined =>
  gateway.value === 'starting' && !gateway.start.isLate
    ? gateway.start.seenAt + settings.healthyWaitMs
    : undefined;
