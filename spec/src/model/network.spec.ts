import type { ContainerFacts } from '../../../streams/events.ts';
import { type Persisted, NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import {
  type Kin,
  isOnNetworkOf,
  ownerOf,
  ownersBelow,
  ownersOf,
  ownershipOf,
  serviceOf,
  servicesNeededBy,
} from '../../../src/model/network.ts';
import { SETTINGS, compose, facts, gatewayFacts, idOf } from '../builders.ts';

const kin = (containers: readonly ContainerFacts[], memory: Partial<Persisted> = {}): Kin => ({
  settings: SETTINGS,
  shared: {
    containers: { byId: Object.fromEntries(containers.map((one) => [one.id, one])), composeNames: {} },
    past: { ...NOTHING_PERSISTED, ...memory },
  },
});

const former = idOf('one that is no more');
const orphan = (labels = {}): ContainerFacts => facts('app', { ref: former, createdAt: 100, labels });
const needs = (...services: string[]) =>
  compose('app', {
    'com.docker.compose.depends_on': services.map((one) => `${one}:service_started:true`).join(','),
  });
const service = (name: string, createdAt: number): ContainerFacts =>
  facts(name, { labels: compose(name), createdAt });

it.each(['constructor', 'toString', '__proto__'])(
  'a container joined to the unused name %s has no owner',
  (name) => {
    expect(ownershipOf(facts('app', { ref: name }), kin([gatewayFacts()]))).toBeUndefined();
  },
);

describe('the replacement of a missing owner', () => {
  const gateway = gatewayFacts({ createdAt: 200 });

  it('is the gateway if that is known to have had the ID', () => {
    const found = ownershipOf(orphan(), kin([gateway], { gateways: { gluetun: [idOf('x'), former] } }));
    expect(found).toEqual({ owner: gateway, link: 'replaced' });
  });

  it('does not exist while there is no gateway', () => {
    expect(ownerOf(orphan(), kin([], { gateways: { gluetun: [former] } }))).toBeUndefined();
  });

  it('is not the gateway if another gateway had the ID', () => {
    expect(ownerOf(orphan(), kin([gateway], { gateways: { 'gluetun-us': [former] } }))).toBeUndefined();
  });

  it('is the dependent with the name of the container that had the ID', () => {
    const app = facts('mid');
    expect(ownerOf(orphan(), kin([gateway, app], { dependents: { [former]: 'mid' } }))).toBe(app);
  });

  it.each<{ given: string; exist: ContainerFacts[]; labels: object; then: string | undefined }>([
    {
      given: 'the service it depends on if that is younger',
      exist: [service('gluetun', 200)],
      labels: needs('gluetun'),
      then: 'gluetun',
    },
    {
      given: 'the only younger service of several',
      exist: [service('gluetun', 200), service('db', 50)],
      labels: needs('gluetun', 'db'),
      then: 'gluetun',
    },
    {
      given: 'none if several services are younger',
      exist: [service('gluetun', 200), service('db', 150)],
      labels: needs('gluetun', 'db'),
      then: undefined,
    },
    {
      given: 'none if one of the services is missing, because it may be that one',
      exist: [service('gluetun', 200)],
      labels: needs('gluetun', 'db'),
      then: undefined,
    },
    {
      given: 'none if the service is older and so was never replaced',
      exist: [service('gluetun', 50)],
      labels: needs('gluetun'),
      then: undefined,
    },
    {
      given: 'none in another project',
      exist: [service('gluetun', 200)],
      labels: { ...needs('gluetun'), 'com.docker.compose.project': 'other' },
      then: undefined,
    },
    {
      given: "none with compose's interim name",
      exist: [{ ...service('gluetun', 200), name: '0123456789ab_gluetun' }],
      labels: needs('gluetun'),
      then: undefined,
    },
    {
      given: 'none without a gateway',
      exist: [service('db', 200)],
      labels: needs('db'),
      then: undefined,
    },
    { given: 'none without labels', exist: [service('gluetun', 200)], labels: {}, then: undefined },
  ])('according to the labels is $given', ({ exist, labels, then }) => {
    expect(ownerOf(orphan(labels), kin(exist))?.name).toBe(then);
  });

  it.each(['db', `x${former}`, `${former}x`])('does not exist for an unused name: %s', (ref) => {
    const one = facts('app', { ref, createdAt: 100, labels: needs('gluetun') });
    expect(ownerOf(one, kin([service('gluetun', 200)]))).toBeUndefined();
  });

  it('is looked for only if the owner is missing', () => {
    const present = facts('present');
    const one = facts('app', { on: 'present' });
    const memory = { gateways: { gluetun: [present.id] } };
    expect(ownershipOf(one, kin([gateway, present], memory))).toEqual({ owner: present, link: 'present' });
  });

  it('is never the container itself', () => {
    const one = facts('mid', { ref: former });
    expect(ownerOf(one, kin([one], { dependents: { [former]: 'mid' } }))).toBeUndefined();
  });
});

describe('a gateway that compose is about to remove', () => {
  const interim = facts('0123456789ab_gluetun', { createdAt: 50 });
  const anew = gatewayFacts({ createdAt: 200 });
  const one = facts('app', { ref: interim.id });

  it.each<{ given: string; exist: ContainerFacts[]; known: string[]; then: object }>([
    {
      given: 'has been replaced if another container has its plain name',
      exist: [anew],
      known: [interim.id],
      then: { owner: anew, link: 'replaced' },
    },
    {
      given: 'is still the owner while there is no other',
      exist: [],
      known: [interim.id],
      then: { owner: interim, link: 'present' },
    },
    {
      given: 'is still the owner if its ID was never ours',
      exist: [anew],
      known: [idOf('x')],
      then: { owner: interim, link: 'present' },
    },
  ])('$given', ({ exist, known, then }) => {
    expect(ownershipOf(one, kin([interim, ...exist], { gateways: { gluetun: known } }))).toEqual(then);
  });

  it('is the owner under its own name, even if another container has its service', () => {
    const former = gatewayFacts({ id: interim.id });
    const settings = { ...SETTINGS, gateway: interim.id.slice(0, 12) };
    const memory = { gateways: { [settings.gateway]: [interim.id] } };
    const found = ownershipOf(one, { ...kin([former], memory), settings });
    expect(found).toEqual({ owner: former, link: 'present' });
  });
});

describe('a reference to a missing container', () => {
  const renamedGateway = facts('vpn', { id: idOf('gluetun') });

  it("leads to the gateway if it is the gateway's former name", () => {
    const one = facts('app', { ref: 'gluetun' });
    expect(ownershipOf(one, kin([renamedGateway], { gateways: { gluetun: [idOf('gluetun')] } }))).toEqual({
      owner: renamedGateway,
      link: 'renamed',
    });
  });

  it("leads to the gateway if it is any of the gateway's former IDs", () => {
    const ids = [renamedGateway.id, idOf('x'), former];
    expect(ownershipOf(orphan(), kin([renamedGateway], { gateways: { gluetun: ids } }))).toEqual({
      owner: renamedGateway,
      link: 'replaced',
    });
  });

  it("leads nowhere if it is the gateway's own reference to a former ID", () => {
    const gateway = facts('gluetun', { ref: former });
    expect(ownershipOf(gateway, kin([gateway], { gateways: { gluetun: [former] } }))).toBeUndefined();
  });

  it('leads nowhere if it is empty', () => {
    const one = facts('app', { ref: '' });
    expect(ownershipOf(one, kin([gatewayFacts()], { dependents: { [former]: 'gluetun' } }))).toBeUndefined();
  });

  it('does not lead by its labels to a younger container that is not the gateway', () => {
    const one = orphan(needs('db'));
    expect(ownerOf(one, kin([service('db', 200), service('gluetun', 50)]))).toBeUndefined();
  });

  it('does not lead by its labels to a container created at the same moment', () => {
    expect(ownerOf(orphan(needs('gluetun')), kin([service('gluetun', 100)]))).toBeUndefined();
  });
});

describe('the owners of a network', () => {
  const gateway = gatewayFacts();
  const mid = facts('mid', { on: 'gluetun' });
  const far = facts('far', { on: 'mid' });

  it('are all those above, nearest first', () => {
    expect(ownersOf(far, kin([far, mid, gateway]))).toEqual([mid, gateway]);
  });

  it('end at a missing one, and in a circle', () => {
    expect(ownersOf(far, kin([far, mid]))).toEqual([mid]);
    const [a, b] = [facts('a', { on: 'b' }), facts('b', { on: 'a' })];
    expect(ownersOf(a, kin([a, b]))).toEqual([b]);
    expect(ownersOf(facts('c', { on: 'a' }), kin([a, b]))).toEqual([a, b]);
  });

  it.each([
    ['another container in between', far, true],
    ['no container in between', mid, true],
    ['a network of its own', facts('db'), false],
  ])('include the gateway or not with %s', (_, one, then) => {
    expect(isOnNetworkOf(gateway.id, one, kin([far, mid, gateway]))).toBe(then);
  });

  it('below the gateway are those up to it, or all if it is not among them', () => {
    expect(ownersBelow(gateway.id, far, kin([far, mid, gateway]))).toEqual([mid]);
    expect(ownersBelow(idOf('x'), far, kin([far, mid, gateway]))).toEqual([mid, gateway]);
  });

  it('do not include a gateway that does not exist', () => {
    expect(isOnNetworkOf(undefined, far, kin([far, mid, gateway]))).toBe(false);
  });
});

describe('a compose service', () => {
  it('has a name that includes its project', () => {
    expect(serviceOf(service('db', 1))).toBe('stack/db');
    expect(serviceOf(facts('db'))).toBe('/');
  });

  it.each([
    ['db:service_started:true,web:service_healthy:false', ['stack/db', 'stack/web']],
    ['db', ['stack/db']],
    ['', []],
    [undefined, []],
  ])('with depends_on %p needs %p', (dependsOn, then) => {
    const labels = compose(
      'app',
      dependsOn === undefined ? {} : { 'com.docker.compose.depends_on': dependsOn },
    );
    expect(servicesNeededBy(facts('app', { labels }))).toEqual(then);
  });

  it('without a project needs services without a project', () => {
    const labels = { 'com.docker.compose.depends_on': 'db' };
    expect(servicesNeededBy(facts('app', { labels }))).toEqual(['/db']);
  });
});
