import type { ContainerFacts } from '../../../streams/events.ts';
import {
  JOIN_ERROR,
  MONITOR,
  ONE_OFF,
  checkPassed,
  compose,
  connected,
  created,
  destroyed,
  died,
  endpointRead,
  facts,
  gatewayFacts,
  idOf,
  inspected,
  inspectedAs,
  listed,
  listedAgain,
  minutes,
  onGateway,
  outOfMemory,
  paused,
  renamed,
  restartBegun,
  restartMessages,
  seconds,
  started,
  stoppedByHand,
  unpaused,
} from '../builders.ts';
import { dependentsOf, monitorsOn } from '../../../src/model/dependents-of.ts';
import { gatewayCandidates } from '../../../src/model/find-gateway.ts';
import { NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import { ownersOf } from '../../../src/model/network.ts';
import { History, type Setting, type Steps, settled } from '../history.ts';
import type { Settings, Shared, State } from '../../../src/model/state.ts';

const namesOf = (
  containers: readonly ContainerFacts[],
  settings: Partial<Settings> = {},
): readonly string[] =>
  dependentsOf(new History({ settings }).feed(connected(), listed(gatewayFacts(), ...containers)).state).map(
    ({ name }) => name,
  );

const knowing = (byId: Shared['containers']['byId']): State => {
  const { state } = new History();
  return { ...state, shared: { ...state.shared, containers: { ...state.shared.containers, byId } } };
};

describe('who hangs on the gateway', () => {
  it.each<{ given: string; exist: ContainerFacts[]; settings?: Partial<Settings>; then: string[] }>([
    { given: 'joined by its id', exist: [onGateway('app')], then: ['app'] },
    {
      given: 'joined by the beginning of its id',
      exist: [facts('app', { ref: idOf('gluetun').slice(0, 12) })],
      then: ['app'],
    },
    {
      given: 'not joined by fewer than twelve digits of it',
      exist: [facts('app', { ref: idOf('gluetun').slice(0, 11) })],
      then: [],
    },
    { given: 'joined by its name', exist: [facts('app', { ref: 'gluetun' })], then: ['app'] },
    {
      given: 'joined through another dependent',
      exist: [facts('far', { on: 'app' }), onGateway('app')],
      then: ['app', 'far'],
    },
    {
      given: 'joined through a monitor, which is never touched itself',
      exist: [onGateway('monitor', { labels: MONITOR }), facts('far', { on: 'monitor' })],
      then: ['far'],
    },
    { given: 'nobody by an empty reference', exist: [facts('app', { ref: '' })], then: [] },
    {
      given: "nobody on another gateway's network",
      exist: [facts('app', { on: 'gluetun2' }), facts('gluetun2')],
      then: [],
    },
    {
      given: 'nobody on the id of a container that is no more',
      exist: [facts('app', { on: 'gone' })],
      then: [],
    },
    { given: 'nobody on a network of its own', exist: [facts('db')], then: [] },
    { given: 'nobody that joined itself', exist: [facts('app', { on: 'app' })], then: [] },
    {
      given: 'nobody in a circle',
      exist: [facts('one', { on: 'two' }), facts('two', { on: 'one' })],
      then: [],
    },
    {
      given: 'also those that do not run',
      exist: [onGateway('app', { runState: 'exited' }), onGateway('new', { runState: 'created' })],
      then: ['app', 'new'],
    },
    { given: 'sorted by name', exist: [onGateway('b'), onGateway('a')], then: ['a', 'b'] },
    {
      given: 'never the excluded',
      exist: [onGateway('app'), onGateway('db')],
      settings: { exclude: ['app'] },
      then: ['db'],
    },
    { given: 'never a monitor', exist: [onGateway('app', { labels: MONITOR })], then: [] },
    { given: 'never a one-off', exist: [onGateway('app', { labels: ONE_OFF })], then: [] },
    {
      given: "never under compose's interim name of the last minute",
      exist: [onGateway('0123456789ab_app', { createdAt: 9_950_000 })],
      then: [],
    },
    {
      given: 'one that compose has left under its interim name',
      exist: [onGateway('0123456789ab_app')],
      then: ['0123456789ab_app'],
    },
    {
      given: 'none that is about to be replaced by the one of its name',
      exist: [onGateway('0123456789ab_app'), onGateway('app')],
      then: ['app'],
    },
    {
      given: 'never the excluded, by their service, by their id, in another case',
      exist: [
        onGateway('media-jackett-1', { labels: compose('jackett') }),
        onGateway('media-jackett-2', { labels: compose('jackett') }),
        onGateway('db'),
        onGateway('Sonarr'),
        onGateway('radarr'),
      ],
      settings: { exclude: ['Jackett', idOf('db').slice(0, 12), 'sonarr'] },
      then: ['radarr'],
    },
    {
      given: 'never the excluded, though compose has left it under its interim name',
      exist: [onGateway('0123456789ab_app')],
      settings: { exclude: ['app'] },
      then: [],
    },
    ...['true', 'TRUE', '1', 'yes', ''].map((value) => ({
      given: `never one whose label excludes it, as "${value}"`,
      exist: [onGateway('app', { labels: { 'org.gluetun-monitor.exclude': value } })],
      then: [],
    })),
    {
      given: 'one whose label says that it is not excluded',
      exist: [onGateway('app', { labels: { 'org.gluetun-monitor.exclude': 'false' } })],
      then: ['app'],
    },
    {
      given: 'just those listed, by their services, ids, and in any case',
      exist: [
        onGateway('media-app-1', { labels: compose('app') }),
        onGateway('other'),
        onGateway('Db'),
        onGateway('queue'),
      ],
      settings: { dependents: ['app', 'dB', idOf('queue').slice(0, 12), idOf('other').slice(0, 11)] },
      then: ['Db', 'media-app-1', 'queue'],
    },
    {
      given: 'the one of that name, though another has the service',
      exist: [onGateway('app'), onGateway('media-app-1', { labels: compose('app') })],
      settings: { dependents: ['app'] },
      then: ['app'],
    },
    {
      given: 'none of two that an entry fits',
      exist: [
        onGateway('media-app-1', { labels: compose('app') }),
        onGateway('media-app-2', { labels: compose('app') }),
      ],
      settings: { dependents: ['app'] },
      then: [],
    },
    {
      given: 'nobody of another stack by its service, if the one of that name is excluded',
      exist: [
        onGateway('app', { labels: { 'org.gluetun-monitor.exclude': 'true' } }),
        facts('us-app-1', { labels: compose('app') }),
      ],
      settings: { dependents: ['app'] },
      then: [],
    },
    {
      given: 'nobody of another stack by its service, if the one of that name is gone',
      exist: [facts('us-app-1', { labels: { ...compose('app'), 'com.docker.compose.project': 'us' } })],
      settings: { dependents: ['app'] },
      then: [],
    },
    {
      given: 'the one of two that an entry fits, where the other is excluded',
      exist: [
        onGateway('media-app-1', { labels: compose('app') }),
        onGateway('media-app-2', { labels: compose('app') }),
      ],
      settings: { dependents: ['app'], exclude: ['media-app-2'] },
      then: ['media-app-1'],
    },
    {
      given: 'just those listed, on its network or not',
      exist: [onGateway('app'), onGateway('other'), facts('db')],
      settings: { dependents: ['app', 'db'] },
      then: ['app', 'db'],
    },
    {
      given: 'the excluded not even where it is listed',
      exist: [onGateway('app')],
      settings: { dependents: ['app'], exclude: ['app'] },
      then: [],
    },
    {
      given: 'the gateway not even where it is listed',
      exist: [],
      settings: { dependents: ['gluetun'] },
      then: [],
    },
  ])('is $given', ({ exist, settings, then }) => {
    expect(namesOf(exist, settings)).toEqual(then);
  });

  it('ends the way up at a circle', () => {
    const one = facts('one', { on: 'two' });
    const two = facts('two', { on: 'one' });
    expect(ownersOf(one, knowing({ [one.id]: one, [two.id]: two })).map(({ name }) => name)).toEqual(['two']);
  });

  it('names as candidates what looks like Gluetun or is joined, and no monitor', () => {
    const all = [
      facts('vpn', { image: 'ghcr.io/qdm12/gluetun' }),
      facts('gluetun-monitor', { labels: MONITOR }),
      facts('owner'),
      facts('app', { on: 'owner' }),
      facts('0123456789ab_gluetun'),
    ];
    const byId = Object.fromEntries(all.map((one) => [one.id, one]));
    expect(gatewayCandidates({ byId, composeNames: {} }, 'gluten')).toEqual(['owner', 'vpn']);
    expect(monitorsOn(idOf('owner'), knowing(byId))).toEqual([]);
  });
});

describe('at first sight', () => {
  const atFirstSight = (containers: readonly ContainerFacts[], settings: Partial<Settings> = {}) =>
    new History({ settings }).feed(
      connected(),
      listed(gatewayFacts(), ...containers),
      minutes(1),
      listedAgain(),
    );

  it('all are named', () => {
    atFirstSight([onGateway('b'), onGateway('a')]).expectLine(
      /^Dependent containers \(auto-discovery\): a,b$/,
    );
  });

  it('none is named as such', () => {
    atFirstSight([]).expectLine(/^Dependent containers \(auto-discovery\): none$/);
  });

  it('the listed that is missing is said once', () => {
    atFirstSight([onGateway('app')], { dependents: ['app', 'gone', 'skip'], exclude: ['skip'] })
      .expectLine(/^Dependent containers \(configured\): app$/)
      .expectLine(/^Listed in DEPENDENT_CONTAINERS but not found: gone; going on without$/, 'warn');
  });

  it('the listed that is missing is said with the nearest names', () => {
    atFirstSight([onGateway('media-jackett-1'), onGateway('sonarr')], {
      dependents: ['jacket', 'sonar', 'other'],
    }).expectLine(
      /^Listed in DEPENDENT_CONTAINERS but not found: jacket \(nearest: media-jackett-1\), sonar \(nearest: sonarr\), other; going on without$/,
      'warn',
    );
  });

  it('the listed that could be several is said once, with their names', () => {
    const two = ['media-app-2', 'media-app-1'].map((name) => onGateway(name, { labels: compose('app') }));
    atFirstSight(two, { dependents: ['app'] })
      .expectLine(
        /^DEPENDENT_CONTAINERS: app could be any of media-app-1, media-app-2; none of them is touched: name one$/,
        'warn',
      )
      .expectNoLine(/not found/);
  });

  it('the listed that is excluded by another word, or by its label, is said', () => {
    const labels = { ...compose('app'), 'org.gluetun-monitor.exclude': 'true' };
    atFirstSight([onGateway('media-app-1', { labels }), onGateway('db', { labels: compose('sql') })], {
      dependents: ['app', 'db'],
      exclude: ['sql'],
    })
      .expectLine(
        /^media-app-1 is in DEPENDENT_CONTAINERS and is excluded by its label org\.gluetun-monitor\.exclude: exclusion wins, it is never touched$/,
        'warn',
      )
      .expectLine(/^db is in DEPENDENT_CONTAINERS and is in EXCLUDE_CONTAINERS: exclusion wins/, 'warn')
      .expectNoLine(/not found/);
  });

  it('a monitor on the network is said once', () => {
    atFirstSight([onGateway('watch', { labels: MONITOR })]).expectLine(
      /^watch, a monitor, is on the network of gluetun and goes down with it: give it a network of its own$/,
      'warn',
    );
  });

  it('those that do not run are told apart from the others, and nothing else is said', () => {
    new History()
      .feed(
        connected(),
        listed(
          gatewayFacts(),
          onGateway('b', { runState: 'exited' }),
          onGateway('app'),
          onGateway('a', { runState: 'created' }),
        ),
      )
      .expectLines(
        'Monitoring container: gluetun',
        'Dependent containers (auto-discovery): a,app,b',
        'Not running, and left alone: a, b',
      );
  });

  it('one whose re-creation is not over is not said to be left alone', () => {
    const id = idOf('app before');
    const parked = facts(`app.orphan-of-gluetun-${id.slice(0, 12)}`, { id, on: 'gone', runState: 'exited' });
    new History()
      .feed(connected(), listed(gatewayFacts(), onGateway('app', { runState: 'created' }), parked))
      .expectNoLine(/left alone/);
  });

  it('nothing more is said where all that are listed are there', () => {
    const history = new History({ settings: { dependents: ['app'] } });
    expect(history.feed(connected(), listed(gatewayFacts(), onGateway('app'))).said).toStrictEqual([
      'Monitoring container: gluetun',
      'Dependent containers (configured): app',
    ]);
  });

  it('several that are missing are said in one line', () => {
    atFirstSight([], { dependents: ['gone', 'lost'] }).expectLine(
      /^Listed in DEPENDENT_CONTAINERS but not found: gone, lost; going on without$/,
    );
  });

  it('is put off until the gateway is there', () => {
    new History()
      .feed(connected(), listed(onGateway('app')))
      .expectNoLine(/Dependent/)
      .feed(created('gluetun'), inspected(gatewayFacts()))
      .expectLine(/^Dependent containers \(auto-discovery\): app$/);
  });
});

describe('what becomes of them', () => {
  const app2 = onGateway('app2', { startedAt: 9_999_999 });

  it.each<{ given: string; event: Steps; then: string[] }>([
    {
      given: 'added',
      event: [created('app2'), inspected(app2)],
      then: ['Dependent container added: app2'],
    },
    { given: 'removed', event: [destroyed('app')], then: ['Dependent container removed: app'] },
    { given: 'renamed', event: [renamed('app', 'web')], then: ['Dependent container renamed: app to web'] },
    {
      given: 'stopped and started',
      event: [stoppedByHand('app'), seconds(20), started('app')],
      then: ['Dependent container stopped: app', 'Dependent container started: app'],
    },
    {
      given: 'paused and resumed',
      event: [paused('app'), unpaused('app')],
      then: ['Dependent container paused: app', 'Dependent container resumed: app'],
    },
    { given: 'out of memory', event: [outOfMemory('app')], then: ['Dependent container out of memory: app'] },
    {
      given: 'seen by a listing only',
      event: [seconds(9), listedAgain(app2)],
      then: ['Dependent container added: app2'],
    },
    { given: 'not its own', event: [stoppedByHand('db'), started('db'), destroyed('db')], then: [] },
    {
      given: 'a start that an inspection has shown already',
      event: [inspectedAs('app', { startedAt: 9_999_000 }), started('app', { engineTimeMs: 9_999_001 })],
      then: ['Dependent container started: app'],
    },
  ])('is said: $given', ({ event, then }) => {
    settled([onGateway('app'), facts('db')])
      .feed(...event)
      .expectLines(...then);
  });

  it('is not brought back by a listing from before it was removed', () => {
    const history = settled([onGateway('app')]);
    const before = listedAgain()(history.state, history.now)[0];
    history.feed(seconds(1), destroyed('app'));
    if (before?.type === 'containersListed') history.reduce({ ...before, at: history.now });
    history.expectLines('Dependent container removed: app');
    expect(dependentsOf(history.state)).toEqual([]);
  });

  it('is not repaired when its operator started it, for it is fresh', () => {
    settled([onGateway('app')])
      .feed(stoppedByHand('app'), seconds(5), started('app'), inspectedAs('app'), minutes(2))
      .expectNoAct();
  });

  it('shows the right set through a replacement by compose', () => {
    const labels = compose('app');
    const next = onGateway('0123456789ab_app', {
      id: 'e'.repeat(64),
      labels,
      runState: 'created',
      startedAt: 'never',
    });
    const history = settled([onGateway('app', { labels })]).feed(
      created('0123456789ab_app', { id: next.id }),
      inspected(next),
      stoppedByHand('app'),
      destroyed('app'),
    );
    history.reduce({
      type: 'containerRenamed',
      at: history.now,
      id: next.id,
      name: 'app',
      oldName: next.name,
      labels: {},
      engineTimeMs: history.now,
    });
    history.feed(seconds(1), started('app', { id: next.id }));
    history.expectLines(
      'Dependent container stopped: app',
      'Dependent container removed: app',
      'Dependent container added: app',
      'Dependent container started: app',
    );
  });

  it('is followed where the gateway itself is replaced under its name', () => {
    const again = gatewayFacts({ id: 'f'.repeat(64), startedAt: 10_000_000 });
    const history = settled([onGateway('app', { ref: 'gluetun' })]).feed(
      destroyed('gluetun'),
      created('gluetun', { id: again.id }),
      inspected(again),
    );
    expect(dependentsOf(history.state).map(({ name }) => name)).toEqual(['app']);
    history.expectNoLine(/Dependent container (added|removed)/);
  });

  it('is not said a second time by what our own command does', () => {
    new History()
      .feed(
        connected(),
        listed(gatewayFacts({ startedAt: 5_000 }), onGateway('app')),
        endpointRead('203.0.113.1'),
      )
      .feed(checkPassed())
      .feed(restartMessages('gluetun'))
      .expectNoLine(/Dependent container (started|stopped)/);
  });
});

const REMEDY = 'With compose: docker compose up -d --force-recreate, and the services’ names';
const former = idOf('gluetun before');

const saidOfThem = (containers: readonly ContainerFacts[], setting: Setting = {}): readonly string[] =>
  new History(setting)
    .feed(connected(), listed(gatewayFacts({ startedAt: 5_000 }), ...containers), seconds(1), listedAgain())
    .said.filter((line) => /^Dependent containers (cut|joined|not)|by hand|left alone/.test(line));

describe('those that have lost their network', () => {
  const memory = { ...NOTHING_PERSISTED, gateways: { gluetun: [former] } };
  const stale = onGateway('stale', { startedAt: 2_000 });
  const orphan = (name: string): ContainerFacts => facts(name, { ref: former, startedAt: 2_000 });
  const late = onGateway('late', { runState: 'exited', error: JOIN_ERROR });

  it.each<{ given: string; exist: ContainerFacts[]; autoRecreate?: boolean; then: string[] }>([
    {
      given: 'several of a kind, in one line',
      exist: [stale, onGateway('web', { startedAt: 3_000 })],
      then: ['Dependent containers cut off from its network: stale, web'],
    },
    {
      given: 'of each kind, in a line for each',
      exist: [stale, orphan('app'), late],
      then: [
        'Dependent containers cut off from its network: stale',
        'Dependent containers joined to a container that no longer exists: app',
        'Dependent containers not started, because their gateway was not there: late',
      ],
    },
    {
      given: 'who must be created anew, and by whom',
      exist: [stale, orphan('app'), orphan('web')],
      autoRecreate: false,
      then: [
        'Dependent containers cut off from its network: stale',
        'Dependent containers joined to a container that no longer exists: app, web',
        `AUTO_RECREATE is off: app, web must be re-created by hand. ${REMEDY}`,
      ],
    },
    {
      given: 'nobody who must be created anew, where a restart helps',
      exist: [stale],
      autoRecreate: false,
      then: ['Dependent containers cut off from its network: stale'],
    },
  ])('are named once: $given', ({ exist, autoRecreate = true, then }) => {
    expect(saidOfThem(exist, { memory, settings: { autoRecreate } })).toEqual(then);
  });

  it('are no news while they are being restarted: what comes of it tells the act', () => {
    new History()
      .feed(connected(), listed(gatewayFacts({ startedAt: 5_000 }), stale))
      .expectActs('repairDependents')
      .feed(restartBegun('stale'), inspectedAs('stale', { runState: 'exited', error: JOIN_ERROR }))
      .expectNoLine(/not started/);
  });
});

describe('those whose network may have been the gateway’s', () => {
  const old = facts('gluetun-old', { id: former });
  const memory = { ...NOTHING_PERSISTED, gateways: { gluetun: [idOf('gluetun'), former] } };

  it('are told once, with what to do: of whom nobody knows, and of whom it is known', () => {
    const exist = [
      old,
      facts('app', { ref: former }),
      facts('lost', { on: 'gone' }),
      facts('web', { on: 'gone, too' }),
    ];
    const { said } = new History({ memory }).feed(connected(), listed(gatewayFacts(), ...exist));
    expect(said).not.toContain(undefined);
    expect(saidOfThem(exist, { memory })).toEqual([
      `Joined to a container that no longer exists, and nothing tells whether that was gluetun: lost, web; left alone. ${REMEDY}`,
      `app is joined to gluetun-old, which was gluetun before; left alone. ${REMEDY}`,
    ]);
  });

  it('are not spoken of where each is known to belong elsewhere', () => {
    expect(saidOfThem([facts('db'), facts('app', { on: 'db' })], { memory })).toEqual([]);
  });
});

describe('a dependent that ends while nobody is told of it', () => {
  const exited = onGateway('app', { runState: 'exited', exitCode: 1 });

  it('is told by the listing to have stopped, for it may stay so', () => {
    const history = settled([onGateway('app')])
      .forget()
      .feed(seconds(50), listedAgain(exited));
    history.expectLines('Dependent container stopped: app').feed(minutes(2), listedAgain());
    history.expectLine(/^Dependent container stopped: app$/);
  });

  it('is told once where its message comes, too', () => {
    const history = settled([onGateway('app')])
      .forget()
      .feed(died('app', 1), inspected(exited));
    history.feed(seconds(50), listedAgain(exited)).expectLines('Dependent container stopped: app');
  });

  it('is told to be cut off, not stopped, where it is to be put back', () => {
    const failed = onGateway('app', { runState: 'exited', error: JOIN_ERROR });
    settled([onGateway('app')])
      .forget()
      .feed(listedAgain(failed))
      .expectNoLine(/^Dependent container stopped/)
      .expectLine(/^Dependent containers not started, because their gateway was not there: app$/);
  });

  it('is told nothing of where it was only just created', () => {
    const one = onGateway('new', { runState: 'created', startedAt: 'never' });
    const history = settled().forget().feed(created('new'), inspected(one), listedAgain());
    history.expectLines('Dependent container added: new');
  });
});
