import type { ContainerFacts } from '../../../streams/events.ts';
import { NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import { initialState } from '../../../src/loop/initial-state.ts';
import { reduce } from '../../../src/loop/reduce.ts';
import {
  type Happening,
  SETTINGS,
  checkPassed,
  compose,
  connected,
  created,
  destroyed,
  died,
  disconnected,
  engineText,
  facts,
  foundGone,
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

describe('an unknown container', () => {
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
    { message: 'turned healthy', happening: turned('new', 'healthy') },
  ])('is inspected if its event is "$message"', ({ happening }) => {
    expect(lookedAt(settled().feed(happening))).toEqual([idOf('new')]);
  });

  it.each<{ message: string; happening: Happening }>([
    { message: 'died', happening: died('new') },
    { message: 'destroyed', happening: destroyed('new') },
  ])('is not inspected if its event is "$message"', ({ happening }) => {
    settled().feed(happening).expectNoCommand();
  });
});

describe('a known dependent', () => {
  const exited = onGateway('app', { runState: 'exited' });

  it.each<{ given: string; one?: ContainerFacts; happening: Happening }>([
    { given: 'starts', happening: started('app') },
    { given: 'dies', happening: died('app') },
    { given: 'is paused', happening: paused('app') },
    { given: 'is resumed', happening: unpaused('app') },
    { given: 'turns healthy', happening: turned('app', 'healthy') },
    { given: 'is restarted and no start event was seen', one: exited, happening: restarted('app') },
  ])('is inspected if it $given', ({ one = app, happening }) => {
    expect(lookedAt(settled([one]).feed(happening))).toEqual([app.id]);
  });

  it.each<{ given: string; one?: ContainerFacts; happening: Happening }>([
    { given: 'is restarted and known to run', happening: restarted('app') },
    { given: 'is sent a signal', happening: killed('app') },
    { given: 'is stopped and known to be exited', one: exited, happening: stopped('app') },
    { given: 'is renamed', happening: renamed('app', 'web') },
    { given: 'runs out of memory', happening: outOfMemory('app') },
  ])('is not inspected if it $given', ({ one = app, happening }) => {
    expect(lookedAt(settled([one]).feed(happening))).toEqual([]);
  });

  it('keeps its old facts until it has been inspected', () => {
    const { state } = settled([app]).withoutAnswers().feed(died('app'), turned('app', 'unhealthy'));
    expect(state.shared.containers.byId[app.id]).toBe(app);
  });
});

