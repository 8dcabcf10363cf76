import type { SharedConcern } from '../model/concern.ts';
import type { ContainerEvent, ContainerFacts, Event } from '../../streams/events.ts';
import { isNetworkUntold, isOfInterest } from '../../streams/containers.ts';
import type { ReadingRequest } from '../../streams/requests.ts';
import { fits } from '../../streams/fits.ts';
import { COMPOSE_PROJECT } from '../../streams/labels.ts';
import { areMessagesMissing } from '../model/messages-missing.ts';
import { isAwaited } from '../model/awaited-inspection.ts';
import { listedComposeNames, withComposeName } from '../model/compose-names.ts';
import { isParked } from '../model/parked.ts';
import type { Shared, Containers, Everything } from '../model/state.ts';
import { type Transition, combine, to } from '../model/transition.ts';
import {
  askForInspection,
  beginInspections,
  forgetInspection,
  inspectionAnswered,
  withoutWaiting,
} from './inspections.ts';

/** The engine's messages are the fast path. Listings make up for messages that the engine drops silently. */
const LISTING_INTERVAL_MS = 60_000;
/** If a proxy forbids the messages, or keeps them back, listings are all there is. */
const ONLY_LISTING_INTERVAL_MS = 10_000;
const LISTING_RETRY_MS = 5_000;
/** Longer than a listing may take. */
const LONGEST_LISTING_MS = 15_000;

type EventOf<T extends Event['type']> = Extract<Event, { type: T }>;

/**
 * Which containers exist, and their facts. Listings and inspections provide the facts. A message only calls for an
 * inspection, except that a rename and a removal take effect at once.
 */
export const containers: SharedConcern<'facts'> = {
  stage: 'facts',
  reduce,
  dueAt: ({ containers: { nextListingAt } }) => [nextListingAt],
};

function reduce(state: Everything, event: Event, before: Everything): Transition<Everything> {
  return andInspect(learn(state, event, before), event.at);
}

/** Adds the requests for inspections that are due, whichever concern asked for them. */
export const andInspect = (transition: Transition<Everything>, at: number): Transition<Everything> =>
  combine(
    transition,
    beginInspections(transition.state, (state) => listSoon(state, at)),
  );

