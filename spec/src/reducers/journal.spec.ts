import { type Memory, NOTHING_REMEMBERED, REMEMBERED } from '../../../src/memory.ts';
import { parkedName } from '../../../src/parked.ts';
import type { ContainerFacts } from '../../../streams/events.ts';
import {
  connected,
  created,
  facts,
  gatewayFacts,
  idOf,
  inspected,
  listed,
  listedAgain,
  onGateway,
  waveUnderWay,
} from '../builders.ts';
import { History, settled } from '../history.ts';

const [now, former] = [idOf('gluetun'), idOf('former')];

const halfWay = (ref: string, { name = 'app', gateway = 'gluetun' } = {}): ContainerFacts =>
  facts(parkedName(name, gateway, idOf(name)), { id: idOf(name), ref });

const watching = (containers: readonly ContainerFacts[], memory: Partial<Memory> = {}): History =>
  new History({ memory: { ...NOTHING_REMEMBERED, ...memory } }).feed(
    connected(),
    listed(gatewayFacts(), ...containers),
  );
const gatewaysKnown = ({ state }: History): Memory['gateways'] => state.memory.gateways;

describe('what waits half-way through its re-creation tells by its name that it had joined this gateway', () => {
  it('at first sight, for what is undone tells no more', () => {
    expect(gatewaysKnown(watching([halfWay(former)]))).toEqual({ gluetun: [now, former] });
  });

  it('not before there is a listing, for whom it had joined may be there all the same', () => {
    const one = halfWay(idOf('other'));
    const history = new History().feed(connected(), created(one.name, { id: one.id }), inspected(one));
    expect(history.state.containers.byId[one.id]).toMatchObject({ name: one.name });
    expect(gatewaysKnown(history.feed(listed(gatewayFacts(), one, facts('other'))))).toEqual({
      gluetun: [now],
    });
  });

  it('before anything is said of others that had joined the same', () => {
    watching([halfWay(former), onGateway('web', { ref: former })]).expectNoLine(/nothing tells/);
  });

  it('beside all that is known', () => {
    const history = watching([halfWay(former)], {
      gateways: { gluetun: [now, idOf('b')], other: [idOf('c')] },
    });
    expect(gatewaysKnown(history)).toEqual({ gluetun: [now, idOf('b'), former], other: [idOf('c')] });
  });

  it('once, though several tell it, and each of several', () => {
    const history = watching([
      halfWay(former),
      halfWay(former, { name: 'web' }),
      halfWay(idOf('b'), { name: 'db' }),
    ]);
    expect(gatewaysKnown(history)).toEqual({ gluetun: [now, former, idOf('b')] });
  });

  it('where there is room; what was seen is not forgotten for it', () => {
    const known = [now, ...Array.from({ length: REMEMBERED.idsOfAGateway - 2 }, (_, at) => idOf(`one${at}`))];
    const told = [halfWay(former), halfWay(idOf('b'), { name: 'db' })];
    const history = watching(told, { gateways: { gluetun: known } });
    expect(gatewaysKnown(history)).toEqual({ gluetun: [...known, former] });
    const { memory } = history.state;
    expect(history.feed(listedAgain(facts('other'))).state.memory).toBe(memory);
  });

  it.each<{ given: string; one: ContainerFacts; memory?: Partial<Memory> }>([
    { given: "it is another gateway's orphan", one: halfWay(former, { gateway: 'another' }) },
    { given: 'it had joined one that is there', one: halfWay(idOf('other')) },
    { given: 'it had joined a name', one: halfWay('somebody') },
    { given: 'that was a dependent', one: halfWay(former), memory: { dependents: { [former]: 'mid' } } },
    {
      given: "that was another gateway's",
      one: halfWay(former),
      memory: { gateways: { another: [former] } },
    },
  ])('not where $given', ({ one, memory }) => {
    expect(gatewaysKnown(watching([one, facts('other')], memory))['gluetun']).toEqual([now]);
  });

  it('not where this monitor itself is creating it anew', () => {
    const app = onGateway('app');
    const history = settled([app]);
    const owner = { id: now, name: 'gluetun' };
    const inFlight = waveUnderWay({ id: app.id, name: 'app', how: 'recreate', run: undefined, owner });
    history.state = { ...history.state, inFlight };
    expect(gatewaysKnown(history.feed(listedAgain(halfWay(former))))).toEqual({ gluetun: [now] });
  });
});
