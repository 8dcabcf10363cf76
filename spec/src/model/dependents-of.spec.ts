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

describe('who hangs on one of several gateways', () => {
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

  it('is the nearest one’s, where a gateway has joined another one', () => {
    expect(namesFor('gluetun', 'second')).toEqual([
      ['app', 'second'],
      ['far', 'farther'],
    ]);
  });

  it('is as before where one of them is not there', () => {
    expect(namesFor('gluetun', 'third')).toEqual([['app', 'far', 'farther', 'second'], []]);
  });
});

describe('a parked container', () => {
  const id = idOf('app');
  const parked = (gateway: string, ref?: string): ContainerFacts =>
    facts(parkedName('app', gateway, id), { id, runState: 'exited', ...(ref && { ref }) });

  it.each<{ given: string; one: ContainerFacts; then: string[] }>([
    { given: 'under the gateway’s name', one: parked('gluetun'), then: ['app'] },
    { given: 'that had joined it, under the name it had', one: parked('vpn', former), then: ['app'] },
    { given: 'of another gateway', one: parked('vpn', idOf('vpn')), then: [] },
    { given: 'of another gateway, on a network of its own', one: parked('vpn'), then: [] },
  ])('$given: $then', ({ one, then }) => {
    const memory = { ...NOTHING_PERSISTED, gateways: { gluetun: [idOf('gluetun'), former] } };
    const state = seen([gatewayFacts(), one], { memory });
    expect(parkedOf(state).map(({ name }) => name)).toEqual(then);
  });

  it('goes by the name the gateway was given since, too', () => {
    const history = new History().feed(connected(), listed(gatewayFacts(), parked('vpn')));
    expect(parkedOf(history.feed(renamed('gluetun', 'vpn')).state)).toHaveLength(1);
  });
});

describe('who may have been on the gateway’s network', () => {
  const on = (ref: string, shape = {}): ContainerFacts => facts('app', { ref, ...shape });
  const old = facts('gluetun-old', { id: former });
  const namesOf = (state: State): readonly (readonly [string, string | undefined])[] =>
    Object.values(unclaimedIn(state)).map(({ name, formerGateway }) => [name, formerGateway]);

  it.each<{ given: string; exist: ContainerFacts[]; setting?: Setting; then: object[] }>([
    { given: 'who runs on one that is gone', exist: [on(idOf('gone'))], then: [['app', undefined]] },
    {
      given: 'who has failed to join one that is gone',
      exist: [on(idOf('gone'), { runState: 'exited', error: JOIN_ERROR })],
      then: [['app', undefined]],
    },
    { given: 'nobody who just ended', exist: [on(idOf('gone'), { runState: 'exited' })], then: [] },
    {
      given: 'nobody who is excluded',
      exist: [on(idOf('gone'))],
      setting: { settings: { exclude: ['app'] } },
      then: [],
    },
    { given: 'nobody with a network of its own', exist: [facts('app')], then: [] },
    { given: 'nobody on a name that nobody has', exist: [on('gone')], then: [] },
    { given: 'nobody on a name that ends like an id', exist: [on(`x${idOf('gone')}`)], then: [] },
    { given: 'nobody on a name that begins like an id', exist: [on(`${idOf('gone')}x`)], then: [] },
    {
      given: 'nobody on what another gateway had been',
      exist: [on(idOf('gone'))],
      setting: {
        memory: { ...NOTHING_PERSISTED, gateways: { vpn: [idOf('x')], second: [idOf('gone')] } },
      },
      then: [],
    },
    { given: 'nobody on somebody else', exist: [facts('db'), on(idOf('db'))], then: [] },
    {
      given: 'who is on what was the gateway before',
      exist: [old, on(former)],
      setting: { memory: { ...NOTHING_PERSISTED, gateways: { gluetun: [idOf('x'), former] } } },
      then: [['app', 'gluetun-old']],
    },
  ])('is $given', ({ exist, setting, then }) => {
    expect(namesOf(seen([gatewayFacts(), ...exist], setting))).toEqual(then);
    expect(namesOf(seen(exist, setting))).toEqual(then);
  });
});
