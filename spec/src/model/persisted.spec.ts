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

describe('of how a container ended, the next monitor is told', () => {
  it.each<{ given: string; steps: Steps; then: Exit['by'] | undefined }>([
    { given: 'nothing of a stop by hand that is not certain yet', steps: [stoppedByHand('app'), seconds(9)], then: undefined },
    { given: 'of a stop by hand', steps: [stoppedByHand('app'), seconds(11)], then: 'operator' },
    { given: 'nothing of an end of its own that is not certain yet', steps: [died('app', 1), seconds(9)], then: undefined },
    { given: 'of an end of its own', steps: [died('app', 1), seconds(11)], then: 'itself' },
    { given: 'of an end by an engine that had been killed', steps: [disconnected(), connected(), endedByEngine('app')], then: 'engine' },
    { given: 'nothing once it is gone', steps: [stoppedByHand('app'), seconds(11), destroyed('app')], then: undefined },
  ])('$given', ({ steps, then }) => {
    expect(keptOf(settled([app]).feed(...steps))).toBe(then);
  }); // prettier-ignore

  it('of one that we are about to end, before it has ended', () => {
    const stale = onGateway('app', { startedAt: 500 });
    expect(keptOf(settled([stale]).feed(restartBegun('app')))).toBe('monitor');
  });

  it('nothing of one that has never hung on a gateway', () => {
    const history = settled([app]).feed(stoppedByHand('other'), seconds(11));
    expect(Object.keys(history.memory.exits)).toEqual([]);
  });

  it('nothing of one that was not known, and turns out to have nothing to do with a gateway', () => {
    const history = settled([app]).withoutAnswers().feed(died('other', 1));
    history.feed(inspected(facts('other', { runState: 'exited' })), seconds(11));
    expect(Object.keys(history.state.shared.exits)).toEqual([idOf('other')]);
    expect(history.memory.exits).toEqual({});
  });

  it('of any of several gateways', () => {
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

  it('while there is no gateway, of those that once hung on one', () => {
    const memory: Persisted = { ...NOTHING_PERSISTED, dependents: { [app.id]: 'app' } };
    const history = new History({ memory }).feed(connected(), listed(app, facts('other')));
    history.feed(stoppedByHand('app'), stoppedByHand('other'), seconds(11));
    expect(Object.keys(history.memory.exits)).toEqual([app.id]);
  });

  it('which run it was, so that another run of it is not meant', () => {
    const { memory } = settled([app]).feed(stoppedByHand('app'), seconds(11));
    const found = (startedAt: number): Exit['by'] | undefined => {
      const one = onGateway('app', { runState: 'exited', startedAt });
      const { state } = new History({ memory }).feed(connected(), listed(gatewayFacts(), one));
      return exitOf(state.shared, one)?.by;
    };
    expect(found(2_000)).toBe('operator');
    expect(found(3_000)).toBeUndefined();
  });

  it('the same once more, by a monitor that has learned nothing new', () => {
    const { memory } = settled([app]).feed(stoppedByHand('app'), seconds(11));
    expect(new History({ memory }).memory).toEqual(memory);
  });
});

describe('of recoveries, the next monitor is told', () => {
  const known = { ...NOTHING_PERSISTED, backoff: { gluetun: { attempts: 2, notBefore: 1 } } };

  it('that all has been well for long enough', () => {
    const history = settled([], { memory: known });
    for (let minute = 0; minute < 15; minute += 1) history.feed(minutes(1), checkPassed());
    expect(history.memory.backoff).toEqual({ gluetun: { attempts: 0, notBefore: 0 } });
  });

  it('nothing as long as there was none', () => {
    expect(settled().memory.backoff).toEqual({});
  });

  it('what an earlier monitor has left, if this one only says what it would do', () => {
    const history = settled([], { memory: known, settings: { dryRun: true }, sites: [site('a')] });
    history.feed(seconds(30), checkFailed(), seconds(10), checkFailed());
    expect(persistedOf(history.everything).backoff).toEqual(known.backoff);
  });
});

describe('of sites, the next monitor is told', () => {
  const blocked = { urls: ['https://a/'], recoveries: 1 };
  const held: RememberedSites = { held: ['https://b/'], blocked, passed: ['https://a/'] };
  const remembering = (sites: RememberedSites): Persisted => ({
    ...NOTHING_PERSISTED,
    sites: { gluetun: sites },
  });
  const withSites = (history: History, sites: Partial<RememberedSites>): Persisted => {
    history.state = { ...history.state, sites: { ...history.state.sites, ...sites } };
    return history.memory;
  };
  const NONE = { held: [], blocked: undefined, passed: [] };

  it('nothing as long as nothing is known of them', () => {
    expect(new History().memory.sites).toEqual({});
  });

  it.each<{ given: string; sites: Partial<RememberedSites> }>([
    { given: 'have passed', sites: { passed: ['https://a/'] } },
    { given: 'are demoted', sites: { held: ['https://a/'] } },
    { given: 'may block the exit', sites: { blocked } },
  ])('which $given', ({ sites }) => {
    expect(withSites(new History(), sites).sites).toEqual({ gluetun: { ...NONE, ...sites } });
  });

  it('that none of what an earlier monitor has left holds any more', () => {
    expect(withSites(new History({ memory: remembering(held) }), NONE).sites).toEqual({ gluetun: NONE });
  });

  it('in a dry run, which were demoted before, and which have passed by now', () => {
    const history = new History({ memory: remembering(held), settings: { dryRun: true } });
    const passed = ['https://a/', 'https://c/'];
    const { sites } = withSites(history, { held: ['https://c/'], blocked: undefined, passed });
    expect(sites).toEqual({ gluetun: { ...held, passed } });
  });
});

describe('what the next monitor is told', () => {
  it.each<{ change: string; changed: (state: State) => Partial<State> }>([
    {
      change: 'what is remembered',
      changed: ({ shared }) => ({ shared: { ...shared, past: { ...shared.past } } }),
    },
    {
      change: 'the record of exits',
      changed: ({ shared }) => ({ shared: { ...shared, exits: { ...shared.exits } } }),
    },
    { change: 'the settings of a gateway', changed: ({ settings }) => ({ settings: { ...settings } }) },
    { change: 'its backoff', changed: ({ backoff }) => ({ backoff: { ...backoff } }) },
    { change: 'its sites', changed: ({ sites }) => ({ sites: { ...sites } }) },
  ])('may be something else after a change of $change', ({ changed }) => {
    const history = settled();
    const before = persistedSources(history.everything);
    history.state = { ...history.state, ...changed(history.state) };
    const after = persistedSources(history.everything);
    expect(after).toHaveLength(before.length);
    expect(after.filter((part, index) => part !== before[index])).toHaveLength(1);
  });

  it('is the same after a change of anything else', () => {
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
