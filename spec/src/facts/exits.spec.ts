import { waveOf } from '../../../src/model/in-flight.ts';
import {
  compose,
  connected,
  destroyed,
  died,
  disconnected,
  endedByEngine,
  endpointRead,
  engineText,
  facts,
  type Happening,
  type Shape,
  failed,
  gatewayFacts,
  checkFailed,
  checkPassed,
  happens,
  idOf,
  inspected,
  inspectedAs,
  inspectionFailed,
  killed,
  listed,
  listedAgain,
  minutes,
  onGateway,
  connectedAfterCrash,
  renamed,
  restartBegun,
  restartEnded,
  restartFailed,
  SETTINGS,
  seconds,
  site,
  started,
  stopped,
  stoppedByHand,
  succeeded,
} from '../builders.ts';
import { attachmentOf } from '../../../src/model/attachment.ts';
import { NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import { parkedName } from '../../../src/model/parked.ts';
import { initialState } from '../../../src/loop/initial-state.ts';
import { exits } from '../../../src/facts/exits.ts';
import { History, type Steps, settled } from '../history.ts';

const app = onGateway('app');
const PARKED = parkedName('app', 'gluetun', app.id);
/** Podman never says by which signal. */
const diedUntold =
  (exitCode: number): Happening =>
  (state, at) =>
    died('app', exitCode)(state, at).map((event) => ({ ...event, tellsNoSignal: true }) as typeof event);
const exitOf = ({ state }: History, name = 'app'): string | undefined => {
  const exit = state.shared.exits[idOf(name)];
  return exit && `${exit.by}, ${exit.stage}`;
};

describe('the recorded exit of a container', () => {
  it.each<{ given: string; event: Steps; then: string | undefined }>([
    { given: 'a signal that ends it', event: [killed('app')], then: 'operator, expected' },
    { given: 'a signal that does not end it', event: [killed('app', '1')], then: undefined },
    // The engine gives it ten seconds, and has a minute more.
    {
      given: 'a signal without an effect for 69 s',
      event: [killed('app'), seconds(69)],
      then: 'operator, expected',
    },
    { given: 'a signal without an effect for 70 s', event: [killed('app'), seconds(70)], then: undefined },
    {
      given: 'its death long after a signal',
      event: [killed('app'), seconds(70), died('app', 1)],
      then: 'itself, open',
    },
    {
      given: 'a signal to a parked container',
      event: [killed(PARKED, '15', { id: app.id })],
      then: 'monitor, expected',
    },
    { given: 'a stop by hand', event: [stoppedByHand('app')], then: 'operator, open' },
    {
      given: 'a stop by hand ten seconds ago',
      event: [stoppedByHand('app'), seconds(10)],
      then: 'operator, certain',
    },
    {
      given: 'a stop by hand and its absence from a listing',
      event: [stoppedByHand('app'), seconds(11), listed(gatewayFacts())],
      then: undefined,
    },
    { given: 'its death without a signal', event: [died('app', 1), seconds(30)], then: 'itself, certain' },
    {
      given: 'a stop by hand whose signal event was lost',
      event: [died('app'), stopped('app'), seconds(11)],
      then: 'operator, certain',
    },
    {
      given: 'a stop by hand and a reconnect to the engine within ten seconds',
      event: [stoppedByHand('app'), seconds(9), disconnected(), seconds(5), connected(), listedAgain()],
      then: undefined,
    },
    {
      given: 'a stop by hand and the loss of the engine within ten seconds',
      event: [stoppedByHand('app'), seconds(9), disconnected(), seconds(60)],
      then: 'operator, open',
    },
    {
      given: 'a stop by hand and a reconnect to the engine after ten seconds',
      event: [stoppedByHand('app'), seconds(11), disconnected(), connected()],
      then: 'operator, certain',
    },
    { given: 'a signal and a start', event: [killed('app'), started('app')], then: undefined },
    {
      given: 'a signal and an inspection that shows it running',
      event: [killed('app'), inspectedAs('app', { startedAt: 2_000 })],
      then: 'operator, expected',
    },
    {
      given: 'a signal and a reconnect to the engine',
      event: [killed('app'), disconnected(), connected()],
      then: undefined,
    },
    {
      given: 'its death without a signal and a reconnect to the engine',
      event: [died('app', 1), disconnected(), connected()],
      then: 'itself, open',
    },
    {
      given: 'a stop event although it does not run',
      event: [inspectedAs('app', { runState: 'exited' }), stopped('app')],
      then: undefined,
    },
    {
      given: 'a stop event before its death, as sent by engines since 28, without a signal event',
      event: [stopped('app'), died('app')],
      then: 'operator, open',
    },
    { given: 'a stop event before its death', event: [stopped('app')], then: 'operator, expected' },
    {
      given: 'its own stop signal and its death',
      event: [inspectedAs('app', { stopSignal: 28 }), killed('app', '28'), died('app')],
      then: 'operator, open',
    },
    {
      given: 'the stop signal of another container and its death',
      event: [killed('app', '28'), died('app', 1)],
      then: 'itself, open',
    },
    {
      given: 'a SIGHUP that is not its stop signal and its death',
      event: [inspectedAs('app', { stopSignal: 28 }), killed('app', '1'), died('app', 1)],
      then: 'itself, open',
    },
    ...[0, 137, 143].map((exitCode) => ({
      given: `its death with exit code ${String(exitCode)} on an engine that reports no signals`,
      event: [diedUntold(exitCode)],
      then: 'operator, open',
    })),
    {
      given: 'its death with exit code 1 on an engine that reports no signals',
      event: [diedUntold(1)],
      then: 'itself, open',
    },
    {
      given: 'a stop by hand nine seconds ago',
      event: [stoppedByHand('app'), seconds(9)],
      then: 'operator, open',
    },
    {
      given: 'a stop by hand and a listing that shows it exited',
      event: [stoppedByHand('app'), seconds(11), listedAgain(onGateway('app', { runState: 'exited' }))],
      then: 'operator, certain',
    },
    {
      given: 'a stop by hand without a signal event and a reconnect to the engine after nine seconds',
      event: [died('app'), stopped('app'), seconds(9), disconnected(), connected()],
      then: undefined,
    },
    {
      given: 'a stop by hand and the removal of another container',
      event: [stoppedByHand('app'), destroyed('db')],
      then: 'operator, open',
    },
    {
      given: 'a stop by hand and a listing that shows it running again',
      event: [
        stoppedByHand('app'),
        inspectedAs('app', { runState: 'exited' }),
        seconds(11),
        listedAgain(app),
      ],
      then: undefined,
    },
    {
      given: 'a stop by hand and its removal',
      event: [stoppedByHand('app'), destroyed('app')],
      then: undefined,
    },
    { given: 'a stop by hand and a start', event: [stoppedByHand('app'), started('app')], then: undefined },
    {
      given: 'a stop by hand and an inspection that shows it running again',
      event: [stoppedByHand('app'), seconds(11), inspectedAs('app')],
      then: undefined,
    },
    {
      given: 'a signal and a later listing without it',
      event: [killed('app'), seconds(1), listed(gatewayFacts())],
      then: undefined,
    },
    {
      given: 'its death without a signal, followed by a stop event',
      event: [died('app', 1), stopped('app')],
      then: 'operator, open',
    },
    {
      given: 'its death without a signal and a listing that could not inspect it',
      event: [died('app', 1), listedAgain(onGateway('app', { inspected: false, runState: 'dead' }))],
      then: 'itself, open',
    },
    {
      given: 'a listing that shows it restarting',
      event: [listedAgain(onGateway('app', { runState: 'restarting' }))],
      then: 'itself, certain',
    },
    {
      given: 'a signal and a listing that shows it running',
      event: [killed('app'), listedAgain()],
      then: 'operator, expected',
    },
  ])('after $given is: $then', ({ event, then }) => {
    expect(exitOf(settled([app]).feed(...event))).toBe(then);
  });

  it('is expected for a minute if the container could not be inspected', () => {
    const history = settled([{ ...app, details: undefined }]).feed(killed('app'), seconds(59));
    expect(exitOf(history)).toBe('operator, expected');
    expect(exitOf(history.feed(seconds(1)))).toBeUndefined();
  });

  it('is expected for no more than six minutes, however long the stop timeout', () => {
    const slow = onGateway('app', { stopTimeoutSeconds: 86_400 });
    const history = settled([slow]).feed(killed('app'), seconds(359));
    expect(exitOf(history)).toBe('operator, expected');
    expect(exitOf(history.feed(seconds(1)))).toBeUndefined();
  });

  it('is by itself if the container died and could not be inspected', () => {
    expect(exitOf(settled([{ ...app, details: undefined }]).feed(died('app', 1)))).toBe('itself, open');
  });

  it('is by hand if the stop event arrives before an inspection', () => {
    const history = settled([app])
      .withoutAnswers()
      .feed(...stoppedByHand('app'));
    expect(exitOf(history)).toBe('operator, open');
  });

  describe('if an older answer shows the container running', () => {
    /** In its own words, not as the story would have it: a listing or an inspection of a moment before. */
    const stillRuns = (id: string, requestedAt: number): Happening =>
      happens({
        type: 'containerInspected',
        requestedAt,
        engineClockMs: requestedAt,
        id,
        facts: { ...app, id },
      });

    it('is kept if the inspection was requested before it died', () => {
      const history = settled([app]).withoutAnswers().feed(died('app', 1));
      expect(exitOf(history.feed(stillRuns(app.id, history.now - 2)))).toBe('itself, open');
    });

    it('is kept if a listing arrives while an inspection is running', () => {
      const history = settled([app]).withoutAnswers().feed(died('app', 1), seconds(1), listedAgain());
      expect(exitOf(history)).toBe('itself, open');
    });

    it.each([
      { given: 'before it died', earlierMs: 1, then: 'itself, open' },
      { given: 'at the moment it died', earlierMs: 0, then: 'itself, open' },
      { given: 'after it died', earlierMs: -1, then: undefined },
    ])('is $then if the first listing with the container was requested $given', ({ earlierMs, then }) => {
      const history = settled().feed(died('app', 1));
      const requestedAt = history.now - 1 - earlierMs;
      const containers = [gatewayFacts(), app];
      history.feed(
        happens({ type: 'containersListed', requestedAt, engineClockMs: requestedAt, containers }),
      );
      expect(exitOf(history)).toBe(then);
    });
  });

  describe('names the run that ended', () => {
    const runOf = ({ state }: History): string | undefined => state.shared.exits[app.id]?.run;

    it('at once if the container was inspected in that run', () => {
      expect(runOf(settled([app]).withoutAnswers().feed(died('app', 1)))).toBe(engineText(2_000));
    });

    it('after the next listing if the container was unknown', () => {
      const history = settled().withoutAnswers().feed(died('app', 1));
      expect(runOf(history)).toBeUndefined();
      history.feed(listedAgain(onGateway('app', { runState: 'exited' })));
      expect(exitOf(history)).toBe('itself, open');
      expect(runOf(history)).toBe(engineText(2_000));
    });
  });

  describe('if the container shares the processes of another one', () => {
    const sharing = (...names: readonly string[]) =>
      onGateway('app', { startedAt: 1, sharesWith: names.map(idOf) });
    const web = onGateway('web', { startedAt: 1 });

    it('is by the monitor if it restarts the other container', () => {
      const history = settled([sharing('web'), web]).feed(restartBegun('web'), killed('web'), died('web'));
      expect(exitOf(history.feed(died('app', 137)))).toBe('monitor, certain');
    });

    it('is by the monitor if it restarts the gateway', () => {
      const history = settled([onGateway('app', { sharesWith: [idOf('gluetun')] })])
        .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
        .expectActs('restartGateway')
        .feed(died('app', 137));
      expect(exitOf(history)).toBe('monitor, certain');
    });

    it('is by the monitor even if it leaves alone another container with those processes', () => {
      const history = settled([sharing('db', 'web'), web, onGateway('db')]).feed(restartBegun('web'));
      expect(exitOf(history.feed(died('app', 137)))).toBe('monitor, certain');
    });

    it('is by hand if it was sent a signal, whatever happens to the other container', () => {
      const history = settled([sharing('web'), web]).feed(restartBegun('web'), ...stoppedByHand('app'));
      expect(exitOf(history)).toBe('operator, open');
    });

    it('is by itself if the other container was stopped by hand', () => {
      const history = settled([onGateway('app', { sharesWith: [idOf('web')] }), onGateway('web')]);
      expect(exitOf(history.feed(...stoppedByHand('web'), died('app', 137)))).toBe('itself, open');
    });

    it('is by itself if the other container still runs or is gone', () => {
      const history = settled([onGateway('app', { sharesWith: [idOf('web')] }), onGateway('web')]);
      expect(exitOf(history.feed(destroyed('web'), died('app', 137)))).toBe('itself, open');
      const other = settled([onGateway('app', { sharesWith: [idOf('web')] }), onGateway('web')]);
      expect(exitOf(other.feed(died('app', 137)))).toBe('itself, open');
    });

    it('is by the monitor if the other container is being re-created and is parked', () => {
      const gateways = { gluetun: [idOf('gluetun'), idOf('former')] };
      const orphan = onGateway('web', { ref: idOf('former') });
      const history = settled([sharing('web'), orphan], { memory: { ...NOTHING_PERSISTED, gateways } });
      const parked = parkedName('web', 'gluetun', orphan.id);
      history.feed(
        restartBegun('web', 'recreate'),
        happens({ type: 'dependentParked', id: orphan.id, name: 'web', parkedAs: parked }),
        renamed('web', parked),
        died('app', 137),
      );
      expect(exitOf(history)).toBe('monitor, certain');
    });
  });

  it('is followed by inspections at the same moment if several died together', () => {
    const names = ['one', 'two', 'three', 'four', 'five'];
    const history = settled(names.map((name) => onGateway(name)))
      .feed(...names.map((name) => died(name, 1)))
      .forget()
      .withoutAnswers();
    history.feed(seconds(11)).expectCommandCount('inspectContainer', 5);
  });

  it("is by the monitor if the monitor's act concerns the container", () => {
    const history = settled([onGateway('app', { startedAt: 1 })]).feed(
      restartBegun('app'),
      killed('app'),
      died('app'),
    );
    expect(exitOf(history)).toBe('monitor, certain');
  });

  it('is certain to be by the monitor even if the signal event arrives after the act has failed', () => {
    const history = settled()
      .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
      .feed(inspectedAs('gluetun', { runState: 'exited' }), failed(), killed('gluetun'));
    expect(exitOf(history, 'gluetun')).toBe('monitor, certain');
  });

  it('is by the monitor even if all events arrive after the act has failed', () => {
    const history = settled()
      .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
      .feed(inspectedAs('gluetun', { runState: 'exited' }), failed())
      .feed(killed('gluetun'), died('gluetun'), seconds(11));
    expect(exitOf(history, 'gluetun')).toBe('monitor, certain');
    history.expectActs('restartGateway', 'startGateway');
  });

  it('is by the monitor if its act left a dependent stopped', () => {
    const stale = onGateway('app', { startedAt: 1 });
    const history = settled([stale]).feed(
      restartBegun('app'),
      inspectedAs('app', { runState: 'exited' }),
      restartFailed('app'),
      succeeded(),
      killed('app'),
      died('app'),
    );
    expect(exitOf(history)).toBe('monitor, certain');
  });

  it('is by itself if the container crashed, even if the clock was set back meanwhile', () => {
    const history = settled([onGateway('app', { startedAt: 9_000 })]).feed(
      died('app', 1),
      inspectedAs('app', { runState: 'exited', startedAt: 9_000, finishedAt: 8_000 }),
    );
    expect(exitOf(history)).toBe('itself, open');
  });

  it('is kept if the container was first seen while a listing was being made', () => {
    const history = settled().withoutAnswers();
    const begunAt = history.now;
    history.feed(killed('new'), died('new', 1));
    history.reduce({
      type: 'containersListed', at: history.now, requestedAt: begunAt, engineClockMs: begunAt, containers: [gatewayFacts()],
    }); // prettier-ignore
    expect(exitOf(history, 'new')).toBe('operator, open');
  });

  it('is by the monitor if the container has the name of a dependent being re-created', () => {
    const history = settled([onGateway('app', { startedAt: 1 })])
      .withoutAnswers()
      .feed(restartBegun('app', 'recreate'), killed('app', '15', { id: idOf('twin') }));
    expect(exitOf(history, 'twin')).toBe('monitor, expected');
  });

  it('is by the monitor if the container is a dependent of one of several gateways', () => {
    const history = new History();
    history.everything = initialState([SETTINGS, { ...SETTINGS, gateway: 'other' }], [site('a')]);
    history.feed(connected(), listed(gatewayFacts(), facts('other'), onGateway('app', { startedAt: 1 })));
    history.feed(endpointRead('203.0.113.1'), checkPassed()).expectActs('repairDependents');
    expect(exitOf(history.feed(restartBegun('app'), killed('app'), died('app')))).toBe('monitor, certain');
  });

  it('is by the monitor if the dependent is renamed during its restart', () => {
    const history = settled([onGateway('app', { startedAt: 1 })]).feed(
      restartBegun('app'),
      renamed('app', 'web'),
      killed('web', '15', { id: idOf('app') }),
    );
    expect(exitOf(history)).toBe('monitor, expected');
  });

  it('is by itself if the gateway dies again while we start it', () => {
    const history = settled().feed(died('gluetun', 1), seconds(11), started('gluetun'), died('gluetun', 1));
    history.expectActs('startGateway');
    expect(exitOf(history, 'gluetun')).toBe('itself, open');
  });

  it('is by hand if a dependent is stopped while we restart the gateway', () => {
    const history = settled([app])
      .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
      .expectActs('restartGateway')
      .feed(stoppedByHand('app'));
    expect(exitOf(history)).toBe('operator, open');
  });

  it('does not exist if the gateway is gone by the time our restart fails', () => {
    const history = settled()
      .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
      .feed(destroyed('gluetun'), failed('No such container'));
    expect(exitOf(history, 'gluetun')).toBeUndefined();
    history.expectGateway('absent');
  });

  it('does not exist if a dependent is gone by the time its repair ends', () => {
    const outcome = { ok: true } as const;
    const told = { id: app.id, name: 'app', how: 'restart', outcome, facts: app } as const;
    const history = settled([onGateway('app', { startedAt: 1 })]).feed(
      destroyed('app'),
      happens({ type: 'dependentRepairEnded', ...told }),
    );
    expect(exitOf(history)).toBeUndefined();
  });

  it('is kept if the container cannot be inspected', () => {
    const history = settled().withoutAnswers().feed(killed('new'), died('new', 1), inspectionFailed('new'));
    expect(exitOf(history, 'new')).toBe('operator, open');
  });

  it("is by hand before and after a dependent's turn in a wave, and by the monitor during it", () => {
    const names = ['app', 'db', 'web', 'tv'];
    const history = settled(names.map((name) => onGateway(name, { startedAt: 1 })))
      .feed(restartBegun('app'), restartEnded('app'), restartBegun('db'), restartBegun('web'))
      .feed(...names.flatMap((name) => stoppedByHand(name)));
    expect(names.map((name) => exitOf(history, name))).toEqual([
      'operator, open',
      'monitor, certain',
      'monitor, certain',
      'operator, open',
    ]);
  });

  it.each<{ given: string; event: Steps; then: string }>([
    { given: 'only inspected so far', event: [], then: 'operator, open' },
    {
      given: 'already parked',
      event: [happens({ type: 'dependentParked', id: idOf('app'), name: 'app', parkedAs: 'app.orphan' })],
      then: 'monitor, certain',
    },
  ])('of a dependent to be re-created and $given is: $then', ({ event, then }) => {
    const gateways = { gluetun: [idOf('gluetun'), idOf('former')] };
    const orphan = onGateway('app', { ref: idOf('former') });
    const history = settled([orphan], { memory: { ...NOTHING_PERSISTED, gateways } });
    expect(waveOf(history.state)?.dependents).toMatchObject([{ name: 'app', how: 'recreate' }]);
    history.feed(restartBegun('app', 'recreate'), ...event, stoppedByHand('app'));
    expect(exitOf(history)).toBe(then);
  });

  it('is not by the monitor if the container has nothing to do with its act', () => {
    const exited = onGateway('other', { runState: 'exited' });
    const apart = facts('apart', { labels: compose('apart') });
    const gateway = gatewayFacts({ labels: compose('vpn') });
    const history = settled([onGateway('app', { startedAt: 1 }), exited, apart], { gateway }).feed(
      stoppedByHand('apart'),
      stoppedByHand('gluetun'),
      restartFailed('app'),
      succeeded(),
    );
    expect(['apart', 'gluetun', 'other'].map((name) => exitOf(history, name))).toEqual([
      'operator, open',
      'operator, open',
      undefined,
    ]);
  });

  it('is not kept for a container that has nothing to do with any gateway', () => {
    const history = settled([facts('db')]).feed(stoppedByHand('db'), minutes(1));
    expect(history.state.shared.exits).toEqual({});
    history.expectCommandCount('inspectContainer', 0);
  });

  it('is neither decided nor inspected while the engine is away', () => {
    const history = settled([app]).feed(died('app', 1), disconnected()).forget();
    history.feed(minutes(1)).expectNoCommand();
  });

  it('has no deadline while the engine is away', () => {
    const history = settled([app]).feed(died('app', 1), disconnected(), seconds(11)).forget();
    history.feed(happens({ type: 'timeReached' })).expectNoCommand();
    expect(exits.dueAt?.(history.everything)).toEqual([]);
  });

  it('is not followed by an inspection if the container was removed', () => {
    const history = settled([app]).feed(died('app', 1), destroyed('app')).forget();
    history.feed(seconds(11)).expectCommandCount('inspectContainer', 0);
  });

  it('is not followed by an inspection before ten seconds have passed', () => {
    const history = settled([app]).feed(died('app', 1)).forget();
    history.feed(seconds(9)).expectCommandCount('inspectContainer', 0);
  });

  it.each<{ given: string; event: Happening }>([
    { given: 'the removal of a container that had not ended', event: destroyed('app') },
    { given: 'a reconnect with nothing left to decide', event: connected() },
  ])('leaves the state unchanged after $given', ({ event }) => {
    const { everything, now, state } = settled([app]).feed(died('db', 1));
    for (const one of event(state, now))
      expect(exits.reduce(everything, one, everything).state).toBe(everything);
  });

  it('is followed by an inspection once it is decided, because a restart policy fails without an event', () => {
    const history = settled([app]).feed(died('app', 1)).forget();
    history.feed(seconds(11));
    expect(history.commands).toContainEqual({ kind: 'inspectContainer', containerId: idOf('app') });
  });
});

describe('a container that the engine ended at its start after it had been killed', () => {
  const crashed = (shape: Shape = {}): History => {
    const ended = { runState: 'exited', exitCode: 0, ...shape } as const;
    const [gateway, dependent] = [gatewayFacts(ended), onGateway('app', ended)];
    return settled([onGateway('app', shape)], { gateway: gatewayFacts(shape) }).feed(
      disconnected(),
      connected(),
      ...stoppedByHand('gluetun'),
      ...stoppedByHand('app'),
      endedByEngine('gluetun'),
      endedByEngine('app'),
      listed(gateway, dependent),
    );
  };

  it('has the engine as the cause of its exit for good, whatever the replayed events look like', () => {
    expect(exitOf(crashed().feed(seconds(30), disconnected(), connected(), listedAgain()))).toBe(
      'engine, certain',
    );
  });

  it('is not inspected again, because the listing has shown it', () => {
    const ended = { runState: 'exited', exitCode: 0 } as const;
    settled([app])
      .feed(disconnected(), connected(), endedByEngine('gluetun'), endedByEngine('app'))
      .forget()
      .feed(listed(gatewayFacts(ended), onGateway('app', ended)), seconds(5))
      .expectCommandCount('inspectContainer', 0);
  });

  it('is not reported if its name is unknown', () => {
    const history = settled()
      .withoutAnswers()
      .feed(
        disconnected(),
        connected(),
        killed('ghost'),
        died('ghost'),
        endedByEngine('ghost'),
        listedAgain(),
      );
    expect(exitOf(history, 'ghost')).toBe('engine, certain');
    expect(history.notices.filter(({ kind }) => kind === 'engineHadCrashed')).toEqual([]);
  });

  it('has an open exit until a listing arrives, even if it could not be inspected', () => {
    const history = settled([{ ...app, details: undefined }]);
    expect(exitOf(history.feed(disconnected(), connected(), endedByEngine('app')))).toBe('engine, open');
  });

  it('is reported once, with the others', () => {
    const said = crashed()
      .feed(disconnected(), connected(), endedByEngine('gluetun'), endedByEngine('app'), listedAgain())
      .notices.filter(({ kind }) => kind === 'engineHadCrashed');
    expect(said).toEqual([{ kind: 'engineHadCrashed', names: ['app', 'gluetun'] }]);
  });

  it.each([
    { policy: 'unless-stopped', kind: 'startGateway' },
    { policy: 'always', kind: 'startGateway' },
    { policy: 'no', kind: undefined },
  ] as const)('with policy $policy, as the gateway: $kind after ten seconds', ({ policy, kind }) => {
    const history = crashed({ restartPolicy: policy }).forget();
    expect(history.feed(seconds(9)).acts).toEqual([]);
    expect(history.feed(seconds(2)).acts[0]?.kind).toBe(kind);
  });

  it.each([
    { policy: 'unless-stopped', then: 'failedToJoin' },
    { policy: 'no', then: 'stopped' },
  ] as const)('with policy $policy, as a dependent, has $then', ({ policy, then }) => {
    const history = crashed({ restartPolicy: policy });
    const facts = history.state.shared.containers.byId[idOf('app')];
    expect(facts && attachmentOf(history.state, facts)).toBe(then);
  });

  const GONE = { runState: 'exited', exitCode: 0, restartPolicy: 'unless-stopped' } as const;
  const gone = [gatewayFacts(GONE), onGateway('app', GONE)] as const;

  it.each<{ given: string; steps: Steps }>([
    {
      given: 'before the replayed events of its end',
      steps: [endedByEngine('app'), ...stoppedByHand('app')],
    },
    {
      given: 'between the replayed events of its end',
      steps: [killed('app'), endedByEngine('app'), died('app')],
    },
    { given: 'after a death that looks like its own', steps: [died('app', 1), endedByEngine('app')] },
    { given: 'after the listing', steps: [...stoppedByHand('app'), listed(...gone), endedByEngine('app')] },
    { given: 'without other events of its end', steps: [endedByEngine('app'), listed(...gone)] },
    {
      given: 'five seconds after an end that looks like a stop by hand',
      steps: [...stoppedByHand('app'), listed(...gone), seconds(5), endedByEngine('app')],
    },
    {
      given: 'after its exit was decided to be by hand',
      steps: [...stoppedByHand('app'), listed(...gone), seconds(20), endedByEngine('app')],
    },
  ])('is recognised if the engine says so $given', ({ steps }) => {
    const history = settled([onGateway('app')]).feed(disconnected(), connected(), ...steps);
    history.feed(listedAgain(...gone), seconds(30));
    expect(exitOf(history)).toBe('engine, certain');
    expect(history.memory.exits).toHaveProperty(idOf('app'));
  });

  it('is reported at once, together with all others, if the engine says so after the listing', () => {
    const history = settled([onGateway('app')])
      .feed(disconnected(), connected(), listed(...gone))
      .forget();
    const event = (name: string) =>
      ({ type: 'containerEndedByEngine', at: history.now, id: idOf(name) }) as const;
    history.reduce(event('gluetun'));
    history.reduce(event('app'));
    history.feed(seconds(0));
    expect(history.notices.filter(({ kind }) => kind === 'engineHadCrashed')).toEqual([
      { kind: 'engineHadCrashed', names: ['app', 'gluetun'] },
    ]);
  });

  it('is reported by a monitor that starts only then, but not by the next one', () => {
    const said = (history: History): number =>
      history.notices.filter(({ kind }) => kind === 'engineHadCrashed').length;
    const startNext = (memory = NOTHING_PERSISTED): History =>
      new History({ memory }).feed(connected(), endedByEngine('gluetun'), listed(gatewayFacts(GONE)));
    const first = startNext();
    expect(said(first)).toBe(1);
    expect(said(startNext(first.memory))).toBe(0);
  });

  it('is reported again if the gateway was first reported as stopped', () => {
    const history = settled().feed(disconnected(), connected(), ...stoppedByHand('gluetun'), listed(gone[0]));
    history.expectLine(/^gluetun was stopped/).forget();
    history.feed(endedByEngine('gluetun')).expectLine(/^gluetun died/);
  });

  it('is reported again if the gateway was first reported as not running', () => {
    const history = new History().feed(connected(), listed(gone[0]));
    history.expectLine(/^gluetun is not running; standing by/).forget();
    history.feed(endedByEngine('gluetun')).expectLine(/^gluetun died; it is started unless it comes back/);
  });

  it.each<{ given: string; steps: Steps }>([
    { given: 'since the reconnect', steps: [started('app')] },
    { given: 'according to the listing', steps: [listedAgain()] },
  ])('is not recognised if it runs again $given', ({ steps }) => {
    const history = settled([onGateway('app')]).feed(disconnected(), connected(), ...steps);
    expect(exitOf(history.feed(endedByEngine('app')))).toBeUndefined();
  });

  it('is not recognised if an inspection at the moment of the reconnect shows it running', () => {
    const history = settled([app]).feed(disconnected(), connected());
    const {
      shared: { connection },
    } = history.state;
    const since = connection.value === 'reconciling' ? connection.since : -1;
    history.feed(inspected(app, since), endedByEngine('app'));
    expect(exitOf(history)).toBeUndefined();
  });

  it('has no recorded exit once it runs', () => {
    expect(exitOf(crashed().feed(started('app')))).toBeUndefined();
  });

  it('is recorded as stopped by hand if that happens after a new start', () => {
    const history = crashed().feed(started('app'), inspectedAs('app'), ...stoppedByHand('app'), seconds(11));
    expect(exitOf(history)).toBe('operator, certain');
  });

  it.each([
    { given: 'and started again', between: [], then: ['startGateway'] },
    { given: 'but left alone if it has run and was stopped meanwhile', between: 1, then: [] },
  ])('is remembered by the next monitor after a second start of the engine: $given', ({ between, then }) => {
    const { memory } = crashed({ restartPolicy: 'unless-stopped' });
    const startedAt = between === 1 ? 9_000 : 1_000;
    const gone = gatewayFacts({
      runState: 'exited',
      exitCode: 0,
      restartPolicy: 'unless-stopped',
      startedAt,
    });
    const history = new History({ memory }).feed(connected(), listed(gone), seconds(11));
    expect(history.acts.map(({ kind }) => kind)).toEqual(then);
  });

  it('is not reported before a listing has arrived', () => {
    const history = new History().feed(connectedAfterCrash('gluetun', 'app'));
    history.feed(happens({ type: 'timeReached' })).expectLines();
  });

  it('is reported as started soon if it is the gateway and its restart policy would have started it', () => {
    const gateway = gatewayFacts({ restartPolicy: 'unless-stopped' });
    settled([], { gateway })
      .feed(disconnected(), connectedAfterCrash('gluetun'), ...stoppedByHand('gluetun'))
      .expectLine(/^gluetun died; it is started unless it comes back within 10s$/);
  });

  it('is reported as not running if it is the gateway and has no restart policy', () => {
    new History()
      .feed(connectedAfterCrash('gluetun'), listed(gatewayFacts({ runState: 'exited' })))
      .expectLine(/^gluetun is not running; standing by until it starts$/);
  });

  it('is started by a monitor that starts only then', () => {
    const gone = gatewayFacts({ runState: 'exited', exitCode: 0, restartPolicy: 'unless-stopped' });
    const history = new History().feed(connectedAfterCrash('gluetun'), listed(gone), seconds(11));
    expect(history.acts.map(({ kind }) => kind)).toEqual(['startGateway']);
  });
});
