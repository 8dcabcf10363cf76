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
    { given: 'that is paused', happening: paused('app') },
    { given: 'that is resumed', happening: unpaused('app') },
    { given: 'that turns healthy', happening: turned('app', 'healthy') },
    { given: 'restarted, of which no start was heard', one: exited, happening: restarted('app') },
  ])('$given is looked at', ({ one = app, happening }) => {
    expect(lookedAt(settled([one]).feed(happening))).toEqual([app.id]);
  });

  it.each<{ given: string; one?: ContainerFacts; happening: Happening }>([
    { given: 'restarted, and known to run', happening: restarted('app') },
    { given: 'that is sent a signal', happening: killed('app') },
    { given: 'that was stopped', one: exited, happening: stopped('app') },
    { given: 'with another name', happening: renamed('app', 'web') },
    { given: 'out of memory', happening: outOfMemory('app') },
  ])('$given is not looked at: nothing of what is known has changed', ({ one = app, happening }) => {
    expect(lookedAt(settled([one]).feed(happening))).toEqual([]);
  });

  it('is known as it was until it has been looked at', () => {
    const { state } = settled([app]).withoutAnswers().feed(died('app'), turned('app', 'unhealthy'));
    expect(state.shared.containers.byId[app.id]).toBe(app);
  });
});

describe('inspections', () => {
  const many = (count: number): readonly ContainerFacts[] =>
    Array.from({ length: count }, (_, index) => onGateway(`app${String(index)}`));
  const answered = (one: ContainerFacts): Happening => inspected(one);

  it('of one container are never two at once: one more follows the answer, however much was said meanwhile', () => {
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

  it('take what the first answer shows, for it was so', () => {
    const history = settled([app]).withoutAnswers().feed(died('app'), started('app'));
    history.feed(answered(onGateway('app', { runState: 'exited' })));
    expect(history.state.shared.containers.byId[app.id]?.runState).toBe('exited');
  });

  it('that failed are made once more if something was said meanwhile, also of one that is not known', () => {
    const history = settled().withoutAnswers().feed(created('new'), inspectionFailed('new'));
    expect(lookedAt(history)).toEqual([idOf('new')]);
    history.feed(created('other'), started('other')).forget();
    expect(lookedAt(history.feed(inspectionFailed('other')))).toEqual([idOf('other')]);
  });

  it('are not made again of one that is gone, whatever is said of it late', () => {
    const history = settled([app])
      .withoutAnswers()
      .feed(died('app'), destroyed('app'), started('app'))
      .forget();
    expect(lookedAt(history.feed(answered(app)))).toEqual([]);
    expect(history.state.shared.containers.byId).not.toHaveProperty(app.id);
  });

  it('are not more than eight at once, the others follow', () => {
    const apps = many(11);
    const history = settled(apps)
      .withoutAnswers()
      .feed(apps.map(({ name }) => died(name)));
    expect(lookedAt(history)).toEqual(apps.slice(0, 8).map(({ id }) => id));
    history.feed(answered(onGateway('app0', { runState: 'exited' })), inspectionFailed('app1'));
    expect(lookedAt(history)).toEqual(apps.slice(0, 10).map(({ id }) => id));
  });

  it('are of those that matter first', () => {
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
  ])('of one that is not known come first if $given makes it matter', ({ name, labels = {} }) => {
    const strangers = Array.from({ length: 20 }, (_, index) => created(`stranger${String(index)}`));
    const history = settled([], { gateway: gatewayFacts({ labels: compose('vpn') }) })
      .withoutAnswers()
      .feed(strangers)
      .forget();
    history.feed(created(name, { id: idOf('new'), labels }));
    expect(lookedAt(history)).toEqual([idOf('new')]);
  });

  it('of too many strangers are left to one listing, five seconds later', () => {
    const strangers = Array.from({ length: 55 }, (_, index) => created(`stranger${String(index)}`));
    const history = settled().withoutAnswers().feed(strangers);
    expect(lookedAt(history)).toHaveLength(4);
    history.feed(seconds(4)).expectCommandCount('listContainers', 0).feed(seconds(2));
    history.expectCommandCount('listContainers', 1).feed(strangers, seconds(10));
    history.expectCommandCount('listContainers', 1);
    expect(history.state.shared.containers.toInspect.strangers.length).toBeLessThanOrEqual(50);
  });

  it('are not made again of one that turns out to be a stranger, whatever was said meanwhile', () => {
    const history = settled().withoutAnswers().feed(created('new'), started('new')).forget();
    expect(lookedAt(history.feed(inspected(facts('new'))))).toEqual([]);
    const app = settled().withoutAnswers().feed(created('app'), started('app')).forget();
    expect(lookedAt(app.feed(inspected(onGateway('app'))))).toEqual([idOf('app')]);
  });

  it('wait no longer of those that a listing has told of for the first time', () => {
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

  it('of strangers that have gone again are not made', () => {
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

  it('of one that was removed meanwhile do not bring it back', () => {
    const history = settled([app]).withoutAnswers().feed(died('app'), destroyed('app'), answered(app));
    expect(history.state.shared.containers.byId).not.toHaveProperty(app.id);
    history.expectLines('Dependent container stopped: app', 'Dependent container removed: app');
  });

  it('by an act, which are no answer, are taken as well', () => {
    const history = settled([app]).withoutAnswers().feed(died('app')).forget();
    const look = inspected(onGateway('app', { startedAt: 9_000 }));
    history.feed((state, at) =>
      look(state, at).map((event) => ({ ...event, isByAct: true }) as typeof event),
    );
    expect(history.state.shared.containers.byId[app.id]?.details?.startedAt).toBe(engineText(9_000));
    expect(history.state.shared.containers.inspecting).toHaveProperty(app.id);
  });

  it('that are older than what is known of a container are not taken', () => {
    const history = settled([app]).feed(seconds(1), died('app'));
    history.feed(inspected(app, history.now - 500));
    expect(history.state.shared.containers.byId[app.id]?.runState).toBe('exited');
  });

  it('are forgotten with the engine: the listing that follows tells of all', () => {
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
    new History({ memory: { ...NOTHING_PERSISTED, gateways } })
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

  it('does not bring back what was removed while it was inspected for the first time', () => {
    const history = settled().withoutAnswers().feed(created('new'), destroyed('new'));
    expect(history.feed(listedAgain(facts('new'))).state.shared.containers.byId).not.toHaveProperty(
      idOf('new'),
    );
  });

  it('leaves a container as it is known whose inspection is under way', () => {
    const history = settled([app]).withoutAnswers().feed(paused('app'), seconds(1));
    history.feed(listedAgain(onGateway('app', { runState: 'exited' })));
    expect(history.state.shared.containers.byId[app.id]).toBe(app);
  });

  it('that could not inspect one that matters is followed by an inspection of it', () => {
    const history = settled([app]).withoutAnswers();
    history.feed(listedAgain(onGateway('app', { inspected: false, runState: 'exited' })));
    expect(lookedAt(history)).toEqual([app.id]);
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