function learn(state: Everything, event: Event, before: Everything): Transition<Everything> {
  switch (event.type) {
    case 'engineConnected':
      return list(state, event.at);
    case 'engineDisconnected':
      return to(
        withContainers(
          withoutWaiting(state, () => true),
          { nextListingAt: undefined, listingAskedAt: undefined },
        ),
      );
    case 'timeReached':
      return isDue(state.containers.nextListingAt, event.at) ? list(state, event.at) : to(state);
    case 'containersListed':
      return takeListing(state, event, before);
    case 'listingFailed':
      return noteFailedListing(state, event);
    case 'containerInspected':
      return takeInspection(state, event);
    case 'inspectionFailed':
      return to(
        lookAgainSoon(event.isByAct === true ? state : unanswered(state, event.id), event.id, event.at),
      );
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
  to(withContainers(state, { nextListingAt: at + listingIntervalMs(state), listingAskedAt: at }), {
    requests: [listRequest(state)],
  });

const listingIntervalMs = (state: Everything): number =>
  state.forbidden.openEvents !== undefined || areMessagesMissing(state)
    ? ONLY_LISTING_INTERVAL_MS
    : LISTING_INTERVAL_MS;

/** Asks for the gateways by their latest ids, too: a renamed gateway is known only by its id. */
export const listRequest = ({
  containers: { named },
  past,
}: Pick<Shared, 'containers' | 'past'>): ReadingRequest => ({
  kind: 'listContainers',
  inspect: [...named, ...Object.values(past.gateways).flatMap(([latest]) => latest ?? [])],
});

/** The listing is the truth, except for containers with a newer inspection, done or under way: their facts stay. */
function takeListing(
  state: Everything,
  event: EventOf<'containersListed'>,
  before: Everything,
): Transition<Everything> {
  const { byId: known, inspecting, knownAt } = state.containers;
  const isYounger = (id: string): boolean => (knownAt[id] ?? -Infinity) >= event.requestedAt;
  const isKept = (id: string): boolean =>
    isYounger(id) ||
    inspecting[id] === 'gone' ||
    (id in known && isAwaited(state.containers, id)) ||
    (event.unread?.includes(id) ?? false);
  const entries = event.containers
    .filter(({ id }) => !isKept(id))
    .map((facts): [string, ContainerFacts] => [facts.id, keepKnown(facts, known[facts.id])]);
  const kept = Object.entries(known).filter(([id]) => isKept(id));
  const byId = Object.fromEntries([...entries, ...kept]);
  const listed = Object.values(byId);
  const next = withContainers(
    withoutWaiting(state, (id) => id in byId && !(id in known)),
    {
      byId,
      knownAt: Object.fromEntries(Object.entries(knownAt).filter(([id]) => isYounger(id))),
      composeNames: listedComposeNames(state.containers.composeNames, listed, event),
      isListed: true,
      listingFailure: undefined,
      listingAskedAt: undefined,
      unheard: state.containers.unheard + (hasUnheardStart(before, entries) ? 1 : 0),
    },
  );
  // If an earlier inspection has failed, too, the next listing is soon enough.
  const hasFailed = (id: string): boolean => id in known && known[id]?.details === undefined;
  const unknown = entries.flatMap(([id, facts]) =>
    isWithoutDetails(next, facts) && !hasFailed(id) ? [id] : [],
  );
  const isNews = areMessagesMissing(next) && !areMessagesMissing(state);
  return to(
    unknown.reduce((soFar, id) => askForInspection(soFar, { id, matters: true }), next),
    { notices: isNews ? [{ kind: 'engineUnheard' }] : [] },
  );
}

/**
 * Whether the listing shows a start of a container that matters, which no message told of. Before the listing after a
 * connection, no message could.
 */
const hasUnheardStart = (
  state: Everything,
  entries: readonly (readonly [string, ContainerFacts])[],
): boolean =>
  state.connection.value === 'connected' &&
  entries.some(([id, facts]) => {
    const known = state.containers.byId[id];
    return (
      known?.details !== undefined &&
      facts.runState === 'running' &&
      facts.details?.startedAt !== known.details.startedAt &&
      matters(state, facts)
    );
  });

/**
 * If the inspection failed this time, what an earlier one showed is kept: the details of the same run, and the network,
 * which never changes.
 */
const keepKnown = (facts: ContainerFacts, known: ContainerFacts | undefined): ContainerFacts =>
  facts.details !== undefined || known === undefined
    ? facts
    : {
        ...facts,
        networkMode: isNetworkUntold(facts) ? known.networkMode : facts.networkMode,
        details: known.runState === facts.runState ? known.details : undefined,
      };

function noteFailedListing(
  state: Everything,
  { at, reason }: EventOf<'listingFailed'>,
): Transition<Everything> {
  if (state.connection.value === 'lost' || state.connection.value === 'connecting') return to(state);
  return to(
    withContainers(state, {
      listingFailure: reason,
      nextListingAt: at + LISTING_RETRY_MS,
      listingAskedAt: undefined,
    }),
  );
}

/** An answer is at least as new as its request. One requested before the known facts were current is ignored. */
function takeInspection(
  state: Everything,
  { id, requestedAt, facts, isByAct }: EventOf<'containerInspected'>,
): Transition<Everything> {
  const { inspecting, knownAt } = state.containers;
  const isOutdated =
    requestedAt < (knownAt[id] ?? -Infinity) || (isByAct !== true && inspecting[id] === 'gone');
  const end = (next: Everything): Transition<Everything> => to(isByAct === true ? next : answered(next, id));
  if (isOutdated) return end(state);
  if (facts === undefined) return end(without(state, id));
  return end(withKnownAt(withFacts(state, facts), facts, requestedAt));
}

/** The time is not recorded for strangers, as nothing depends on their facts. */
const withKnownAt = (state: Everything, facts: ContainerFacts, at: number): Everything =>
  matters(state, facts)
    ? withContainers(state, { knownAt: { ...state.containers.knownAt, [facts.id]: at } })
    : state;

const answered = (state: Everything, id: string): Everything =>
  inspectionAnswered(state, { id, matters: id in state.containers.byId && !isStranger(state, id) });

/** An unknown container stays of interest: a later message may call for a second try. */
const unanswered = (state: Everything, id: string): Everything =>
  inspectionAnswered(state, { id, matters: !isStranger(state, id) });

function takeMessage(before: Everything, event: ContainerEvent): Transition<Everything> {
  const state = before.containers.unheard === 0 ? before : withContainers(before, { unheard: 0 });
  const notices = areMessagesMissing(before) ? [{ kind: 'engineHeard' as const }] : [];
  return combine(to(state, { notices }), takeNews(state, event));
}

function takeNews(state: Everything, event: ContainerEvent): Transition<Everything> {
  const facts = state.containers.byId[event.id];
  if (event.type === 'containerDestroyed') return to(removed(state, event, facts));
  const next = event.type === 'containerRenamed' ? renamed(state, event, facts) : state;
  const now = next.containers.byId[event.id];
  const isWanted =
    now === undefined
      ? isNewsOfUnknown(event)
      : matters(next, now) && (isNews(next, event, now) || now.details === undefined);
  return to(
    isWanted
      ? askForInspection(next, { id: event.id, matters: now !== undefined || mayMatter(next, event) })
      : next,
  );
}

const removed = (
  state: Everything,
  { id, at }: ContainerEvent,
  facts: ContainerFacts | undefined,
): Everything => {
  const gone = forgetInspection(without(state, id), id);
  return facts === undefined ? gone : withKnownAt(gone, facts, at);
};

function renamed(
  state: Everything,
  { name, at }: ContainerEvent,
  facts: ContainerFacts | undefined,
): Everything {
  const composeNames = withComposeName(state.containers.composeNames, name, at);
  const next = withContainers(state, { composeNames });
  if (facts === undefined) return next;
  // A stranger has not been inspected since it was first seen. If it matters under the new name, it has to be.
  const now = { ...facts, name, details: matters(state, facts) ? facts.details : undefined };
  return withKnownAt(withFacts(next, now), now, at);
}

/** An unknown container that ends is not worth an inspection. */
const isNewsOfUnknown = ({ type }: ContainerEvent): boolean => type !== 'containerDied';

/** Whether an inspection would show something new. A restart was preceded by a start message, unless that was lost. */
const isNews = (state: Everything, { type }: ContainerEvent, { id, runState }: ContainerFacts): boolean => {
  switch (type) {
    case 'containerRestarted':
      return runState !== 'running' && !isAwaited(state.containers, id);
    case 'containerRenamed':
      // The answer under way is older than the new name, so it will be ignored.
      return isAwaited(state.containers, id);
    case 'containerCreated':
    case 'containerStarted':
    case 'containerDied':
    case 'containerPaused':
    case 'containerUnpaused':
    case 'containerHealthChanged':
      return true;
    default:
      return false;
  }
};

/** Whether an unknown container may matter. Only the message can show that, by its name, service or project. */
const mayMatter = (state: Everything, { id, name, labels }: ContainerEvent): boolean =>
  state.containers.named.some((reference) => fits(reference, { id, name, labels })) ||
  isParked({ id, name }) ||
  isInProject(state, labels);

/** One listing instead of many inspections. Not while a listing is under way, as a new one would cancel it. */
function listSoon(state: Everything, at: number): Everything {
  const { nextListingAt: due, listingAskedAt: requestedAt } = state.containers;
  if (due === undefined) return state;
  const soonest = requestedAt === undefined ? at + LISTING_RETRY_MS : requestedAt + LONGEST_LISTING_MS;
  return withContainers(state, { nextListingAt: Math.min(due, Math.max(soonest, at)) });
}

/** After a failed inspection, the next listing includes the container. It is brought forward. */
function lookAgainSoon(state: Everything, id: string, at: number): Everything {
  const facts = state.containers.byId[id];
  const due = state.containers.nextListingAt;
  if (due === undefined || facts === undefined || !matters(state, facts)) return state;
  return withContainers(state, { nextListingAt: Math.min(due, at + LISTING_RETRY_MS) });
}

/** Whether decisions depend on the container: it is inspected with each listing, or belongs to a gateway's project. */
const matters = (state: Everything, facts: ContainerFacts): boolean =>
  isInspectedWhenListed(state, facts) || isInProject(state, facts.labels);

/** Whether the container is known and has nothing to do with any gateway. */
export function isStranger(state: Everything, id: string): boolean {
  const facts = state.containers.byId[id];
  return facts !== undefined && !matters(state, facts);
}

/** Whether listings include its details: it is named, joined another container, is parked, or is a gateway. */
const isInspectedWhenListed = (
  { watches, containers: { named } }: Everything,
  facts: ContainerFacts,
): boolean =>
  isOfInterest(facts, named) ||
  isParked(facts) ||
  watches.some(({ gateway }) => 'id' in gateway && gateway.id === facts.id);

const isInProject = ({ watches }: Everything, labels: ContainerFacts['labels']): boolean => {
  const project = labels[COMPOSE_PROJECT] ?? '';
  return project !== '' && watches.some(({ quiet }) => quiet.project === project);
};

const isWithoutDetails = (state: Everything, facts: ContainerFacts): boolean =>
  facts.details === undefined && isInspectedWhenListed(state, facts);
