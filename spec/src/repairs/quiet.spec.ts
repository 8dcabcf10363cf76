import { parkedName } from '../../../src/model/parked.ts';
import { quietAt } from '../../../src/repairs/quiet.ts';
import type { ContainerFacts } from '../../../streams/events.ts';
import {
  type Happening,
  type Shape,
  type Wait,
  checkPassed,
  compose,
  connected,
  connectedAfterCrash,
  created,
  destroyed,
  died,
  facts,
  gatewayFacts,
  idOf,
  inspectedAs,
  killed,
  listed,
  listedAgain,
  onGateway,
  renamed,
  restartMessages,
  seconds,
  started,
  stoppedByHand,
  tunnelUpLogged,
  turned,
} from '../builders.ts';
import { History, type Step, type Steps, settled } from '../history.ts';

const QUIET_MS = 5_000;
const LONGEST_MS = 60_000;

const app = onGateway('app');
const far = onGateway('far');
const labels = compose('db');
const elsewhere = { 'com.docker.compose.project': 'elsewhere' };
const gateway = gatewayFacts({ labels });
const db = facts('db', { labels });
const newId = idOf('anew');
const parked = parkedName('app', 'gluetun', app.id);

const inProject = (...containers: readonly ContainerFacts[]): History =>
  settled([app, far, ...containers], { gateway });

/** Until when a repair waits that is asked for now, or was at that time. */
const waitsUntil = ({ state, now }: History, askedAt = now, of: ContainerFacts = app): number =>
  quietAt(state, askedAt, of);

describe('a change to the containers around the gateway', () => {
  it.each<{ what: string; step: Step }>([
    { what: 'creates a container in its project', step: created('db', { labels }) },
    { what: 'removes a container from its project', step: destroyed('db', { labels }) },
    { what: 'renames a container in its project', step: renamed('db', 'db2', { labels }) },
    { what: 'creates a container with its name', step: created('gluetun', { id: newId }) },
    { what: 'renames the gateway', step: renamed('gluetun', 'old') },
    { what: 'creates a container with the name of a dependent', step: created('far', { id: newId }) },
    { what: 'removes a dependent', step: destroyed('app') },
    { what: 'renames a dependent', step: renamed('app', 'old') },
  ])('that $what delays a repair by five seconds', ({ step }) => {
    const history = inProject();
    const changedAt = history.now;
    expect(waitsUntil(history.feed(step))).toBe(changedAt + QUIET_MS);
  });

  it.each<{ what: string; step: Step }>([
    { what: 'creates a container in another project', step: created('db', { labels: elsewhere }) },
    { what: 'creates a container without a project', step: created('db') },
    { what: 'starts a container in its project', step: started('db', { labels }) },
    { what: 'parks a dependent, as the monitor does,', step: renamed('app', parked) },
  ])('that $what does not delay a repair', ({ step }) => {
    expect(waitsUntil(inProject().feed(step))).toBe(0);
  });

  it('that creates a container without a project does not delay a repair even if the gateway has no project either', () => {
    expect(waitsUntil(settled([app]).feed(created('db')))).toBe(0);
  });

  it('delays a repair even while the gateway is absent, by its former project', () => {
    const history = inProject().feed(destroyed('gluetun'), seconds(9), created('db', { labels }));
    const changedAt = history.now - 1;
    history.feed(seconds(6), listedAgain({ ...gateway, labels: {} }));
    expect(waitsUntil(history)).toBe(changedAt + QUIET_MS);
  });

  it("delays a repair unless it is the monitor's own wave", () => {
    const wave = inProject().feed(
      started('gluetun'),
      inspectedAs('gluetun', { health: 'starting' }),
      turned('gluetun', 'healthy'),
    );
    wave.expectActs('repairDependents');
    expect(waitsUntil(wave.feed(created('app', { id: newId })))).toBe(0);
    expect(waitsUntil(wave.feed(created('far', { id: newId })))).toBe(0);
    const changedAt = wave.now;
    expect(waitsUntil(wave.feed(created('db', { labels })))).toBe(changedAt + QUIET_MS);
  });

  it('delays a repair for no more than a minute from the request for it', () => {
    const history = inProject().feed(created('db', { labels }));
    const changedAt = history.now - 1;
    expect(waitsUntil(history, changedAt - 58_000)).toBe(changedAt + 2_000);
  });

  it('delays nothing while the gateway does not run', () => {
    expect(waitsUntil(inProject().feed(created('db', { labels }), stoppedByHand('gluetun')))).toBe(0);
  });
});

