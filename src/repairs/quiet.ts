import type { GatewayConcern } from '../model/concern.ts';
import type { ContainerEvent, ContainerFacts, Event } from '../../streams/events.ts';
import { COMPOSE_PROJECT } from '../../streams/labels.ts';
import { isExpectedToEnd } from '../model/exits.ts';
import { waveOf } from '../model/in-flight.ts';
import { isParked } from '../model/parked.ts';
import { gatewayTarget, runningStart } from '../model/selectors.ts';
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
  const known = withFirstStart(withYoungest(withProject(state), event));
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
 * Until when a repair waits: five quiet seconds after the last change, and, if the gateway started amid such changes,
 * five seconds after it became ready.
 */
export function quietAt(state: State, askedAt: number): number {
  const { changedAt, firstStart } = state.quiet;
  const start = runningStart(state.gateway);
  const latest = askedAt + LONGEST_MS;
  if (isSomebodyStopping(state)) return latest;
  if (changedAt === undefined || start === undefined) return 0;
  const isAmid = firstStart === start.startedAt.text;
  const quietFrom = isAmid ? Math.max(changedAt, start.readyAt ?? 0) : changedAt;
  return Math.min(quietFrom + QUIET_MS, latest);
}

/** While a container takes its time to stop, it is not quiet: whoever stops it has more to do. */
const isSomebodyStopping = (state: State): boolean =>
  Object.entries(state.shared.exits).some(([id, exit]) => {
    const facts = state.shared.containers.byId[id];
    return isExpectedToEnd(exit) && facts?.runState === 'running' && concernsUs(state, facts);
  });