describe('the inspections', () => {
  const many = (count: number): readonly ContainerFacts[] =>
    Array.from({ length: count }, (_, index) => onGateway(`app${String(index)}`));
  const answered = (one: ContainerFacts): Happening => inspected(one);

  it('run one at a time for each container, with one more after the answer however many events arrived', () => {
    const history = settled([app])
      .withoutAnswers()
      .feed(died('app'), started('app'), died('app'), started('app'));
    expect(lookedAt(history)).toEqual([app.id]);
    history.forget().feed(answered(onGateway('app', { runState: 'exited' })));
    expect(lookedAt(history)).toEqual([app.id]);
    history.forget().feed(answered(onGateway('app', { startedAt: 9_000 })));
    expect(lookedAt(history)).toEqual([]);
    expect(history.state.shared.containers.byId[app.id]?.details?.startedAt).toBe(
      app.details && engineText(9_000),
    );
  });

  it('use the first answer even if another one is due', () => {
    const history = settled([app]).withoutAnswers().feed(died('app'), started('app'));
    history.feed(answered(onGateway('app', { runState: 'exited' })));
    expect(history.state.shared.containers.byId[app.id]?.runState).toBe('exited');
  });

  it('are repeated after a failure if an event arrived meanwhile, even for an unknown container', () => {
    const history = settled().withoutAnswers().feed(created('new'), inspectionFailed('new'));
    expect(lookedAt(history)).toEqual([idOf('new')]);
    history.feed(created('other'), started('other')).forget();
    expect(lookedAt(history.feed(inspectionFailed('other')))).toEqual([idOf('other')]);
  });

  it('are not repeated for a container that is gone, even if a late event arrives', () => {
    const history = settled([app])
      .withoutAnswers()
      .feed(died('app'), destroyed('app'), started('app'))
      .forget();
    expect(lookedAt(history.feed(answered(app)))).toEqual([]);
    expect(history.state.shared.containers.byId).not.toHaveProperty(app.id);
  });

  it('run at most eight at a time', () => {
    const apps = many(11);
    const history = settled(apps)
      .withoutAnswers()
      .feed(apps.map(({ name }) => died(name)));
    expect(lookedAt(history)).toEqual(apps.slice(0, 8).map(({ id }) => id));
    history.feed(answered(onGateway('app0', { runState: 'exited' })), inspectionFailed('app1'));
    expect(lookedAt(history)).toEqual(apps.slice(0, 10).map(({ id }) => id));
  });

  it('prefer the containers that matter', () => {
    const strangers = Array.from({ length: 20 }, (_, index) => created(`stranger${String(index)}`));
    const history = settled([app]).withoutAnswers().feed(strangers);
    expect(lookedAt(history)).toEqual(['stranger0', 'stranger1', 'stranger2', 'stranger3'].map(idOf));
    expect(lookedAt(history.forget().feed(died('app')))).toEqual([app.id]);
    history.forget().feed(foundGone('stranger0'), foundGone('stranger1'));
    expect(lookedAt(history)).toEqual([idOf('stranger4')]);
  });

  it.each<{ given: string; name: string; labels?: Readonly<Record<string, string>> }>([
    { given: 'its name', name: 'gluetun' },
    { given: 'its compose service', name: 'stack-vpn-1', labels: compose('gluetun') },
    { given: 'its compose project', name: 'db', labels: compose('db') },
  ])('prefer an unknown container that matters by $given', ({ name, labels = {} }) => {
    const strangers = Array.from({ length: 20 }, (_, index) => created(`stranger${String(index)}`));
    const history = settled([], { gateway: gatewayFacts({ labels: compose('vpn') }) })
      .withoutAnswers()
      .feed(strangers)
      .forget();
    history.feed(created(name, { id: idOf('new'), labels }));
    expect(lookedAt(history)).toEqual([idOf('new')]);
  });

  it('of too many strangers are replaced by one listing five seconds later', () => {
    const strangers = Array.from({ length: 55 }, (_, index) => created(`stranger${String(index)}`));
    const history = settled().withoutAnswers().feed(strangers);
    expect(lookedAt(history)).toHaveLength(4);
    history.feed(seconds(4)).expectCommandCount('listContainers', 0).feed(seconds(2));
    history.expectCommandCount('listContainers', 1).feed(strangers, seconds(10));
    history.expectCommandCount('listContainers', 1);
    expect(history.state.shared.containers.toInspect.strangers.length).toBeLessThanOrEqual(50);
  });

  it('are not repeated for a container that turns out to be a stranger', () => {
    const history = settled().withoutAnswers().feed(created('new'), started('new')).forget();
    expect(lookedAt(history.feed(inspected(facts('new'))))).toEqual([]);
    const app = settled().withoutAnswers().feed(created('app'), started('app')).forget();
    expect(lookedAt(app.feed(inspected(onGateway('app'))))).toEqual([idOf('app')]);
  });

  it('leave out a stranger that a listing has shown meanwhile', () => {
    const names = Array.from({ length: 6 }, (_, index) => `stranger${String(index)}`);
    const apps = many(11);
    const history = settled(apps)
      .withoutAnswers()
      .feed(
        names.map((name) => created(name)),
        apps.map(({ name }) => died(name)),
      );
    const { known } = history.state.shared.containers.toInspect;
    expect(known).not.toEqual([]);
    history.feed(listedAgain(...names.slice(0, 5).map((name) => facts(name))));
    expect(history.state.shared.containers.toInspect).toEqual({ known, strangers: [idOf('stranger5')] });
  });

  it('leave out a stranger that is gone again', () => {
    const strangers = Array.from({ length: 20 }, (_, index) => `stranger${String(index)}`);
    const history = settled()
      .withoutAnswers()
      .feed(
        strangers.map((name) => created(name)),
        strangers.map((name) => destroyed(name)),
      );
    expect(history.state.shared.containers.toInspect).toEqual({ known: [], strangers: [] });
    history.feed(strangers.map((name) => inspected(facts(name))));
    expect(lookedAt(history)).toHaveLength(4);
  });

  it('do not bring back a container that was removed meanwhile', () => {
    const history = settled([app]).withoutAnswers().feed(died('app'), destroyed('app'), answered(app));
    expect(history.state.shared.containers.byId).not.toHaveProperty(app.id);
    history.expectLines('Dependent container stopped: app', 'Dependent container removed: app');
  });

  it('also use what an act reports, without taking it for the answer', () => {
    const history = settled([app]).withoutAnswers().feed(died('app')).forget();
    const look = inspected(onGateway('app', { startedAt: 9_000 }));
    history.feed((state, at) =>
      look(state, at).map((event) => ({ ...event, isByAct: true }) as typeof event),
    );
    expect(history.state.shared.containers.byId[app.id]?.details?.startedAt).toBe(engineText(9_000));
    expect(history.state.shared.containers.inspecting).toHaveProperty(app.id);
  });

  it('ignore an answer older than the known facts', () => {
    const history = settled([app]).feed(seconds(1), died('app'));
    history.feed(inspected(app, history.now - 500));
    expect(history.state.shared.containers.byId[app.id]?.runState).toBe('exited');
  });

  it('are dropped when the engine is lost, because a listing follows', () => {
    const apps = many(11);
    const history = settled(apps)
      .withoutAnswers()
      .feed(
        apps.map(({ name }) => died(name)),
        disconnected(),
      );
    expect(history.state.shared.containers.toInspect).toEqual({ known: [], strangers: [] });
  });
});

