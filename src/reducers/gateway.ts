import type { ContainerFacts, Event } from '../../streams/events.ts';
import { fitsByName } from '../../streams/fits.ts';
import { COMPOSE_PROJECT } from '../../streams/labels.ts';
import { findGateway, lastingWord } from '../find-gateway.ts';
import { isEndedByEngine, isLeftHalfRestarted, wouldBeKeptRunning } from '../attachment.ts';
import { knownIds, rememberedBackoff, rememberedSites } from '../memory.ts';
import { hasUsedUpItsRetries } from '../retries.ts';
import { gatewayTarget, hasDied, startOf } from '../selectors.ts';
import type { DownCause, Ending, Gateway, Start, State } from '../state.ts';
import { type Transition, to } from '../transition.ts';
import { sayChange } from './gateway-lines.ts';
import { COMES_BACK_MS } from './left-behind.ts';

/** Where the gateway is in its life: absent, down, paused, starting. That it is ready is decided by `readiness`. */
export function gateway(state: State, event: Event): Transition {
  if (!state.containers.isListed) return to(state);
  const heard = withEvidence(nextGateway(state, event), event);
  const next = state.gateway.value === 'unseen' ? foundRunning(heard, event) : heard;
  if (next === state.gateway) return hasDied(next) ? followLog(state) : to(state);
  const after = keepName({ ...state, gateway: next });
  return { ...followLog(after), notices: sayChange(state, after, event) };
}

/** What is remembered of it is kept by that name. */
function keepName(state: State): State {
  const { settings, memory } = state;
  const target = gatewayTarget(state.gateway);
  const name = target === undefined ? settings.gateway : lastingWord(settings.gateway, target);
  if (name === settings.gateway) return state;
  const { gateway: given, word = given } = settings;
  const backoff = { ...state.backoff, ...rememberedBackoff(memory, name) };
  const sites = { ...state.sites, ...rememberedSites(memory, name) };
  return { ...state, backoff, sites, settings: { ...settings, gateway: name, word } };
}

function nextGateway(state: State, event: Event): Gateway {
  const current = state.gateway;
  const { gateway: word } = state.settings;
  const find = (containers: Findable): ContainerFacts | undefined =>
    findGateway(containers, word, knownIds(state.memory, word)[0]);
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
      return down(state, same, facts, event);
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
const isOfAnotherStack = ({ settling, settings, memory }: State, facts: ContainerFacts): boolean =>
  settling.project !== undefined &&
  (facts.labels[COMPOSE_PROJECT] ?? '') !== settling.project &&
  !fitsByName(settings.gateway, facts) &&
  !knownIds(memory, settings.gateway).includes(facts.id);

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

function down(state: State, current: Gateway | undefined, facts: ContainerFacts, event: Event): Gateway {
  const target = { id: facts.id, name: facts.name };
  const cause = causeOf(state, facts, current, event.at);
  const run = facts.details?.startedAt;
  if (current?.value === 'down' && current.run === run)
    return cause === current.cause && facts.name === current.name
      ? current
      : { ...current, ...target, cause };
  return { value: 'down', ...target, since: event.at, cause, run, unreadyRuns: unreadyRunsAfter(current) };
}

/** Of runs in a row: the one before the present has ended, or, where it was down, one that was over before it was seen. */
function unreadyRunsAfter(current: Gateway | undefined): number {
  if (current?.value === 'down') return current.unreadyRuns + 1;
  const start = current && startOf(current);
  const isKept = current?.value === 'paused' ? current.wasReady : current?.value === 'ready';
  return isKept || start === undefined ? 0 : start.unreadyRuns + 1;
}

const CAUSES: Readonly<Record<Ending['value'], DownCause>> = {
  signalled: 'operator',
  undecided: 'operator',
  operator: 'operator',
  itself: 'crash',
  ours: 'ourRestart',
  engine: 'crash',
};

/** Its policy would have started it again, and did not: a person has ended it, though we heard nothing of that. */
const isLeftByItsPolicy = (facts: ContainerFacts): boolean =>
  wouldBeKeptRunning(facts) && facts.details?.error === '';

/**
 * It failed once more than its restart policy puts up with, and nobody is known to have stopped it: so it is as if it
 * had no policy.
 */
const isGivenUp = (
  { endings, memory }: State,
  facts: ContainerFacts,
  known: DownCause | undefined,
): boolean => {
  const ending = endings[facts.id]?.value;
  const isNobodysDoing = ending === undefined ? known !== 'operator' : ending === 'itself';
  return isNobodysDoing && !memory.stopped.includes(facts.id) && hasUsedUpItsRetries(facts);
};

/** Between its creation and its start, which whoever creates it does not leave it long without. */
const isJustCreated = (current: Gateway | undefined, { details }: ContainerFacts, at: number): boolean =>
  (details?.error ?? '') === '' && (current?.value !== 'down' || at < current.since + COMES_BACK_MS);

/** Of an end that was not heard of nothing is known, but that a restart policy was at work. */
function causeOf(state: State, facts: ContainerFacts, current: Gateway | undefined, at: number): DownCause {
  if (facts.runState === 'restarting') return 'restarting';
  if (facts.runState === 'created') return isJustCreated(current, facts, at) ? 'created' : 'found';
  if (isEndedByEngine(state, facts)) return wouldBeKeptRunning(facts) ? 'crash' : 'found';
  const known = current?.value === 'down' ? current.cause : undefined;
  const ending = state.endings[facts.id]?.value;
  if (isGivenUp(state, facts, known)) return 'givenUp';
  if (ending === 'itself' && isLeftByItsPolicy(facts)) return 'operator';
  if (ending !== undefined) return CAUSES[ending];
  if (isLeftHalfRestarted(state, facts) && wouldBeKeptRunning(facts)) return 'crash';
  if (known === 'restarting') return 'crash';
  return known === undefined || known === 'created' ? 'found' : known;
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
  const run = hasDied(now)
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
