import { type Memory, NOTHING_REMEMBERED } from '../../../src/memory.ts';
import { REMEMBERED } from '../../../src/past.ts';
import { parkedName } from '../../../src/parked.ts';
import { recollection } from '../../../src/reducers/recollection.ts';
import type { State } from '../../../src/state.ts';
import {
  checkFailed,
  checkPassed,
  connected,
  connectedAfterCrash,
  created,
  destroyed,
  died,
  engineText,
  facts,
  foundGone,
  gatewayFacts,
  idOf,
  inspected,
  listed,
  listedAgain,
  onGateway,
  renamed,
  seconds,
  site,
  started,
  stoppedByHand,
  turned,
} from '../builders.ts';
import { History, type Setting, type Steps, settled } from '../history.ts';

const app = onGateway('app');
const anew = gatewayFacts({ id: idOf('gluetun anew'), health: 'starting' });
const createdAnew: Steps = [destroyed('gluetun'), created('gluetun', { id: anew.id }), inspected(anew)];

const remembering = (memory: Partial<Memory>): Memory => ({ ...NOTHING_REMEMBERED, ...memory });
const many = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `one${at}`);
const memoryOf = ({ state }: History): Memory => state.memory;

describe('what is remembered', () => {
  it('is every id the gateway has had, the latest first', () => {
    const { state } = settled([app]).feed(...createdAnew);
    expect(state.memory.gateways).toEqual({ gluetun: [anew.id, idOf('gluetun')] });
  });

  it('is no id of the gateway twice: one that is there again is the latest', () => {
    const known = [idOf('b'), idOf('gluetun'), idOf('c')];
    const { state } = settled([], { memory: remembering({ gateways: { gluetun: known } }) });
    expect(state.memory.gateways).toEqual({ gluetun: [idOf('gluetun'), idOf('b'), idOf('c')] });
  });

  it('is so many ids of the gateway, and no more', () => {
    const known = many(REMEMBERED.idsOfAGateway);
    const { state } = settled([], { memory: remembering({ gateways: { gluetun: known } }) });
    expect(state.memory.gateways['gluetun']).toEqual([idOf('gluetun'), ...known.slice(0, -1)]);
  });

  it('is who hung on it, also those that are gone', () => {
    const { state } = settled([app, onGateway('far')]).feed(destroyed('far'), foundGone('far'));
    expect(state.memory.dependents).toEqual({ [idOf('app')]: 'app', [idOf('far')]: 'far' });
  });

  it('is who hung on it by its latest name, the latest news last', () => {
    const history = settled([app, onGateway('far')]).feed(renamed('app', 'web'));
    expect(Object.entries(memoryOf(history).dependents)).toEqual([
      [idOf('far'), 'far'],
      [idOf('app'), 'web'],
    ]);
    history.feed(listedAgain(onGateway('late')));
    expect(Object.values(memoryOf(history).dependents)).toEqual(['far', 'web', 'late']);
  });

  it('is who is found half-way through its re-creation, by its own name', () => {
    const parked = onGateway(parkedName('far', 'gluetun', idOf('far')), { id: idOf('far') });
    const { state } = settled([app]).feed(listedAgain(parked));
    expect(state.memory.dependents).toEqual({ [idOf('app')]: 'app', [idOf('far')]: 'far' });
  });

  it('is so many dependents, and no more: the oldest news is forgotten', () => {
    const known = many(REMEMBERED.dependents);
    const dependents = Object.fromEntries(known.map((name) => [name, name]));
    const { state } = settled([app], { memory: remembering({ dependents }) });
    expect(Object.values(state.memory.dependents)).toEqual([...known.slice(1), 'app']);
  });

  it('stays the same object where a change is no news', () => {
    const history = settled([app, onGateway('far')]).feed(stoppedByHand('far'), seconds(11));
    const { memory } = history.state;
    history.feed(started('app'), created('other'), inspected(facts('other')), listedAgain());
    expect(history.state.memory).toBe(memory);
  });
});

describe('who was stopped by hand is remembered', () => {
  it('once that is decided, until it runs again', () => {
    const history = settled([app]).feed(stoppedByHand('app'));
    expect(history.state.memory.stopped).toEqual([]);
    expect(history.feed(seconds(11)).state.memory.stopped).toEqual([idOf('app')]);
    expect(history.feed(started('app')).state.memory.stopped).toEqual([]);
  });

  it('not who ended by itself, nor who is no dependent', () => {
    const history = settled([app]).feed(died('app'), stoppedByHand('other'), seconds(11));
    expect(history.state.memory.stopped).toEqual([]);
  });

  it('without a gateway only who is remembered to have hung on one', () => {
    const memory = remembering({ dependents: { [app.id]: 'app' } });
    const history = new History({ memory }).feed(connected(), listed(app, facts('other')));
    history.feed(stoppedByHand('app'), stoppedByHand('other'), seconds(11));
    expect(history.state.memory.stopped).toEqual([app.id]);
  });

  it('not once it is gone', () => {
    const history = settled([app]).feed(stoppedByHand('app'), seconds(11), destroyed('app'));
    expect(history.state.memory.stopped).toEqual([]);
  });

  it('not by the next monitor, where that finds it running or gone', () => {
    const stopped = ['app', 'far', 'gone'].map(idOf);
    const { state } = settled([app, onGateway('far', { runState: 'exited' })], {
      memory: remembering({ stopped }),
    });
    expect(state.memory.stopped).toEqual([idOf('far')]);
  });

  it('by so many ids, and no more: the oldest is forgotten', () => {
    const known = many(REMEMBERED.stopped).map(idOf);
    const before = settled([app]).feed(stoppedByHand('app')).state;
    const off = onGateway('off', { runState: 'exited' });
    const byId = { ...before.containers.byId, ...Object.fromEntries(known.map((id) => [id, off])) };
    const state: State = {
      ...before,
      containers: { ...before.containers, byId },
      memory: remembering({ stopped: known }),
      endings: { [app.id]: { value: 'operator' } },
    };
    const { memory } = recollection(state, { type: 'timeReached', at: 0 }, before).state;
    expect(memory.stopped).toEqual([...known.slice(1), app.id]);
  });
});