describe('a container that has nothing to do with any gateway', () => {
  it.each<{ message: string; happening: Happening }>([
    { message: 'starts', happening: started('db') },
    { message: 'dies', happening: died('db') },
    { message: 'is sent a signal', happening: killed('db') },
  ])('is not inspected when it $message', ({ happening }) => {
    settled([facts('db')])
      .feed(happening)
      .expectNoCommand();
  });

  it('is forgotten when it is removed', () => {
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
    { given: 'the only gateway', gateways: ['gluetun'] },
    { given: 'one of several gateways', gateways: ['gluetun', 'second'] },
  ])('is still inspected after a rename if it is $given', ({ gateways }) => {
    const history = named(...gateways).feed(renamed('gluetun', 'vpn'));
    history.forget().feed(died('vpn', 1, { id: idOf('gluetun') }));
    expect(lookedAt(history)).toEqual([idOf('gluetun')]);
  });

  it('is requested in the listing by its name and its last ID', () => {
    const gateways = { gluetun: [idOf('latest'), idOf('before')], 'never seen': [] };
    new History({ memory: { ...NOTHING_PERSISTED, gateways } })
      .feed(connected())
      .expectCommands({ kind: 'listContainers', inspect: ['gluetun', idOf('latest')] });
  });

  it('is reported unhealthy once by an event and the next listing', () => {
    settled()
      .feed(turned('gluetun', 'unhealthy'), checkPassed(), listedAgain(gatewayFacts({ health: 'unhealthy' })))
      .expectLine(/^gluetun is unhealthy, says Docker; checking the sites now$/, 'warn');
  });
});

describe('a listing', () => {
  it('is requested a minute after the last one, whatever else is due before', () => {
    settled()
      .feed(seconds(50))
      .expectChecks(1)
      .expectCommandCount('listContainers', 0)
      .feed(seconds(10))
      .expectCommandCount('listContainers', 1);
  });

  it('does not bring back a container removed at the moment of the request', () => {
    const history = settled([app]);
    history.feed(destroyed('app'), listingAskedFor(history.now, gatewayFacts(), app));
    history.expectLines('Dependent container removed: app');
  });

  it('does not bring back a removed container, nor does a second listing requested before the removal', () => {
    const history = settled([app]).feed(seconds(1));
    const [first, second] = [history.now - 500, history.now - 400];
    history.feed(
      destroyed('app'),
      listingAskedFor(first, gatewayFacts(), app),
      listingAskedFor(second, gatewayFacts(), app),
    );
    history.expectLines('Dependent container removed: app');
  });

  it('does not bring back a container removed during its first inspection', () => {
    const history = settled().withoutAnswers().feed(created('new'), destroyed('new'));
    expect(history.feed(listedAgain(facts('new'))).state.shared.containers.byId).not.toHaveProperty(
      idOf('new'),
    );
  });

  it('leaves a container unchanged while it is being inspected', () => {
    const history = settled([app]).withoutAnswers().feed(paused('app'), seconds(1));
    history.feed(listedAgain(onGateway('app', { runState: 'exited' })));
    expect(history.state.shared.containers.byId[app.id]).toBe(app);
  });

  it('is followed by an inspection of a dependent that it could not inspect', () => {
    const history = settled([app]).withoutAnswers();
    history.feed(listedAgain(onGateway('app', { inspected: false, runState: 'exited' })));
    expect(lookedAt(history)).toEqual([app.id]);
  });

  it('is neither reported nor repeated if it fails while the engine is away', () => {
    for (const history of [settled().feed(disconnected()), new History()])
      history
        .feed(listingFailed(), minutes(2))
        .expectNoLine(/[Ll]isting/)
        .expectCommandCount('listContainers', 0);
  });
});

