import { parkedName } from '../../../src/model/parked.ts';
import type { ContainerFacts } from '../../../streams/events.ts';
import {
  type Happening,
  type Shape,
  connected,
  died,
  facts,
  gatewayFacts,
  happens,
  idOf,
  inspected,
  inspectedAs,
  listed,
  onGateway,
  restartBegun,
  restartEnded,
  restartFailed,
  seconds,
  started,
  succeeded,
  skipped,
  waveUnderWay,
} from '../builders.ts';
import { History, type Setting, type Steps } from '../history.ts';

const app = onGateway('app');

/** A monitor finds these at its start, cut off: their wave is under way. */
const found = (containers: readonly ContainerFacts[], setting: Setting = {}): History =>
  new History(setting).feed(connected(), listed(gatewayFacts({ startedAt: 5_000 }), ...containers)).forget();

const waves = ({ acts }: History): readonly (readonly string[])[] =>
  acts.flatMap((act) => (act.kind === 'repairDependents' ? [act.dependents.map(({ name }) => name)] : []));

const parkedAs = parkedName('app', 'gluetun', app.id);
const parking: Happening = happens({ type: 'dependentParked', id: app.id, name: 'app', parkedAs });

describe('the line at the start of a repair', () => {
  it.each([
    ['restart', 'Restarting app...'],
    ['recreate', 'Re-creating app...'],
    ['resume', 'Finishing the re-creation of app...'],
  ] as const)('names the kind of repair: %s', (how, line) => {
    found([app]).feed(restartBegun('app', how)).expectLines(line);
  });

  it('is at debug level after a failed attempt', () => {
    const history = found([app]).feed(restartBegun('app'), restartFailed('app'), succeeded(), seconds(6));
    history
      .forget()
      .feed(restartBegun('app'))
      .expectLine(/^Restarting app\.\.\.$/, 'debug');
  });
});

describe('a parked dependent', () => {
  it('has its interim name logged at debug level', () => {
    found([app])
      .feed(parking)
      .expectLine(new RegExp(`^app waits as ${parkedAs}$`), 'debug');
  });
});

describe('the wave of another gateway', () => {
  const steps: Steps = [restartBegun('app'), parking, restartFailed('app')];

  it.each<{ given: string; own: readonly ContainerFacts[] }>([
    { given: 'has no wave', own: [] },
    { given: 'has a wave of its own', own: [onGateway('db')] },
  ])('does not concern a gateway that $given', ({ own }) => {
    const history = found(own).feed(...steps);
    expect(history.lines).toEqual([]);
    expect(Object.keys(history.state.repairs.pending)).toEqual(own.map(({ id }) => id));
  });
});

describe('a dependent whose start seems too early after a restart because the clock was set back', () => {
  /** The gateway was started at 5,000 by the clock of then. */
  const restarted = (): History =>
    found([app]).feed(restartBegun('app'), restartEnded('app', { startedAt: 4_000 }), succeeded());

  it('is not restarted again', () => {
    const history = restarted().feed(seconds(600));
    expect(waves(history)).toEqual([]);
    history.expectLine(/^app restarted successfully$/);
  });

  it('is restarted once more if the gateway is restarted', () => {
    const anew = gatewayFacts({ startedAt: 4_500 });
    const history = restarted().feed(died('gluetun'), started('gluetun'), inspected(anew), seconds(60));
    expect(waves(history)).toEqual([['app']]);
  });

  it('is restarted once more if it was started again by somebody else', () => {
    const history = restarted().feed(inspectedAs('app', { startedAt: 4_200 }), seconds(1));
    expect(waves(history)).toEqual([['app']]);
  });
});

describe('a wave that was skipped', () => {
  it('does not count as a failure, and is repeated after five seconds', () => {
    const history = found([app]).feed(skipped('the monitor is about to end'));
    history.expectNoLine(/app/).forget().feed(seconds(4)).expectNoAct().feed(seconds(2), restartBegun('app'));
    expect(waves(history)).toEqual([['app']]);
    history.expectLine(/^Restarting app\.\.\.$/, 'info');
  });
});

