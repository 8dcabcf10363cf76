import { type Memory, NOTHING_REMEMBERED } from '../../../src/memory.ts';
import { attachmentOf } from '../../../src/attachment.ts';
import {
  checkFailed,
  connected,
  died,
  engineText,
  failed,
  facts,
  gatewayFacts,
  idOf,
  inspected,
  killed,
  listed,
  onGateway,
  restartBegun,
  restartEnded,
  seconds,
  started,
  stopped,
  stoppedByHand,
  succeeded,
} from '../builders.ts';
import { History, settled } from '../history.ts';

const gateway = gatewayFacts();
const stale = (name: string) => onGateway(name, { startedAt: 500 });
const runOf = (name: string, startedAt: number) => ({ [idOf(name)]: engineText(startedAt) });
const restartingOf = ({ state }: History): Memory['restarting'] => state.memory.restarting;

/** The gateway is about to be restarted. */
const recovering = (): History =>
  settled([onGateway('app')])
    .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
    .expectActs('restartGateway');

/** Both are about to be restarted. */
const repairing = (): History => {
  const history = settled([stale('app'), stale('far')]);
  expect(history.state.repairs.wave?.dependents).toHaveLength(2);
  return history;
};

describe('of a restart under way is remembered', () => {
  it('which run of the gateway it ends, from the decision until it runs again', () => {
    const history = recovering();
    expect(restartingOf(history)).toEqual(runOf('gluetun', 1_000));
    history.feed(killed('gluetun'), died('gluetun'), stopped('gluetun'));
    expect(restartingOf(history)).toEqual(runOf('gluetun', 1_000));
    history.feed(started('gluetun'), succeeded());
    expect(restartingOf(history)).toEqual({});
  });

  it('which run of the gateway it has ended, as long as that is left down', () => {
    const history = recovering().feed(killed('gluetun'), died('gluetun'), stopped('gluetun'), failed());
    history.feed(inspected(gatewayFacts({ runState: 'exited', finishedAt: 9_000 })), seconds(5));
    expect(restartingOf(history)).toEqual(runOf('gluetun', 1_000));
  });

  it('nothing more where it has failed, and ended nothing', () => {
    expect(restartingOf(recovering().feed(failed()))).toEqual({});
  });

  it('which runs of dependents it ends, each until its own outcome', () => {
    const history = repairing();
    expect(restartingOf(history)).toEqual({ ...runOf('app', 500), ...runOf('far', 500) });
    history.feed(restartBegun('app'), killed('app'), died('app'), started('app'), restartEnded('app'));
    expect(restartingOf(history)).toEqual(runOf('far', 500));
    const { memory } = history.state;
    history.feed(restartBegun('far'), seconds(1));
    expect(history.state.memory).toBe(memory);
  });

  it('nothing of who is created anew: the name tells', () => {
    const orphan = facts('app', { ref: idOf('gluetun before') });
    const memory = {
      ...NOTHING_REMEMBERED,
      gateways: { gluetun: [idOf('gluetun'), idOf('gluetun before')] },
    };
    const history = settled([orphan], { memory });
    expect(history.state.repairs.wave?.dependents).toMatchObject([{ how: 'recreate' }]);
    expect(restartingOf(history)).toEqual({});
  });

  it('nothing of whom their operator stops, before its turn has come', () => {
    const history = repairing().feed(...stoppedByHand('far'), seconds(11));
    expect(restartingOf(history)).toEqual(runOf('app', 500));
  });
});

describe('who was being restarted when monitor and engine went', () => {
  const found = (shape = {}, memory: Partial<Memory> = {}): History =>
    new History({ memory: { ...NOTHING_REMEMBERED, ...memory } }).feed(
      connected(),
      listed(
        gatewayFacts({ runState: 'exited', exitCode: 255, finishedAt: 9_000, ...shape }),
        onGateway('app', { runState: 'exited', exitCode: 255, finishedAt: 8_999, ...shape }),
      ),
    );
  const both = { ...runOf('gluetun', 1_000), ...runOf('app', 2_000) };

  it.each([
    { given: 'is known', restarting: both, policy: 'unless-stopped', then: ['startGateway'] },
    { given: 'was another run of it', restarting: runOf('gluetun', 999), policy: 'unless-stopped', then: [] },
    { given: 'is known, and its policy does not want it', restarting: both, policy: 'no', then: [] },
    { given: 'is not known', restarting: {}, policy: 'unless-stopped', then: [] },
  ] as const)('starts the gateway where that $given: $then', ({ restarting, policy, then }) => {
    const history = found({ restartPolicy: policy }, { restarting }).feed(seconds(11));
    expect(history.acts.map(({ kind }) => kind)).toEqual(then);
  });

  it.each([
    { given: 'is known', restarting: both, policy: 'unless-stopped', then: 'failedToJoin' },
    { given: 'is known, and its policy does not want it', restarting: both, policy: 'no', then: 'stopped' },
    { given: 'is not known', restarting: {}, policy: 'unless-stopped', then: 'stopped' },
  ] as const)('a dependent has $then where that $given', ({ restarting, policy, then }) => {
    const history = found({ restartPolicy: policy }, { restarting });
    const app = history.state.containers.byId[idOf('app')];
    expect(app && attachmentOf(history.state, app)).toBe(then);
  });

  it('is remembered until they run, and forgotten of those that do', () => {
    const history = found({}, { restarting: both });
    expect(restartingOf(history)).toEqual(both);
    history.feed(started('gluetun'), inspected(gateway));
    expect(restartingOf(history)).toEqual(runOf('app', 2_000));
  });
});
