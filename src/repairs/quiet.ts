import type { GatewayConcern } from '../model/concern.ts';
import type { ContainerEvent, ContainerFacts, Event } from '../../streams/events.ts';
import { COMPOSE_PROJECT, COMPOSE_VERSION } from '../../streams/labels.ts';
import { isExpectedToEnd } from '../model/exits.ts';
import { waveOf } from '../model/in-flight.ts';
import type { Start } from '../model/gateway.ts';
import { isParked } from '../model/parked.ts';
import { needsIn, serviceOf } from '../model/network.ts';
import { gatewayTarget, healthOf, isSameRun, runningStart } from '../model/selectors.ts';
import type { State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/** Compose counts as done when nothing has been created, destroyed or renamed for this long. */
const QUIET_MS = 5_000;
/** No repair waits longer than this for somebody else's work. */
const LONGEST_MS = 60_000;

/** A container created longer ago is no sign of work under way. */
const RECENT_MS = 60_000;

/** Notes when somebody else works on the containers around the gateway: Compose, an update tool, a person. */
export const quiet: GatewayConcern<'evidence'> = { stage: 'evidence', reduce };

function reduce(state: State, event: Event, before: State): Transition {
  const known = withHealth(
    withRestart(withFirstStart(withYoungest(withProject(state), event)), before),
    event,
    before,
  );
  if (!isChange(event) || !concernsUs(before, event) || isOurs(state, event)) return to(known);
  return to({ ...known, quiet: { ...known.quiet, changedAt: event.at, firstStart: undefined } });
}

/** The project is kept while the gateway is away, because the gateway's own removal belongs to it. */
function withProject(state: State): State {
  const facts = state.shared.containers.byId[gatewayTarget(state.gateway)?.id ?? ''];
  if (facts === undefined) return state;
  const project = facts.labels[COMPOSE_PROJECT] ?? '';
  return project === state.quiet.project ? state : { ...state, quiet: { ...state.quiet, project } };
}

/**
 * The age of a created container shows a change if its message was lost, or if it came before the monitor started.
 */
function withYoungest(state: State, event: Event): State {
  if (event.type !== 'containersListed') return state;
  const ages = event.containers
    .filter((facts) => concernsUs(state, facts) && !isParked(facts))
    .map(({ createdMs }) => event.engineClockMs - createdMs)
    .filter((ageMs) => ageMs >= 0);
  const changedAt = event.at - Math.min(...ages);
  return changedAt > (state.quiet.changedAt ?? event.at - RECENT_MS)
    ? { ...state, quiet: { ...state.quiet, changedAt, firstStart: undefined } }
    : state;
}

/**
 * The gateway's first start right after the last change is part of that work. A later start is somebody's deliberate
 * act.
 */
function withFirstStart(state: State): State {
  const { changedAt, firstStart } = state.quiet;
  const { seenAt, startedAt } = runningStart(state.gateway) ?? {};
  const isFirst =
    changedAt !== undefined &&
    firstStart === undefined &&
    seenAt !== undefined &&
    startedAt !== undefined &&
    seenAt >= changedAt &&
    seenAt < changedAt + QUIET_MS;
  return isFirst ? { ...state, quiet: { ...state.quiet, firstStart: startedAt.text } } : state;
}

/** The gateway's run after one that somebody ended: `docker compose restart`, for instance. */
function withRestart(state: State, before: State): State {
  const run = runningStart(state.gateway)?.startedAt.text;
  if (run === undefined || isSameRun(state.gateway, before.gateway)) return state;
  const exit = before.shared.exits[gatewayTarget(state.gateway)?.id ?? ''];
  return exit?.by === 'operator' ? { ...state, quiet: { ...state.quiet, restarted: run } } : state;
}

function withHealth(state: State, { at }: Event, before: State): State {
  const health = healthOf(state);
  if (health === healthOf(before) && isSameRun(state.gateway, before.gateway)) return state;
  const healthyAt = health === 'healthy' ? at : undefined;
  return { ...state, quiet: { ...state.quiet, healthyAt } };
}

type Change = Extract<
  ContainerEvent,
  { type: 'containerCreated' | 'containerDestroyed' | 'containerRenamed' }
>;

const isChange = (event: Event): event is Change =>
  event.type === 'containerCreated' ||
  event.type === 'containerDestroyed' ||
  event.type === 'containerRenamed';

/** Concerns the gateway's Compose project, or, with or without one, the gateway itself and its dependents. */
function concernsUs(
  state: State,
  { id, name, labels }: Pick<ContainerFacts, 'id' | 'name' | 'labels'>,
): boolean {
  const { project } = state.quiet;
  if (project !== undefined && labels[COMPOSE_PROJECT] === project) return true;
  const members = state.dependents.members ?? {};
  return (
    name === state.settings.gateway ||
    id === gatewayTarget(state.gateway)?.id ||
    id in members ||
    Object.values(members).some((one) => one.name === name)
  );
}

const isOurs = (state: State, event: Change): boolean =>
  isParked(event) || (waveOf(state)?.dependents.some(({ name }) => name === event.name) ?? false);

/**
 * Until when a repair of this container waits: five quiet seconds after the last change. If the gateway started amid
 * such changes, also five seconds after it became ready. If Compose may go on with this container once Docker calls the
 * gateway healthy, also five seconds after that.
 */
export function quietAt(state: State, wantedSince: number, facts: ContainerFacts): number {
  const { changedAt = -Infinity, firstStart } = state.quiet;
  const start = runningStart(state.gateway);
  const latest = wantedSince + LONGEST_MS;
  if (isSomebodyStopping(state)) return latest;
  if (start === undefined) return 0;
  const quietFrom = Math.max(
    changedAt,
    firstStart === start.startedAt.text ? (start.readyAt ?? 0) : -Infinity,
    mayFollowHealth(state, start, facts) ? healthyFrom(state) : -Infinity,
  );
  return Math.max(0, Math.min(quietFrom + QUIET_MS, latest));
}

/**
 * Whether somebody else has started the gateway, and Compose may restart this container, or create it anew, once Docker
 * calls the gateway healthy.
 */
function mayFollowHealth(
  { gateway, quiet: { restarted }, shared }: State,
  start: Start,
  facts: ContainerFacts,
): boolean {
  const its = shared.containers.byId[gatewayTarget(gateway)?.id ?? ''];
  if (its === undefined) return false;
  const { engineMs, text } = start.startedAt;
  if (restarted !== text && engineMs - its.createdMs >= RECENT_MS) return false;
  // Compose 1 does not tell what it waits for.
  if (facts.labels[COMPOSE_VERSION]?.startsWith('1.') === true) return true;
  return needsIn(facts).some(
    ({ service, condition, isRestarted }) =>
      service === serviceOf(its) && condition === 'service_healthy' && isRestarted,
  );
}

/** Nobody waits for a health that is not checked, or for a gateway that is unhealthy. */
const healthyFrom = (state: State): number =>
  healthOf(state) === 'starting' ? Infinity : (state.quiet.healthyAt ?? -Infinity);

/** While a container takes its time to stop, it is not quiet: whoever stops it has more to do. */
const isSomebodyStopping = (state: State): boolean =>
  Object.entries(state.shared.exits).some(([id, exit]) => {
    const facts = state.shared.containers.byId[id];
    return isExpectedToEnd(exit) && facts?.runState === 'running' && concernsUs(state, facts);
  });
