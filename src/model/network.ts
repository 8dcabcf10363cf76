import { isIdPrefix } from '../../streams/container-id.ts';
import type { ContainerFacts } from '../../streams/events.ts';
import { COMPOSE_DEPENDS_ON, COMPOSE_PROJECT, COMPOSE_SERVICE } from '../../streams/labels.ts';
import { isInterim, isSettledIn } from './compose-names.ts';
import { findGateway } from './find-gateway.ts';
import { joinedReference, referredTo } from './joined.ts';
import { knownIds } from './past.ts';
import type { Containers, Shared, State } from './state.ts';

/** What is needed to know which container joined which: those that exist, and those remembered. */
export interface Kin {
  readonly settings: Pick<State['settings'], 'gateway'>;
  readonly shared: {
    readonly containers: Pick<Containers, 'byId' | 'composeNames'>;
    readonly past: Shared['past'];
  };
}

/** The container whose network another one joined, and whether the reference still leads to it. */
export interface Ownership {
  readonly owner: ContainerFacts;
  /** `renamed`, `replaced`: the reference is dead, as the owner was renamed or is a replacement for the one meant. */
  readonly link: 'present' | 'renamed' | 'replaced';
}

export function ownershipOf(facts: ContainerFacts, kin: Kin): Ownership | undefined {
  const reference = joinedReference(facts);
  if (reference === undefined) return undefined;
  const present = referredTo(reference, kin.shared.containers.byId);
  const replacement = present && replacementOf(present, kin);
  if (replacement !== undefined) return { owner: replacement, link: 'replaced' };
  if (present !== undefined) return { owner: present, link: 'present' };
  const owner = successorOf(reference, facts, kin);
  const link = reference === kin.settings.gateway ? 'renamed' : 'replaced';
  return owner && owner.id !== facts.id ? { owner, link } : undefined;
}

export const ownerOf = (facts: ContainerFacts, kin: Kin): ContainerFacts | undefined =>
  ownershipOf(facts, kin)?.owner;

/** The gateway that replaces a former one. Compose renames a container before it removes it. */
function replacementOf(present: ContainerFacts, kin: Kin): ContainerFacts | undefined {
  const ids = knownIds(kin.shared.past, kin.settings.gateway);
  if (!isInterim(present, kin.shared.containers) || !ids.includes(present.id)) return undefined;
  const gateway = findGateway(kin.shared.containers, kin.settings.gateway, ids[0]);
  // The user's reference may be that temporary name.
  return gateway?.id === present.id ? undefined : gateway;
}

/** The replacement for a container that no longer exists: found by what is remembered, else by Compose's labels. */
const successorOf = (reference: string, facts: ContainerFacts, kin: Kin): ContainerFacts | undefined =>
  isRemembered(reference, kin)
    ? rememberedSuccessor(reference, kin)
    : successorByCompose(reference, facts, kin);

/** Whether the reference means the gateway: by the user's word, which is dead after a rename, or by a former id. */
const isGateways = (reference: string, { settings, shared: { past } }: Kin): boolean =>
  reference === settings.gateway || knownIds(past, settings.gateway).some((id) => isIdPrefix(reference, id));

const rememberedName = (reference: string, { shared: { past } }: Kin): string | undefined =>
  Object.entries(past.dependents).find(([id]) => isIdPrefix(reference, id))?.[1];

const isRemembered = (reference: string, kin: Kin): boolean =>
  isGateways(reference, kin) || rememberedName(reference, kin) !== undefined;

/** The replacement for a remembered gateway or dependent, if there is one yet. */
export function rememberedSuccessor(reference: string, kin: Kin): ContainerFacts | undefined {
  const { settings, shared } = kin;
  const { past, containers } = shared;
  if (isGateways(reference, kin))
    return findGateway(containers, settings.gateway, knownIds(past, settings.gateway)[0]);
  const name = rememberedName(reference, kin);
  return name === undefined ? undefined : Object.values(containers.byId).find((one) => one.name === name);
}

/**
 * Finds the gateway by Compose's labels. Compose lists the service whose network a container joins in `depends_on`, and
 * the replacement of that service's container is younger than the container that had joined the old one. If several
 * candidates are, nothing shows which one is meant. Only the gateway is found this way, as the labels do not show
 * whether any other service shares its network at all.
 */
function successorByCompose(
  reference: string,
  facts: ContainerFacts,
  { settings, shared: { containers, past } }: Kin,
): ContainerFacts | undefined {
  if (!/^[0-9a-f]{64}$/.test(reference)) return undefined;
  const services = servicesNeededBy(facts);
  const present = Object.values(containers.byId).filter(
    (one) => services.includes(serviceOf(one)) && isSettledIn(one, containers),
  );
  const areAllThere = services.every((service) => present.some((one) => serviceOf(one) === service));
  const younger = present.filter(({ createdMs }) => createdMs > facts.createdMs);
  const gateway = findGateway(containers, settings.gateway, knownIds(past, settings.gateway)[0]);
  return areAllThere && younger.length === 1 && younger[0]?.id === gateway?.id ? gateway : undefined;
}

/** The chain of owners, up to the container with a network of its own. Ends early if an owner is missing. */
export function ownersOf(facts: ContainerFacts, kin: Kin): readonly ContainerFacts[] {
  const owners: ContainerFacts[] = [];
  let owner = ownerOf(facts, kin);
  while (owner !== undefined && !owners.includes(owner) && owner.id !== facts.id) {
    owners.push(owner);
    owner = ownerOf(owner, kin);
  }
  return owners;
}

/** The owners between the container and the gateway, which may itself have joined another container. */
export function ownersBelow(
  gatewayId: string | undefined,
  facts: ContainerFacts,
  kin: Kin,
): readonly ContainerFacts[] {
  const owners = ownersOf(facts, kin);
  const at = owners.findIndex(({ id }) => id === gatewayId);
  return at === -1 ? owners : owners.slice(0, at);
}

/** Without a gateway, no container is on its network. */
export const isOnNetworkOf = (gatewayId: string | undefined, facts: ContainerFacts, kin: Kin): boolean =>
  ownersOf(facts, kin).some(({ id }) => id === gatewayId);

/** The Compose service, qualified by its project. */
export const serviceOf = ({ labels }: ContainerFacts): string =>
  `${labels[COMPOSE_PROJECT] ?? ''}/${labels[COMPOSE_SERVICE] ?? ''}`;

export const servicesNeededBy = (facts: ContainerFacts): readonly string[] =>
  needsIn(facts).map(({ service }) => service);

interface Need {
  /** With its project, as `serviceOf` has it. */
  readonly service: string;
  /** What Compose waits for, such as `service_healthy`. */
  readonly condition: string | undefined;
  /** Whether Compose restarts the container after it has restarted that service. */
  readonly isRestarted: boolean;
}

/** Compose's `depends_on`. Compose 1 does not tell it. */
export const needsIn = ({ labels }: Pick<ContainerFacts, 'labels'>): readonly Need[] =>
  (labels[COMPOSE_DEPENDS_ON] ?? '')
    .split(',')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [service = '', condition, restart] = entry.split(':');
      const project = labels[COMPOSE_PROJECT] ?? '';
      return { service: `${project}/${service}`, condition, isRestarted: restart === 'true' };
    });
