import type { ContainerFacts, Event } from '../../streams/events.ts';
import { fitsByName } from '../../streams/fits.ts';
import { COMPOSE_PROJECT } from '../../streams/labels.ts';
import { findGateway, lastingWord } from '../find-gateway.ts';
import { downCause, hasDied } from '../down-cause.ts';
import { knownIds, rememberedBackoff, rememberedSites } from '../past.ts';
import { isMessageOfStart } from '../messages.ts';
import { gatewayTarget, runningStart, startOf } from '../selectors.ts';
import type { Gateway, Start, State } from '../state.ts';
import { type Transition, to } from '../transition.ts';
import { sayChange } from './gateway-lines.ts';
import { COMES_BACK_MS } from './left-behind.ts';

/** Where the gateway is in its life: absent, down, paused, starting. That it is ready is decided by `readiness`. */
export function gateway(state: State, event: Event, before: State): Transition {
  if (!state.containers.isListed) return to(state);
  const heard = withEvidence(nextGateway(state, event), event);
  const next = state.gateway.value === 'unseen' ? foundRunning(heard, event) : heard;
  const isSame = next === state.gateway && downCause(state) === downCause(before);
  if (isSame) return hasDied(state) ? followLog(state) : to(state);
  const after = keepName({ ...state, gateway: next });
  return { ...followLog(after), notices: sayChange(before, after, event) };
}

/** What is remembered of it is kept by that name. */
function keepName(state: State): State {
  const { settings, past } = state;
  const target = gatewayTarget(state.gateway);
  const name = target === undefined ? settings.gateway : lastingWord(settings.gateway, target);
  if (name === settings.gateway) return state;
  const { gateway: given, word = given } = settings;
  const backoff = { ...state.backoff, ...rememberedBackoff(past, name) };
  const sites = { ...state.sites, ...rememberedSites(past, name) };
  return { ...state, backoff, sites, settings: { ...settings, gateway: name, word } };
}

function nextGateway(state: State, event: Event): Gateway {
  const current = state.gateway;
  const { gateway: word } = state.settings;
  const find = (containers: Findable): ContainerFacts | undefined =>
    findGateway(containers, word, knownIds(state.past, word)[0]);
  const found = find(state.containers);
  const facts =
    found === undefined || isOfAnotherStack(state, found) ? find(withoutOtherStacks(state)) : found;
  if (facts === undefined) return current.value === 'absent' ? current : { value: 'absent' };
  const target = { id: facts.id, name: facts.name };
  const same = gatewayTarget(current)?.id === facts.id ? current : undefined;
  switch (facts.runState) {
    case 'running':
      return running(same, facts, event);
    case 'paused':
      if (same?.value === 'paused') return same;
      return {
        value: 'paused',
        ...target,
        start: startIn(same, facts, event),
        wasReady: same?.value === 'ready',
      };
    default:
      return down(same, facts, event);
  }
}

type Findable = Pick<State['containers'], 'byId' | 'composeNames'>;

const withoutOtherStacks = (state: State): Findable => ({
  ...state.containers,
  byId: Object.fromEntries(
    Object.entries(state.containers.byId).filter(([, facts]) => !isOfAnotherStack(state, facts)),
  ),
});

/**
 * The gateway is away, or about to be replaced, and the word fits the compose service of another stack: that has a
 * gateway of its own, and dependents that are none of ours.
 */
const isOfAnotherStack = ({ settling, settings, past }: State, facts: ContainerFacts): boolean =>
  settling.project !== undefined &&
  (facts.labels[COMPOSE_PROJECT] ?? '') !== settling.project &&
  !fitsByName(settings.gateway, facts) &&
  !knownIds(past, settings.gateway).includes(facts.id);

function running(current: Gateway | undefined, facts: ContainerFacts, event: Event): Gateway {
  const start = startIn(current, facts, event);
  const target = { id: facts.id, name: facts.name };
  // Of a start that came meanwhile, what was proven of the one before says nothing.
  if (current?.value === 'paused' && start.seenAt === current.start.seenAt)
    return resumed(current, start, event.at);
  const isSameStart = current !== undefined && runningStart(current)?.seenAt === start.seenAt;
  if (!isSameStart || (current.value !== 'starting' && current.value !== 'ready'))
    return { value: 'starting', ...target, start };
  if (start === current.start && current.name === facts.name) return current;
  return { ...current, ...target, start };
}

