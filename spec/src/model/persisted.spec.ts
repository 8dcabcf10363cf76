import { type Exit, exitOf } from '../../../src/model/exits.ts';
import {
  type Persisted,
  NOTHING_PERSISTED,
  persistedOf,
  persistedSources,
} from '../../../src/model/persisted.ts';
import type { RememberedSites } from '../../../src/model/past.ts';
import type { State } from '../../../src/model/state.ts';
import {
  checkFailed,
  checkPassed,
  connected,
  destroyed,
  died,
  disconnected,
  endedByEngine,
  facts,
  idOf,
  inspected,
  listed,
  gatewayFacts,
  minutes,
  onGateway,
  restartBegun,
  seconds,
  site,
  stoppedByHand,
} from '../builders.ts';
import { History, type Steps, settled } from '../history.ts';

const app = onGateway('app', { restartPolicy: 'unless-stopped' });
const keptOf = ({ memory }: History, name = 'app'): Exit['by'] | undefined => memory.exits[idOf(name)]?.by;

describe('the persisted exit of a container', () => {
  it.each<{ given: string; steps: Steps; then: Exit['by'] | undefined }>([
    { given: 'is missing after a stop by hand that is not certain yet', steps: [stoppedByHand('app'), seconds(9)], then: undefined },
    { given: 'is by hand after a stop by hand', steps: [stoppedByHand('app'), seconds(11)], then: 'operator' },
    { given: 'is missing after a death that is not certain yet', steps: [died('app', 1), seconds(9)], then: undefined },
    { given: 'is by itself after a death', steps: [died('app', 1), seconds(11)], then: 'itself' },
    { given: 'is by the engine if a killed engine ended it', steps: [disconnected(), connected(), endedByEngine('app')], then: 'engine' },
    { given: 'is missing once the container is removed', steps: [stoppedByHand('app'), seconds(11), destroyed('app')], then: undefined },
  ])('$given', ({ steps, then }) => {
    expect(keptOf(settled([app]).feed(...steps))).toBe(then);
  }); // prettier-ignore

  it('is by the monitor as soon as our act on it begins', () => {
    const stale = onGateway('app', { startedAt: 500 });
    expect(keptOf(settled([stale]).feed(restartBegun('app')))).toBe('monitor');
  });

  it('is missing for a container that was never a dependent', () => {
    const history = settled([app]).feed(stoppedByHand('other'), seconds(11));
    expect(Object.keys(history.memory.exits)).toEqual([]);
  });

  it('is missing for an unknown container that turns out to be unrelated', () => {
    const history = settled([app]).withoutAnswers().feed(died('other', 1));
    history.feed(inspected(facts('other', { runState: 'exited' })), seconds(11));
    expect(Object.keys(history.state.shared.exits)).toEqual([idOf('other')]);
    expect(history.memory.exits).toEqual({});
  });

  it('is kept for each of several gateways', () => {
    const memory: Persisted = {
      ...NOTHING_PERSISTED,
      gateways: { gluetun: [idOf('gluetun')], second: [idOf('second')] },
      exits: {
        [idOf('second')]: { run: 'a run', by: 'monitor' },
        [idOf('other')]: { run: 'a run', by: 'monitor' },
      },
    };
    expect(Object.keys(new History({ memory }).memory.exits)).toEqual([idOf('second')]);
  });

  it('is kept for a former dependent while there is no gateway', () => {
    const memory: Persisted = { ...NOTHING_PERSISTED, dependents: { [app.id]: 'app' } };
    const history = new History({ memory }).feed(connected(), listed(app, facts('other')));
    history.feed(stoppedByHand('app'), stoppedByHand('other'), seconds(11));
    expect(Object.keys(history.memory.exits)).toEqual([app.id]);
  });

  it('names the run, so that it does not count for another one', () => {
    const { memory } = settled([app]).feed(stoppedByHand('app'), seconds(11));
    const found = (startedAt: number): Exit['by'] | undefined => {
      const one = onGateway('app', { runState: 'exited', startedAt });
      const { state } = new History({ memory }).feed(connected(), listed(gatewayFacts(), one));
      return exitOf(state.shared, one)?.by;
    };
    expect(found(2_000)).toBe('operator');
    expect(found(3_000)).toBeUndefined();
  });

  it('is the same if the next monitor learns nothing new', () => {
    const { memory } = settled([app]).feed(stoppedByHand('app'), seconds(11));
    expect(new History({ memory }).memory).toEqual(memory);
  });
});

