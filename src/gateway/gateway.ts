import type { ContainerFacts, Event } from '../../streams/events.ts';
import { fitsByName } from '../../streams/fits.ts';
import { COMPOSE_PROJECT } from '../../streams/labels.ts';
import { findGateway, lastingWord } from '../model/find-gateway.ts';
import { downCause, hasDied } from '../model/down-cause.ts';
import { knownIds, rememberedBackoff, rememberedSites } from '../model/past.ts';
import { gatewayTarget, startOf } from '../model/selectors.ts';
import type { Gateway, Start, State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';
import { sayChange } from './gateway-lines.ts';
import { COMES_BACK_MS } from '../recovery/crashed-gateway.ts';

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
  // It could not be inspected: of what a listing tells alone nobody knows which run that is.
  if (facts.details === undefined) return current;
  switch (facts.runState) {
    case 'running':
      return running(same, facts, event);
    case 'paused': {
      const start = startIn(same, facts, event);
      if (same?.value === 'paused' && start === same.start) return same;
      return { value: 'paused', ...target, start, wasReady: same?.value === 'ready' && start === same.start };
    }
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
  if (current === undefined || !('start' in current) || current.start !== start)
    return { value: 'starting', ...target, start };
  if (current.value === 'paused') return resumed({ ...current, ...target }, event.at);
  return current.name === facts.name ? current : { ...current, ...target };
}

/** It has become healthy since its start, so it is ready; but what a check met while it stood still says nothing. */
function resumed({ wasReady, id, name, start }: Extract<Gateway, { value: 'paused' }>, at: number): Gateway {
  return wasReady
    ? { value: 'ready', id, name, start: { ...start, readyAt: at } }
    : { value: 'starting', id, name, start };
}

function down(current: Gateway | undefined, facts: ContainerFacts, event: Event): Gateway {
  const target = { id: facts.id, name: facts.name };
  const run = facts.details?.startedAt;
  if (current?.value === 'down' && current.run === run) {
    const isLeft = facts.runState === 'created' && event.at >= current.since + COMES_BACK_MS;
    return isLeft === current.isLeft && facts.name === current.name
      ? current
      : { ...current, ...target, isLeft };
  }
  const unreadyRuns = unreadyRunsAfter(current);
  return { value: 'down', ...target, since: event.at, isLeft: false, run, unreadyRuns };
}

/** Of runs in a row: the one before the present has ended, or, where it was down, one that was over before it was seen. */
function unreadyRunsAfter(current: Gateway | undefined): number {
  if (current?.value === 'down') return current.unreadyRuns + 1;
  const start = current && startOf(current);
  const isKept = current?.value === 'paused' ? current.wasReady : current?.value === 'ready';
  return isKept || start === undefined ? 0 : start.unreadyRuns + 1;
}

/** The present start: the one we know, or a new one. */
function startIn(current: Gateway | undefined, { details }: ContainerFacts, event: Event): Start {
  const known = current && startOf(current);
  const text = details?.startedAt ?? '';
  if (known?.startedAt.text === text) return known;
  return {
    seenAt: event.at,
    startedAt: { engineMs: details?.startedAtMs ?? 0, text },
    tunnelShownAt: undefined,
    readyAt: undefined,
    unreadyRuns: current?.value === 'down' ? current.unreadyRuns : unreadyRunsAfter(current),
    isLate: false,
  };
}

/** A gateway that the monitor finds running at its own start has run for some time: both times are the engine's. */
function foundRunning(current: Gateway, event: Event): Gateway {
  if (current.value !== 'starting' || !('engineClockMs' in event)) return current;
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
    : startOf(now)?.startedAt.text;
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
