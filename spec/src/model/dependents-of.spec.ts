import type { ContainerFacts } from '../../../streams/events.ts';
import { dependentsOf, parkedOf, unclaimedIn } from '../../../src/model/dependents-of.ts';
import { NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import { parkedName } from '../../../src/model/parked.ts';
import { initialState } from '../../../src/loop/initial-state.ts';
import type { State } from '../../../src/model/state.ts';
import { viewsOf } from '../../../src/model/watches.ts';
import {
  JOIN_ERROR,
  SETTINGS,
  connected,
  facts,
  gatewayFacts,
  idOf,
  listed,
  onGateway,
  renamed,
  site,
} from '../builders.ts';
import { History, type Setting } from '../history.ts';

const former = idOf('gluetun before');

const seen = (containers: readonly ContainerFacts[], setting: Setting = {}): State =>
  new History(setting).feed(connected(), listed(...containers)).state;

describe('a dependent of several gateways', () => {
  const all = [
    gatewayFacts(),
    onGateway('second'),
    onGateway('app'),
    facts('far', { on: 'second' }),
    facts('farther', { on: 'far' }),
  ];
  const namesFor = (...gateways: string[]): readonly (readonly string[])[] => {
    const history = new History();
    history.everything = initialState(
      gateways.map((gateway) => ({ ...SETTINGS, gateway })),
      [site('a')],
    );
    history.feed(connected(), listed(...all));
    return viewsOf(history.everything).map((view) => dependentsOf(view).map(({ name }) => name));
  };

  it('belongs to the nearest one if a gateway has joined another one', () => {
    expect(namesFor('gluetun', 'second')).toEqual([
      ['app', 'second'],
      ['far', 'farther'],
    ]);
  });

  it('belongs to the gateway that exists if the other one is missing', () => {
    expect(namesFor('gluetun', 'third')).toEqual([['app', 'far', 'farther', 'second'], []]);
  });
});

describe('a parked container', () => {
  const id = idOf('app');
  const parked = (gateway: string, ref?: string): ContainerFacts =>
    facts(parkedName('app', gateway, id), { id, runState: 'exited', ...(ref && { ref }) });

  it.each<{ given: string; one: ContainerFacts; then: string[] }>([
    { given: "under the gateway's name", one: parked('gluetun'), then: ['app'] },
    {
      given: 'under a former name of the gateway, joined to its former ID',
      one: parked('vpn', former),
      then: ['app'],
    },
    { given: 'of another gateway', one: parked('vpn', idOf('vpn')), then: [] },
    { given: 'of another gateway, with a network of its own', one: parked('vpn'), then: [] },
  ])('$given gives these re-creations to finish: $then', ({ one, then }) => {
    const memory = { ...NOTHING_PERSISTED, gateways: { gluetun: [idOf('gluetun'), former] } };
    const state = seen([gatewayFacts(), one], { memory });
    expect(parkedOf(state).map(({ name }) => name)).toEqual(then);
  });

  it('is still ours if the gateway was renamed since', () => {
    const history = new History().feed(connected(), listed(gatewayFacts(), parked('vpn')));
    expect(parkedOf(history.feed(renamed('gluetun', 'vpn')).state)).toHaveLength(1);
  });
});

describe("the orphans that may have been on the gateway's network", () => {
  const on = (ref: string, shape = {}): ContainerFacts => facts('app', { ref, ...shape });
  const old = facts('gluetun-old', { id: former });
  const namesOf = (state: State): readonly (readonly [string, string | undefined])[] =>
    Object.values(unclaimedIn(state)).map(({ name, formerGateway }) => [name, formerGateway]);

  it.each<{ given: string; exist: ContainerFacts[]; setting?: Setting; then: object[] }>([
    {
      given: 'include a running one whose owner no longer exists',
      exist: [on(idOf('gone'))],
      then: [['app', undefined]],
    },
    {
      given: 'include one that failed to join a container that no longer exists',
      exist: [on(idOf('gone'), { runState: 'exited', error: JOIN_ERROR })],
      then: [['app', undefined]],
    },
    {
      given: 'leave out one that ended by itself',
      exist: [on(idOf('gone'), { runState: 'exited' })],
      then: [],
    },
    {
      given: 'leave out one that is excluded',
      exist: [on(idOf('gone'))],
      setting: { settings: { exclude: ['app'] } },
      then: [],
    },
    { given: 'leave out one with a network of its own', exist: [facts('app')], then: [] },
    { given: 'leave out one joined to an unused name', exist: [on('gone')], then: [] },
    {
      given: 'leave out one joined to a name that ends like an ID',
      exist: [on(`x${idOf('gone')}`)],
      then: [],
    },
    {
      given: 'leave out one joined to a name that begins like an ID',
      exist: [on(`${idOf('gone')}x`)],
      then: [],
    },
    {
      given: 'leave out one joined to the former ID of another gateway',
      exist: [on(idOf('gone'))],
      setting: {
        memory: { ...NOTHING_PERSISTED, gateways: { vpn: [idOf('x')], second: [idOf('gone')] } },
      },
      then: [],
    },
    { given: 'leave out one joined to another container', exist: [facts('db'), on(idOf('db'))], then: [] },
    {
      given: 'include one joined to the former gateway under its new name',
      exist: [old, on(former)],
      setting: { memory: { ...NOTHING_PERSISTED, gateways: { gluetun: [idOf('x'), former] } } },
      then: [['app', 'gluetun-old']],
    },
  ])('$given', ({ exist, setting, then }) => {
    expect(namesOf(seen([gatewayFacts(), ...exist], setting))).toEqual(then);
    expect(namesOf(seen(exist, setting))).toEqual(then);
  });
});
