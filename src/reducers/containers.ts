import type { ContainerEvent, ContainerFacts, Event, RunState } from '../../streams/events.ts';
import { isOfInterest } from '../../streams/containers.ts';
import type { ReadingRequest } from '../../streams/requests.ts';
import { listedComposeNames, withComposeName } from '../compose-names.ts';
import { isParked } from '../parked.ts';
import type { Common, Containers, Everything } from '../state.ts';
import { type Transition, to } from '../transition.ts';

/** Events are the fast path; the engine may drop some without a word. */
const LISTING_INTERVAL_MS = 60_000;
const LISTING_RETRY_MS = 5_000;

type EventOf<T extends Event['type']> = Extract<Event, { type: T }>;

/** What exists, kept by listings, by inspections, and in between by what the messages tell. */
export function containers(state: Everything, event: Event): Transition<Everything> {
  switch (event.type) {
    case 'engineConnected':
      return list(state, event.at);
    case 'engineDisconnected':
      return to(withContainers(state, { nextListingAt: undefined }));
    case 'timeReached':
      return isDue(state.containers.nextListingAt, event.at) ? list(state, event.at) : to(state);
    case 'containersListed':
      return takeListing(state, event);
    case 'listingFailed':
      return noteFailedListing(state, event);
    case 'containerInspected':
      return takeInspection(state, event);
    case 'inspectionFailed':
      return to(lookAgainSoon(state, event.id, event.at));
    case 'containerCreated':
    case 'containerStarted':
    case 'containerDied':
    case 'containerStopped':
    case 'containerRestarted':
    case 'containerKilled':
    case 'containerDestroyed':
    case 'containerRenamed':
    case 'containerPaused':
    case 'containerUnpaused':
    case 'containerOutOfMemory':
    case 'containerHealthChanged':
      return takeMessage(state, event);
    default:
      return to(state);
  }
}

const isDue = (deadline: number | undefined, at: number): boolean => (deadline ?? Infinity) <= at;

const withContainers = (state: Everything, changes: Partial<Containers>): Everything => ({
  ...state,
  containers: { ...state.containers, ...changes },
});

const withFacts = (state: Everything, facts: ContainerFacts): Everything =>
  withContainers(state, { byId: { ...state.containers.byId, [facts.id]: facts } });

const without = (state: Everything, id: string): Everything => {
  const { [id]: _, ...byId } = state.containers.byId;
  return withContainers(state, { byId });
};

const list = (state: Everything, at: number): Transition<Everything> =>
  to(withContainers(state, { nextListingAt: at + LISTING_INTERVAL_MS }), { commands: [listCommand(state)] });

/** A gateway that was given another name is known by its id only. */
export const listCommand = ({
  containers: { named },
  memory,
}: Pick<Common, 'containers' | 'memory'>): ReadingRequest => ({
  kind: 'listContainers',
  inspect: [...named, ...Object.values(memory.gateways).flatMap(([latest]) => latest ?? [])],
});

const inspect = (containerId: string): ReadingRequest => ({ kind: 'inspectContainer', containerId });

/**
 * The listing is the truth, except for containers that messages spoke of while it was made: those keep what the
 * messages told, and are looked at once more.
 */
function takeListing(state: Everything, event: EventOf<'containersListed'>): Transition<Everything> {
  const { byId: known, heardAt } = state.containers;
  const heardSince = Object.keys(heardAt).filter((id) => (heardAt[id] ?? 0) >= event.requestedAt);
  const entries = event.containers
    .filter(({ id }) => !heardSince.includes(id))
    .map((facts): [string, ContainerFacts] => [facts.id, keepDetails(facts, known[facts.id])]);
  const kept = heardSince.flatMap((id): [string, ContainerFacts][] => {
    const facts = known[id];
    return facts === undefined ? [] : [[id, facts]];
  });
  const byId = Object.fromEntries([...entries, ...kept]);
  const listed = Object.values(byId);
  const next = withContainers(state, {
    byId,
    heardAt: Object.fromEntries(heardSince.map((id) => [id, heardAt[id] ?? 0])),
    engineTimeMs: Object.fromEntries(
      Object.entries(state.containers.engineTimeMs).filter(([id]) => id in known || heardSince.includes(id)),
    ),
    composeNames: listedComposeNames(state.containers.composeNames, listed, event),
    isListed: true,
    listingFailure: undefined,
  });
  return to(next, { commands: heardSince.map(inspect) });
}