/** It has become healthy since its start, so it is ready; but what a check met while it stood still says nothing. */
function resumed(
  { wasReady, id, name }: Extract<Gateway, { value: 'paused' }>,
  start: Start,
  at: number,
): Gateway {
  return wasReady
    ? { value: 'ready', id, name, start: { ...start, readyAt: at } }
    : { value: 'starting', id, name, start };
}

function down(current: Gateway | undefined, facts: ContainerFacts, event: Event): Gateway {
  const target = { id: facts.id, name: facts.name };
  if (current?.value === 'down') {
    const isLeft = facts.runState === 'created' && event.at >= current.since + COMES_BACK_MS;
    return isLeft === current.isLeft && facts.name === current.name
      ? current
      : { ...current, ...target, isLeft };
  }
  const start = current && startOf(current);
  const unreadyRuns = current?.value === 'ready' || start === undefined ? 0 : start.unreadyRuns + 1;
  return { value: 'down', ...target, since: event.at, isLeft: false, unreadyRuns };
}

/** The present start: the one we know, with what an inspection adds to it, or a new one. */
function startIn(current: Gateway | undefined, facts: ContainerFacts, event: Event): Start {
  const startedAt = inspectedStart(facts);
  const unreadyRuns = current?.value === 'down' ? current.unreadyRuns : 0;
  const messageMs =
    event.type === 'containerStarted' && event.id === facts.id ? event.engineTimeMs : undefined;
  const anew: Start = {
    seenAt: event.at,
    messageMs,
    startedAt,
    tunnelShownAt: undefined,
    readyAt: undefined,
    unreadyRuns,
    isLate: false,
  };
  const known = current && startOf(current);
  if (known === undefined) return anew;
  if (messageMs !== undefined && !isMessageOfStart(known.startedAt?.engineMs, messageMs)) return anew;
  if (startedAt === undefined || known.startedAt?.text === startedAt.text) return known;
  return known.startedAt === undefined && !isYounger(startedAt, known) ? { ...known, startedAt } : anew;
}

const inspectedStart = ({ details }: ContainerFacts): Start['startedAt'] =>
  details?.startedAtMs === undefined ? undefined : { engineMs: details.startedAtMs, text: details.startedAt };

/** Started after the message of the start we know: so it is another one, whose own message was lost. */
const isYounger = (startedAt: NonNullable<Start['startedAt']>, { messageMs }: Start): boolean =>
  startedAt.engineMs > (messageMs ?? Infinity);

/** A gateway that the monitor finds running at its own start has run for some time: both times are the engine's. */
function foundRunning(current: Gateway, event: Event): Gateway {
  if (current.value !== 'starting' || current.start.startedAt === undefined || !('engineClockMs' in event))
    return current;
  const ageMs = Math.max(0, event.engineClockMs - current.start.startedAt.engineMs);
  return { ...current, start: { ...current.start, seenAt: event.at - ageMs } };
}

/** What Gluetun's log shows of the present start; one that is ready needs no further proof. */
function withEvidence(current: Gateway, event: Event): Gateway {
  if (current.value !== 'starting') return current;
  const { start } = current;
  const showsTunnel = event.type === 'publicIpLogged' || event.type === 'tunnelUpLogged';
  if (showsTunnel && event.gatewayId === current.id && start.tunnelShownAt === undefined)
    return { ...current, start: { ...start, tunnelShownAt: event.at } };
  return current;
}

/**
 * The log is followed from the moment it is known where this start begins in it. Of one that died by itself it is
 * read on, or read at all where it lived too short a time to be looked at: its last words tell why.
 */
function followLog(state: State): Transition {
  const { gateway: now, containers, settings, logReading } = state;
  const lane = settings.gateway;
  const facts = 'id' in now ? containers.byId[now.id] : undefined;
  const run = hasDied(state)
    ? (facts?.details?.startedAt ?? logReading.followed)
    : startOf(now)?.startedAt?.text;
  if (run === logReading.followed) return to(state);
  const next = { ...state, logReading: { ...logReading, followed: run } };
  if (run === undefined || !('id' in now)) return to(next, { commands: [{ kind: 'leaveGatewayLog', lane }] });
  const { tty = false, startedAt, startedAtMs = 0, finishedAtMs = Infinity } = facts?.details ?? {};
  return to(next, {
    commands: [
      {
        kind: 'followGatewayLog',
        lane,
        gatewayId: now.id,
        startedAt: run,
        ...(startedAt === run && finishedAtMs < startedAtMs && { endedBeforeMs: finishedAtMs }),
        tty,
      },
    ],
  });
}
