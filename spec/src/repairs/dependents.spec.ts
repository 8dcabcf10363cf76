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

describe('the list of dependents', () => {
  it.each<{ given: string; exist: ContainerFacts[]; settings?: Partial<Settings>; then: string[] }>([
    { given: "includes a container joined by the gateway's ID", exist: [onGateway('app')], then: ['app'] },
    {
      given: 'includes a container joined by the first twelve digits of the ID',
      exist: [facts('app', { ref: idOf('gluetun').slice(0, 12) })],
      then: ['app'],
    },
    {
      given: 'excludes a container joined by fewer than twelve digits of the ID',
      exist: [facts('app', { ref: idOf('gluetun').slice(0, 11) })],
      then: [],
    },
    {
      given: "includes a container joined by the gateway's name",
      exist: [facts('app', { ref: 'gluetun' })],
      then: ['app'],
    },
    {
      given: 'includes a container joined through another dependent',
      exist: [facts('far', { on: 'app' }), onGateway('app')],
      then: ['app', 'far'],
    },
    {
      given: 'includes a container joined through a monitor, but not the monitor',
      exist: [onGateway('monitor', { labels: MONITOR }), facts('far', { on: 'monitor' })],
      then: ['far'],
    },
    { given: 'excludes a container with an empty reference', exist: [facts('app', { ref: '' })], then: [] },
    {
      given: "excludes a container on another gateway's network",
      exist: [facts('app', { on: 'gluetun2' }), facts('gluetun2')],
      then: [],
    },
    {
      given: 'excludes a container joined to the ID of an unknown container',
      exist: [facts('app', { on: 'gone' })],
      then: [],
    },
    { given: 'excludes a container with a network of its own', exist: [facts('db')], then: [] },
    { given: 'excludes a container joined to itself', exist: [facts('app', { on: 'app' })], then: [] },
    {
      given: 'excludes containers joined to each other in a circle',
      exist: [facts('one', { on: 'two' }), facts('two', { on: 'one' })],
      then: [],
    },
    {
      given: 'includes containers that do not run',
      exist: [onGateway('app', { runState: 'exited' }), onGateway('new', { runState: 'created' })],
      then: ['app', 'new'],
    },
    { given: 'is sorted by name', exist: [onGateway('b'), onGateway('a')], then: ['a', 'b'] },
    {
      given: 'excludes what EXCLUDE_CONTAINERS names',
      exist: [onGateway('app'), onGateway('db')],
      settings: { exclude: ['app'] },
      then: ['db'],
    },
    { given: 'excludes a monitor', exist: [onGateway('app', { labels: MONITOR })], then: [] },
    { given: 'excludes a one-off container', exist: [onGateway('app', { labels: ONE_OFF })], then: [] },
    {
      given: "excludes a container that has compose's interim name and is less than a minute old",
      exist: [onGateway('0123456789ab_app', { createdAt: 9_950_000 })],
      then: [],
    },
    {
      given: 'includes a container that compose has left under its interim name',
      exist: [onGateway('0123456789ab_app')],
      then: ['0123456789ab_app'],
    },
    {
      given: 'excludes a container with an interim name if the container of that name exists, too',
      exist: [onGateway('0123456789ab_app'), onGateway('app')],
      then: ['app'],
    },
    {
      given: 'excludes what EXCLUDE_CONTAINERS names by service, ID or in another case',
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
      given: 'excludes an excluded container that compose has left under its interim name',
      exist: [onGateway('0123456789ab_app')],
      settings: { exclude: ['app'] },
      then: [],
    },
    ...['true', 'TRUE', '1', 'yes', ''].map((value) => ({
      given: `excludes a container whose exclude label is "${value}"`,
      exist: [onGateway('app', { labels: { 'org.gluetun-monitor.exclude': value } })],
      then: [],
    })),
    {
      given: 'includes a container whose exclude label is "false"',
      exist: [onGateway('app', { labels: { 'org.gluetun-monitor.exclude': 'false' } })],
      then: ['app'],
    },
    {
      given: 'includes only the configured ones, by service, by ID and in any case',
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
      given: 'prefers a match by name to one by service',
      exist: [onGateway('app'), onGateway('media-app-1', { labels: compose('app') })],
      settings: { dependents: ['app'] },
      then: ['app'],
    },
    {
      given: 'excludes both containers that a configured entry fits',
      exist: [
        onGateway('media-app-1', { labels: compose('app') }),
        onGateway('media-app-2', { labels: compose('app') }),
      ],
      settings: { dependents: ['app'] },
      then: [],
    },
    {
      given: "excludes another stack's container of that service if the one of that name is excluded",
      exist: [
        onGateway('app', { labels: { 'org.gluetun-monitor.exclude': 'true' } }),
        facts('us-app-1', { labels: compose('app') }),
      ],
      settings: { dependents: ['app'] },
      then: [],
    },
    {
      given: "excludes another stack's container of that service if the one of that name is gone",
      exist: [facts('us-app-1', { labels: { ...compose('app'), 'com.docker.compose.project': 'us' } })],
      settings: { dependents: ['app'] },
      then: [],
    },
    {
      given: 'includes one of two containers that an entry fits if the other is excluded',
      exist: [
        onGateway('media-app-1', { labels: compose('app') }),
        onGateway('media-app-2', { labels: compose('app') }),
      ],
      settings: { dependents: ['app'], exclude: ['media-app-2'] },
      then: ['media-app-1'],
    },
    {
      given: "includes only the configured ones, even outside the gateway's network",
      exist: [onGateway('app'), onGateway('other'), facts('db')],
      settings: { dependents: ['app', 'db'] },
      then: ['app', 'db'],
    },
    {
      given: 'excludes an excluded container even if it is configured',
      exist: [onGateway('app')],
      settings: { dependents: ['app'], exclude: ['app'] },
      then: [],
    },
    {
      given: 'excludes the gateway even if it is configured',
      exist: [],
      settings: { dependents: ['gluetun'] },
      then: [],
    },
  ])('$given', ({ exist, settings, then }) => {
    expect(namesOf(exist, settings)).toEqual(then);
  });

  it('stops climbing the chain of owners at a circle', () => {
    const one = facts('one', { on: 'two' });
    const two = facts('two', { on: 'one' });
    expect(ownersOf(one, knowing({ [one.id]: one, [two.id]: two })).map(({ name }) => name)).toEqual(['two']);
  });

  it('excludes monitors, as the suggestions for a missing gateway do', () => {
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

describe('the first look at the dependents', () => {
  const atFirstSight = (containers: readonly ContainerFacts[], settings: Partial<Settings> = {}) =>
    new History({ settings }).feed(
      connected(),
      listed(gatewayFacts(), ...containers),
      minutes(1),
      listedAgain(),
    );

  it('names all of them', () => {
    atFirstSight([onGateway('b'), onGateway('a')]).expectLine(
      /^Dependent containers \(auto-discovery\): a,b$/,
    );
  });

  it('says so if there are none', () => {
    atFirstSight([]).expectLine(/^Dependent containers \(auto-discovery\): none$/);
  });

  it('reports a configured dependent that is missing, once', () => {
    atFirstSight([onGateway('app')], { dependents: ['app', 'gone', 'skip'], exclude: ['skip'] })
      .expectLine(/^Dependent containers \(configured\): app$/)
      .expectLine(/^Listed in DEPENDENT_CONTAINERS but not found: gone; going on without$/, 'warn');
  });

  it('suggests the nearest names for the configured dependents that are missing', () => {
    atFirstSight([onGateway('media-jackett-1'), onGateway('sonarr')], {
      dependents: ['jacket', 'sonar', 'other'],
    }).expectLine(
      /^Listed in DEPENDENT_CONTAINERS but not found: jacket \(nearest: media-jackett-1\), sonar \(nearest: sonarr\), other; going on without$/,
      'warn',
    );
  });

  it('reports a configured entry that fits several containers, once', () => {
    const two = ['media-app-2', 'media-app-1'].map((name) => onGateway(name, { labels: compose('app') }));
    atFirstSight(two, { dependents: ['app'] })
      .expectLine(
        /^DEPENDENT_CONTAINERS: app could be any of media-app-1, media-app-2; none of them is touched: name one$/,
        'warn',
      )
      .expectNoLine(/not found/);
  });

  it('reports a configured dependent that is excluded by another name or by its label', () => {
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

  it("reports a monitor on the gateway's network, once", () => {
    atFirstSight([onGateway('watch', { labels: MONITOR })]).expectLine(
      /^watch, a monitor, is on the network of gluetun and goes down with it: give it a network of its own$/,
      'warn',
    );
  });

  it('names those that do not run in a line of their own', () => {
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

  it('does not list a half re-created dependent as left alone', () => {
    const id = idOf('app before');
    const parked = facts(`app.orphan-of-gluetun-${id.slice(0, 12)}`, { id, on: 'gone', runState: 'exited' });
    new History()
      .feed(connected(), listed(gatewayFacts(), onGateway('app', { runState: 'created' }), parked))
      .expectNoLine(/left alone/);
  });

  it('reports nothing else if all configured dependents are there', () => {
    const history = new History({ settings: { dependents: ['app'] } });
    expect(history.feed(connected(), listed(gatewayFacts(), onGateway('app'))).said).toStrictEqual([
      'Monitoring container: gluetun',
      'Dependent containers (configured): app',
    ]);
  });

  it('reports several missing dependents in one line', () => {
    atFirstSight([], { dependents: ['gone', 'lost'] }).expectLine(
      /^Listed in DEPENDENT_CONTAINERS but not found: gone, lost; going on without$/,
    );
  });

  it('waits until there is a gateway', () => {
    new History()
      .feed(connected(), listed(onGateway('app')))
      .expectNoLine(/Dependent/)
      .feed(created('gluetun'), inspected(gatewayFacts()))
      .expectLine(/^Dependent containers \(auto-discovery\): app$/);
  });
});

describe('the log of the dependents', () => {
  const app2 = onGateway('app2', { startedAt: 9_999_999 });

  it.each<{ given: string; event: Steps; then: string[] }>([
    {
      given: 'one that was added',
      event: [created('app2'), inspected(app2)],
      then: ['Dependent container added: app2'],
    },
    { given: 'one that was removed', event: [destroyed('app')], then: ['Dependent container removed: app'] },
    {
      given: 'one that was renamed',
      event: [renamed('app', 'web')],
      then: ['Dependent container renamed: app to web'],
    },
    {
      given: 'one that was stopped and started',
      event: [stoppedByHand('app'), seconds(20), started('app')],
      then: ['Dependent container stopped: app', 'Dependent container started: app'],
    },
    {
      given: 'one that was paused and resumed',
      event: [paused('app'), unpaused('app')],
      then: ['Dependent container paused: app', 'Dependent container resumed: app'],
    },
    {
      given: 'one that ran out of memory',
      event: [outOfMemory('app')],
      then: ['Dependent container out of memory: app'],
    },
    {
      given: 'one that only a listing has shown',
      event: [seconds(9), listedAgain(app2)],
      then: ['Dependent container added: app2'],
    },
    {
      given: 'a container that is no dependent (none)',
      event: [stoppedByHand('db'), started('db'), destroyed('db')],
      then: [],
    },
    {
      given: 'a start that an inspection has already shown',
      event: [inspectedAs('app', { startedAt: 9_999_000 }), started('app', { engineTimeMs: 9_999_001 })],
      then: ['Dependent container started: app'],
    },
  ])('has the right lines for $given', ({ event, then }) => {
    settled([onGateway('app'), facts('db')])
      .feed(...event)
      .expectLines(...then);
  });

  it('ignores a listing requested before a dependent was removed', () => {
    const history = settled([onGateway('app')]);
    const before = listedAgain()(history.state, history.now)[0];
    history.feed(seconds(1), destroyed('app'));
    if (before?.type === 'containersListed') history.reduce({ ...before, at: history.now });
    history.expectLines('Dependent container removed: app');
    expect(dependentsOf(history.state)).toEqual([]);
  });

  it('is not followed by a repair if the dependent was started by hand', () => {
    settled([onGateway('app')])
      .feed(stoppedByHand('app'), seconds(5), started('app'), inspectedAs('app'), minutes(2))
      .expectNoAct();
  });

  it('has the right lines for a replacement by compose', () => {
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

  it('keeps quiet about a dependent joined by name when the gateway is replaced', () => {
    const again = gatewayFacts({ id: 'f'.repeat(64), startedAt: 10_000_000 });
    const history = settled([onGateway('app', { ref: 'gluetun' })]).feed(
      destroyed('gluetun'),
      created('gluetun', { id: again.id }),
      inspected(again),
    );
    expect(dependentsOf(history.state).map(({ name }) => name)).toEqual(['app']);
    history.expectNoLine(/Dependent container (added|removed)/);
  });

  it('has no extra lines for what our own act does', () => {
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

describe('dependents that have lost their network', () => {
  const memory = { ...NOTHING_PERSISTED, gateways: { gluetun: [former] } };
  const stale = onGateway('stale', { startedAt: 2_000 });
  const orphan = (name: string): ContainerFacts => facts(name, { ref: former, startedAt: 2_000 });
  const late = onGateway('late', { runState: 'exited', error: JOIN_ERROR });

  it.each<{ given: string; exist: ContainerFacts[]; autoRecreate?: boolean; then: string[] }>([
    {
      given: 'several of a kind in one line',
      exist: [stale, onGateway('web', { startedAt: 3_000 })],
      then: ['Dependent containers cut off from its network: stale, web'],
    },
    {
      given: 'several kinds in one line each',
      exist: [stale, orphan('app'), late],
      then: [
        'Dependent containers cut off from its network: stale',
        'Dependent containers joined to a container that no longer exists: app',
        'Dependent containers not started, because their gateway was not there: late',
      ],
    },
    {
      given: 'those to be re-created by hand, with the command for it',
      exist: [stale, orphan('app'), orphan('web')],
      autoRecreate: false,
      then: [
        'Dependent containers cut off from its network: stale',
        'Dependent containers joined to a container that no longer exists: app, web',
        `AUTO_RECREATE is off: app, web must be re-created by hand. ${REMEDY}`,
      ],
    },
    {
      given: 'only as cut off if a restart is enough',
      exist: [stale],
      autoRecreate: false,
      then: ['Dependent containers cut off from its network: stale'],
    },
  ])('are named once: $given', ({ exist, autoRecreate = true, then }) => {
    expect(saidOfThem(exist, { memory, settings: { autoRecreate } })).toEqual(then);
  });

  it('are not reported again during their restart', () => {
    new History()
      .feed(connected(), listed(gatewayFacts({ startedAt: 5_000 }), stale))
      .expectActs('repairDependents')
      .feed(restartBegun('stale'), inspectedAs('stale', { runState: 'exited', error: JOIN_ERROR }))
      .expectNoLine(/not started/);
  });
});

describe('orphans of an unknown gateway', () => {
  const old = facts('gluetun-old', { id: former });
  const memory = { ...NOTHING_PERSISTED, gateways: { gluetun: [idOf('gluetun'), former] } };

  it('are reported once with the remedy, separately if the gateway is known by another name', () => {
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

  it('are not reported if all containers belong elsewhere', () => {
    expect(saidOfThem([facts('db'), facts('app', { on: 'db' })], { memory })).toEqual([]);
  });
});

describe('a dependent that ends without an event', () => {
  const exited = onGateway('app', { runState: 'exited', exitCode: 1 });

  it('is logged as stopped when the listing shows it', () => {
    const history = settled([onGateway('app')])
      .forget()
      .feed(seconds(50), listedAgain(exited));
    history.expectLines('Dependent container stopped: app').feed(minutes(2), listedAgain());
    history.expectLine(/^Dependent container stopped: app$/);
  });

  it('is logged as stopped once if the event has arrived, too', () => {
    const history = settled([onGateway('app')])
      .forget()
      .feed(died('app', 1), inspected(exited));
    history.feed(seconds(50), listedAgain(exited)).expectLines('Dependent container stopped: app');
  });

  it('is logged as not started, instead of stopped, if it will be repaired', () => {
    const failed = onGateway('app', { runState: 'exited', error: JOIN_ERROR });
    settled([onGateway('app')])
      .forget()
      .feed(listedAgain(failed))
      .expectNoLine(/^Dependent container stopped/)
      .expectLine(/^Dependent containers not started, because their gateway was not there: app$/);
  });

  it('is not logged as stopped if it was only just created', () => {
    const one = onGateway('new', { runState: 'created', startedAt: 'never' });
    const history = settled().forget().feed(created('new'), inspected(one), listedAgain());
    history.expectLines('Dependent container added: new');
  });
});
