import type { ContainerFacts } from '../../../streams/events.ts';
import { attachmentOf } from '../../../src/attachment.ts';
import { NOTHING_REMEMBERED } from '../../../src/memory.ts';
import { initialState, reduce } from '../../../src/reduce.ts';
import {
  type Happening,
  SETTINGS,
  checkPassed,
  connected,
  created,
  destroyed,
  died,
  disconnected,
  facts,
  gatewayFacts,
  idOf,
  inspected,
  inspectionFailed,
  killed,
  listed,
  listedAgain,
  listingFailed,
  minutes,
  onGateway,
  outOfMemory,
  paused,
  renamed,
  restarted,
  seconds,
  site,
  started,
  stopped,
  turned,
  unpaused,
} from '../builders.ts';
import { History, settled } from '../history.ts';

const app = onGateway('app');

const lookedAt = ({ commands }: History): readonly string[] =>
  commands.flatMap((command) => (command.kind === 'inspectContainer' ? [command.containerId] : []));

/** One that was asked for some time before it is answered. */
const listingAskedFor =
  (requestedAt: number, ...containers: readonly ContainerFacts[]): Happening =>
  (_state, at) => [{ type: 'containersListed', at, requestedAt, engineClockMs: at, containers }];

describe('a container that nothing is known of', () => {
  it.each<{ message: string; happening: Happening }>([
    { message: 'created', happening: created('new') },
    { message: 'started', happening: started('new') },
    { message: 'stopped', happening: stopped('new') },
    { message: 'restarted', happening: restarted('new') },
    { message: 'killed', happening: killed('new') },
    { message: 'renamed', happening: renamed('new', 'newer') },
    { message: 'paused', happening: paused('new') },
    { message: 'unpaused', happening: unpaused('new') },
    { message: 'out of memory', happening: outOfMemory('new') },
    { message: 'healthy', happening: turned('new', 'healthy') },
  ])('is looked at once it is said to be $message', ({ happening }) => {
    expect(lookedAt(settled().feed(happening))).toEqual([idOf('new')]);
  });

  it.each<{ message: string; happening: Happening }>([
    { message: 'dead', happening: died('new') },
    { message: 'destroyed', happening: destroyed('new') },
  ])('is not looked at where it is said to be $message', ({ happening }) => {
    settled().feed(happening).expectNoCommand();
  });
});

describe('a dependent', () => {
  const exited = onGateway('app', { runState: 'exited' });

  it.each<{ given: string; one?: ContainerFacts; happening: Happening }>([
    { given: 'that starts', happening: started('app') },
    { given: 'that dies', happening: died('app') },
    { given: 'that is resumed', happening: unpaused('app') },
    { given: 'restarted, of which no start was heard', one: exited, happening: restarted('app') },
    { given: 'healthy, of which no start was heard', one: exited, happening: turned('app', 'healthy') },
  ])('$given is looked at', ({ one = app, happening }) => {
    expect(lookedAt(settled([one]).feed(happening))).toEqual([app.id]);
  });

  it.each<{ given: string; one?: ContainerFacts; happening: Happening }>([
    { given: 'restarted, and known to run', happening: restarted('app') },
    { given: 'healthy, and known to run', happening: turned('app', 'healthy') },
    { given: 'that is sent a signal', happening: killed('app') },
    { given: 'that was stopped', one: exited, happening: stopped('app') },
    { given: 'that is paused', happening: paused('app') },
    { given: 'with another name', happening: renamed('app', 'web') },
    { given: 'out of memory', happening: outOfMemory('app') },
  ])('$given is not looked at: all is told', ({ one = app, happening }) => {
    expect(lookedAt(settled([one]).feed(happening))).toEqual([]);
  });

  it('that died is of unknown state until it was looked at, whatever its health', () => {
    const { state } = settled([app]).feed(died('app'), turned('app', 'unhealthy'));
    expect(state.containers.byId[app.id]).toBeDefined();
    expect(attachmentOf(state, state.containers.byId[app.id] ?? app)).toBe('unknown');
  });
});

describe('who has nothing to do with any gateway', () => {
  it.each<{ message: string; happening: Happening }>([
    { message: 'starts', happening: started('db') },
    { message: 'dies', happening: died('db') },
    { message: 'is sent a signal', happening: killed('db') },
  ])('is not looked at where it $message', ({ happening }) => {
    settled([facts('db')])
      .feed(happening)
      .expectNoCommand();
  });

  it('is forgotten with its end', () => {
    const history = settled([app]).feed(
      created('passing'),
      inspected(facts('passing')),
      died('passing'),
      destroyed('passing'),
      listedAgain(),
    );
    expect(JSON.stringify(history.everything)).not.toContain(idOf('passing'));
  });
});