describe('an inspection', () => {
  it('of a dependent is replaced by a listing five seconds later if it fails', () => {
    settled([app])
      .feed(inspectionFailed('app'), seconds(4))
      .expectCommandCount('listContainers', 0)
      .feed(seconds(2))
      .expectCommandCount('listContainers', 1);
  });

  it.each(['db', 'nobody'])('of %s can wait for the next listing if it fails', (name) => {
    settled([facts('db')])
      .feed(inspectionFailed(name), seconds(20))
      .expectCommandCount('listContainers', 0);
  });

  it('changes nothing if it fails while the engine is away', () => {
    const { everything, now } = settled([app]).feed(disconnected());
    const failure = { type: 'inspectionFailed', at: now, id: app.id, reason: 'no answer' } as const;
    expect(reduce(everything, failure).state).toBe(everything);
  });
});

describe('a listing that tells no network', () => {
  const untold = (one: ContainerFacts): ContainerFacts => ({ ...one, networkMode: '', details: undefined });

  it('leaves the network as it is known, even if no inspection succeeds', () => {
    const history = settled([app]).feed(listedAgain(untold(app)), minutes(5));
    expect(history.state.shared.containers.byId[app.id]?.networkMode).toBe(app.networkMode);
    expect(Object.keys(history.state.dependents.members ?? {})).toEqual([app.id]);
  });

  it('removes no container that exists although it could not be read', () => {
    const history = settled([app]);
    const { now } = history;
    history.feed(() => [
      {
        type: 'containersListed',
        at: now,
        requestedAt: now,
        engineClockMs: now,
        containers: [gatewayFacts()],
        unread: [app.id],
      },
    ]);
    history.expectLines();
    expect(history.state.shared.containers.byId[app.id]).toBe(app);
  });

  it('has a container inspected that is not known yet, and nothing is concluded before', () => {
    const other = facts('other');
    const history = settled([app])
      .withoutAnswers()
      .feed(listedAgain(untold(other)));
    expect(lookedAt(history)).toEqual([other.id]);
    history.expectLines();
    history.feed(inspected({ ...other, networkMode: app.networkMode }));
    history.expectLines('Dependent container added: other');
  });
});

describe("the engine's messages", () => {
  const startedAgain = (startedAt: number): Happening => listedAgain(onGateway('app', { startedAt }));

  it('are said to be missing once two starts in a row were learnt from listings alone, until one arrives', () => {
    settled([app])
      .feed(minutes(1), startedAgain(3_000), minutes(1))
      .expectLines('Dependent container started: app')
      .forget()
      .feed(startedAgain(4_000), minutes(5), startedAgain(5_000), died('stranger'))
      .expectLines(
        /^The engine's messages do not arrive: twice in a row only a listing .* every 10s instead/,
        'Dependent container started: app',
        'Dependent container started: app',
        "The engine's messages arrive again",
      );
  });

  it('are not missing if one came between two such starts', () => {
    const history = settled([app])
      .feed(minutes(1), startedAgain(3_000), died('stranger'), startedAgain(4_000))
      .forget();
    history.feed(minutes(5)).expectLines();
  });

  it('are not missing if several starts are shown by one listing, or if they are of strangers', () => {
    const started = (name: string, startedAt: number): ContainerFacts => facts(name, { startedAt });
    const { notices } = settled([app, onGateway('web'), started('stranger', 1)]).feed(
      minutes(1),
      listedAgain(onGateway('app', { startedAt: 3_000 }), onGateway('web', { startedAt: 3_000 })),
      minutes(1),
      listedAgain(started('stranger', 3_000)),
      minutes(1),
      listedAgain(started('stranger', 4_000)),
    );
    expect(notices.map(({ kind }) => kind)).not.toContain('engineUnheard');
  });

  it('are not missing if the starts are of the time without a connection', () => {
    const both = (startedAt: number): Happening =>
      listedAgain(gatewayFacts({ startedAt }), onGateway('app', { startedAt: startedAt + 1 }));
    const { notices } = settled([app]).feed(
      disconnected(),
      connected(),
      both(9_000),
      disconnected(),
      connected(),
    );
    expect(notices.map(({ kind }) => kind)).not.toContain('engineUnheard');
  });
});
