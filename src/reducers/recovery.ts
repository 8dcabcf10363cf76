import { NEEDS_REPAIR, attachmentOf, isRunning } from '../attachment.ts';
import { dependentsOf } from '../dependents-of.ts';
import type { ContainerFacts, Event } from '../../streams/events.ts';
import { failuresCount, finishedCheck, isOfThisStart } from '../finished-check.ts';
import { gatewayTarget, nameOf, runningStart } from '../selectors.ts';
import type { Recovery, State } from '../state.ts';
import { type Transition, duration, error, info, to, warn } from '../transition.ts';
import { listCommand } from './containers.ts';
import { sayEndpoint } from './endpoint.ts';
import { isActionAllowed, startDueAt, startLeftBehind } from './left-behind.ts';
import { askForRepair, hasTriedAll } from './repairs.ts';

type Phase<V extends Recovery['value']> = Extract<Recovery, { value: V }>;

const VERIFICATION_MS = 30_000;
/** Longer than a listing may take: one asked for anew replaces the one under way. */
const LISTING_MS = 15_000;

/**
 * From the decision that the tunnel is broken to a passing check and every dependent repaired, or to what still
 * fails. Each phase waits for an event; none holds anything up.
 */
export function recovery(state: State, event: Event, before: State): Transition {
  const advanced = advance(state, event, before);
  const started = startLeftBehind(advanced.state, event);
  return {
    ...started,
    commands: [...advanced.commands, ...started.commands],
    lines: [...advanced.lines, ...started.lines],
  };
}

function advance(state: State, event: Event, before: State): Transition {
  const phase = state.recovery;
  if (phase.value === 'none') return begins(state, event, before);
  if (phase.value === 'restarting') return restarting(state, phase, event);
  if (phase.value === 'awaitingReady') return awaitingReady(state, event, before);
  // Whatever comes after the gateway was ready starts over when it is not any more.
  if (state.gateway.value !== 'ready')
    return awaitingReady(awaitReady(state, phase.begunAt, event.at), event, before);
  switch (phase.value) {
    case 'verifying':
      return verifying(state, phase, event, before);
    case 'readingEndpoint':
      return state.endpoint.reading === undefined ? announce(state, phase, event) : to(state);
    case 'listing':
      return listing(state, phase, event);
    case 'repairing':
      return to(state);
  }
}

function begins(state: State, event: Event, before: State): Transition {
  const { gateway } = state;
  if (gateway.value === 'down' && (startDueAt(state) ?? Infinity) <= event.at)
    return to(awaitReady(state, gateway.since, event.at));
  return isBroken(state, event, before) ? begin(state, event.at) : to(state);
}

const criticalDown = ({ sites, settings }: State): readonly string[] =>
  sites.list
    .filter(({ role, url }) => role === 'critical' && (sites.failures[url] ?? 0) >= settings.failThreshold)
    .map(({ name }) => name);

/** Decided at the end of a check that counts, with the gateway ready or out of time to become it. */
function isBroken(state: State, event: Event, before: State): boolean {
  const check = finishedCheck(event, before);
  if (check === undefined || !failuresCount(state, check)) return false;
  return isActionAllowed(state) && criticalDown(state).length > 0;
}

function begin(state: State, at: number, begunAt = at): Transition {
  const gateway = gatewayTarget(state.gateway);
  if (gateway === undefined) return to(state);
  const commandId = state.nextId;
  const failing = sayEndpoint(state, 'FAILING', 'Site connectivity test failed');
  const lines = [
    ...failing.lines,
    warn(`Failed sites (exceeded threshold): ${criticalDown(state).join(', ')}`),
    warn('Health check failed, initiating recovery...'),
    info(`Restarting ${gateway.name} to force new endpoint...`),
  ];
  const next: State = {
    ...failing.state,
    nextId: commandId + 1,
    checking: { ...state.checking, alarm: undefined },
    recovery: { value: 'restarting', begunAt, commandId },
  };
  return to(next, {
    lines,
    commands: [
      { kind: 'restartGateway', id: commandId, gateway, start: runningStart(state.gateway)?.startedAt?.text },
    ],
  });
}

