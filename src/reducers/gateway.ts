import type { ContainerFacts, Event } from '../../streams/events.ts';
import type { Command } from '../commands.ts';
import type { Line } from '../log-line.ts';
import { findGateway, gatewayCandidates, gatewayTarget, runningStart, startOf } from '../selectors.ts';
import type { Gateway, Start, State } from '../state.ts';
import { type Transition, info, to, warn } from '../transition.ts';
import { isMessageOfStart } from './containers.ts';

/** Where the gateway is in its life: absent, down, paused, starting. That it is ready is decided by `readiness`. */
export function gateway(state: State, event: Event): Transition {
  if (!state.containers.listed) return to(state);
  const heard = withLogEvidence(nextGateway(state, event), event);
  const next = state.gateway.value === 'unseen' ? foundRunning(heard, event) : heard;
  if (next === state.gateway) return to(state);
  const after = { ...state, gateway: next };
  return to(after, { lines: sayChange(state, after, event), commands: followLog(state.gateway, after) });
}

function nextGateway(state: State, event: Event): Gateway {
  const current = state.gateway;
  const facts = findGateway(state.containers, state.settings.gateway);
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
      return same?.value === 'down'
        ? rename(same, facts.name)
        : { value: 'down', ...target, since: event.at };
  }
}

function running(current: Gateway | undefined, facts: ContainerFacts, event: Event): Gateway {
  const start = startIn(current, facts, event);
  const target = { id: facts.id, name: facts.name };
  if (current?.value === 'paused')
    return { value: current.wasReady ? 'ready' : 'starting', ...target, start };
  const isSameStart = current !== undefined && runningStart(current)?.seenAt === start.seenAt;
  if (!isSameStart) return { value: 'starting', ...target, start };
  return start === runningStart(current)
    ? rename(current, facts.name)
    : ({ ...current, ...target, start } as Gateway);
}

const rename = (current: Gateway, name: string): Gateway =>
  'name' in current && current.name !== name ? { ...current, name } : current;

/** The present start: the one we know, with what an inspection adds to it, or a new one. */
function startIn(current: Gateway | undefined, facts: ContainerFacts, event: Event): Start {
  const startedAt = inspectedStart(facts);
  const known = current && startOf(current);
  if (known === undefined) return { seenAt: event.at, startedAt, tunnelShownAt: undefined };
  if (
    event.type === 'containerStarted' &&
    event.id === facts.id &&
    !isMessageOfStart(known.startedAt?.engineMs, event.engineTimeMs)
  )
    return { seenAt: event.at, startedAt, tunnelShownAt: undefined };
  if (startedAt === undefined || known.startedAt?.text === startedAt.text) return known;
  if (known.startedAt === undefined) return { ...known, startedAt };
  return { seenAt: event.at, startedAt, tunnelShownAt: undefined };
}

const inspectedStart = ({ details }: ContainerFacts): Start['startedAt'] =>
  details?.startedAtMs === undefined ? undefined : { engineMs: details.startedAtMs, text: details.startedAt };

/** A gateway that the monitor finds running at its own start has run for some time: both times are the engine's. */
function foundRunning(gateway: Gateway, event: Event): Gateway {
  if (gateway.value !== 'starting' || gateway.start.startedAt === undefined || !('engineClockMs' in event))
    return gateway;
  const ageMs = Math.max(0, event.engineClockMs - gateway.start.startedAt.engineMs);
  return { ...gateway, start: { ...gateway.start, seenAt: event.at - ageMs } };
}

/** A public IP or a finished OpenVPN initialisation in this start's log shows the tunnel. */
function withLogEvidence(current: Gateway, event: Event): Gateway {
  if (event.type !== 'publicIpLogged' && event.type !== 'tunnelUpLogged') return current;
  if (current.value !== 'starting' && current.value !== 'ready') return current;
  if (current.id !== event.gatewayId || current.start.tunnelShownAt !== undefined) return current;
  return { ...current, start: { ...current.start, tunnelShownAt: event.at } };
}

/** The log is followed from the moment it is known where this start begins in it. */
function followLog(before: Gateway, { gateway: now, containers }: State): readonly Command[] {
  const [was, is] = [startOf(before)?.startedAt, startOf(now)?.startedAt];
  if (was?.text === is?.text) return [];
  if (is === undefined || !('id' in now)) return was === undefined ? [] : [{ kind: 'leaveGatewayLog' }];
  const tty = containers.byId[now.id]?.details?.tty ?? false;
  return [{ kind: 'followGatewayLog', gatewayId: now.id, startedAt: is.text, tty }];
}

function sayChange(
  { gateway: before, recovery, containers }: State,
  after: State,
  event: Event,
): readonly Line[] {
  const { gateway: now } = after;
  if (now.value === 'absent') return [warn(absence(after))];
  if (now.value === 'unseen') return [];
  const found = gatewayTarget(before)?.name === now.name ? [] : [info(`Monitoring container: ${now.name}`)];
  if (recovery.value === 'restarting') return found;
  if (recovery.value === 'awaitingReady' && now.value === 'starting') return found;
  return [...found, ...sayStep(before, now, exitCodeIn(event) ?? containers.byId[now.id]?.details?.exitCode)];
}

function sayStep(
  before: Gateway,
  now: Exclude<Gateway, { value: 'unseen' | 'absent' }>,
  exitCode?: number,
): readonly Line[] {
  if (now.value === before.value && now.value !== 'starting') return [];
  switch (now.value) {
    case 'down':
      return [
        warn(
          `${now.name} is not running${exitCode === undefined ? '' : ` (exit code ${String(exitCode)})`}; standing by until it starts`,
        ),
      ];
    case 'paused':
      return [warn(`${now.name} is paused; standing by until it is resumed`)];
    case 'ready':
      return before.value === 'paused' ? [info(`${now.name} is resumed`)] : [];
    case 'starting':
      if (before.value === 'paused') return [info(`${now.name} is resumed`)];
      return isNewStart(before, now) ? [info(`${now.name} started; waiting until it is ready`)] : [];
  }
}

/** Not at first sight: a gateway found running has not just started. */
const isNewStart = (before: Gateway, now: Gateway): boolean =>
  before.value !== 'unseen' &&
  before.value !== 'absent' &&
  runningStart(before)?.seenAt !== runningStart(now)?.seenAt;

const exitCodeIn = (event: Event): number | undefined =>
  event.type === 'containerDied' ? event.exitCode : undefined;

function absence({ settings, containers }: State): string {
  const candidates = gatewayCandidates(containers);
  const advice =
    candidates.length === 0
      ? ''
      : `; it could be ${candidates.join(', ')}: set GLUETUN_CONTAINER to the right name`;
  return `Container ${settings.gateway} not found${advice}; waiting for it`;
}
