import { attachmentOf } from '../attachment.ts';
import type { Event } from '../../streams/events.ts';
import { type FinishedCheck, failuresCount, finishedCheck, isOfThisStart } from '../finished-check.ts';
import { dependentsOf, gatewayTarget } from '../selectors.ts';
import type { Recovery, Repair, State } from '../state.ts';
import { type Transition, duration, error, info, to, warn } from '../transition.ts';
import { listCommand } from './containers.ts';
import { sayEndpoint } from './endpoint.ts';

type Phase<V extends Recovery['value']> = Extract<Recovery, { value: V }>;

/** How long a gateway that our own restart left behind may take to come back before it is started. */
const FIRST_START_MS = 10_000;
const VERIFICATION_MS = 30_000;
const LISTING_MS = 5_000;

/**
 * From the decision that the tunnel is broken to a passing check and every dependent repaired, or to what still
 * fails. Each phase waits for an event; none holds anything up.
 */
export function recovery(state: State, event: Event, before: State): Transition {
  const phase = state.recovery;
  if (phase.value === 'none') return isBroken(state, event, before) ? begin(state, event.at) : to(state);
  if (phase.value === 'restarting') return restarting(state, phase, event);
  if (phase.value === 'awaitingReady') return awaitingReady(state, phase, event, before);
  // Whatever came after the gateway was ready starts over when it is not any more.
  if (state.gateway.value !== 'ready') return to(awaitReady(state, phase.begunAt, event.at));
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

const criticalDown = ({ sites, settings }: State): readonly string[] =>
  sites.list
    .filter(({ role, url }) => role === 'critical' && (sites.failures[url] ?? 0) >= settings.failThreshold)
    .map(({ name }) => name);

/** Decided at the end of a check that counts, with the gateway ready or out of time to become it. */
function isBroken(state: State, event: Event, before: State): boolean {
  const check = finishedCheck(event, before);
  if (check === undefined || !failuresCount(state, check, event.at)) return false;
  return isAllowed(state) && criticalDown(state).length > 0;
}

/** Not while the monitor ends or the engine is away, and never a gateway that the user excluded. */
const isAllowed = ({ ending, connection, gateway, settings }: State): boolean =>
  !ending &&
  connection.value === 'connected' &&
  'name' in gateway &&
  !settings.exclude.includes(gateway.name);

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
    checking: { ...state.checking, alarmed: false },
    recovery: { value: 'restarting', begunAt, commandId },
  };
  return to(next, { lines, commands: [{ kind: 'restartGateway', id: commandId, gateway }] });
}

/** Not every start is heard of: after the call the gateway is looked at, whatever came of it. */
function restarting(state: State, { commandId, begunAt }: Phase<'restarting'>, event: Event): Transition {
  if (event.type !== 'commandFinished' || event.id !== commandId) return to(state);
  const gateway = gatewayTarget(state.gateway);
  const lines = event.outcome.ok
    ? []
    : [error(`Restarting ${gateway?.name ?? 'the gateway'} failed: ${event.outcome.reason}`)];
  const commands =
    gateway === undefined ? [] : [{ kind: 'inspectContainer' as const, containerId: gateway.id }];
  return to(awaitReady(state, begunAt, event.at), { lines, commands });
}

const awaitReady = (state: State, begunAt: number, at: number): State => ({
  ...state,
  recovery: {
    value: 'awaitingReady',
    begunAt,
    until: at + state.settings.healthyWaitMs,
    startDueAt: at + FIRST_START_MS,
  },
});