function restarting(state: State, { commandId, begunAt }: Phase<'restarting'>, event: Event): Transition {
  if (event.type !== 'commandFinished' || event.id !== commandId) return to(state);
  const name = nameOf(state);
  if (event.outcome.ok) return to(awaitReady(state, begunAt, event.at));
  if (event.outcome.untouched)
    return to(
      { ...state, recovery: { value: 'none' } },
      { lines: [info(`${name} is not restarted: ${event.outcome.reason}`)] },
    );
  return to(awaitReady(state, begunAt, event.at), {
    lines: [error(`Restarting ${name} failed: ${event.outcome.reason}`)],
  });
}

const awaitReady = (state: State, begunAt: number, at: number): State => ({
  ...state,
  recovery: {
    value: 'awaitingReady',
    begunAt,
    until: at + state.settings.healthyWaitMs,
    starts: { attempts: 0, lastAt: 0, commandId: undefined },
  },
});

function awaitingReady(state: State, event: Event, before: State): Transition {
  const phase = state.recovery;
  if (phase.value !== 'awaitingReady') return to(state);
  if (hasRestarted(state, phase)) return verify(state, phase, event, before);
  if (isWellAnyway(state, event, before)) return giveUp(state, 'The tunnel works again without a restart');
  if (isStoppedByOperator(state)) return giveUp(state, `The recovery ends: ${nameOf(state)} was stopped`);
  if (phase.until === undefined && isBroken(state, event, before))
    return begin(state, event.at, phase.begunAt);
  return isDue(phase.until, event) ? late(state, phase) : to(state);
}

/** Ready by a start of its own: a "ready" from before the restart proves nothing. */
const hasRestarted = ({ gateway }: State, { begunAt }: Phase<'awaitingReady'>): boolean =>
  gateway.value === 'ready' && gateway.start.seenAt >= begunAt;

/** The restart failed, but the tunnel came back by itself. */
function isWellAnyway(state: State, event: Event, before: State): boolean {
  const check = finishedCheck(event, before);
  return state.gateway.value === 'ready' && check?.passing === true && isOfThisStart(state, check);
}

const isStoppedByOperator = ({ gateway, endings }: State): boolean =>
  gateway.value === 'down' && endings[gateway.id]?.value === 'operator';

const giveUp = (state: State, why: string): Transition =>
  to(
    { ...state, recovery: { value: 'none' }, sites: { ...state.sites, failures: {} } },
    { lines: [info(why)] },
  );

/** A gateway that still runs as before the restart, because that failed, is not late: the checks judge it. */
function late(state: State, phase: Phase<'awaitingReady'>): Transition {
  const waited = duration(state.settings.healthyWaitMs);
  const isUnchanged = (runningStart(state.gateway)?.seenAt ?? Infinity) < phase.begunAt;
  const told = error(
    `${nameOf(state)} did not become ready within ${waited}; its dependents are restarted as soon as it is`,
  );
  return to({ ...state, recovery: { ...phase, until: undefined } }, { lines: isUnchanged ? [] : [told] });
}

const isDue = (deadline: number | undefined, event: Event): boolean =>
  event.type === 'timeReached' && deadline !== undefined && deadline <= event.at;

/** A check that made it ready has verified the tunnel already. */
function verify(state: State, { begunAt }: Phase<'awaitingReady'>, event: Event, before: State): Transition {
  const longestSite = Math.max(0, ...state.sites.list.map(({ timeoutSeconds }) => timeoutSeconds));
  const until = event.at + Math.max(VERIFICATION_MS, 2 * longestSite * 1000);
  const phase: Phase<'verifying'> = { value: 'verifying', begunAt, until };
  return verifying({ ...state, recovery: phase }, phase, event, before);
}

