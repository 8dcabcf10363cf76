import { isIdPrefix } from '../../streams/container-id.ts';
import type { ContainerFacts } from '../../streams/events.ts';
import { COMPOSE_DEPENDS_ON, COMPOSE_PROJECT, COMPOSE_SERVICE } from '../../streams/labels.ts';
import { isInterim, isSettledIn } from './compose-names.ts';
import { findGateway } from './find-gateway.ts';
import { joinedReference, referredTo } from './joined.ts';
import { knownIds } from './past.ts';
import type { Containers, Shared, State } from './state.ts';

/** What is needed to know who joined whom: what there is, and what there was. */
export interface Kin {
  readonly settings: Pick<State['settings'], 'gateway'>;
  readonly shared: {
    readonly containers: Pick<Containers, 'byId' | 'composeNames'>;
    readonly past: Shared['past'];
  };
}

/** The container whose network another one joined, and whether that is still the one it refers to. */
export interface Ownership {
  readonly owner: ContainerFacts;
  /** Else the reference leads nowhere: the owner has been given another name, or has replaced who is meant. */
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

/** Compose renames what it is about to remove: the gateway is already another one. */
function replacementOf(present: ContainerFacts, kin: Kin): ContainerFacts | undefined {
  const ids = knownIds(kin.shared.past, kin.settings.gateway);
  if (!isInterim(present, kin.shared.containers) || !ids.includes(present.id)) return undefined;
  const gateway = findGateway(kin.shared.containers, kin.settings.gateway, ids[0]);
  // The user may have named it by that very name.
  return gateway?.id === present.id ? undefined : gateway;
}

/** Who has taken the place of a container that is no more: by what we remember of it, else by compose's labels. */
const successorOf = (reference: string, facts: ContainerFacts, kin: Kin): ContainerFacts | undefined =>
  isRemembered(reference, kin)
    ? rememberedSuccessor(reference, kin)
    : successorByCompose(reference, facts, kin);

/** The user's word for the gateway leads nowhere where it was given another name since. */
const isGateways = (reference: string, { settings, shared: { past } }: Kin): boolean =>
  reference === settings.gateway || knownIds(past, settings.gateway).some((id) => isIdPrefix(reference, id));

const rememberedName = (reference: string, { shared: { past } }: Kin): string | undefined =>
  Object.entries(past.dependents).find(([id]) => isIdPrefix(reference, id))?.[1];

const isRemembered = (reference: string, kin: Kin): boolean =>
  isGateways(reference, kin) || rememberedName(reference, kin) !== undefined;

/** Who has taken the place of a gateway or a dependent that is remembered, if anybody has yet. */
export function rememberedSuccessor(reference: string, kin: Kin): ContainerFacts | undefined {
  const { settings, shared } = kin;
  const { past, containers } = shared;
  if (isGateways(reference, kin))
    return findGateway(containers, settings.gateway, knownIds(past, settings.gateway)[0]);
  const name = rememberedName(reference, kin);
  return name === undefined ? undefined : Object.values(containers.byId).find((one) => one.name === name);
}

/**
 * Compose lists the service whose network is joined in `depends_on`. What replaced that service's container is
 * younger than whoever had joined the old one; where it could be one or another, nothing tells which it was. Only
 * the gateway is found this way: of any other service it is not known whether it shares its network at all.
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

/** From the container up to the one with a network of its own; ends early where an owner is missing. */
export function ownersOf(facts: ContainerFacts, kin: Kin): readonly ContainerFacts[] {
  const owners: ContainerFacts[] = [];
  let owner = ownerOf(facts, kin);
  while (owner !== undefined && !owners.includes(owner) && owner.id !== facts.id) {
    owners.push(owner);
    owner = ownerOf(owner, kin);
  }
  return owners;
}

/** Those between it and the gateway, which may itself have joined another container. */
export function ownersBelow(
  gatewayId: string | undefined,
  facts: ContainerFacts,
  kin: Kin,
): readonly ContainerFacts[] {
  const owners = ownersOf(facts, kin);
  const at = owners.findIndex(({ id }) => id === gatewayId);
  return at === -1 ? owners : owners.slice(0, at);
}

/** Nobody is on the network of a gateway that is not there. */
export const isOnNetworkOf = (gatewayId: string | undefined, facts: ContainerFacts, kin: Kin): boolean =>
  ownersOf(facts, kin).some(({ id }) => id === gatewayId);

/** Unique across projects. */
export const serviceOf = ({ labels }: ContainerFacts): string =>
  `${labels[COMPOSE_PROJECT] ?? ''}/${labels[COMPOSE_SERVICE] ?? ''}`;

export const servicesNeededBy = ({ labels }: ContainerFacts): readonly string[] =>
  (labels[COMPOSE_DEPENDS_ON] ?? '')
    .split(',')
    .filter((entry) => entry !== '')
    .map((entry) => `${labels[COMPOSE_PROJECT] ?? ''}/${entry.split(':')[0] ?? ''}`);
