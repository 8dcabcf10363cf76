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

describe('how a container ended', () => {
  it.each<{ given: string; event: Steps; then: string | undefined }>([
    { given: 'a signal that ends it', event: [killed('app')], then: 'operator, expected' },
    { given: 'a signal that does not', event: [killed('app', '1')], then: undefined },
    // The engine gives it ten seconds, and has a minute more.
    { given: 'a signal not heeded so far', event: [killed('app'), seconds(69)], then: 'operator, expected' },
    { given: 'a signal never heeded', event: [killed('app'), seconds(70)], then: undefined },
    {
      given: 'an end long after a signal',
      event: [killed('app'), seconds(70), died('app', 1)],
      then: 'itself, open',
    },
    {
      given: 'a signal to what is parked',
      event: [killed(PARKED, '15', { id: app.id })],
      then: 'monitor, expected',
    },
    { given: 'a stop', event: [stoppedByHand('app')], then: 'operator, open' },
    {
      given: 'a stop, ten seconds ago',
      event: [stoppedByHand('app'), seconds(10)],
      then: 'operator, certain',
    },
    {
      given: 'a stop, and it is not listed any more, though no message has told of its removal',
      event: [stoppedByHand('app'), seconds(11), listed(gatewayFacts())],
      then: undefined,
    },
    { given: 'an end without a signal', event: [died('app', 1), seconds(30)], then: 'itself, certain' },
    {
      given: "a stop, of which the signal's message was lost",
      event: [died('app'), stopped('app'), seconds(11)],
      then: 'operator, certain',
    },
    {
      given: 'a stop, and an engine that has gone away since',
      event: [stoppedByHand('app'), seconds(9), disconnected(), seconds(5), connected(), listedAgain()],
      then: undefined,
    },
    {
      given: 'a stop, and an engine that is away since',
      event: [stoppedByHand('app'), seconds(9), disconnected(), seconds(60)],
      then: 'operator, open',
    },
    {
      given: 'a stop, decided before the engine went away',
      event: [stoppedByHand('app'), seconds(11), disconnected(), connected()],
      then: 'operator, certain',
    },
    { given: 'a signal, and a start', event: [killed('app'), started('app')], then: undefined },
    {
      given: 'a signal, of a container that still runs in an inspection',
      event: [killed('app'), inspectedAs('app', { startedAt: 2_000 })],
      then: 'operator, expected',
    },
    {
      given: 'a signal, and an engine that has gone away since',
      event: [killed('app'), disconnected(), connected()],
      then: undefined,
    },
    {
      given: 'an end without a signal, and an engine that has gone away',
      event: [died('app', 1), disconnected(), connected()],
      then: 'itself, open',
    },
    {
      given: 'a stop of what does not run',
      event: [inspectedAs('app', { runState: 'exited' }), stopped('app')],
      then: undefined,
    },
    {
      given:
        'a stop that is told before its end, as engines since 28 do, and of which the signal was not heard',
      event: [stopped('app'), died('app')],
      then: 'operator, open',
    },
    { given: 'a stop that has not ended it so far', event: [stopped('app')], then: 'operator, expected' },
    {
      given: 'the signal that it is stopped by, and its end',
      event: [inspectedAs('app', { stopSignal: 28 }), killed('app', '28'), died('app')],
      then: 'operator, open',
    },
    {
      given: 'a signal that another container is stopped by, and its end',
      event: [killed('app', '28'), died('app', 1)],
      then: 'itself, open',
    },
    {
      given: 'a signal to read its configuration anew, where it is stopped by another one, and its end',
      event: [inspectedAs('app', { stopSignal: 28 }), killed('app', '1'), died('app', 1)],
      then: 'itself, open',
    },
    ...[0, 137, 143].map((exitCode) => ({
      given: `an end with ${String(exitCode)}, on an engine that tells no signal,`,
      event: [diedUntold(exitCode)],
      then: 'operator, open',
    })),
    {
      given: 'an end with 1, on an engine that tells no signal,',
      event: [diedUntold(1)],
      then: 'itself, open',
    },
    {
      given: 'a stop, ten seconds ago but for one',
      event: [stoppedByHand('app'), seconds(9)],
      then: 'operator, open',
    },
    {
      given: 'a stop, and a listing that shows it exited',
      event: [stoppedByHand('app'), seconds(11), listedAgain(onGateway('app', { runState: 'exited' }))],
      then: 'operator, certain',
    },
    {
      given: 'a stop, nine seconds ago, of which the signal was not heard, and an engine that has gone away',
      event: [died('app'), stopped('app'), seconds(9), disconnected(), connected()],
      then: undefined,
    },
    {
      given: 'a stop, and the removal of another container',
      event: [stoppedByHand('app'), destroyed('db')],
      then: 'operator, open',
    },
    {
      given: 'a stop, and a run that a listing shows',
      event: [
        stoppedByHand('app'),
        inspectedAs('app', { runState: 'exited' }),
        seconds(11),
        listedAgain(app),
      ],
      then: undefined,
    },
    { given: 'its removal', event: [stoppedByHand('app'), destroyed('app')], then: undefined },
    { given: 'a stop and a start', event: [stoppedByHand('app'), started('app')], then: undefined },
    {
      given: 'a stop, and a run that an inspection shows',
      event: [stoppedByHand('app'), seconds(11), inspectedAs('app')],
      then: undefined,
    },
    {
      given: 'a signal, and a listing after it without the container',
      event: [killed('app'), seconds(1), listed(gatewayFacts())],
      then: undefined,
    },
    {
      given: 'an end without a signal, which is said to be a stop later',
      event: [died('app', 1), stopped('app')],
      then: 'operator, open',
    },
    {
      given: 'an end without a signal, and a listing that could not look into it',
      event: [died('app', 1), listedAgain(onGateway('app', { inspected: false, runState: 'dead' }))],
      then: 'itself, open',
    },
    {
      given: 'a listing that shows it between two runs',
      event: [listedAgain(onGateway('app', { runState: 'restarting' }))],
      then: 'itself, certain',
    },
    {
      given: 'a signal, of a container that still runs in a listing',
      event: [killed('app'), listedAgain()],
      then: 'operator, expected',
    },
  ])('after $given is $then', ({ event, then }) => {
    expect(exitOf(settled([app]).feed(...event))).toBe(then);
  });

  it('is still awaited of one that could not be inspected, for a minute', () => {
    const history = settled([{ ...app, details: undefined }]).feed(killed('app'), seconds(59));
    expect(exitOf(history)).toBe('operator, expected');
    expect(exitOf(history.feed(seconds(1)))).toBeUndefined();
  });

  it('is still awaited of one that has a day to stop, but not for more than six minutes', () => {
    const slow = onGateway('app', { stopTimeoutSeconds: 86_400 });
    const history = settled([slow]).feed(killed('app'), seconds(359));
    expect(exitOf(history)).toBe('operator, expected');
    expect(exitOf(history.feed(seconds(1)))).toBeUndefined();
  });

  it('is its own of one that could not be inspected, and died', () => {
    expect(exitOf(settled([{ ...app, details: undefined }]).feed(died('app', 1)))).toBe('itself, open');
  });

  it('is its operator’s if it is said to be a stop before anybody has looked at it', () => {
    const history = settled([app])
      .withoutAnswers()
      .feed(...stoppedByHand('app'));
    expect(exitOf(history)).toBe('operator, open');
  });

  describe('as an older look shows it', () => {
    /** In its own words, not as the story would have it: a listing or an inspection of a moment before. */
    const stillRuns = (id: string, requestedAt: number): Happening =>
      happens({
        type: 'containerInspected',
        requestedAt,
        engineClockMs: requestedAt,
        id,
        facts: { ...app, id },
      });

    it('is kept if the inspection was asked for before the end', () => {
      const history = settled([app]).withoutAnswers().feed(died('app', 1));
      expect(exitOf(history.feed(stillRuns(app.id, history.now - 2)))).toBe('itself, open');
    });

    it('is kept if a listing after it leaves the container as it was known, for an inspection is under way', () => {
      const history = settled([app]).withoutAnswers().feed(died('app', 1), seconds(1), listedAgain());
      expect(exitOf(history)).toBe('itself, open');
    });

    it.each([
      { given: 'before the end', earlierMs: 1, then: 'itself, open' },
      { given: 'at that instant', earlierMs: 0, then: 'itself, open' },
      { given: 'after it', earlierMs: -1, then: undefined },
    ])(
      'is $then if the listing that shows the container for the first time was asked for $given',
      ({ earlierMs, then }) => {
        const history = settled().feed(died('app', 1));
        const requestedAt = history.now - 1 - earlierMs;
        const containers = [gatewayFacts(), app];
        history.feed(
          happens({ type: 'containersListed', requestedAt, engineClockMs: requestedAt, containers }),
        );
        expect(exitOf(history)).toBe(then);
      },
    );
  });

  describe('of which run it was', () => {
    const runOf = ({ state }: History): string | undefined => state.shared.exits[app.id]?.run;

    it('is known at once if the container was looked at in it', () => {
      expect(runOf(settled([app]).withoutAnswers().feed(died('app', 1)))).toBe(engineText(2_000));
    });

    it('is found out by the next look if the container was not known', () => {
      const history = settled().withoutAnswers().feed(died('app', 1));
      expect(runOf(history)).toBeUndefined();
      history.feed(listedAgain(onGateway('app', { runState: 'exited' })));
      expect(exitOf(history)).toBe('itself, open');
      expect(runOf(history)).toBe(engineText(2_000));
    });
  });

  describe('of one that shares the processes of another', () => {
    const sharing = (...names: readonly string[]) =>
      onGateway('app', { startedAt: 1, sharesWith: names.map(idOf) });
    const web = onGateway('web', { startedAt: 1 });

    it('is ours with that of the other one, which we restart', () => {
      const history = settled([sharing('web'), web]).feed(restartBegun('web'), killed('web'), died('web'));
      expect(exitOf(history.feed(died('app', 137)))).toBe('monitor, certain');
    });

    it('is ours with that of the gateway, which we restart', () => {
      const history = settled([onGateway('app', { sharesWith: [idOf('gluetun')] })])
        .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
        .expectActs('restartGateway')
        .feed(died('app', 137));
      expect(exitOf(history)).toBe('monitor, certain');
    });

    it('is ours though it shares with another one, too, that we leave alone', () => {
      const history = settled([sharing('db', 'web'), web, onGateway('db')]).feed(restartBegun('web'));
      expect(exitOf(history.feed(died('app', 137)))).toBe('monitor, certain');
    });

    it('is its operator’s if he has sent it a signal, whatever becomes of the other one', () => {
      const history = settled([sharing('web'), web]).feed(restartBegun('web'), ...stoppedByHand('app'));
      expect(exitOf(history)).toBe('operator, open');
    });

    it('is its own if the other one was stopped by its operator', () => {
      const history = settled([onGateway('app', { sharesWith: [idOf('web')] }), onGateway('web')]);
      expect(exitOf(history.feed(...stoppedByHand('web'), died('app', 137)))).toBe('itself, open');
    });

    it('is its own if the other one runs on, or is gone', () => {
      const history = settled([onGateway('app', { sharesWith: [idOf('web')] }), onGateway('web')]);
      expect(exitOf(history.feed(destroyed('web'), died('app', 137)))).toBe('itself, open');
      const other = settled([onGateway('app', { sharesWith: [idOf('web')] }), onGateway('web')]);
      expect(exitOf(other.feed(died('app', 137)))).toBe('itself, open');
    });

    it('is ours if the other one is being created anew, and waits under another name', () => {
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

  it('of all that have died together is looked at in the same moment', () => {
    const names = ['one', 'two', 'three', 'four', 'five'];
    const history = settled(names.map((name) => onGateway(name)))
      .feed(...names.map((name) => died(name, 1)))
      .forget()
      .withoutAnswers();
    history.feed(seconds(11)).expectCommandCount('inspectContainer', 5);
  });

  it('is ours where our command is about it', () => {
    const history = settled([onGateway('app', { startedAt: 1 })]).feed(
      restartBegun('app'),
      killed('app'),
      died('app'),
    );
    expect(exitOf(history)).toBe('monitor, certain');
  });

  it('is certain to be ours, too, if the message of the signal comes after the command has failed', () => {
    const history = settled()
      .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
      .feed(inspectedAs('gluetun', { runState: 'exited' }), failed(), killed('gluetun'));
    expect(exitOf(history, 'gluetun')).toBe('monitor, certain');
  });

  it('is ours, too, where the messages come after the command has failed', () => {
    const history = settled()
      .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
      .feed(inspectedAs('gluetun', { runState: 'exited' }), failed())
      .feed(killed('gluetun'), died('gluetun'), seconds(11));
    expect(exitOf(history, 'gluetun')).toBe('monitor, certain');
    history.expectActs('restartGateway', 'startGateway');
  });

  it('is ours for a dependent that our command left stopped', () => {
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

  it('is its own where it crashed, though the clock was set back since it began', () => {
    const history = settled([onGateway('app', { startedAt: 9_000 })]).feed(
      died('app', 1),
      inspectedAs('app', { runState: 'exited', startedAt: 9_000, finishedAt: 8_000 }),
    );
    expect(exitOf(history)).toBe('itself, open');
  });

  it('is kept of a container first heard of while the listing was made', () => {
    const history = settled().withoutAnswers();
    const begunAt = history.now;
    history.feed(killed('new'), died('new', 1));
    history.reduce({
      type: 'containersListed', at: history.now, requestedAt: begunAt, engineClockMs: begunAt, containers: [gatewayFacts()],
    }); // prettier-ignore
    expect(exitOf(history, 'new')).toBe('operator, open');
  });

  it('is ours for what has the name of a dependent that is created anew just now', () => {
    const history = settled([onGateway('app', { startedAt: 1 })])
      .withoutAnswers()
      .feed(restartBegun('app', 'recreate'), killed('app', '15', { id: idOf('twin') }));
    expect(exitOf(history, 'twin')).toBe('monitor, expected');
  });

  it('is ours where our command is about a dependent of one of several gateways', () => {
    const history = new History();
    history.everything = initialState([SETTINGS, { ...SETTINGS, gateway: 'other' }], [site('a')]);
    history.feed(connected(), listed(gatewayFacts(), facts('other'), onGateway('app', { startedAt: 1 })));
    history.feed(endpointRead('203.0.113.1'), checkPassed()).expectActs('repairDependents');
    expect(exitOf(history.feed(restartBegun('app'), killed('app'), died('app')))).toBe('monitor, certain');
  });

  it('is ours for a dependent that was given another name while we restart it', () => {
    const history = settled([onGateway('app', { startedAt: 1 })]).feed(
      restartBegun('app'),
      renamed('app', 'web'),
      killed('web', '15', { id: idOf('app') }),
    );
    expect(exitOf(history)).toBe('monitor, expected');
  });

  it('is its own for a gateway that ends again while we start it', () => {
    const history = settled().feed(died('gluetun', 1), seconds(11), started('gluetun'), died('gluetun', 1));
    history.expectActs('startGateway');
    expect(exitOf(history, 'gluetun')).toBe('itself, open');
  });

  it('is its operator’s while we restart the gateway, where he stops another one', () => {
    const history = settled([app])
      .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
      .expectActs('restartGateway')
      .feed(stoppedByHand('app'));
    expect(exitOf(history)).toBe('operator, open');
  });

  it('is nobody’s where the gateway is gone by the time our restart has failed', () => {
    const history = settled()
      .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
      .feed(destroyed('gluetun'), failed('No such container'));
    expect(exitOf(history, 'gluetun')).toBeUndefined();
    history.expectGateway('absent');
  });

  it('is nobody’s where a dependent is gone by the time its outcome comes', () => {
    const outcome = { ok: true } as const;
    const told = { id: app.id, name: 'app', how: 'restart', outcome, facts: app } as const;
    const history = settled([onGateway('app', { startedAt: 1 })]).feed(
      destroyed('app'),
      happens({ type: 'dependentRepairEnded', ...told }),
    );
    expect(exitOf(history)).toBeUndefined();
  });

  it('is kept where it cannot be inspected', () => {
    const history = settled().withoutAnswers().feed(killed('new'), died('new', 1), inspectionFailed('new'));
    expect(exitOf(history, 'new')).toBe('operator, open');
  });

  it('is its operator’s again once it has had its turn, and before that, whatever becomes of the others', () => {
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
    { given: 'only looked at', event: [], then: 'operator, open' },
    {
      given: 'parked',
      event: [happens({ type: 'dependentParked', id: idOf('app'), name: 'app', parkedAs: 'app.orphan' })],
      then: 'monitor, certain',
    },
  ])('while it is $given to be created anew is $then', ({ event, then }) => {
    const gateways = { gluetun: [idOf('gluetun'), idOf('former')] };
    const orphan = onGateway('app', { ref: idOf('former') });
    const history = settled([orphan], { memory: { ...NOTHING_PERSISTED, gateways } });
    expect(waveOf(history.state)?.dependents).toMatchObject([{ name: 'app', how: 'recreate' }]);
    history.feed(restartBegun('app', 'recreate'), ...event, stoppedByHand('app'));
    expect(exitOf(history)).toBe(then);
  });

  it('is not ours for who has nothing to do with our command', () => {
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

  it('is not asked of who has nothing to do with any gateway', () => {
    const history = settled([facts('db')]).feed(stoppedByHand('db'), minutes(1));
    expect(history.state.shared.exits).toEqual({});
    history.expectCommandCount('inspectContainer', 0);
  });

  it('is neither decided nor looked at while the engine is away', () => {
    const history = settled([app]).feed(died('app', 1), disconnected()).forget();
    history.feed(minutes(1)).expectNoCommand();
  });

  it('is not looked at, though time is over, as long as the engine is away; nor does that wake anybody', () => {
    const history = settled([app]).feed(died('app', 1), disconnected(), seconds(11)).forget();
    history.feed(happens({ type: 'timeReached' })).expectNoCommand();
    expect(exits.dueAt?.(history.everything)).toEqual([]);
  });

  it('is not looked at where it was removed meanwhile', () => {
    const history = settled([app]).feed(died('app', 1), destroyed('app')).forget();
    history.feed(seconds(11)).expectCommandCount('inspectContainer', 0);
  });

  it('is not looked at before ten seconds are over', () => {
    const history = settled([app]).feed(died('app', 1)).forget();
    history.feed(seconds(9)).expectCommandCount('inspectContainer', 0);
  });

  it.each<{ given: string; event: Happening }>([
    { given: 'the removal of one that had not ended', event: destroyed('app') },
    { given: 'another engine, with nothing left to be decided,', event: connected() },
  ])('is the same object after $given', ({ event }) => {
    const { everything, now, state } = settled([app]).feed(died('db', 1));
    for (const one of event(state, now))
      expect(exits.reduce(everything, one, everything).state).toBe(everything);
  });

  it('is looked at once it is decided: a failed start of a restart policy emits nothing', () => {
    const history = settled([app]).feed(died('app', 1)).forget();
    history.feed(seconds(11));
    expect(history.commands).toContainEqual({ kind: 'inspectContainer', containerId: idOf('app') });
  });
});

describe('what the engine ended at its start, after it had been killed,', () => {
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

  it('is known to be its doing, whatever its replayed messages look like, and for good', () => {
    expect(exitOf(crashed().feed(seconds(30), disconnected(), connected(), listedAgain()))).toBe(
      'engine, certain',
    );
  });

  it('is not looked at once more: the listing has shown it', () => {
    const ended = { runState: 'exited', exitCode: 0 } as const;
    settled([app])
      .feed(disconnected(), connected(), endedByEngine('gluetun'), endedByEngine('app'))
      .forget()
      .feed(listed(gatewayFacts(ended), onGateway('app', ended)), seconds(5))
      .expectCommandCount('inspectContainer', 0);
  });

  it('is not said of what nobody has looked at: it has no name', () => {
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

  it('is open until a listing has come, also of one that could not be inspected', () => {
    const history = settled([{ ...app, details: undefined }]);
    expect(exitOf(history.feed(disconnected(), connected(), endedByEngine('app')))).toBe('engine, open');
  });

  it('is said once, with the names', () => {
    const said = crashed()
      .feed(disconnected(), connected(), endedByEngine('gluetun'), endedByEngine('app'), listedAgain())
      .notices.filter(({ kind }) => kind === 'engineHadCrashed');
    expect(said).toEqual([{ kind: 'engineHadCrashed', names: ['app', 'gluetun'] }]);
  });

  it.each([
    { policy: 'unless-stopped', kind: 'startGateway' },
    { policy: 'always', kind: 'startGateway' },
    { policy: 'no', kind: undefined },
  ] as const)('a gateway with policy $policy: $kind after ten seconds', ({ policy, kind }) => {
    const history = crashed({ restartPolicy: policy }).forget();
    expect(history.feed(seconds(9)).acts).toEqual([]);
    expect(history.feed(seconds(2)).acts[0]?.kind).toBe(kind);
  });

  it.each([
    { policy: 'unless-stopped', then: 'failedToJoin' },
    { policy: 'no', then: 'stopped' },
  ] as const)('a dependent with policy $policy has $then', ({ policy, then }) => {
    const history = crashed({ restartPolicy: policy });
    const facts = history.state.shared.containers.byId[idOf('app')];
    expect(facts && attachmentOf(history.state, facts)).toBe(then);
  });

  const GONE = { runState: 'exited', exitCode: 0, restartPolicy: 'unless-stopped' } as const;
  const gone = [gatewayFacts(GONE), onGateway('app', GONE)] as const;

  it.each<{ given: string; steps: Steps }>([
    { given: 'before its replayed end', steps: [endedByEngine('app'), ...stoppedByHand('app')] },
    { given: 'in the middle of its end', steps: [killed('app'), endedByEngine('app'), died('app')] },
    { given: 'after an end that looks like its own', steps: [died('app', 1), endedByEngine('app')] },
    { given: 'after the listing', steps: [...stoppedByHand('app'), listed(...gone), endedByEngine('app')] },
    { given: 'with no message of its end', steps: [endedByEngine('app'), listed(...gone)] },
    {
      given: 'five seconds after an end that looks like a stop',
      steps: [...stoppedByHand('app'), listed(...gone), seconds(5), endedByEngine('app')],
    },
    {
      given: 'though a stop of it was taken to be decided',
      steps: [...stoppedByHand('app'), listed(...gone), seconds(20), endedByEngine('app')],
    },
  ])('is known if the engine says so $given', ({ steps }) => {
    const history = settled([onGateway('app')]).feed(disconnected(), connected(), ...steps);
    history.feed(listedAgain(...gone), seconds(30));
    expect(exitOf(history)).toBe('engine, certain');
    expect(history.memory.exits).toHaveProperty(idOf('app'));
  });

  it('is said at once, and with all names, if the engine says so after the listing', () => {
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

  it('is said by a monitor that starts only then, but not by the next one', () => {
    const said = (history: History): number =>
      history.notices.filter(({ kind }) => kind === 'engineHadCrashed').length;
    const startNext = (memory = NOTHING_PERSISTED): History =>
      new History({ memory }).feed(connected(), endedByEngine('gluetun'), listed(gatewayFacts(GONE)));
    const first = startNext();
    expect(said(first)).toBe(1);
    expect(said(startNext(first.memory))).toBe(0);
  });

  it('corrects what was said of the gateway: it was not stopped by hand', () => {
    const history = settled().feed(disconnected(), connected(), ...stoppedByHand('gluetun'), listed(gone[0]));
    history.expectLine(/^gluetun was stopped/).forget();
    history.feed(endedByEngine('gluetun')).expectLine(/^gluetun died/);
  });

  it('corrects what was said of a gateway that was found down: it does not stay so', () => {
    const history = new History().feed(connected(), listed(gone[0]));
    history.expectLine(/^gluetun is not running; standing by/).forget();
    history.feed(endedByEngine('gluetun')).expectLine(/^gluetun died; it is started unless it comes back/);
  });

  it.each<{ given: string; steps: Steps }>([
    { given: 'since the connection', steps: [started('app')] },
    { given: 'by the listing', steps: [listedAgain()] },
  ])('does not hold for one that runs again $given', ({ steps }) => {
    const history = settled([onGateway('app')]).feed(disconnected(), connected(), ...steps);
    expect(exitOf(history.feed(endedByEngine('app')))).toBeUndefined();
  });

  it('does not hold for one that a look in the instant of the connection shows running', () => {
    const history = settled([app]).feed(disconnected(), connected());
    const {
      shared: { connection },
    } = history.state;
    const since = connection.value === 'reconciling' ? connection.since : -1;
    history.feed(inspected(app, since), endedByEngine('app'));
    expect(exitOf(history)).toBeUndefined();
  });

  it('has no ending any more once it runs', () => {
    expect(exitOf(crashed().feed(started('app')))).toBeUndefined();
  });

  it("is its operator's once he has stopped it after a start", () => {
    const history = crashed().feed(started('app'), inspectedAs('app'), ...stoppedByHand('app'), seconds(11));
    expect(exitOf(history)).toBe('operator, certain');
  });

  it.each([
    { given: 'again', between: [], then: ['startGateway'] },
    { given: 'but not what has run and was stopped meanwhile', between: 1, then: [] },
  ])(
    'is remembered for a monitor that comes after a second start of the engine: $given',
    ({ between, then }) => {
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
    },
  );

  it('is not said of what no listing has shown yet', () => {
    const history = new History().feed(connectedAfterCrash('gluetun', 'app'));
    history.feed(happens({ type: 'timeReached' })).expectLines();
  });

  it('is told as what becomes of it, for a gateway that its restart policy would have had run', () => {
    const gateway = gatewayFacts({ restartPolicy: 'unless-stopped' });
    settled([], { gateway })
      .feed(disconnected(), connectedAfterCrash('gluetun'), ...stoppedByHand('gluetun'))
      .expectLine(/^gluetun died; it is started unless it comes back within 10s$/);
  });

  it('is told as what is not running, for a gateway without a restart policy', () => {
    new History()
      .feed(connectedAfterCrash('gluetun'), listed(gatewayFacts({ runState: 'exited' })))
      .expectLine(/^gluetun is not running; standing by until it starts$/);
  });

  it('is started by a monitor that was not there, too', () => {
    const gone = gatewayFacts({ runState: 'exited', exitCode: 0, restartPolicy: 'unless-stopped' });
    const history = new History().feed(connectedAfterCrash('gluetun'), listed(gone), seconds(11));
    expect(history.acts.map(({ kind }) => kind)).toEqual(['startGateway']);
  });
});
