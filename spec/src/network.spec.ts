import type { ContainerFacts } from '../../streams/events.ts';
import { type Memory, NOTHING_REMEMBERED } from '../../src/memory.ts';
import { type Kin, ownerOf, ownershipOf } from '../../src/network.ts';
import { SETTINGS, compose, facts, gatewayFacts, idOf } from './builders.ts';

const kin = (containers: readonly ContainerFacts[], memory: Partial<Memory> = {}): Kin => ({
  containers: { byId: Object.fromEntries(containers.map((one) => [one.id, one])) },
  settings: SETTINGS,
  memory: { ...NOTHING_REMEMBERED, ...memory },
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
  'nobody is joined by the name %s where nobody has it',
  (name) => {
    expect(ownershipOf(facts('app', { ref: name }), kin([gatewayFacts()]))).toBeUndefined();
  },
);

describe('who has taken the place of a container that is no more', () => {
  const gateway = gatewayFacts({ createdAt: 200 });

  it('is the gateway, where it is remembered to have had that id', () => {
    const found = ownershipOf(orphan(), kin([gateway], { gateways: { gluetun: [idOf('x'), former] } }));
    expect(found).toEqual({ owner: gateway, link: 'replaced' });
  });

  it('is nobody while there is no gateway', () => {
    expect(ownerOf(orphan(), kin([], { gateways: { gluetun: [former] } }))).toBeUndefined();
  });

  it('is not the gateway of another name', () => {
    expect(ownerOf(orphan(), kin([gateway], { gateways: { 'gluetun-us': [former] } }))).toBeUndefined();
  });

  it('is a dependent of the same name as the one that had that id', () => {
    const app = facts('mid');
    expect(ownerOf(orphan(), kin([gateway, app], { dependents: { [former]: 'mid' } }))).toBe(app);
  });

  it.each<{ given: string; exist: ContainerFacts[]; labels: object; then: string | undefined }>([
    {
      given: 'the service it depends on, where that is younger',
      exist: [service('gluetun', 200)],
      labels: needs('gluetun'),
      then: 'gluetun',
    },
    {
      given: 'the younger one of several',
      exist: [service('gluetun', 200), service('db', 50)],
      labels: needs('gluetun', 'db'),
      then: 'gluetun',
    },
    {
      given: 'nobody where several are younger',
      exist: [service('gluetun', 200), service('db', 150)],
      labels: needs('gluetun', 'db'),
      then: undefined,
    },
    {
      given: 'nobody where one of them is not there: it may be that one',
      exist: [service('gluetun', 200)],
      labels: needs('gluetun', 'db'),
      then: undefined,
    },
    {
      given: 'nobody where the service is older, and so was never replaced',
      exist: [service('gluetun', 50)],
      labels: needs('gluetun'),
      then: undefined,
    },
    {
      given: 'nobody in another project',
      exist: [service('gluetun', 200)],
      labels: { ...needs('gluetun'), 'com.docker.compose.project': 'other' },
      then: undefined,
    },
    {
      given: "nobody under compose's interim name",
      exist: [{ ...service('gluetun', 200), name: '0123456789ab_gluetun' }],
      labels: needs('gluetun'),
      then: undefined,
    },
    { given: 'nobody without labels', exist: [service('gluetun', 200)], labels: {}, then: undefined },
  ])('is by its labels $given', ({ exist, labels, then }) => {
    expect(ownerOf(orphan(labels), kin(exist))?.name).toBe(then);
  });

  it('is nobody for a name that is not there: only an id is given once', () => {
    const one = facts('app', { ref: 'db', createdAt: 100, labels: needs('gluetun') });
    expect(ownerOf(one, kin([service('gluetun', 200)]))).toBeUndefined();
  });

  it('is asked for only where the reference leads nowhere', () => {
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
