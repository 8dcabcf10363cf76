import type { ContainerFacts } from '../../streams/events.ts';
import { isOneOff } from '../../streams/fits.ts';
import { COMPOSE_DEPENDS_ON, COMPOSE_PROJECT, COMPOSE_SERVICE } from '../../streams/labels.ts';
import { isAwaited } from './awaited-inspection.ts';
import { isSettledIn } from './compose-names.ts';
import { gatewayTarget } from './selectors.ts';
import type { Containers, State } from './state.ts';

/**
 * Whether compose has created it and then given up, for the gateway was not healthy: `depends_on … service_healthy`
 * asks for that, and nobody starts it any more. That it is to run tells everything else of its project, which does run:
 * what was only created to be started some day has nobody around it.
 *
 * Not before a listing has shown all that since anything was heard of it or of the gateway: compose starts it right
 * after the gateway has become healthy, or after it was created.
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

/** It was created, and nobody has tried to start it. What is said of it waits until it is started: compose may be first. */
export const isYetToStart = (facts: ContainerFacts | undefined): boolean =>
  facts?.runState === 'created' && facts.details?.error === '';

type Project = readonly ContainerFacts[];

/** Who belongs to its project, for good. */
const projectOf = ({ labels }: ContainerFacts, known: Containers): Project =>
  labels[COMPOSE_PROJECT] === undefined
    ? []
    : Object.values(known.byId).filter(
        (one) =>
          one.labels[COMPOSE_PROJECT] === labels[COMPOSE_PROJECT] &&
          !isOneOff(one.labels) &&
          isSettledIn(one, known),
      );

/** What it needs of others before compose starts it. */
const needsOf = ({ labels }: ContainerFacts, project: Project) =>
  (labels[COMPOSE_DEPENDS_ON] ?? '').split(',').flatMap((entry) => {
    const [service, condition] = entry.split(':');
    return project
      .filter((one) => one.labels[COMPOSE_SERVICE] === service)
      .map((other) => ({ other, condition }));
  });

/** Itself, or because it needs one that does. */
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

/** Else compose may still be waiting, or has refused on purpose. Of what nobody has inspected that is not known. */
const hasWhatItNeeds = (facts: ContainerFacts, project: Project): boolean =>
  needsOf(facts, project).every(({ other: { runState, details }, condition }) => {
    if (condition === 'service_healthy') return details?.health === 'healthy';
    return (
      condition !== 'service_completed_successfully' || (runState === 'exited' && details?.exitCode === 0)
    );
  });

/** It runs; or it has ended, which is what another one waits for. */
const isAsItShould = (facts: ContainerFacts, project: Project): boolean =>
  facts.runState === 'running' ||
  (facts.runState === 'exited' &&
    project.some((one) =>
      needsOf(one, project).some(
        ({ other, condition }) => other.id === facts.id && condition === 'service_completed_successfully',
      ),
    ));