describe('who was ended by a start of the engine is remembered', () => {
  const ended = (shape = {}) => onGateway('app', { runState: 'exited', ...shape });
  const run = { [idOf('app')]: engineText(2_000) };
  const memory = remembering({ endedByEngine: run });

  it('with the run that it ended, until it runs again', () => {
    const history = settled([app]).feed(connectedAfterCrash('app'), died('app'));
    expect(memoryOf(history).endedByEngine).toEqual(run);
    expect(memoryOf(history.feed(listedAgain(ended()))).endedByEngine).toEqual(run);
    expect(memoryOf(history.feed(started('app'))).endedByEngine).toEqual({});
  });

  it('also where that is the gateway', () => {
    const gateway = gatewayFacts({ runState: 'exited' });
    const history = settled([app]).feed(connectedAfterCrash('gluetun'), listedAgain(gateway));
    expect(memoryOf(history).endedByEngine).toEqual({ [gateway.id]: engineText(1_000) });
  });

  it('also where there is no gateway just now', () => {
    const history = new History({ memory: remembering({ dependents: { [app.id]: 'app' } }) }).feed(
      connectedAfterCrash('app', 'other'),
      listed(ended(), facts('other', { runState: 'exited' })),
    );
    expect(memoryOf(history).endedByEngine).toEqual(run);
  });

  it('as soon as it is known which run that was', () => {
    const history = settled([onGateway('app', { inspected: false })]).feed(connectedAfterCrash('app'));
    expect(memoryOf(history).endedByEngine).toStrictEqual({});
    expect(memoryOf(history.feed(listedAgain(ended()))).endedByEngine).toEqual(run);
  });

  it('not where it is no dependent, is not there, or ended in another way', () => {
    const history = settled([app, onGateway('far'), facts('other')]).feed(
      stoppedByHand('far'),
      seconds(11),
      destroyed('gluetun'),
      destroyed('app'),
      connectedAfterCrash('app', 'other'),
    );
    expect(memoryOf(history).endedByEngine).toEqual({});
  });

  it.each([
    { found: ended(), is: 'still' },
    { found: ended({ inspected: false }), is: 'still' },
    { found: ended({ startedAt: 3_000 }), is: 'not any more' },
    { found: app, is: 'not any more' },
    { found: facts('other'), is: 'not any more' },
  ])('by the next monitor, as long as that finds it as it was', ({ found, is }) => {
    const { state } = settled([found], { memory });
    expect(state.memory.endedByEngine).toEqual(is === 'still' ? run : {});
  });

  it('as the same object where a change is no news', () => {
    const history = settled([app, ended({ id: idOf('far') })]).feed(
      connectedAfterCrash('app'),
      listedAgain(ended()),
    );
    const { endedByEngine } = history.state.memory;
    expect(endedByEngine).toEqual(run);
    history.feed(created('other'), inspected(facts('other')), listedAgain());
    expect(history.state.memory.endedByEngine).toBe(endedByEngine);
  });
});

describe('of recoveries is remembered', () => {
  const SITES = [site('a'), site('b'), site('c')];
  const PASSED = SITES.map(({ url }) => url);
  const fails: Steps = [seconds(30), checkFailed('a'), seconds(10), checkFailed('a')];
  const given = (setting: Setting = {}): History => settled([app], { sites: SITES, ...setting });
  const other = { attempts: 3, notBefore: 5 };
  const blocked = (recoveries: number) => ({ urls: ['https://a/'], recoveries });

  it('the wait for the next one, before anything is done, beside that of other gateways', () => {
    const history = given({ memory: remembering({ backoff: { other } }) }).feed(...fails);
    history.expectActs('restartGateway');
    const { notBefore } = history.state.backoff;
    expect(memoryOf(history).backoff).toEqual({ other, gluetun: { attempts: 1, notBefore } });
  });

  it('how many were for the same few sites, beside what other gateways know', () => {
    const known = { held: ['https://z/'], blocked: undefined, passed: ['https://z/'] };
    const history = given({ memory: remembering({ sites: { other: known } }) }).feed(...fails);
    expect(memoryOf(history).sites).toEqual({
      other: known,
      gluetun: { held: [], blocked: blocked(1), passed: PASSED },
    });
  });

  it('which sites are held, until they pass', () => {
    const history = given({
      memory: remembering({ sites: { gluetun: { held: [], blocked: blocked(3), passed: PASSED } } }),
    }).feed(...fails);
    history.expectNoAct();
    expect(memoryOf(history).sites['gluetun']).toEqual({
      held: ['https://a/'],
      blocked: undefined,
      passed: PASSED,
    });
    history.feed(seconds(30), checkPassed());
    expect(memoryOf(history).sites['gluetun']).toEqual({ held: [], blocked: undefined, passed: PASSED });
  });

  it('nothing, where they were only said', () => {
    const history = given({ settings: { dryRun: true } })
      .feed(...fails)
      .expectLine(/^\[DRY-RUN\] Restarting/);
    expect(memoryOf(history)).toMatchObject({ backoff: {}, sites: {} });
  });

  it('nothing as long as there are none', () => {
    const history = given().feed(seconds(30), checkPassed(), turned('gluetun', 'unhealthy'));
    expect(memoryOf(history)).toMatchObject({ backoff: {}, sites: {} });
  });
});