describe('a gateway', () => {
  const named = (...gateways: string[]): History => {
    const history = new History();
    history.everything = initialState(
      gateways.map((gateway) => ({ ...SETTINGS, gateway })),
      [site('a')],
    );
    return history.feed(connected(), listed(...gateways.map((gateway) => facts(gateway))));
  };

  it.each<{ given: string; gateways: string[] }>([
    { given: 'the only one', gateways: ['gluetun'] },
    { given: 'one of several', gateways: ['gluetun', 'second'] },
  ])('that was given another name is looked at as before, be it $given', ({ gateways }) => {
    const history = named(...gateways).feed(renamed('gluetun', 'vpn'));
    history.forget().feed(died('vpn', 1, { id: idOf('gluetun') }));
    expect(lookedAt(history)).toEqual([idOf('gluetun')]);
  });

  it('is asked for by its name, and by the id it had last', () => {
    const gateways = { gluetun: [idOf('latest'), idOf('before')], 'never seen': [] };
    new History({ memory: { ...NOTHING_REMEMBERED, gateways } })
      .feed(connected())
      .expectCommands({ kind: 'listContainers', inspect: ['gluetun', idOf('latest')] });
  });

  it('that was said to be unhealthy is no news in the next listing', () => {
    settled()
      .feed(turned('gluetun', 'unhealthy'), checkPassed(), listedAgain(gatewayFacts({ health: 'unhealthy' })))
      .expectLine(/^gluetun is unhealthy, says Docker; checking the sites now$/, 'warn');
  });
});

describe('a listing', () => {
  it('is asked for a minute after the last one, whatever else is due before', () => {
    settled()
      .feed(seconds(50))
      .expectChecks(1)
      .expectCommandCount('listContainers', 0)
      .feed(seconds(10))
      .expectCommandCount('listContainers', 1);
  });

  it('does not bring back what was removed in the instant it was asked for', () => {
    const history = settled([app]);
    history.feed(destroyed('app'), listingAskedFor(history.now, gatewayFacts(), app));
    history.expectLines('Dependent container removed: app');
  });

  it('does not bring back what was removed since, nor does another one asked for before', () => {
    const history = settled([app]).feed(seconds(1));
    const [first, second] = [history.now - 500, history.now - 400];
    history.feed(
      destroyed('app'),
      listingAskedFor(first, gatewayFacts(), app),
      listingAskedFor(second, gatewayFacts(), app),
    );
    history.expectLines('Dependent container removed: app');
  });

  it('does not make an old message count again', () => {
    const end = died('app', 1, { engineTimeMs: 9_999_000 });
    settled([app]).feed(end, seconds(1), listedAgain(), end).expectLines('Dependent container stopped: app');
  });

  it('that fails is no news while the engine does not answer, and is not tried again', () => {
    for (const history of [settled().feed(disconnected()), new History()])
      history
        .feed(listingFailed(), minutes(2))
        .expectNoLine(/[Ll]isting/)
        .expectCommandCount('listContainers', 0);
  });
});

describe('an inspection', () => {
  it('asked for before the latest message is asked for again, and tells nothing', () => {
    const history = settled([app]).feed(seconds(1));
    const before = history.now - 500;
    history.feed(paused('app'), inspected(app, before));
    expect(lookedAt(history)).toEqual([app.id]);
    expect(history.state.containers.byId[app.id]?.runState).toBe('paused');
  });

  it('asked for in the instant of the message that led to it is not asked for again', () => {
    const history = settled([app]);
    const at = history.now;
    history.feed(started('app'), inspected(onGateway('app', { startedAt: at }), at));
    expect(lookedAt(history)).toEqual([app.id]);
  });

  it('of a dependent that fails is made up for by a listing five seconds later', () => {
    settled([app])
      .feed(inspectionFailed('app'), seconds(4))
      .expectCommandCount('listContainers', 0)
      .feed(seconds(2))
      .expectCommandCount('listContainers', 1);
  });

  it.each(['db', 'nobody'])('of %s that fails can wait for the next listing', (name) => {
    settled([facts('db')])
      .feed(inspectionFailed(name), seconds(20))
      .expectCommandCount('listContainers', 0);
  });

  it('that fails while the engine does not answer changes nothing', () => {
    const { everything, now } = settled([app]).feed(disconnected());
    const failure = { type: 'inspectionFailed', at: now, id: app.id, reason: 'no answer' } as const;
    expect(reduce(everything, failure).state).toBe(everything);
  });
});
