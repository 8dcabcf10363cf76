import { downCause } from '../../../src/model/down-cause.ts';
import { waveOf } from '../../../src/model/in-flight.ts';
import { type Persisted, NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import { attachmentOf } from '../../../src/model/attachment.ts';
import { ourExits } from '../../../src/facts/our-exits.ts';
import {
  type Happening,
  checkFailed,
  connected,
  destroyed,
  disconnected,
  died,
  engineText,
  facts,
  failed,
  gatewayFacts,
  idOf,
  inspected,
  inspectionFailed,
  inspectedAs,
  killed,
  listed,
  listedAgain,
  onGateway,
  restartBegun,
  restartEnded,
  restartFailed,
  seconds,
  started,
  stopped,
  stoppedByHand,
  succeeded,
  skipped,
} from '../builders.ts';
import { History, type Steps, settled } from '../history.ts';

const gateway = gatewayFacts();
const stale = (name: string) => onGateway(name, { startedAt: 500 });
const endedByUs = (name: string, startedAt: number) => ({
  [idOf(name)]: { run: engineText(startedAt), by: 'monitor' as const },
});
/** The persisted exits that our own acts cause. */
const toldOf = ({ memory }: History): Persisted['exits'] =>
  Object.fromEntries(Object.entries(memory.exits).filter(([, { by }]) => by === 'monitor'));

const exitOf = ({ state }: History, name: string): string | undefined => {
  const exit = state.shared.exits[idOf(name)];
  return exit && `${exit.by}, ${exit.stage}`;
};

/** The gateway is about to be restarted. */
const recovering = (): History =>
  settled([onGateway('app')])
    .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
    .expectActs('restartGateway');

/** Both are to be restarted. */
const repairing = (): History => {
  const history = settled([stale('app'), stale('far')]);
  expect(waveOf(history.state)?.dependents).toHaveLength(2);
  return history;
};

describe('during a restart the state file', () => {
  const downByUs: Steps = [killed('gluetun'), died('gluetun'), stopped('gluetun')];
  const asLeft = inspected(gatewayFacts({ runState: 'exited', finishedAt: 9_000 }));

  it('holds the run of the gateway from the start of the act until the gateway runs again', () => {
    const history = recovering();
    expect(toldOf(history)).toEqual(endedByUs('gluetun', 1_000));
    history.feed(...downByUs, asLeft);
    expect(toldOf(history)).toEqual(endedByUs('gluetun', 1_000));
    history.feed(started('gluetun'));
    expect(toldOf(history)).toEqual({});
    const {
      shared: { exits },
    } = history.state;
    history.feed(inspected(gatewayFacts({ startedAt: 10_000 })), succeeded());
    expect(history.state.shared.exits).toBe(exits);
  });

  it('holds the run of the gateway that the act has ended while the gateway is down', () => {
    const history = recovering().feed(...downByUs, failed(), asLeft, seconds(5));
    expect(toldOf(history)).toEqual(endedByUs('gluetun', 1_000));
  });

  it("no longer holds the gateway's run if it runs on, even if the engine was away when the act failed", () => {
    const history = recovering().feed(disconnected(), failed('socket hang up'));
    expect(toldOf(history)).toEqual(endedByUs('gluetun', 1_000));
    history.feed(connected(), listedAgain());
    expect(toldOf(history)).toEqual({});
  });

  it('does not hold another run of the gateway that is found down', () => {
    const ended = inspected(gatewayFacts({ runState: 'exited', startedAt: 5_000, finishedAt: 9_000 }));
    expect(toldOf(recovering().feed(...downByUs, ended))).toEqual({});
  });

  it.each([
    { how: 'has failed without an effect', outcome: failed(), found: gateway },
    { how: 'was skipped', outcome: skipped(), found: gatewayFacts({ runState: 'exited' }) },
  ])("no longer holds the gateway's run if the act $how", ({ outcome, found }) => {
    expect(toldOf(recovering().feed(listedAgain(found), outcome))).toEqual({});
  });

  it('holds the run of each dependent from its turn to its outcome', () => {
    const history = repairing();
    expect(toldOf(history)).toEqual({});
    history.feed(restartBegun('app'), restartBegun('far'));
    expect(toldOf(history)).toEqual({ ...endedByUs('app', 500), ...endedByUs('far', 500) });
    history.feed(killed('app'), died('app'), started('app'), inspectedAs('app', { startedAt: 9_000 }));
    expect(toldOf(history)).toEqual(endedByUs('far', 500));
    const {
      shared: { exits },
    } = history.state;
    history.feed(restartEnded('app'), seconds(1));
    expect(history.state.shared.exits).toBe(exits);
    history.feed(restartFailed('far'));
    expect(toldOf(history)).toEqual({});
  });

  it.each([
    { how: 'has failed', outcome: {}, then: endedByUs('app', 500) },
    { how: 'found it down already', outcome: { isSkipped: true }, then: {} },
  ] as const)('holds for a dependent that is down when its restart $how: $then', ({ outcome, then }) => {
    const history = repairing().feed(restartBegun('app'), restartBegun('far'));
    history.feed(died('app'), inspectedAs('app', { runState: 'exited', startedAt: 500 }));
    history.feed(restartFailed('app', outcome));
    expect(toldOf(history)).toEqual({ ...then, ...endedByUs('far', 500) });
  });

  it('does not hold a dependent being re-created, because its parked name shows that', () => {
    const history = settled([facts('app', { ref: idOf('gluetun before') })], {
      memory: {
        ...NOTHING_PERSISTED,
        gateways: { gluetun: [idOf('gluetun'), idOf('gluetun before')] },
      },
    });
    history.feed(restartBegun('app', 'recreate'));
    expect(toldOf(history)).toEqual({});
  });

  it.each([
    { who: 'is unknown', steps: [destroyed('app')] },
    { who: 'does not run', steps: [died('app')] },
    {
      who: 'was not inspected',
      steps: [
        listedAgain(onGateway('app', { inspected: false, runState: 'paused' })),
        inspectionFailed('app'),
      ],
    },
  ])('does not hold a dependent that $who', ({ steps }) => {
    expect(toldOf(repairing().feed(...steps, restartBegun('app')))).toEqual({});
  });

  it('holds only what is still true after everything has been listed', () => {
    const history = new History({
      memory: { ...NOTHING_PERSISTED, dependents: { [idOf('app')]: 'app' }, exits: endedByUs('app', 500) },
    });
    expect(toldOf(history.feed(connected()))).toEqual(endedByUs('app', 500));
    expect(toldOf(history.feed(listed(gateway, stale('app'))))).toEqual({});
  });
});

describe('the recorded exit from an act of ours', () => {
  it('is expected for a dependent even if a listing shows it running', () => {
    const history = repairing().feed(restartBegun('app'), seconds(1), listedAgain());
    expect(exitOf(history, 'app')).toBe('monitor, expected');
  });

  it.each([
    { how: 'is under way', steps: [], then: 'monitor, expected' },
    { how: 'has failed', steps: [restartFailed('app')], then: 'monitor, certain' },
    { how: 'found it down', steps: [restartFailed('app', { isSkipped: true })], then: undefined },
  ])('of a dependent that an inspection shows exited while its restart $how: $then', ({ steps, then }) => {
    const history = repairing()
      .withoutAnswers()
      .feed(restartBegun('app'), seconds(1))
      .feed(inspectedAs('app', { runState: 'exited', startedAt: 500 }), ...steps);
    expect(exitOf(history, 'app')).toBe(then);
  });

  it('names the run that ended even if an inspection shows the end before the event', () => {
    const history = repairing().withoutAnswers().feed(restartBegun('app'));
    history.feed(inspectedAs('app', { runState: 'exited', startedAt: 500 }), died('app'));
    expect(history.state.shared.exits[idOf('app')]?.run).toBe(engineText(500));
  });

  it('does not exist for a gateway that the act skipped and somebody ended without an event', () => {
    const exited = inspectedAs('gluetun', { runState: 'exited', startedAt: 1_000 });
    expect(exitOf(recovering().withoutAnswers().feed(exited, skipped()), 'gluetun')).toBeUndefined();
  });

  it('is by hand if a stop by hand was seen before but not inspected', () => {
    const history = repairing()
      .withoutAnswers()
      .feed(...stoppedByHand('app'), restartBegun('app'), restartFailed('app', { isSkipped: true }));
    expect(exitOf(history, 'app')).toBe('operator, open');
  });

  it('stays the same if an outcome arrives a second time', () => {
    const history = repairing().feed(restartBegun('app'), restartFailed('app'), failed());
    const { everything, now, state } = history;
    for (const event of restartFailed('app', { isSkipped: true })(state, now))
      expect(ourExits.reduce(everything, event, everything).state).toBe(everything);
  });

  it('exists for a gateway whose new run ended before an inspection, after a restart or a start', () => {
    const history = recovering().withoutAnswers();
    const ended = (): Happening =>
      inspected(gatewayFacts({ runState: 'exited', startedAt: history.now, exitCode: 1 }));
    history.feed(ended(), succeeded());
    expect(exitOf(history, 'gluetun')).toBe('monitor, certain');
    history.feed(seconds(11)).expectActs('restartGateway', 'startGateway');
    history.feed(ended(), succeeded());
    expect(exitOf(history, 'gluetun')).toBe('monitor, certain');
  });

  it('does not exist for a gateway that ended without an event while its VPN was being restarted', () => {
    const history = settled([], { settings: { recoveryStrategy: 'vpn-first' } })
      .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
      .expectActs('restartVpn')
      .feed(inspected(gatewayFacts({ runState: 'exited' })), failed());
    expect(exitOf(history, 'gluetun')).toBeUndefined();
  });

  it('stays the same for a gateway that was left down if the start that follows is skipped', () => {
    const history = recovering().withoutAnswers();
    history.feed(
      inspected(gatewayFacts({ runState: 'exited', startedAt: history.now, exitCode: 1 })),
      seconds(11),
      succeeded(),
    );
    history.expectActs('restartGateway', 'startGateway').feed(skipped());
    expect(exitOf(history, 'gluetun')).toBe('monitor, certain');
  });
});

describe('an act cut short by the end of both monitor and engine', () => {
  const found = (shape = {}, memory: Partial<Persisted> = {}): History =>
    new History({ memory: { ...NOTHING_PERSISTED, ...memory } }).feed(
      connected(),
      listed(
        gatewayFacts({ runState: 'exited', exitCode: 255, finishedAt: 9_000, ...shape }),
        onGateway('app', { runState: 'exited', exitCode: 255, finishedAt: 8_999, ...shape }),
      ),
    );
  const both = { ...endedByUs('gluetun', 1_000), ...endedByUs('app', 2_000) };

  it.each([
    { given: 'is known', exits: both, policy: 'unless-stopped', then: ['startGateway'] },
    { given: 'was another run of it', exits: endedByUs('gluetun', 999), policy: 'unless-stopped', then: [] },
    { given: 'is known, and its policy does not want it', exits: both, policy: 'no', then: [] },
    { given: 'is not known', exits: {}, policy: 'unless-stopped', then: [] },
  ] as const)("leads to these acts if the gateway's run $given: $then", ({ exits, policy, then }) => {
    const history = found({ restartPolicy: policy }, { exits }).feed(seconds(11));
    expect(history.acts.map(({ kind }) => kind)).toEqual(then);
  });

  it.each([
    { given: 'is known', exits: both, policy: 'unless-stopped', then: 'failedToJoin' },
    { given: 'is known, and its policy does not want it', exits: both, policy: 'no', then: 'stopped' },
    { given: 'is not known', exits: {}, policy: 'unless-stopped', then: 'stopped' },
  ] as const)('leaves a dependent $then if its run $given', ({ exits, policy, then }) => {
    const history = found({ restartPolicy: policy }, { exits });
    const app = history.state.shared.containers.byId[idOf('app')];
    expect(app && attachmentOf(history.state, app)).toBe(then);
  });

  it('is reported in other words than a crash', () => {
    found({ restartPolicy: 'unless-stopped' }, { exits: both }).expectLine(
      /^gluetun has been down since a restart by the monitor was cut short; it is started unless/,
    );
  });

  it("is not reported if the gateway's restart policy keeps it down", () => {
    found({ restartPolicy: 'no' }, { exits: both }).expectLine(
      /^gluetun is not running; standing by until it starts$/,
    );
  });

  it('counts less than a stop by hand seen since', () => {
    const history = found({ restartPolicy: 'unless-stopped' }, { exits: both });
    history.feed(started('gluetun'), inspected(gateway), ...stoppedByHand('gluetun'), seconds(11));
    expect(downCause(history.state)).toBe('operator');
  });

  it('is persisted until the containers run again', () => {
    const history = found({}, { exits: both });
    expect(toldOf(history)).toEqual(both);
    history.feed(started('gluetun'));
    expect(toldOf(history)).toEqual(endedByUs('app', 2_000));
  });
});

describe('a message that comes after the restart of its container is over', () => {
  /** Ended at 9,000 and started at 9,100 by the engine's clock. */
  const restartedUnheard = (): History =>
    repairing().feed(restartBegun('app'), restartEnded('app', { startedAt: 9_100, finishedAt: 9_000 }));

  it.each([
    { what: 'a signal', happening: killed('app', '15', { engineTimeMs: 8_990 }) },
    { what: 'a stop', happening: stopped('app', { engineTimeMs: 8_995 }) },
    { what: 'a death', happening: died('app', 137, { engineTimeMs: 9_050 }) },
    { what: 'a crash', happening: died('app', 1, { engineTimeMs: 9_050 }) },
  ])('says nothing about the new run: $what', ({ happening }) => {
    const history = restartedUnheard().withoutAnswers().feed(happening);
    expect(exitOf(history, 'app')).toBeUndefined();
  });

  it('counts if it is about the new run', () => {
    const history = restartedUnheard()
      .withoutAnswers()
      .feed(died('app', 1, { engineTimeMs: 9_150 }));
    expect(exitOf(history, 'app')).toBe('itself, open');
  });
});