function awaitingReady(state: State, phase: Phase<'awaitingReady'>, event: Event, before: State): Transition {
  if (hasRestarted(state, phase) || isWellAnyway(state, event, before))
    return verify(state, phase, event, before);
  if (phase.until === undefined && isBroken(state, event, before))
    return begin(state, event.at, phase.begunAt);
  if (state.gateway.value === 'down' && isDue(phase.startDueAt, event))
    return startLeftBehind(state, phase, event.at);
  if (!isDue(phase.until, event)) return to(state);
  const waited = duration(state.settings.healthyWaitMs);
  const name = gatewayTarget(state.gateway)?.name ?? state.settings.gateway;
  return to(
    { ...state, recovery: { ...phase, until: undefined } },
    {
      lines: [
        error(`${name} did not become ready within ${waited}; its dependents are restarted as soon as it is`),
      ],
    },
  );
}

/** Ready by a start of its own: a "ready" from before the restart proves nothing. */
const hasRestarted = ({ gateway }: State, { begunAt }: Phase<'awaitingReady'>): boolean =>
  gateway.value === 'ready' && gateway.start.seenAt >= begunAt;

/** The restart failed, but the tunnel came back by itself. */
const isWellAnyway = (state: State, event: Event, before: State): boolean =>
  state.gateway.value === 'ready' && finishedCheck(event, before)?.passing === true;

const isDue = (deadline: number | undefined, event: Event): boolean =>
  event.type === 'timeReached' && deadline !== undefined && deadline <= event.at;

/** Each attempt waits as long as all before it took together. */
function startLeftBehind(state: State, phase: Phase<'awaitingReady'>, at: number): Transition {
  const gateway = gatewayTarget(state.gateway);
  if (gateway === undefined) return to(state);
  const startDueAt = at + Math.max(FIRST_START_MS, at - phase.begunAt);
  return to(
    { ...state, nextId: state.nextId + 1, recovery: { ...phase, startDueAt } },
    {
      lines: [warn(`${gateway.name} was left stopped by its restart; starting it`)],
      commands: [{ kind: 'startGateway', id: state.nextId, gateway }],
    },
  );
}

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
  const told = verified ? [] : [warn(`No check has passed since the restart${stillFailing(check)}`)];
  if (state.endpoint.reading !== undefined && state.endpoint.current.ip === undefined)
    return to(next, { lines: told });
  const announced = announce(next, reading, event);
  return { ...announced, lines: [...told, ...announced.lines] };
}

const stillFailing = (check: FinishedCheck | undefined): string => {
  const names = check?.results.filter(({ verdict }) => verdict === 'fail').map(({ site }) => site.name) ?? [];
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
  if (event.type === 'containersListed' && event.requestedAt >= phase.askedAt)
    return repair(state, phase, event.at);
  if (!isDue(phase.askAgainAt, event)) return to(state);
  return to(
    { ...state, recovery: { ...phase, askAgainAt: event.at + LISTING_MS } },
    { commands: [listCommand(state)] },
  );
}

function repair(state: State, { begunAt, verified }: Phase<'listing'>, at: number): Transition {
  const all = dependentsOf(state);
  const stale = all.filter((facts) => NEEDS_REPAIR.includes(attachmentOf(state, facts)));
  const pending = Object.fromEntries(
    stale.map(({ id, name }): [string, Repair] => [id, { name, failures: 0, dueAt: at }]),
  );
  const names = all.length === 0 ? 'none' : all.map(({ name }) => name).join(',');
  return to(
    { ...state, recovery: { value: 'repairing', begunAt, verified }, repairs: { ...state.repairs, pending } },
    { lines: [info(`Discovered dependent containers: ${names}`)] },
  );
}

/** A listed container that is not on the gateway's network is restarted too, once, for we restarted the gateway. */
const NEEDS_REPAIR: readonly string[] = ['stale', 'failedToJoin', 'apart'];

const isRepaired = ({ repairs: { wave, pending } }: State): boolean =>
  wave === undefined && Object.values(pending).every(({ failures }) => failures > 0);

/** The end, once everyone has had a first try: comes after the repairs, whose progress decides it. */
export function recoveryEnd(state: State, event: Event): Transition {
  return state.recovery.value === 'repairing' && isRepaired(state)
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