describe('the persisted backoff', () => {
  const known = { ...NOTHING_PERSISTED, backoff: { gluetun: { attempts: 2, notBefore: 1 } } };

  it('is reset after ten minutes of passing checks', () => {
    const history = settled([], { memory: known });
    for (let minute = 0; minute < 15; minute += 1) history.feed(minutes(1), checkPassed());
    expect(history.memory.backoff).toEqual({ gluetun: { attempts: 0, notBefore: 0 } });
  });

  it('is missing without a recovery', () => {
    expect(settled().memory.backoff).toEqual({});
  });

  it('stays what an earlier monitor has left in a dry run', () => {
    const history = settled([], { memory: known, settings: { dryRun: true }, sites: [site('a')] });
    history.feed(seconds(30), checkFailed(), seconds(10), checkFailed());
    expect(persistedOf(history.everything).backoff).toEqual(known.backoff);
  });
});

describe('the persisted knowledge about the sites', () => {
  const blocked = { urls: ['https://a/'], recoveries: 1 };
  const held: RememberedSites = { held: ['https://b/'], blocked, passed: ['https://a/'] };
  const remembering = (sites: RememberedSites): Persisted => ({
    ...NOTHING_PERSISTED,
    sites: { gluetun: sites },
  });
  const withSites = (
    history: History,
    { passed = history.state.sites.passed, ...demotion }: Partial<RememberedSites>,
  ): Persisted => {
    history.state = {
      ...history.state,
      sites: { ...history.state.sites, passed },
      demotion: { ...history.state.demotion, ...demotion },
    };
    return history.memory;
  };
  const NONE = { held: [], blocked: undefined, passed: [] };

  it('is empty as long as nothing is known', () => {
    expect(new History().memory.sites).toEqual({});
  });

  it.each<{ given: string; sites: Partial<RememberedSites> }>([
    { given: 'have passed', sites: { passed: ['https://a/'] } },
    { given: 'are held as advisory', sites: { held: ['https://a/'] } },
    { given: 'may be blocked at this exit', sites: { blocked } },
  ])('names the sites that $given', ({ sites }) => {
    expect(withSites(new History(), sites).sites).toEqual({ gluetun: { ...NONE, ...sites } });
  });

  it('is cleared if nothing of it holds any more', () => {
    expect(withSites(new History({ memory: remembering(held) }), NONE).sites).toEqual({ gluetun: NONE });
  });

  it('keeps the held sites of an earlier monitor in a dry run and updates those that have passed', () => {
    const history = new History({ memory: remembering(held), settings: { dryRun: true } });
    const passed = ['https://a/', 'https://c/'];
    const { sites } = withSites(history, { held: ['https://c/'], blocked: undefined, passed });
    expect(sites).toEqual({ gluetun: { ...held, passed } });
  });
});

describe('the sources of the persisted state', () => {
  it.each<{ change: string; changed: (state: State) => Partial<State> }>([
    {
      change: 'the past',
      changed: ({ shared }) => ({ shared: { ...shared, past: { ...shared.past } } }),
    },
    {
      change: 'the recorded exits',
      changed: ({ shared }) => ({ shared: { ...shared, exits: { ...shared.exits } } }),
    },
    { change: 'the settings of a gateway', changed: ({ settings }) => ({ settings: { ...settings } }) },
    { change: 'the backoff of a gateway', changed: ({ backoff }) => ({ backoff: { ...backoff } }) },
    {
      change: 'the demoted sites of a gateway',
      changed: ({ demotion }) => ({ demotion: { ...demotion } }),
    },
    { change: 'the sites of a gateway', changed: ({ sites }) => ({ sites: { ...sites } }) },
  ])('change with $change', ({ changed }) => {
    const history = settled();
    const before = persistedSources(history.everything);
    history.state = { ...history.state, ...changed(history.state) };
    const after = persistedSources(history.everything);
    expect(after).toHaveLength(before.length);
    expect(after.filter((part, index) => part !== before[index])).toHaveLength(1);
  });

  it('stay the same after any other change', () => {
    const history = settled();
    const before = persistedSources(history.everything);
    const { checking } = history.state;
    history.state = {
      ...history.state,
      checking: { ...checking, again: true },
      shared: { ...history.state.shared, nextId: 99 },
    };
    persistedSources(history.everything).forEach((part, index) => {
      expect(part).toBe(before[index]);
    });
  });
});
