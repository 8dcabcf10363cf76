import type { ContainerFacts } from '../../streams/events.ts';
import { isOneOff } from '../../streams/fits.ts';
import { COMPOSE_PROJECT } from '../../streams/labels.ts';
import { isAwaited } from './awaited-inspection.ts';
import { isSettledIn } from './compose-names.ts';
import { needsIn, serviceOf } from './network.ts';
import { gatewayTarget } from './selectors.ts';
import type { Containers, State } from './state.ts';

/**
 * Whether Compose created the container and then gave up because the gateway was not healthy. With `depends_on …
 * service_healthy` Compose waits for that, and nothing starts the container later. The rest of its project shows that
 * it is meant to run: if everything else runs, it was not created just to be started some day.
 *
 * False until a listing newer than the latest news about the container and the gateway confirms all this: Compose may
 * be about to start it, right after creating it or as soon as the gateway is healthy.
 */
export function isLeftUnstarted(state: State, facts: ContainerFacts): boolean {
  const { byId, knownAt } = state.shared.containers;
  const gateway = byId[gatewayTarget(state.gateway)?.id ?? ''];
  if (!isYetToStart(facts)) return false;
  const isInMotion = ({ id }: ContainerFacts): boolean =>
    id in knownAt || isAwaited(state.shared.containers, id);
  if (gateway?.details?.health !== 'healthy' || [gateway, facts].some(isInMotion)) return false;
  const project = projectOf(facts, state.shared.containers);
  const isWaiting = (one: ContainerFacts): boolean =>
    one.runState === 'created' && needsHealthOf(gateway, one, project);
  return (
    isWaiting(facts) &&
    hasWhatItNeeds(facts, project) &&
    project.every((one) => isWaiting(one) || isAsItShould(one, project))
  );
}

/**
 * Whether the container was created and nobody has tried to start it. Nothing is reported about such a container, as
 * Compose may be about to start it.
 */
export const isYetToStart = (facts: ContainerFacts | undefined): boolean =>
  facts?.runState === 'created' && facts.details?.error === '';

type Project = readonly ContainerFacts[];

/** The containers of its project, without one-offs and those with a temporary name. */
const projectOf = ({ labels }: ContainerFacts, known: Containers): Project =>
  labels[COMPOSE_PROJECT] === undefined
    ? []
    : Object.values(known.byId).filter(
        (one) =>
          one.labels[COMPOSE_PROJECT] === labels[COMPOSE_PROJECT] &&
          !isOneOff(one.labels) &&
          isSettledIn(one, known),
      );

/** The containers that Compose waits for before it starts this one, each with the condition. */
const needsOf = (facts: ContainerFacts, project: Project) =>
  needsIn(facts).flatMap(({ service, condition }) =>
    project.filter((one) => serviceOf(one) === service).map((other) => ({ other, condition })),
  );

/** Whether it depends on the gateway's health, directly or through another container. */
const needsHealthOf = (
  gateway: ContainerFacts,
  facts: ContainerFacts,
  project: Project,
  seen: Project = [],
): boolean =>
  !seen.includes(facts) &&
  needsOf(facts, project).some(({ other, condition }) =>
    other.id === gateway.id
      ? condition === 'service_healthy'
      : needsHealthOf(gateway, other, project, [...seen, facts]),
  );

/**
 * If a need is not met, Compose may still be waiting, or has refused on purpose. Without an inspection nobody knows.
 */
const hasWhatItNeeds = (facts: ContainerFacts, project: Project): boolean =>
  needsOf(facts, project).every(({ other: { runState, details }, condition }) => {
    if (condition === 'service_healthy') return details?.health === 'healthy';
    return (
      condition !== 'service_completed_successfully' || (runState === 'exited' && details?.exitCode === 0)
    );
  });

/** It runs, or it has ended and another container waits for exactly that. */
const isAsItShould = (facts: ContainerFacts, project: Project): boolean =>
  facts.runState === 'running' ||
  (facts.runState === 'exited' &&
    project.some((one) =>
      needsOf(one, project).some(
        ({ other, condition }) => other.id === facts.id && condition === 'service_completed_successfully',
      ),
    ));