/** The dependents are stale either way: time over, they are repaired all the same. */
function verifying(state: State, phase: Phase<'verifying'>, event: Event, before: State): Transition {
  const check = finishedCheck(event, before);
  const verified = check !== undefined && check.passing && isOfThisStart(state, check);
  if (!verified && !isDue(phase.until, event)) return to(state);
  const reading: Phase<'readingEndpoint'> = { value: 'readingEndpoint', begunAt: phase.begunAt, verified };
  const next = { ...state, recovery: reading };
  const told = verified ? [] : [warn(`No check has passed since the restart${stillFailing(state)}`)];
  if (state.endpoint.reading !== undefined && state.endpoint.current.ip === undefined)
    return to(next, { lines: told });
  const announced = announce(next, reading, event);
  return { ...announced, lines: [...told, ...announced.lines] };
}

const stillFailing = ({ sites }: State): string => {
  const names = sites.list.filter(({ url }) => (sites.failures[url] ?? 0) > 0).map(({ name }) => name);
  return names.length === 0 ? '' : `: ${names.join(', ')}`;
};

function announce(state: State, { begunAt, verified }: Phase<'readingEndpoint'>, { at }: Event): Transition {
  const said = sayEndpoint(state, 'NEW', 'After restart');
  return to(
    {
      ...said.state,
      recovery: { value: 'listing', begunAt, verified, askedAt: at, askAgainAt: at + LISTING_MS },
    },
    {
      lines: [...said.lines, info('Discovering and restarting dependent containers...')],
      commands: [listCommand(state)],
    },
  );
}

function listing(state: State, phase: Phase<'listing'>, event: Event): Transition {
  const isAnswer = event.type === 'containersListed' && event.requestedAt >= phase.askedAt;
  if (isAnswer && isGatewayInspected(state)) return repair(state, phase, event.at);
  if (!isDue(phase.askAgainAt, event)) return to(state);
  return to(
    { ...state, recovery: { ...phase, askAgainAt: event.at + LISTING_MS } },
    { commands: [listCommand(state)] },
  );
}

/** Without the gateway's own start nobody's can be compared with it. */
const isGatewayInspected = ({ gateway, containers }: State): boolean =>
  gateway.value === 'ready' && containers.byId[gateway.id]?.details !== undefined;

function repair(state: State, { begunAt, verified }: Phase<'listing'>, at: number): Transition {
  const all = dependentsOf(state);
  const names = all.length === 0 ? 'none' : all.map(({ name }) => name).join(',');
  const asked = askForRepair(
    state,
    all.filter((facts) => needsRepair(state, facts)),
    at,
  );
  return to(
    { ...asked.state, recovery: { value: 'repairing', begunAt, verified } },
    { lines: [info(`Discovered dependent containers: ${names}`), ...asked.lines] },
  );
}

/**
 * After our own restart. A listed container that is not on the gateway's network is restarted too, once; and one
 * that could not be inspected: it ran before the gateway did.
 */
function needsRepair(state: State, facts: ContainerFacts): boolean {
  const attachment = attachmentOf(state, facts);
  return attachment === 'unknown'
    ? isRunning(facts)
    : attachment === 'apart' || NEEDS_REPAIR.includes(attachment);
}

/** The end, once everyone has had a first try: comes after the repairs, whose progress decides it. */
export function recoveryEnd(state: State, event: Event): Transition {
  return state.recovery.value === 'repairing' && hasTriedAll(state)
    ? finish(state, state.recovery, event.at)
    : to(state);
}

function finish(state: State, { begunAt, verified }: Phase<'repairing'>, at: number): Transition {
  const failed = Object.values(state.repairs.pending).map(({ name }) => name);
  const took = duration(at - begunAt);
  const faults = [
    ...(verified ? [] : ['no check has passed yet']),
    ...(failed.length === 0 ? [] : [`not restarted: ${failed.join(', ')}`]),
  ];
  const verdict =
    faults.length === 0
      ? info(`Recovery complete (took ${took})`)
      : error(`Recovery ended after ${took}, but ${faults.join('; ')}`);
  return to(
    { ...state, recovery: { value: 'none' }, sites: { ...state.sites, failures: {} } },
    { lines: [info('Dependent container restart complete'), verdict] },
  );
}
