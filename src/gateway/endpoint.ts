import type { GatewayConcern } from '../model/concern.ts';
import type { Event, PublicIp } from '../../streams/events.ts';
import type { EndpointReason } from '../notices/notice.ts';
import {
  gatewayTarget,
  hasBecomeReady,
  hasTurned,
  isGateway,
  isSameRun,
  startOf,
} from '../model/selectors.ts';
import type { Endpoint, State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/** How long we wait for the control server before we write a line without its answer. */
const READING_MS = 6_000;

/**
 * How long we wait for the public IP before a line says that it is unknown. Gluetun learns it some time after the tunnel
 * is up. If we find the gateway running, its log named the IP long ago.
 */
const PATIENCE_MS = { STARTUP: 10_000, NEW: 30_000 };
const REASONS = { STARTUP: 'Monitor starting', NEW: 'After restart' } as const;

export const NOTHING_KNOWN: Endpoint['current'] = {
  ip: undefined,
  country: undefined,
  region: undefined,
  city: undefined,
  server: undefined,
};

/**
 * Which VPN endpoint the gateway uses in its present run and connection. Every start and every reconnect makes us forget
 * it; Gluetun's log and its control server tell it. The control server logs each request, so we ask it only when the
 * gateway becomes ready or turns healthy, when we owe a line, and once more before we write that line.
 */
export const endpoint: GatewayConcern<'network'> = {
  stage: 'network',
  reduce,
  dueAt: ({ endpoint: { reading, owed } }) => [reading?.until, owed?.until, owed?.askAt],
};

function reduce(state: State, event: Event, before: State): Transition {
  const current = withoutOldEndpoint(state, event, before);
  const request = isTimeToAsk(current, before)
    ? askEndpoint(current, event.at)
    : askOnceMore(current, event.at);
  const answer = learnEndpoint(request.state, event);
  const line = announce(answer.state, event);
  return { state: line.state, requests: request.requests, notices: [...answer.notices, ...line.notices] };
}

/** Not in a recovery: before a check passes, the answer may still be the endpoint that failed. */
function isTimeToAsk(state: State, before: State): boolean {
  if (state.gateway.value !== 'ready' || state.recovery.value !== 'none') return false;
  if (hasBecomeReady(state, before)) return state.endpoint.current.ip === undefined;
  return hasTurned(state, before, 'healthy');
}

/** Before we write that the endpoint is unknown. */
function askOnceMore(state: State, at: number): Transition {
  const { current, reading, owed } = state.endpoint;
  const isDue = (owed?.askAt ?? Infinity) <= at && reading === undefined;
  if (owed === undefined || !isDue || state.gateway.value !== 'ready' || current.ip !== undefined)
    return to(state);
  return askEndpoint(withOwed(state, { ...owed, askAt: undefined }), at);
}

/** What we knew of an earlier run, or of an earlier connection, may not be true of the present one. */
function withoutOldEndpoint(state: State, event: Event, before: State): State {
  const hasStarted = startOf(state.gateway) !== undefined && !isSameRun(before.gateway, state.gateway);
  const isReconnected =
    (event.type === 'vpnStoppingLogged' || event.type === 'vpnStartingLogged') &&
    isGateway(state, event.gatewayId);
  return hasStarted || isReconnected ? forgetEndpoint(state) : state;
}

export const forgetEndpoint = (state: State): State => ({
  ...state,
  endpoint: { ...state.endpoint, current: NOTHING_KNOWN, failure: undefined, reading: undefined },
});

/** Asks the control server which endpoint is in use. */
export function askEndpoint(state: State, at: number): Transition {
  const gateway = gatewayTarget(state.gateway);
  if (gateway === undefined) return to(state);
  const requestId = state.shared.nextId;
  const reading = { requestId, until: at + READING_MS };
  return to(
    {
      ...state,
      endpoint: { ...state.endpoint, reading },
      shared: { ...state.shared, nextId: requestId + 1 },
    },
    {
      requests: [{ kind: 'readEndpoint', lane: state.settings.gateway, requestId, gatewayId: gateway.id }],
    },
  );
}

function learnEndpoint(state: State, event: Event): Transition {
  const { reading, current } = state.endpoint;
  const withFacts = (facts: Partial<Endpoint['current']>): State => ({
    ...state,
    endpoint: { ...state.endpoint, current: { ...current, ...facts } },
  });
  const withoutReading = (next: State, failure?: string): State => ({
    ...next,
    endpoint: { ...next.endpoint, reading: undefined, failure },
  });
  switch (event.type) {
    case 'publicIpLogged':
      return to(isGateway(state, event.gatewayId) ? withFacts(publicIp(event)) : state);
    case 'vpnServerLogged':
      return to(isGateway(state, event.gatewayId) ? withFacts({ server: event.server }) : state);
    case 'endpointRead':
      if (reading?.requestId !== event.requestId) return to(state);
      return to(withoutReading(event.ip === undefined ? state : withFacts(publicIp(event))));
    case 'endpointUnavailable':
      if (reading?.requestId !== event.requestId) return to(state);
      return to(withoutReading(state, event.reason), {
        notices: [{ kind: 'endpointNotRead', reason: event.reason }],
      });
    case 'timeReached':
      return to(
        reading !== undefined && reading.until <= event.at
          ? withoutReading(state, state.endpoint.failure)
          : state,
      );
    default:
      return to(state);
  }
}

const publicIp = ({ ip, country, region, city }: PublicIp): PublicIp => ({ ip, country, region, city });

/**
 * Writes the line that we owe as soon as the public IP is known, or when we have waited for it long enough. If we owe no
 * line and no recovery is under way, writes one whenever the public IP has changed.
 */
function announce(state: State, event: Event): Transition {
  const { current, announced, reading, owed } = state.endpoint;
  const isReady = state.gateway.value === 'ready';
  if (owed !== undefined) {
    const isOver = owed.until <= event.at;
    if (!isReady) return to(isOver ? withOwed(state, undefined) : state);
    // At the monitor's start we wait for the control server: by then Gluetun's log has been read, too.
    const isKnown = current.ip !== undefined && (owed.status === 'NEW' || reading === undefined);
    return isKnown || isOver ? sayEndpoint(state, owed.status, REASONS[owed.status], event.at) : to(state);
  }
  if (!isReady || state.recovery.value !== 'none') return to(state);
  if (announced === undefined) return to(owing(state, 'STARTUP', event.at));
  const isBacklog = event.type === 'publicIpLogged' && event.isPast;
  if (reading !== undefined || isBacklog || current.ip === undefined || current.ip === announced.ip)
    return to(state);
  return sayEndpoint(
    state,
    'CHANGED',
    event.type === 'publicIpLogged' ? 'Gluetun reported a new public IP' : 'After restart',
    event.at,
  );
}

/** Writes the endpoint that a recovery has led to: now if the log has named it, else as soon as we learn it. */
export function announceNewEndpoint(state: State, at: number): Transition {
  if (state.endpoint.current.ip !== undefined) return sayEndpoint(state, 'NEW', REASONS.NEW, at);
  return askEndpoint(owing(state, 'NEW', at), at);
}

function owing(state: State, status: 'STARTUP' | 'NEW', at: number): State {
  const until = at + PATIENCE_MS[status];
  return withOwed(state, { status, until, askAt: until - READING_MS });
}

const withOwed = (state: State, owed: Endpoint['owed']): State => ({
  ...state,
  endpoint: { ...state.endpoint, owed },
});

export function sayEndpoint(
  state: State,
  status: 'STARTUP' | 'FAILING' | 'NEW' | 'CHANGED',
  reason: EndpointReason,
  at: number,
): Transition {
  const { current } = state.endpoint;
  const { ip, country, city, server } = current;
  return to(
    { ...state, endpoint: { ...state.endpoint, announced: { ...current, at }, owed: undefined } },
    { notices: [{ kind: 'endpoint', status, ip, country, city, server, reason }] },
  );
}
