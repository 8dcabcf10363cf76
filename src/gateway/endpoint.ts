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

/** How long the control server may take before a line is written without its answer. */
const READING_MS = 6_000;

/**
 * How long the address is waited for, before a line says that it is unknown: Gluetun learns it some time after the
 * tunnel is up. The log of one that is found running has told it long ago.
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
 * The VPN exit in use, of the gateway's present start and connection only: forgotten at every start and reconnect,
 * learned from what Gluetun's log tells since and from its control server. That logs each request, so it is asked
 * only when the gateway has become ready or healthy again, when a line is owed, and once more before that is written.
 */
export const endpoint: GatewayConcern<'network'> = {
  stage: 'network',
  reduce,
  dueAt: ({ endpoint: { reading, owed } }) => [reading?.until, owed?.until, owed?.askAt],
};

function reduce(state: State, event: Event, before: State): Transition {
  const known = forget(state, event, before);
  const asked = isTimeToAsk(known, before) ? askEndpoint(known, event.at) : askedOnceMore(known, event.at);
  const heard = hear(asked.state, event);
  const said = announce(heard.state, event);
  return { state: said.state, commands: asked.commands, notices: [...heard.notices, ...said.notices] };
}

/** In a recovery what is asked before the check that passes may be answered with the exit that fails. */
function isTimeToAsk(state: State, before: State): boolean {
  const { gateway, endpoint: exit } = state;
  if (gateway.value !== 'ready' || state.recovery.value !== 'none') return false;
  if (hasBecomeReady(state, before)) return exit.current.ip === undefined;
  return hasTurned(state, before, 'healthy');
}

/** Before it is written that nothing is known. */
function askedOnceMore(state: State, at: number): Transition {
  const { current, reading, owed } = state.endpoint;
  const isDue = (owed?.askAt ?? Infinity) <= at && reading === undefined;
  if (owed === undefined || !isDue || state.gateway.value !== 'ready' || current.ip !== undefined)
    return to(state);
  return askEndpoint(withOwed(state, { ...owed, askAt: undefined }), at);
}

/** What was known of an earlier start is not known of this one, nor that of an earlier connection. */
function forget(state: State, event: Event, before: State): State {
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

/** What the exit is: of one that is known no more, though nothing has come of what was to change it. */
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
      commands: [{ kind: 'readEndpoint', lane: state.settings.gateway, requestId, gatewayId: gateway.id }],
    },
  );
}

function hear(state: State, event: Event): Transition {
  const { reading, current } = state.endpoint;
  const learn = (known: Partial<Endpoint['current']>): State => ({
    ...state,
    endpoint: { ...state.endpoint, current: { ...current, ...known } },
  });
  const answered = (next: State, failure?: string): State => ({
    ...next,
    endpoint: { ...next.endpoint, reading: undefined, failure },
  });
  switch (event.type) {
    case 'publicIpLogged':
      return to(isGateway(state, event.gatewayId) ? learn(publicIp(event)) : state);
    case 'vpnServerLogged':
      return to(isGateway(state, event.gatewayId) ? learn({ server: event.server }) : state);
    case 'endpointRead':
      if (reading?.requestId !== event.requestId) return to(state);
      return to(answered(event.ip === undefined ? state : learn(publicIp(event))));
    case 'endpointUnavailable':
      if (reading?.requestId !== event.requestId) return to(state);
      return to(answered(state, event.reason), {
        notices: [{ kind: 'endpointNotRead', reason: event.reason }],
      });
    case 'timeReached':
      return to(
        reading !== undefined && reading.until <= event.at ? answered(state, state.endpoint.failure) : state,
      );
    default:
      return to(state);
  }
}

const publicIp = ({ ip, country, region, city }: PublicIp): PublicIp => ({ ip, country, region, city });

/** What is owed, once it is known or has been waited for; outside a recovery, where the address is another one. */
function announce(state: State, event: Event): Transition {
  const { current, announced, reading, owed } = state.endpoint;
  const isReady = state.gateway.value === 'ready';
  if (owed !== undefined) {
    const isOver = owed.until <= event.at;
    if (!isReady) return to(isOver ? withOwed(state, undefined) : state);
    // One that is found running is asked first: by then its log has been read, too.
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

/** Of the exit that a recovery has led to: at once where its log has told it, else when it is told, and nothing waits. */
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
