import type { GatewayConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import { finishedCheck, isOfThisStart } from '../checks/finished-check.ts';
import { whyBlind } from '../checks/blindness.ts';
import { lastTrouble } from '../model/gateway-troubles.ts';
import { isOverdue, isSameRun } from '../model/selectors.ts';
import type { Gateway, State } from '../model/state.ts';
import type { Notice, NoticeOf } from '../notices/notice.ts';
import { type Transition, to } from '../model/transition.ts';
import { listCommand } from '../facts/containers.ts';

type Starting = Extract<Gateway, { value: 'starting' }>;

/**
 * When a gateway that starts has become ready: nothing may be put on its network before. Three proofs, each only
 * from this start: Docker's health; the tunnel in Gluetun's log and a check after that; a check alone where there
 * is no health check, or where the time for it is over.
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
  if (proof === undefined) return late(state, gateway, { at: event.at, wasAwaited });
  const notices = sayReady(gateway, proof, { at: event.at, wasAwaited });
  const start = { ...gateway.start, readyAt: event.at, unreadyRuns: 0, isLate: false };
  // A start that failed meanwhile has emitted nothing: who wants to run but does not, only a listing shows.
  const commands = wasAwaited || event.type === 'containerInspected' ? [listCommand(state.shared)] : [];
  return to({ ...state, gateway: { ...gateway, value: 'ready', start } }, { notices, commands });
}

/** If a recovery waits for it, that says so itself; one that is found so may have been for hours. */
function late(state: State, gateway: Starting, { at, wasAwaited }: Moment): Transition {
  // Without the engine nobody knows what has become of it.
  const isKnown = state.shared.connection.value === 'connected' && !state.shared.ending;
  if (!isKnown || !isOverdue(state, at) || gateway.start.isLate) return to(state);
  const told: Notice = {
    kind: 'gatewayNotReady',
    name: gateway.name,
    waitedMs: state.settings.healthyWaitMs,
    isInRecovery: false,
    trouble: lastTrouble(state),
  };
  return to(
    { ...state, gateway: { ...gateway, start: { ...gateway.start, isLate: true } } },
    { notices: wasAwaited && state.recovery.value === 'none' ? [told] : [] },
  );
}

function sayReady({ name, start }: Starting, proof: Proof, { at, wasAwaited }: Moment): readonly Notice[] {
  if (proof === 'none') return [{ kind: 'gatewayTakenForReady', name }];
  return wasAwaited ? [{ kind: 'gatewayReady', name, tookMs: at - start.seenAt, proof }] : [];
}

interface Moment {
  readonly at: number;
  /** It was known to be starting before. */
  readonly wasAwaited: boolean;
}

/** How it was proven; `none`: nothing can prove it. */
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

/** By an inspection, of this start. */
function isHealthy(state: State, { id, start }: Starting): boolean {
  const details = state.shared.containers.byId[id]?.details;
  return details?.health === 'healthy' && details.startedAt === start.startedAt.text;
}

/** By then it is ready, or late. */
const healthyWaitEnds = ({ gateway, settings }: State): number | undefined =>
  gateway.value === 'starting' && !gateway.start.isLate
    ? gateway.start.seenAt + settings.healthyWaitMs
    : undefined;
