import { type Persisted, NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import { REMEMBERED } from '../../../src/model/past.ts';
import { parkedName } from '../../../src/model/parked.ts';
import {
  checkFailed,
  checkPassed,
  created,
  destroyed,
  facts,
  foundGone,
  gatewayFacts,
  idOf,
  inspected,
  listedAgain,
  onGateway,
  renamed,
  seconds,
  site,
  started,
  stoppedByHand,
  turned,
} from '../builders.ts';
import type { History } from '../history.ts';
import { type Setting, type Steps, settled } from '../history.ts';

const app = onGateway('app');
const anew = gatewayFacts({ id: idOf('gluetun anew'), health: 'starting' });
const createdAnew: Steps = [destroyed('gluetun'), created('gluetun', { id: anew.id }), inspected(anew)];

const remembering = (memory: Partial<Persisted>): Persisted => ({ ...NOTHING_PERSISTED, ...memory });
const many = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `one${at}`);

describe('the persisted past', () => {
  it('holds every ID of the gateway, the latest first', () => {
    const { memory } = settled([app]).feed(...createdAnew);
    expect(memory.gateways).toEqual({ gluetun: [anew.id, idOf('gluetun')] });
  });

  it('holds an ID of the gateway only once and moves it to the front', () => {
    const known = [idOf('b'), idOf('gluetun'), idOf('c')];
    const { memory } = settled([], { memory: remembering({ gateways: { gluetun: known } }) });
    expect(memory.gateways).toEqual({ gluetun: [idOf('gluetun'), idOf('b'), idOf('c')] });
  });

  it('holds the latest twenty IDs of a gateway', () => {
    const known = many(REMEMBERED.idsOfAGateway);
    const { memory } = settled([], { memory: remembering({ gateways: { gluetun: known } }) });
    expect(memory.gateways['gluetun']).toEqual([idOf('gluetun'), ...known.slice(0, -1)]);
  });

  it('holds dependents even after they are gone', () => {
    const { memory } = settled([app, onGateway('far')]).feed(destroyed('far'), foundGone('far'));
    expect(memory.dependents).toEqual({ [idOf('app')]: 'app', [idOf('far')]: 'far' });
  });

  it('holds dependents by their latest name, the most recently changed last', () => {
    const history = settled([app, onGateway('far')]).feed(renamed('app', 'web'));
    expect(Object.entries(history.memory.dependents)).toEqual([
      [idOf('far'), 'far'],
      [idOf('app'), 'web'],
    ]);
    history.feed(listedAgain(onGateway('late')));
    expect(Object.values(history.memory.dependents)).toEqual(['far', 'web', 'late']);
  });

  it('holds a parked dependent by its own name', () => {
    const parked = onGateway(parkedName('far', 'gluetun', idOf('far')), { id: idOf('far') });
    const { memory } = settled([app]).feed(listedAgain(parked));
    expect(memory.dependents).toEqual({ [idOf('app')]: 'app', [idOf('far')]: 'far' });
  });

  it('forgets the oldest dependents beyond a limit', () => {
    const known = many(REMEMBERED.dependents);
    const dependents = Object.fromEntries(known.map((name) => [name, name]));
    const { memory } = settled([app], { memory: remembering({ dependents }) });
    expect(Object.values(memory.dependents)).toEqual([...known.slice(1), 'app']);
  });

  it('stays the same object if nothing in it changes', () => {
    const history = settled([app, onGateway('far')]).feed(stoppedByHand('far'), seconds(11));
    const {
      shared: { past },
    } = history.state;
    history.feed(started('app'), created('other'), inspected(facts('other')), listedAgain());
    expect(history.state.shared.past).toBe(past);
  });
});

describe('the persisted record of recoveries', () => {
  const SITES = [site('a'), site('b'), site('c')];
  const PASSED = SITES.map(({ url }) => url);
  const fails: Steps = [seconds(30), checkFailed('a'), seconds(10), checkFailed('a')];
  const given = (setting: Setting = {}): History => settled([app], { sites: SITES, ...setting });
  const other = { attempts: 3, notBefore: 5 };
  const blocked = (recoveries: number) => ({ urls: ['https://a/'], recoveries });

  it('holds the backoff before the act begins, next to that of other gateways', () => {
    const history = given({ memory: remembering({ backoff: { other } }) }).feed(...fails);
    history.expectActs('restartGateway');
    const { notBefore } = history.state.backoff;
    expect(history.memory.backoff).toEqual({ other, gluetun: { attempts: 1, notBefore } });
  });

  it('holds the count for the same few sites, next to what other gateways have', () => {
    const known = { held: ['https://z/'], blocked: undefined, passed: ['https://z/'] };
    const history = given({ memory: remembering({ sites: { other: known } }) }).feed(...fails);
    expect(history.memory.sites).toEqual({
      other: known,
      gluetun: { held: [], blocked: blocked(1), passed: PASSED },
    });
  });

  it('holds the sites held as advisory until they pass', () => {
    const history = given({
      memory: remembering({ sites: { gluetun: { held: [], blocked: blocked(3), passed: PASSED } } }),
    }).feed(...fails);
    history.expectNoAct();
    expect(history.memory.sites['gluetun']).toEqual({
      held: ['https://a/'],
      blocked: undefined,
      passed: PASSED,
    });
    history.feed(seconds(30), checkPassed());
    expect(history.memory.sites['gluetun']).toEqual({ held: [], blocked: undefined, passed: PASSED });
  });

  it('stays empty in a dry run', () => {
    const history = given({ settings: { dryRun: true } })
      .feed(...fails)
      .expectLine(/^\[DRY-RUN\] Restarting/);
    expect(history.memory).toMatchObject({ backoff: {}, sites: {} });
  });

  it('stays empty without a recovery', () => {
    const history = given().feed(seconds(30), checkPassed(), turned('gluetun', 'unhealthy'));
    expect(history.memory).toMatchObject({ backoff: {}, sites: {} });
  });
});
