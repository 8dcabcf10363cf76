import { type Exit, exitOf } from '../../../src/model/exits.ts';
import { type Memory, NOTHING_REMEMBERED, memoryOf } from '../../../src/model/memory.ts';
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

  it('while there is no gateway, of those that once hung on one', () => {
    const memory: Memory = { ...NOTHING_REMEMBERED, dependents: { [app.id]: 'app' } };
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
  const known = { ...NOTHING_REMEMBERED, backoff: { gluetun: { attempts: 2, notBefore: 1 } } };

  it('that all has been well for long enough', () => {
    const history = settled([], { memory: known });
    for (let minute = 0; minute < 15; minute += 1) history.feed(minutes(1), checkPassed());
    expect(history.memory.backoff).toEqual({ gluetun: { attempts: 0, notBefore: 0 } });
  });

  it('what an earlier monitor has left, if this one only says what it would do', () => {
    const history = settled([], { memory: known, settings: { dryRun: true }, sites: [site('a')] });
    history.feed(seconds(30), checkFailed(), seconds(10), checkFailed());
    expect(memoryOf(history.everything).backoff).toEqual(known.backoff);
  });
});
