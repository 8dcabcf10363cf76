import { NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import type { ContainerFacts, Event } from '../../../streams/events.ts';
import {
  JOIN_ERROR,
  compose,
  connected,
  created,
  destroyed,
  died,
  disconnected,
  facts,
  gatewayFacts,
  idOf,
  inspected,
  inspectedAs,
  killed,
  listed,
  listedAgain,
  minutes,
  onGateway,
  paused,
  renamed,
  failed,
  restartBegun,
  restartFailed,
  restartMessages,
  seconds,
  started,
  stoppedByHand,
  succeeded,
  turned,
  unpaused,
  waveSucceeded,
} from '../builders.ts';
import { History, type Setting, type Steps, settled } from '../history.ts';

const app = onGateway('app');
const anew = gatewayFacts({ id: idOf('gluetun anew'), health: 'starting' });
const restartedByHand: Steps = [
  ...restartMessages('gluetun'),
  inspectedAs('gluetun', { health: 'starting' }),
];
const healthy = turned('gluetun', 'healthy');
const createdAnew = (labels = {}): Steps => [
  destroyed('gluetun'),
  created('gluetun', { id: anew.id }),
  inspected({ ...anew, labels, runState: 'created' }),
  started('gluetun', { id: anew.id }),
  inspectedAs('gluetun', { health: 'starting', labels }),
];
const healthyAnew = turned('gluetun', 'healthy', { id: anew.id });

const repaired = ({ acts }: History): readonly string[] =>
  acts.flatMap((act) =>
    act.kind === 'repairDependents' ? act.dependents.map(({ name, how }) => `${how} ${name}`) : [],
  );

describe('after a restart of the gateway by somebody else', () => {
  it('its dependents are restarted as soon as it is ready, not before', () => {
    const history = settled([app]).feed(...restartedByHand, seconds(4));
    history.expectNoAct().expectLine(/^Dependent containers cut off from its network: app$/);
    history.feed(healthy);
    expect(repaired(history)).toEqual(['restart app']);
    history.feed(waveSucceeded()).expectLine(/^All dependent containers are on the network of gluetun$/);
  });

  it('only the dependents that need it are restarted', () => {
    const containers = [
      app,
      onGateway('stopped', { runState: 'exited' }),
      onGateway('late', { runState: 'exited', error: JOIN_ERROR }),
      onGateway('never', { runState: 'created', startedAt: 'never' }),
      facts('apart'),
    ];
    const history = settled(containers.filter(({ name }) => name !== 'late')).feed(
      ...restartedByHand,
      listedAgain(...containers.filter(({ name }) => name === 'late')),
      healthy,
    );
    expect(repaired(history)).toEqual(['restart app', 'restart late']);
  });

  it('a dependent is restarted if it was stopped by hand and has since failed to join', () => {
    const history = settled([app]).feed(stoppedByHand('app'), seconds(11), ...restartedByHand);
    history.feed(inspectedAs('app', { runState: 'exited', startedAt: 2_000, error: JOIN_ERROR }), healthy);
    expect(repaired(history)).toEqual(['restart app']);
  });

  it('a dependent is left alone if it was stopped by hand', () => {
    const history = settled([app]).feed(stoppedByHand('app'), ...restartedByHand, seconds(20), healthy);
    history.feed(minutes(5)).expectNoAct();
  });

  it('a paused dependent is restarted when it is resumed', () => {
    const history = settled([app])
      .feed(paused('app'), ...restartedByHand, healthy)
      .expectNoAct();
    history.feed(minutes(1), unpaused('app'));
    expect(repaired(history)).toEqual(['restart app']);
  });

  it('a dependent whose restart fails is restarted again with increasing delay, with one line', () => {
    const history = settled([app]).feed(...restartedByHand, healthy, restartFailed('app'), succeeded());
    history.feed(seconds(6), restartFailed('app'), succeeded(), seconds(6));
    expect(repaired(history)).toHaveLength(2);
    history.expectLine(/^Restarting app failed: .*; trying again in 5s$/, 'error');
    history.feed(seconds(5));
    expect(repaired(history)).toHaveLength(3);
  });

  it('a dependent that our own restart has left stopped is restarted again, without an all-clear before', () => {
    const history = settled([app]).feed(...restartedByHand, healthy);
    history
      .feed(restartBegun('app'), killed('app'), died('app'))
      .feed(
        inspectedAs('app', { runState: 'exited', error: 'device or resource busy' }),
        restartFailed('app'),
        succeeded(),
        seconds(6),
      );
    expect(repaired(history)).toEqual(['restart app', 'restart app']);
    history.expectNoLine(/^All dependent|needs no restart/);
  });

  it('no dependent is restarted while the engine is away', () => {
    const history = settled([app]).feed(...restartedByHand, disconnected(), healthy, minutes(1));
    history.expectNoAct().feed(connected(), listedAgain());
    expect(repaired(history)).toEqual(['restart app']);
  });
});

describe('a monitor that starts after a restart of the gateway', () => {
  const began = (...containers: readonly ContainerFacts[]): History =>
    new History().feed(connected(), listed(gatewayFacts({ startedAt: 5_000 }), ...containers));

  it('restarts stale dependents at once', () => {
    const history = began(onGateway('app'));
    expect(repaired(history)).toEqual(['restart app']);
    history.expectLine(/^Dependent containers cut off from its network: app$/);
  });

  it('names the dependents that do not run and leaves them alone', () => {
    began(onGateway('off', { runState: 'exited' }))
      .expectLine(/^Not running, and left alone: off$/)
      .expectNoAct();
  });
});

describe('after the gateway was re-created', () => {
  it('its orphans are re-created five quiet seconds after it is ready', () => {
    const history = settled([app]).feed(...createdAnew(), seconds(5), healthyAnew);
    history.expectLine(/^Dependent containers joined to a container that no longer exists: app$/);
    history.feed(seconds(4)).expectNoAct().feed(seconds(2));
    history.expectActs({
      kind: 'repairDependents',
      dependents: [
        expect.objectContaining({ how: 'recreate', owner: { id: anew.id, name: 'gluetun' } }),
      ] as never,
    });
  });

  it('the orphans wait while compose is at work in its project, but for no more than a minute', () => {
    const labels = compose('gluetun');
    const busy = (name: string): Steps => [created(name, { labels: compose('db') }), seconds(4)];
    const history = settled([app], { gateway: gatewayFacts({ labels }) });
    history.feed(...createdAnew(labels), seconds(1), healthyAnew);
    history.feed(...Array.from({ length: 13 }, (_, turn) => busy(`db${String(turn)}`)).flat());
    history.expectNoAct().feed(...Array.from({ length: 3 }, () => busy('db')).flat());
    expect(repaired(history)).toEqual(['recreate app']);
  });

  it('the orphans do not wait for another project', () => {
    const labels = compose('gluetun');
    const other = { 'com.docker.compose.project': 'other' };
    const history = settled([app], { gateway: gatewayFacts({ labels }) });
    history.feed(...createdAnew(labels), seconds(1), healthyAnew, seconds(4));
    history.feed(created('x', { labels: other }), seconds(2));
    expect(repaired(history)).toEqual(['recreate app']);
  });

  it('the orphans are reported with the remedy if AUTO_RECREATE is off', () => {
    const history = settled([app], { settings: { autoRecreate: false } });
    history.feed(...createdAnew(), healthyAnew, minutes(5)).expectNoAct();
    history.expectLine(/^AUTO_RECREATE is off: app must be re-created by hand\..*--force-recreate/, 'warn');
  });

  it('the orphans are recognised by the gateway IDs that an earlier monitor has persisted', () => {
    const memory = { ...NOTHING_PERSISTED, gateways: { gluetun: [idOf('gluetun')] } };
    const history = began([anew, app], { memory });
    expect(repaired(history)).toEqual(['recreate app']);
  });

  it('an orphan of an unknown gateway is reported and left alone', () => {
    const history = began([anew, app]);
    history.feed(minutes(5)).expectNoAct();
    history.expectLine(/nothing tells whether that was gluetun: app; left alone\./, 'warn');
  });

  it('a dependent joined by name is restarted', () => {
    const byName = facts('app', { ref: 'gluetun', startedAt: 2_000 });
    const history = settled([byName]).feed(...createdAnew(), healthyAnew, seconds(6));
    expect(repaired(history)).toEqual(['restart app']);
  });

  it("a dependent on an orphan's network is re-created after the orphan", () => {
    const far = facts('far', { on: 'app', startedAt: 3_000 });
    const history = settled([app, far]).feed(...createdAnew(), healthyAnew, seconds(6));
    expect(repaired(history)).toEqual(['recreate app']);
    const twin = facts('app', { id: idOf('app anew'), ref: anew.id, startedAt: history.now });
    history.feed(
      renamed('app', `app.orphan-of-gluetun-${app.id.slice(0, 12)}`),
      created('app', { id: twin.id }),
      inspected(twin),
      destroyed('app'),
      recreated(twin),
      succeeded(),
      seconds(1),
    );
    expect(repaired(history)).toEqual(['recreate app', 'recreate far']);
    history.expectNoLine(/Dependent container (added|removed)/);
  });
});

/** It was re-created: the container with its name has another ID. */
const recreated =
  (twin: ContainerFacts) =>
  (_: unknown, at: number): readonly Event[] => [
    {
      type: 'dependentRepairEnded',
      at,
      id: idOf('app'),
      name: 'app',
      how: 'recreate',
      outcome: { ok: true },
      facts: twin,
    },
  ];

const began = (containers: readonly ContainerFacts[], setting: Setting = {}): History =>
  new History(setting).feed(connected(), listed(...containers.map(turnedHealthy)));

const turnedHealthy = (one: ContainerFacts): ContainerFacts =>
  one.id === anew.id ? gatewayFacts({ id: anew.id }) : one;

describe('a container that an earlier monitor left parked', () => {
  const parked = facts('app', { ref: idOf('former'), runState: 'exited' });
  const name = `app.orphan-of-gluetun-${parked.id.slice(0, 12)}`;

  it('is finished, and is no dependent under its parked name', () => {
    const history = began([gatewayFacts(), { ...parked, name }]);
    expect(repaired(history)).toEqual(['resume app']);
    history.expectNoLine(new RegExp(name)).expectLine(/^Dependent containers \(auto-discovery\): none$/);
  });

  it('is finished even if another container has its name by now', () => {
    const twin = facts('app', { id: idOf('twin'), on: 'gluetun', startedAt: 2_000 });
    const history = began([gatewayFacts({ startedAt: 5_000 }), { ...parked, name }, twin]);
    expect(repaired(history)).toEqual(['resume app']);
  });

  it('is finished before every other repair, which it does not delay if it fails', () => {
    const other = facts('other', { on: 'gluetun', startedAt: 2_000 });
    const history = began([gatewayFacts({ startedAt: 5_000 }), { ...parked, name }, other]);
    expect(repaired(history)).toEqual(['resume app']);
    history.feed(restartBegun('app', 'resume'), failed());
    expect(repaired(history)).toEqual(['resume app', 'restart other']);
  });

  it('is left to the monitor of its own gateway', () => {
    const other = { ...parked, name: name.replace('gluetun', 'gluetun-us') };
    began([gatewayFacts(), other]).feed(minutes(2)).expectNoAct();
  });

  it('waits until the gateway is ready', () => {
    const history = new History().feed(
      connected(),
      listed(gatewayFacts({ health: 'starting' }), { ...parked, name }),
    );
    history.feed(seconds(1)).expectNoAct().feed(healthy);
    expect(repaired(history)).toEqual(['resume app']);
  });

  it('is left alone once it has its own name back', () => {
    const history = began([gatewayFacts(), { ...parked, name }]);
    history.feed(renamed(name, 'app', { id: parked.id }), restartBegun('app', 'resume'));
    history.feed(inspectedAs('app', { runState: 'exited' }), restartFailed('app', { isSkipped: true }));
    history.feed(succeeded(), minutes(1));
    expect(repaired(history)).toEqual(['resume app']);
  });
});

describe('a dependent that has ended by itself', () => {
  it('is not started again when its gateway is restarted', () => {
    const history = settled([app]).feed(died('app', 0), seconds(11));
    history.feed(...restartedByHand, healthy, minutes(1)).expectNoAct();
  });
});