describe('the line about the outcome of a repair', () => {
  const sharing = (name: string, shape: Shape = {}): ContainerFacts =>
    facts(name, { on: 'app', startedAt: 3_000, ...shape });
  const refusal = { refused: true, reason: 'it has a secret' } as const;

  it.each<{ given: string; exist: readonly ContainerFacts[]; event: Steps; says: string }>([
    {
      given: 'whose re-creation turned out to be finished',
      exist: [app],
      event: [happens({ type: 'dependentRepairEnded', id: app.id, name: 'app', how: 'resume', outcome: { ok: false, reason: 'it is app again', isSkipped: true }, facts: undefined })],
      says: 'app: it is app again',
    },
    {
      given: 'that was skipped',
      exist: [app],
      event: [restartFailed('app', { isSkipped: true, reason: 'it has started meanwhile' })],
      says: 'app is left alone: it has started meanwhile',
    },
    {
      given: 'that cannot be re-created',
      exist: [app, sharing('off', { runState: 'exited' })],
      event: [restartFailed('app', refusal)],
      says: 'app cannot be re-created: it has a secret',
    },
    {
      given: 'that cannot be re-created, with others that share its network',
      exist: [app, sharing('one'), sharing('two')],
      event: [restartFailed('app', refusal)],
      says: 'app cannot be re-created: it has a secret; cut off with it until then: one, two',
    },
    {
      given: 'that is restarting by its restart policy',
      exist: [app],
      event: [restartEnded('app', { runState: 'restarting' })],
      says: 'app restarted successfully',
    },
    {
      given: 'that could not be inspected afterwards',
      exist: [app],
      event: [restartEnded('app', { inspected: false })],
      says: 'Restarting app failed: it was restarted but is not on the live network; trying again in 5s',
    },
  ])('is right for a dependent $given', ({ exist, event, says }) => {
    found(exist).feed(...event).expectLines(says);
  }); // prettier-ignore
});

describe('a dependent that seems to have started before its gateway', () => {
  const earlier = restartEnded('app', { startedAt: 4_000 });

  it('counts as restored if we have restarted it, because the clock was set back', () => {
    const history = found([app])
      .feed(restartBegun('app'), earlier)
      .expectLine(/^app restarted successfully$/);
    expect(Object.keys(history.state.repairs.restored)).toEqual([app.id]);
  });

  it('does not count as restored if the gateway was restarted during the act', () => {
    const again = inspectedAs('gluetun', { health: 'healthy', startedAt: 6_000 });
    const history = found([app]).feed(restartBegun('app'), again, earlier);
    history.expectGateway('ready').expectLine(/^Restarting app failed: .* not on the live network/);
    expect(history.state.repairs.restored).toEqual({});
  });
});

describe('a configured dependent with a network of its own', () => {
  const own = facts('own', { startedAt: 2_000 });
  const NOT_LIVE = /^Restarting own failed: it was restarted but is not on the live network/;
  const WELL = /^own restarted successfully$/;

  it.each<{ given: string; event: Steps; startedAt: number; says: RegExp }>([
    { given: 'started after the gateway', event: [], startedAt: 5_001, says: WELL },
    { given: 'has not started again', event: [], startedAt: 2_000, says: NOT_LIVE },
    { given: 'started at the same time as the gateway', event: [], startedAt: 5_000, says: NOT_LIVE },
    { given: 'has a gateway that has ended', event: [died('gluetun')], startedAt: 6_000, says: NOT_LIVE },
    { given: 'has a gateway that starts again', event: [died('gluetun'), started('gluetun')], startedAt: 6_000, says: NOT_LIVE },
  ])('is judged correctly after a restart if it $given', ({ event, startedAt, says }) => {
    asked().feed(...event, restartEnded('own', { startedAt })).expectLine(says);
  }); // prettier-ignore

  const asked = (): History => {
    const history = found([own], { settings: { dependents: ['own'] } });
    const { id, name } = own;
    const inFlight = waveUnderWay({ id, name, how: 'restart', run: undefined, startedAt: undefined, owner: { id: idOf('gluetun'), name: 'gluetun' } });
    const pending = { [id]: { name, failures: 0, askedAt: history.now, dueAt: history.now } };
    history.state = { ...history.state, repairs: { restored: {}, pending }, shared: { ...history.state.shared, inFlight } };
    return history;
  }; // prettier-ignore
});
