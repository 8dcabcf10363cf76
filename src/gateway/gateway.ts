import type { GatewayConcern } from '../model/concern.ts';
import type { ContainerFacts, Event } from '../../streams/events.ts';
import { fitsByName } from '../../streams/fits.ts';
import { COMPOSE_PROJECT } from '../../streams/labels.ts';
import { findGateway, lastingWord } from '../model/find-gateway.ts';
import { downCause, hasDied } from '../model/down-cause.ts';
import type { Gateway } from '../model/gateway.ts';
import { knownIds } from '../model/past.ts';
import { gatewayTarget, isGateway, startOf } from '../model/selectors.ts';
import type { Shared, State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';
import { sayChange } from './gateway-lines.ts';
import { type Signal, next } from './machine.ts';

/**
 * Which container is the gateway, and what the containers and Gluetun's log show of it. `readiness` decides when it is
 * ready.
 */
export const gateway: GatewayConcern<'gateway'> = { stage: 'gateway', reduce };

function reduce(state: State, event: Event, before: State): Transition {
  if (!state.shared.containers.isListed) return to(state);
  const current = afterTunnel(afterLook(state, event), event);
  const isSame = current === state.gateway && downCause(state) === downCause(before);
  if (isSame) return hasDied(state) ? followLog(state) : to(state);
  const after = keepName({ ...state, gateway: current });
  return { ...followLog(after), notices: sayChange(before, after, event) };
}

function afterLook(state: State, event: Event): Gateway {
  const facts = gatewayFacts(state);
  if (facts === undefined) return next(state.gateway, { type: 'absent' });
  const signal = signalOf(facts, event);
  return signal === undefined ? state.gateway : next(state.gateway, signal);
}

function afterTunnel(current: Gateway, event: Event): Gateway {
  const showsTunnel = event.type === 'publicIpLogged' || event.type === 'tunnelUpLogged';
  return showsTunnel && isGateway({ gateway: current }, event.gatewayId)
    ? next(current, { type: 'tunnelShown', at: event.at })
    : current;
}

/** The container that the user means, as long as it is not the gateway of another stack. */
function gatewayFacts(state: State): ContainerFacts | undefined {
  const {
    settings,
    shared: { past, containers },
  } = state;
  const find = (among: Findable): ContainerFacts | undefined =>
    findGateway(among, settings.gateway, knownIds(past, settings.gateway)[0]);
  const facts = find(containers);
  return facts === undefined || isOfAnotherStack(state, facts) ? find(withoutOtherStacks(state)) : facts;
}

type Findable = Pick<Shared['containers'], 'byId' | 'composeNames'>;

const withoutOtherStacks = (state: State): Findable => ({
  ...state.shared.containers,
  byId: Object.fromEntries(
    Object.entries(state.shared.containers.byId).filter(([, facts]) => !isOfAnotherStack(state, facts)),
  ),
});

/**
 * While the gateway is away, or about to be replaced, the user's word may fit the compose service of another stack. That
 * is another gateway, and its dependents are not ours.
 */
const isOfAnotherStack = ({ quiet, settings, shared: { past } }: State, facts: ContainerFacts): boolean =>
  quiet.project !== undefined &&
  (facts.labels[COMPOSE_PROJECT] ?? '') !== quiet.project &&
  !fitsByName(settings.gateway, facts) &&
  !knownIds(past, settings.gateway).includes(facts.id);

/** Undefined: the container could not be inspected, and a listing does not tell which run it is in. */
function signalOf({ id, name, runState, details }: ContainerFacts, event: Event): Signal | undefined {
  if (details === undefined) return undefined;
  const { at } = event;
  const target = { id, name };
  const startedAt = { engineMs: details.startedAtMs ?? 0, text: details.startedAt };
  switch (runState) {
    case 'running': {
      const ageMs = 'engineClockMs' in event ? Math.max(0, event.engineClockMs - startedAt.engineMs) : 0;
      return { type: 'running', at, target, startedAt, ageMs };
    }
    case 'paused':
      return { type: 'paused', at, target, startedAt };
    default:
      return { type: 'down', at, target, run: startedAt.text, isCreated: runState === 'created' };
  }
}

/** What is remembered about the gateway is kept under this name. Whoever remembers something looks it up again. */
function keepName(state: State): State {
  const { settings } = state;
  const target = gatewayTarget(state.gateway);
  const name = target === undefined ? settings.gateway : lastingWord(settings.gateway, target);
  if (name === settings.gateway) return state;
  const word = settings.word ?? settings.gateway;
  return { ...state, settings: { ...settings, gateway: name, word } };
}

/**
 * The log is followed once it is known where the present run begins in it. If the gateway died by itself, its log is
 * still read to the end, even if it lived too short a time to be inspected: its last words say why.
 */
function followLog(state: State): Transition {
  const {
    gateway: current,
    settings,
    logReading,
    shared: { containers },
  } = state;
  const lane = settings.gateway;
  const facts = 'id' in current ? containers.byId[current.id] : undefined;
  const run = hasDied(state)
    ? (facts?.details?.startedAt ?? logReading.followed)
    : startOf(current)?.startedAt.text;
  if (run === logReading.followed) return to(state);
  const after = { ...state, logReading: { ...logReading, followed: run } };
  if (run === undefined || !('id' in current))
    return to(after, { requests: [{ kind: 'leaveGatewayLog', lane }] });
  const { tty = false, startedAt, startedAtMs = 0, finishedAtMs = Infinity } = facts?.details ?? {};
  return to(after, {
    requests: [
      {
        kind: 'followGatewayLog',
        lane,
        gatewayId: current.id,
        startedAt: run,
        ...(startedAt === run && finishedAtMs < startedAtMs && { endedBeforeMs: finishedAtMs }),
        tty,
      },
    ],
  });
}