/** An inspection that failed this time does not make forget what an earlier one of the same run told. */
const keepDetails = (facts: ContainerFacts, known: ContainerFacts | undefined): ContainerFacts =>
  facts.details === undefined && known?.runState === facts.runState
    ? { ...facts, details: known.details }
    : facts;

function noteFailedListing(
  state: Everything,
  { at, reason }: EventOf<'listingFailed'>,
): Transition<Everything> {
  if (state.connection.value === 'lost' || state.connection.value === 'connecting') return to(state);
  return to(withContainers(state, { listingFailure: reason, nextListingAt: at + LISTING_RETRY_MS }));
}

/** An inspection from before the latest message on the container may be older than the message: look again. */
function takeInspection(
  state: Everything,
  { id, requestedAt, facts }: EventOf<'containerInspected'>,
): Transition<Everything> {
  if ((state.containers.heardAt[id] ?? 0) > requestedAt) return to(state, { commands: [inspect(id)] });
  return to(facts === undefined ? without(state, id) : withFacts(state, facts));
}

function takeMessage(state: Everything, event: ContainerEvent): Transition<Everything> {
  const { containers: known } = state;
  const heard = withContainers(state, {
    heardAt: { ...known.heardAt, [event.id]: event.at },
    engineTimeMs: { ...known.engineTimeMs, [event.id]: event.engineTimeMs },
    ...(event.type === 'containerRenamed' && {
      composeNames: withComposeName(known.composeNames, event.name, event.at),
    }),
  });
  const facts = known.byId[event.id];
  if (event.type === 'containerDestroyed') return to(without(heard, event.id));
  if (facts === undefined)
    return to(heard, { commands: event.type === 'containerDied' ? [] : [inspect(event.id)] });
  const next = withFacts(heard, applyMessage(facts, event));
  return to(next, {
    commands:
      isTelling(event, facts) && matters(next, facts, next.containers.named) ? [inspect(event.id)] : [],
  });
}

/** Messages that change what only an inspection shows: when it started, why it failed; or that show we missed one. */
const isTelling = ({ type }: ContainerEvent, { runState }: ContainerFacts): boolean =>
  type === 'containerStarted' ||
  type === 'containerDied' ||
  type === 'containerUnpaused' ||
  ((type === 'containerRestarted' || type === 'containerHealthChanged') && runState !== 'running');

/** What could not be inspected is looked at with the next listing, which need not be a minute away. */
function lookAgainSoon(state: Everything, id: string, at: number): Everything {
  const facts = state.containers.byId[id];
  const due = state.containers.nextListingAt;
  if (due === undefined || facts === undefined || !matters(state, facts, state.containers.named))
    return state;
  return withContainers(state, { nextListingAt: Math.min(due, at + LISTING_RETRY_MS) });
}

/** What was listed with its details is worth inspecting: what is named, a gateway by whatever name, who joined another. */
const matters = ({ watches }: Everything, facts: ContainerFacts, named: readonly string[]): boolean =>
  isOfInterest(facts, named) ||
  isParked(facts) ||
  watches.some(({ gateway }) => 'id' in gateway && gateway.id === facts.id);

function applyMessage(facts: ContainerFacts, event: ContainerEvent): ContainerFacts {
  switch (event.type) {
    case 'containerStarted':
      return { ...facts, runState: 'running', details: undefined };
    case 'containerDied':
      return { ...facts, runState: 'exited', details: undefined };
    case 'containerPaused':
      return withoutHealth(withRunState(facts, 'paused'));
    case 'containerUnpaused':
      return withRunState(facts, 'running');
    case 'containerRenamed':
      return { ...facts, name: event.name };
    case 'containerHealthChanged':
      return withHealth(facts, event.health);
    default:
      return facts;
  }
}

const withHealth = (facts: ContainerFacts, health: 'healthy' | 'unhealthy'): ContainerFacts =>
  facts.details === undefined ? facts : { ...facts, details: { ...facts.details, health } };

/** A pause ends the engine's health checks and leaves `unhealthy`, without a message, until one after it passes. */
const withoutHealth = (facts: ContainerFacts): ContainerFacts =>
  facts.details?.health === 'none' ? facts : withHealth(facts, 'unhealthy');

const withRunState = (facts: ContainerFacts, runState: RunState): ContainerFacts => ({ ...facts, runState });
