import type { ContainerFacts } from '../../../streams/events.ts';
import { dependentsOf } from '../../../src/model/dependents-of.ts';
import { parkedName } from '../../../src/model/parked.ts';
import {
  checkPassed,
  compose,
  connected,
  created,
  destroyed,
  facts,
  gatewayFacts,
  idOf,
  inspected,
  listed,
  listedAgain,
  minutes,
  onGateway,
  renamed,
  seconds,
} from '../builders.ts';
import { History, type Setting } from '../history.ts';

const NOW = 10_000_000;
const LEFT = '0123456789ab_app';

const seen = (containers: readonly ContainerFacts[], setting: Setting = {}): History =>
  new History(setting).feed(connected(), listed(...containers));
const namesIn = ({ state }: History): readonly string[] => dependentsOf(state).map(({ name }) => name);

describe("a container left under compose's interim name", () => {
  it('becomes a dependent at the first listing that finds it a minute old', () => {
    const history = seen([gatewayFacts(), onGateway(LEFT, { createdAt: NOW - 30_000 })]);
    expect(namesIn(history)).toEqual([]);
    history.feed(seconds(29), listedAgain());
    expect(namesIn(history)).toEqual([]);
    history.feed(seconds(1), listedAgain()).expectLine(new RegExp(`^Dependent container added: ${LEFT}$`));
    expect(namesIn(history)).toEqual([LEFT]);
  });

  it('is no dependent for a minute after compose has renamed it, however old it is', () => {
    const history = seen([gatewayFacts(), onGateway('app')]).feed(
      minutes(1),
      renamed('app', LEFT),
      seconds(59),
      listedAgain(),
    );
    expect(namesIn(history)).toEqual([]);
    history.feed(seconds(1), listedAgain());
    expect(namesIn(history)).toEqual([LEFT]);
  });

  it('is no dependent while a container of its plain name exists, nor for a minute after that is gone', () => {
    const history = seen([gatewayFacts(), onGateway(LEFT)]);
    expect(namesIn(history)).toEqual([LEFT]);
    history.feed(created('app'), inspected(onGateway('app', { createdAt: NOW })));
    expect(namesIn(history)).toEqual(['app']);
    history.feed(listedAgain(), seconds(30), destroyed('app'));
    expect(namesIn(history)).toEqual([]);
    history.feed(seconds(30), listedAgain());
    expect(namesIn(history)).toEqual([LEFT]);
  });

  it('stays a dependent when we re-create it under the same name', () => {
    const parked = parkedName(LEFT, 'gluetun', idOf(LEFT));
    const history = seen([gatewayFacts(), onGateway(LEFT)]).feed(
      renamed(LEFT, parked),
      listedAgain(facts(parked, { id: idOf(LEFT), on: 'gluetun' })),
      created(LEFT, { id: 'f'.repeat(64) }),
      inspected(onGateway(LEFT, { id: 'f'.repeat(64), createdAt: NOW })),
    );
    expect(namesIn(history)).toEqual([LEFT]);
  });

  it('stays a dependent when its re-creation is undone', () => {
    const parked = parkedName(LEFT, 'gluetun', idOf(LEFT));
    const history = seen([gatewayFacts(), onGateway(LEFT)]).feed(
      renamed(LEFT, parked),
      renamed(parked, LEFT, { id: idOf(LEFT) }),
    );
    expect(namesIn(history)).toEqual([LEFT]);
  });

  it('is forgotten when it is removed, so that a new one of that name counts as young', () => {
    const history = seen([gatewayFacts(), onGateway(LEFT)]).feed(
      destroyed(LEFT),
      listedAgain(),
      created(LEFT),
      inspected(onGateway(LEFT, { createdAt: NOW })),
    );
    expect(namesIn(history)).toEqual([]);
  });
});

describe("a gateway under a name like compose's interim names", () => {
  const left = '0123456789ab_gluetun';
  const gatewayIn = ({ state: { gateway } }: History): string | undefined =>
    'name' in gateway ? gateway.name : undefined;

  it.each<{ given: string; word: string; exist: ContainerFacts[]; then: string | undefined }>([
    {
      given: 'by that very name, however young it is',
      word: left,
      exist: [facts(left, { createdAt: NOW })],
      then: left,
    },
    {
      given: 'by that very name, even if another container has the plain name',
      word: left,
      exist: [facts(left), gatewayFacts()],
      then: left,
    },
    { given: 'by its plain name', word: 'gluetun', exist: [facts(left)], then: left },
    {
      given: 'by its service',
      word: 'vpn',
      exist: [facts(left, { labels: compose('vpn') })],
      then: left,
    },
    {
      given: 'by its plain name within its first minute (not found)',
      word: 'gluetun',
      exist: [facts(left, { createdAt: NOW - 59_000, labels: compose('gluetun') })],
      then: undefined,
    },
    {
      given: 'by its plain name if another container has it (the other one)',
      word: 'gluetun',
      exist: [facts(left, { labels: compose('gluetun') }), gatewayFacts()],
      then: 'gluetun',
    },
  ])('is looked up correctly $given', ({ word, exist, then }) => {
    expect(gatewayIn(seen(exist, { settings: { gateway: word } }))).toBe(then);
  });

  it('keeps its dependents, and none counts as an orphan', () => {
    const history = seen([facts(left), onGateway('app', { ref: idOf(left) })], {
      settings: { gateway: left },
    });
    expect(history.state.dependents.members).toMatchObject({ [idOf('app')]: { attachment: 'fresh' } });
    history.feed(checkPassed()).expectGateway('ready').expectNoAct();
  });

  it('is found again a minute after compose has renamed it and failed to replace it', () => {
    const history = seen([gatewayFacts(), onGateway('app')]).feed(checkPassed(), renamed('gluetun', left));
    expect(gatewayIn(history)).toBeUndefined();
    history.feed(minutes(1), listedAgain());
    expect(gatewayIn(history)).toBe(left);
  });
});