describe('a change that no event has shown', () => {
  /** The engine's clock is ahead of ours. */
  const AHEAD_MS = 100_000;
  const shownBy =
    (...containers: readonly ContainerFacts[]): Happening =>
    (_state, at) => [
      {
        type: 'containersListed',
        at,
        requestedAt: at,
        engineClockMs: at + AHEAD_MS,
        containers: [gateway, app, far, ...containers],
      },
    ];
  const aged =
    (ageMs: number, name = 'db', rest: Shape = { labels }) =>
    (now: number): ContainerFacts =>
      facts(name, { ...rest, createdAt: now + AHEAD_MS - ageMs });

  it.each([
    { what: 'one created just now', found: [aged(0)], ageMs: 0 },
    { what: 'the youngest of two', found: [aged(4_000), aged(2_000, 'two')], ageMs: 2_000 },
    { what: 'one created less than a minute ago', found: [aged(59_999)], ageMs: 59_999 },
    { what: 'one created a minute ago (ignored)', found: [aged(60_000)], ageMs: undefined },
    { what: 'one created in the future (ignored)', found: [aged(-1_000)], ageMs: undefined },
    {
      what: 'one created in another project (ignored)',
      found: [aged(9, 'db', { labels: elsewhere })],
      ageMs: undefined,
    },
    { what: 'one that we have parked (ignored)', found: [aged(9, parked)], ageMs: undefined },
  ])('is dated by the age of the containers in a listing: $what', ({ found, ageMs }) => {
    const history = inProject();
    const { now } = history;
    // A parked one has its own id in its name.
    const containers = found
      .map((one) => one(now))
      .map((one) => (one.name === parked ? { ...one, id: app.id } : one));
    history.feed(shownBy(...containers));
    expect(waitsUntil(history)).toBe(ageMs === undefined ? 0 : now - ageMs + QUIET_MS);
  });

  it('is ignored if an event has shown a later one, or if the previous listing showed it', () => {
    const history = inProject();
    const { now } = history;
    const found = aged(3_000)(now);
    history.feed(shownBy(found), seconds(1), shownBy(found));
    expect(waitsUntil(history)).toBe(now - 3_000 + QUIET_MS);
    history.feed(created('two', { labels }));
    const changedAt = history.now - 1;
    history.feed(shownBy(found));
    expect(waitsUntil(history)).toBe(changedAt + QUIET_MS);
  });
});

describe('a gateway that starts', () => {
  const change = created('db', { labels });
  const start = started('gluetun');
  const together: Happening = (state, at) => [...change(state, at), ...start(state, at)];
  const becomesReady: Steps = [seconds(20), turned('gluetun', 'healthy')];
  const wait = (waitMs: number): Wait => ({ waitMs });

  it.each<{ what: string; steps: readonly Step[]; isAmid: boolean }>([
    {
      what: 'right after a change delays a repair by five seconds from when it is ready',
      steps: [change, start],
      isAmid: true,
    },
    {
      what: 'at the moment of a change delays a repair by five seconds from when it is ready',
      steps: [together],
      isAmid: true,
    },
    {
      what: 'less than five seconds after a change delays a repair by five seconds from when it is ready',
      steps: [change, wait(4_998), start],
      isAmid: true,
    },
    {
      what: 'five seconds after a change delays nothing',
      steps: [change, wait(4_999), start],
      isAmid: false,
    },
    { what: 'before a change delays nothing', steps: [start, change], isAmid: false },
    {
      what: 'for the second time after a change delays nothing',
      steps: [change, start, start],
      isAmid: false,
    },
  ])('$what', ({ steps, isAmid }) => {
    const history = inProject();
    const changes = history.now + steps.findIndex((step) => step === change || step === together);
    history.feed(...steps, ...becomesReady);
    const readyAt = history.now - 1;
    expect(waitsUntil(history)).toBe((isAmid ? readyAt : changes) + QUIET_MS);
  });

  it('delays a repair even if only the next listing shows the change', () => {
    const history = new History();
    const createdAt = history.now - 3_000;
    const found = gatewayFacts({ labels, createdAt, startedAt: createdAt, health: 'starting' });
    history.feed(connected(), listed(found), seconds(1), turned('gluetun', 'healthy'));
    expect(waitsUntil(history)).toBe(history.now - 1 + QUIET_MS);
  });
});

