import type { ContainerFacts, Event } from '../../streams/events.ts';
import type { Target } from '../commands.ts';
import type { Line } from '../log-line.ts';
import { findGateway, gatewayCandidates, lastingWord } from '../find-gateway.ts';
import { isEndedByEngine, isLeftHalfRestarted, wouldBeKeptRunning } from '../attachment.ts';
import { knownIds, rememberedBackoff, rememberedSites } from '../memory.ts';
import { isMessageOfStart } from '../messages.ts';
import { gatewayTarget, isBeingRestarted, runningStart, startOf } from '../selectors.ts';
import type { DownCause, Ending, Gateway, Start, State } from '../state.ts';
import { type Transition, duration, info, to, warn } from '../transition.ts';
import { COMES_BACK_MS } from './left-behind.ts';

/** Where the gateway is in its life: absent, down, paused, starting. That it is ready is decided by `readiness`. */
export function gateway(state: State, event: Event): Transition {
  if (state.containers.latestListing === undefined) return to(state);
  const heard = withEvidence(nextGateway(state, event), event);
  const next = state.gateway.value === 'unseen' ? foundRunning(heard, event) : heard;
  if (next === state.gateway) return hasDied(next) ? followLog(state) : to(state);
  const after = keepName({ ...state, gateway: next });
  return { ...followLog(after), lines: sayChange(state, after, event) };
}

/** What is remembered of it is kept by that name. */
function keepName(state: State): State {
  const { settings, memory } = state;
  const target = gatewayTarget(state.gateway);
  const name = target === undefined ? settings.gateway : lastingWord(settings.gateway, target);
  if (name === settings.gateway) return state;
  const backoff = { ...state.backoff, ...rememberedBackoff(memory, name) };
  const sites = { ...state.sites, ...rememberedSites(memory, name) };
  return { ...state, backoff, sites, settings: { ...settings, gateway: name } };
}

function nextGateway(state: State, event: Event): Gateway {
  const current = state.gateway;
  const { gateway: word } = state.settings;
  const facts = findGateway(state.containers, word, knownIds(state.memory, word)[0]);
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
      return down(state, same, facts, event);
  }
}

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

