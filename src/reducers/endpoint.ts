import type { Event, PublicIp } from '../../streams/events.ts';
import type { Target } from '../commands.ts';
import type { Line } from '../log-line.ts';
import { startOf } from '../selectors.ts';
import type { Endpoint, State } from '../state.ts';
import { type Transition, debug, to } from '../transition.ts';

/** How long the control server may take before a line is written without its answer. */
const READING_MS = 6_000;

export const NOTHING_KNOWN: Endpoint['current'] = {
  ip: undefined,
  country: undefined,
  region: undefined,
  city: undefined,
  server: undefined,
};

/**
 * The VPN exit in use, of the gateway's present start only: forgotten at every start, learned from Gluetun's log
 * of that start and from its control server, which is asked when the gateway has become ready.
 */
export function endpoint(state: State, event: Event, before: State): Transition {
  const { gateway } = state;
  const current =
    gateway.value === 'ready' && mayHaveChanged(gateway, event, before)
      ? ask(forget(state, before), gateway, event.at)
      : to(forget(state, before));
  const heard = hear(current.state, event);
  const said = announce(heard.state, event);
  return { state: said.state, commands: current.commands, lines: [...heard.lines, ...said.lines] };
}

/** It has become ready, or healthy again after Gluetun healed itself: the server logs each request, so no oftener. */
const mayHaveChanged = ({ id }: Target, event: Event, before: State): boolean =>
  before.gateway.value !== 'ready' ||
  (event.type === 'containerHealthChanged' && event.id === id && event.health === 'healthy');

/** What was known of an earlier start is not known of this one. */
function forget(state: State, before: State): State {
  const [was, is] = [startOf(before.gateway)?.seenAt, startOf(state.gateway)?.seenAt];
  if (was === is || is === undefined) return state;
  return { ...state, endpoint: { ...state.endpoint, current: NOTHING_KNOWN, reading: undefined } };
}

function ask(state: State, gateway: Target, at: number): Transition {
  const requestId = state.nextId;
  const reading = { requestId, until: at + READING_MS };
  return to(
    { ...state, nextId: requestId + 1, endpoint: { ...state.endpoint, reading } },
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
  const answered = (next: State): State => ({ ...next, endpoint: { ...next.endpoint, reading: undefined } });
  switch (event.type) {
    case 'publicIpLogged':
      return to(isOfGateway(state, event.gatewayId) ? learn(publicIp(event)) : state);
    case 'vpnServerLogged':
      return to(isOfGateway(state, event.gatewayId) ? learn({ server: event.server }) : state);
    case 'endpointRead':
      if (reading?.requestId !== event.requestId) return to(state);
      return to(answered(event.ip === undefined ? state : learn(publicIp(event))));
    case 'endpointUnavailable':
      if (reading?.requestId !== event.requestId) return to(state);
      return to(answered(state), { lines: [debug(`Endpoint: ${event.reason}`)] });
    case 'timeReached':
      return to(reading !== undefined && reading.until <= event.at ? answered(state) : state);
    default:
      return to(state);
  }
}

const isOfGateway = ({ gateway }: State, id: string): boolean => 'id' in gateway && gateway.id === id;

const publicIp = ({ ip, country, region, city }: PublicIp): PublicIp => ({ ip, country, region, city });

/** Outside a recovery, which says it itself: at the start once, then where the address is another one. */
function announce(state: State, event: Event): Transition {
  const { current, said, reading } = state.endpoint;
  const isBacklog = event.type === 'publicIpLogged' && event.isPast;
  if (
    state.recovery.value !== 'none' ||
    state.gateway.value !== 'ready' ||
    reading !== undefined ||
    isBacklog
  )
    return to(state);
  if (said === undefined) return sayEndpoint(state, 'STARTUP', 'Monitor starting');
  if (current.ip === undefined || current.ip === said.ip) return to(state);
  return sayEndpoint(
    state,
    'CHANGED',
    event.type === 'publicIpLogged' ? 'Gluetun reported a new public IP' : 'After restart',
  );
}

export function sayEndpoint(
  state: State,
  status: 'STARTUP' | 'FAILING' | 'NEW' | 'CHANGED',
  reason: string,
): Transition {
  const { ip, country, city, server } = state.endpoint.current;
  return to(
    { ...state, endpoint: { ...state.endpoint, said: { ip } } },
    { lines: [endpointLine(status, { ip, country, city, server }, reason)] },
  );
}

function endpointLine(
  status: string,
  { ip, country, city, server }: Omit<Endpoint['current'], 'region'>,
  reason: string,
): Line {
  const known = (part: string | undefined): string => part ?? 'unknown';
  return {
    level: 'endpoint',
    message: `Status: ${status} | IP: ${known(ip)} | Country: ${known(country)} | City: ${known(city)} | VPN Server: ${known(server)} | Reason: ${reason}`,
    fields: { status, ip, country, city, server, reason },
  };
}