describe('a gateway that Docker does not call healthy yet', () => {
  const found = gatewayFacts({ labels: compose('gluetun') });
  const needing = (entry: string): ContainerFacts =>
    onGateway('web', { labels: compose('web', { 'com.docker.compose.depends_on': entry }) });
  const ofCompose1 = onGateway('old', {
    labels: compose('old', { 'com.docker.compose.version': '1.29.2' }),
  });
  const following = needing('db:service_started:false,gluetun:service_healthy:true');
  const isReady: Steps = [tunnelUpLogged(), seconds(1), checkPassed()];
  const begin = (): History => settled([app, following, ofCompose1], { gateway: found });
  const foundAs = (createdAt: number, health: 'starting' | 'unhealthy' | 'none' = 'starting'): Step =>
    inspectedAs('gluetun', { labels: found.labels, health, createdAt });

  /** The gateway starts, and is ready long before it is healthy. */
  type Starts = (now: number) => Steps;
  const byHand: Starts = () => [...restartMessages('gluetun'), foundAs(500)];
  const crashed: Starts = () => [died('gluetun', 1), started('gluetun'), foundAs(500)];
  const createdFor =
    (ageMs: number): Starts =>
    (now) => [died('gluetun', 1), started('gluetun'), foundAs(now + 1 - ageMs)];
  const afterStart = (starts: Starts): History => {
    const history = begin();
    return history.feed(...starts(history.now), ...isReady);
  };

  it.each<{ what: string; starts: Starts; one: ContainerFacts }>([
    { what: 'Compose 1 creates anew after the gateway', starts: createdFor(59_999), one: ofCompose1 },
    { what: 'Compose 1 restarts', starts: byHand, one: ofCompose1 },
    { what: 'Compose 2 restarts after the gateway', starts: byHand, one: following },
  ])(
    'delays the repair of a container that $what until five seconds after it is healthy',
    ({ starts, one }) => {
      const history = afterStart(starts);
      expect(history.state.gateway.value).toBe('ready');
      expect(waitsUntil(history, history.now, one)).toBe(history.now + LONGEST_MS);
      history.feed(seconds(20), turned('gluetun', 'healthy'));
      const healthyAt = history.now - 1;
      expect(waitsUntil(history.feed(seconds(1)), history.now, one)).toBe(healthyAt + QUIET_MS);
    },
  );

  it.each<{ what: string; starts: Starts; one: ContainerFacts }>([
    { what: 'that no Compose has made', starts: byHand, one: app },
    { what: 'that Compose 2 leaves alone', starts: byHand, one: needing('gluetun:service_healthy:false') },
    {
      what: 'that Compose 2 restarts without waiting',
      starts: byHand,
      one: needing('gluetun:service_started:true'),
    },
    { what: 'that follows another service', starts: byHand, one: needing('db:service_healthy:true') },
    { what: 'if it is back after a crash', starts: crashed, one: following },
    { what: 'if it was created long before its start', starts: createdFor(60_000), one: ofCompose1 },
  ])('does not delay the repair of a container $what', ({ starts, one }) => {
    const history = afterStart(starts);
    expect(waitsUntil(history, history.now, one)).toBe(0);
  });

  it.each<{ what: string; health: 'unhealthy' | 'none' }>([
    { what: 'calls it unhealthy, as Compose then gives up', health: 'unhealthy' },
    { what: 'does not check its health', health: 'none' },
  ])('delays no repair if Docker $what', ({ health }) => {
    const history = afterStart(() => [...restartMessages('gluetun'), foundAs(500, health)]);
    expect(waitsUntil(history, history.now, following)).toBe(0);
  });

  it('is healthy for its present run only', () => {
    const history = afterStart(byHand).feed(turned('gluetun', 'healthy'), seconds(1));
    history.feed(...byHand(history.now), ...isReady);
    expect(waitsUntil(history, history.now, following)).toBe(history.now + LONGEST_MS);
  });
});

describe('a container that is slow to stop', () => {
  it('delays a repair for up to a minute', () => {
    const history = inProject(db).feed(killed('db'), seconds(20));
    expect(waitsUntil(history)).toBe(history.now + LONGEST_MS);
  });

  it.each<{ what: string; steps: readonly Step[] }>([
    { what: 'has stopped', steps: [killed('db'), died('db')] },
    {
      what: 'is found stopped by a listing',
      steps: [killed('db'), listedAgain({ ...db, runState: 'exited' })],
    },
    { what: 'is unknown', steps: [killed('unheard of')] },
    { what: 'belongs to another project', steps: [killed('other')] },
    { what: 'was ended by the engine', steps: [connectedAfterCrash('db')] },
  ])('delays nothing if it $what', ({ steps }) => {
    const history = inProject(db, facts('other', { labels: elsewhere })).feed(...steps);
    expect(waitsUntil(history)).toBe(0);
  });
});