function down(state: State, current: Gateway | undefined, facts: ContainerFacts, event: Event): Gateway {
  const target = { id: facts.id, name: facts.name };
  const cause = causeOf(state, facts, current);
  if (current?.value === 'down')
    return cause === current.cause && facts.name === current.name
      ? current
      : { ...current, ...target, cause };
  const start = current && startOf(current);
  const rounds = current?.value === 'ready' || start === undefined ? 0 : start.rounds + 1;
  return { value: 'down', ...target, since: event.at, cause, rounds };
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

const mayBeKeptRunning = (facts: ContainerFacts): boolean =>
  facts.details === undefined || wouldBeKeptRunning(facts);

/** Of an end that was not heard of nothing is known, but that a restart policy was at work. */
function causeOf(state: State, facts: ContainerFacts, current: Gateway | undefined): DownCause {
  if (facts.runState === 'restarting') return 'restarting';
  if (isEndedByEngine(state, facts)) return mayBeKeptRunning(facts) ? 'crash' : 'found';
  const ending = state.endings[facts.id]?.value;
  if (ending === 'itself' && isLeftByItsPolicy(facts)) return 'operator';
  if (ending !== undefined) return CAUSES[ending];
  if (isLeftHalfRestarted(state, facts) && mayBeKeptRunning(facts)) return 'crash';
  if (current?.value !== 'down') return 'found';
  return current.cause === 'restarting' ? 'crash' : current.cause;
}

/** The present start: the one we know, with what an inspection adds to it, or a new one. */
function startIn(current: Gateway | undefined, facts: ContainerFacts, event: Event): Start {
  const startedAt = inspectedStart(facts);
  const rounds = current?.value === 'down' ? current.rounds : 0;
  const messageMs =
    event.type === 'containerStarted' && event.id === facts.id ? event.engineTimeMs : undefined;
  const anew: Start = {
    seenAt: event.at,
    messageMs,
    startedAt,
    tunnelShownAt: undefined,
    readyAt: undefined,
    rounds,
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
  const run = hasDied(now)
    ? (facts?.details?.startedAt ?? logReading.followed)
    : startOf(now)?.startedAt?.text;
  if (run === logReading.followed) return to(state);
  const next = { ...state, logReading: { ...logReading, followed: run } };
  if (run === undefined || !('id' in now)) return to(next, { commands: [{ kind: 'leaveGatewayLog', lane }] });
  const tty = facts?.details?.tty ?? false;
  return to(next, {
    commands: [{ kind: 'followGatewayLog', lane, gatewayId: now.id, startedAt: run, tty }],
  });
}

const hasDied = (gateway: Gateway): boolean =>
  gateway.value === 'down' && (gateway.cause === 'crash' || gateway.cause === 'restarting');

function sayChange({ gateway: before }: State, after: State, event: Event): readonly Line[] {
  const { gateway: now, recovery } = after;
  if (now.value === 'absent') return [warn(absence(after, before))];
  if (now.value === 'unseen') return [];
  const found = sayWhich(gatewayTarget(before), now, after);
  if (isBeingRestarted(after)) return found;
  if (recovery.value === 'awaitingReady' && now.value === 'starting') return found;
  return [...found, ...sayStep(before, now, { event, after })];
}

/** One that was given another name is followed as long as nobody else has taken its own. */
function sayWhich(before: Target | undefined, now: Target, { settings }: State): readonly Line[] {
  if (before?.name === now.name) return [];
  if (before?.id !== now.id || now.name === settings.gateway)
    return [info(`Monitoring container: ${now.name}`)];
  return [
    warn(
      `${before.name} is called ${now.name} now; it is still watched. Set GLUETUN_CONTAINER to its new name`,
    ),
  ];
}

function sayStep(
  before: Gateway,
  now: Exclude<Gateway, { value: 'unseen' | 'absent' }>,
  { event, after }: { readonly event: Event; readonly after: State },
): readonly Line[] {
  if (now.value === before.value && now.value !== 'starting') return [];
  const isOnlyCreated = after.containers.byId[now.id]?.runState === 'created';
  switch (now.value) {
    case 'down':
      return now.rounds > 1 || isOnlyCreated ? [] : [warn(describeDown(now, event, after))];
    case 'paused':
      return [warn(`${now.name} is paused; standing by until it is resumed`)];
    case 'ready':
    case 'starting':
      if (before.value === 'paused' && before.start.seenAt === now.start.seenAt)
        return [info(`${now.name} is resumed`)];
      return isNewStart(before, now) && now.start.rounds < 2
        ? [info(`${now.name} started; waiting until it is ready`)]
        : [];
  }
}

/** What is done about it, or what is waited for. */
function outlook({ name, cause, since }: Down, { settings, backoff }: State): string {
  if (cause === 'ourRestart') return 'it is started if it does not come back';
  if (cause !== 'crash') return 'standing by until it starts';
  if (settings.exclude.includes(name)) return 'it is in EXCLUDE_CONTAINERS: standing by until it starts';
  const waitMs = backoff.notBefore - since;
  return waitMs > COMES_BACK_MS
    ? `unless it comes back it is started in ${duration(waitMs)} (backoff, attempt ${String(backoff.attempts + 1)})`
    : `it is started unless it comes back within ${duration(COMES_BACK_MS)}`;
}

type Down = Extract<Gateway, { value: 'down' }>;

function describeDown(down: Down, event: Event, state: State): string {
  const { name, cause, rounds } = down;
  const code =
    event.type === 'containerDied' && event.exitCode !== undefined
      ? ` (exit code ${String(event.exitCode)})`
      : '';
  const how = {
    operator: 'was stopped',
    crash: 'died',
    restarting: 'is being restarted by its restart policy',
    ourRestart: 'is not running',
    found: 'is not running',
  };
  const again = rounds > 0 ? ', again before it was ready' : '';
  const facts = state.containers.byId[down.id];
  if (cause === 'crash' && facts !== undefined && isLeftHalfRestarted(state, facts))
    return `${name} is down since a restart by the monitor was cut short; ${outlook(down, state)}`;
  return `${name} ${how[cause]}${code}${again}; ${outlook(down, state)}`;
}

/** Not at first sight: a gateway found running has not just started. */
const isNewStart = (before: Gateway, { start }: Running): boolean =>
  before.value !== 'unseen' && before.value !== 'absent' && runningStart(before)?.seenAt !== start.seenAt;

type Running = Extract<Gateway, { value: 'starting' | 'ready' }>;

/** One that was there until now needs no advice on its name. */
function absence({ settings, containers }: State, before: Gateway): string {
  const known = gatewayTarget(before);
  if (known !== undefined) return `${known.name} is gone; waiting until there is one again`;

  const candidates = gatewayCandidates(containers);
  const advice =
    candidates.length === 0
      ? ''
      : `; it could be ${candidates.join(', ')}: set GLUETUN_CONTAINER to the right name`;
  return `Container ${settings.gateway} not found${advice}; waiting for it`;
}
