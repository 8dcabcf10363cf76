import type { ContainerFacts } from '../../../streams/events.ts';
import { attachmentOf, hasFailedToJoin, wouldBeKeptRunning } from '../../../src/model/attachment.ts';
import type { Attachment, Settings, Shared } from '../../../src/model/state.ts';
import type { Exit } from '../../../src/model/exits.ts';
import { type Persisted, NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import {
  JOIN_ERROR,
  type Shape,
  connected,
  died,
  facts,
  gatewayFacts,
  idOf,
  listed,
  onGateway,
  renamed,
} from '../builders.ts';
import { History, settled } from '../history.ts';

const G = 5_000;
const gateway = gatewayFacts({ startedAt: G });

const attached = (one: ContainerFacts, ...others: readonly ContainerFacts[]): Attachment =>
  attachmentOf(new History().feed(connected(), listed(...[gateway, one, ...others])).state, one);

const former = idOf('gluetun before');
const orphan = (shape: Shape = {}): ContainerFacts =>
  facts('app', { ref: former, startedAt: 2_000, ...shape });

/** The gateway has had another id before. */
const attachedToFormer = (one: ContainerFacts, settings: Partial<Settings> = {}): Attachment => {
  const memory = { ...NOTHING_PERSISTED, gateways: { gluetun: [former] } };
  const history = new History({ settings, memory }).feed(connected(), listed(gateway, one));
  return attachmentOf(history.state, one);
};

describe('a dependent of a re-created gateway', () => {
  it.each<{ given: string; one: ContainerFacts; then: Attachment }>([
    { given: 'still running', one: orphan(), then: 'orphaned' },
    {
      given: 'paused',
      one: orphan({ runState: 'paused' }),
      then: 'orphaned',
    },
    {
      given: 'not started because that gateway was missing',
      one: orphan({ runState: 'exited', error: JOIN_ERROR }),
      then: 'orphaned',
    },
    { given: 'stopped', one: orphan({ runState: 'exited' }), then: 'stopped' },
    {
      given: "joined by the first digits of the gateway's ID",
      one: orphan({ ref: former.slice(0, 12) }),
      then: 'orphaned',
    },
    { given: 'joined by its name', one: facts('app', { ref: 'gluetun', startedAt: 1 }), then: 'stale' },
  ])('$given is $then', ({ one, then }) => {
    expect(attachedToFormer(one)).toBe(then);
  });
});

describe('a dependent joined by name to a renamed gateway', () => {
  const called = (startedAt: number): Attachment => {
    const app = facts('app', { ref: 'gluetun', startedAt });
    const history = new History().feed(connected(), listed(gateway, app), renamed('gluetun', 'vpn'));
    return attachmentOf(history.state, app);
  };
  it("stays fresh while it is on the gateway's network", () => {
    expect(called(G + 1)).toBe('fresh');
  });
  it('is orphaned if it is stale, because a restart would not find the name', () => {
    expect(called(G - 1)).toBe('orphaned');
  });
});

describe('a dependent found exited without an event', () => {
  const gone = gatewayFacts({ startedAt: G, finishedAt: G - 1_000 });
  const found = (shape: Shape, owner = gone): Attachment => {
    const app = onGateway('app', { runState: 'exited', restartPolicy: 'always', ...shape });
    return attachmentOf(new History().feed(connected(), listed(owner, app)).state, app);
  };
  it.each<{ given: string; shape: Shape; owner?: ContainerFacts; then: Attachment }>([
    { given: 'that ended while its gateway was down', shape: { finishedAt: G - 500 }, then: 'failedToJoin' },
    { given: 'with no restart policy', shape: { finishedAt: G - 500, restartPolicy: 'no' }, then: 'stopped' },
    {
      given: 'that failed, with no restart policy',
      shape: { finishedAt: G - 500, restartPolicy: 'no', exitCode: 1 },
      then: 'stopped',
    },
    {
      given: 'of a gateway that could not be inspected',
      shape: { finishedAt: G - 500 },
      owner: gatewayFacts({ inspected: false }),
      then: 'stopped',
    },
    { given: 'with an unknown end', shape: {}, then: 'stopped' },
    {
      given: 'that failed and is restarted on failure',
      shape: { finishedAt: G - 500, restartPolicy: 'on-failure', exitCode: 1 },
      then: 'failedToJoin',
    },
    {
      given: 'that succeeded and is restarted on failure',
      shape: { finishedAt: G - 500, restartPolicy: 'on-failure' },
      then: 'stopped',
    },
    { given: 'that ended before its gateway did', shape: { finishedAt: G - 1_500 }, then: 'stopped' },
    {
      given: 'that ended at the same moment as its gateway',
      shape: { finishedAt: G - 1_000 },
      then: 'failedToJoin',
    },
    {
      given: 'that ended at the moment its gateway started',
      shape: { finishedAt: G },
      then: 'failedToJoin',
    },
    {
      given: 'that is restarted unless stopped',
      shape: { finishedAt: G - 500, restartPolicy: 'unless-stopped' },
      then: 'failedToJoin',
    },
    {
      given: 'that ended before the first start of its gateway',
      shape: { finishedAt: 700 },
      owner: gatewayFacts({ createdAt: 600, startedAt: G }),
      then: 'failedToJoin',
    },
    {
      given: 'that ended before its gateway was created',
      shape: { finishedAt: 500 },
      owner: gatewayFacts({ createdAt: 600, startedAt: G }),
      then: 'stopped',
    },
    { given: 'that ended after its gateway ran again', shape: { finishedAt: G + 1 }, then: 'stopped' },
    { given: 'that never ran', shape: { runState: 'created', startedAt: 'never' }, then: 'stopped' },
    {
      given: 'that ended after its gateway, which is still down,',
      shape: { finishedAt: G + 9 },
      owner: gatewayFacts({ runState: 'exited', startedAt: G - 5, finishedAt: G }),
      then: 'failedToJoin',
    },
  ])('$given is $then', ({ shape, owner, then }) => {
    expect(found(shape, owner)).toBe(then);
  });

  it('is stopped if its death event was seen', () => {
    const app = onGateway('app', { runState: 'exited', restartPolicy: 'always', finishedAt: G - 500 });
    const { state } = new History().feed(connected(), listed(gone, onGateway('app')), died('app'));
    expect(attachmentOf(state, app)).toBe('stopped');
  });

  it('is stopped if an earlier monitor saw it stopped by hand', () => {
    const app = onGateway('app', { runState: 'exited', restartPolicy: 'always', finishedAt: G - 500 });
    const memory: Persisted = {
      ...NOTHING_PERSISTED,
      exits: { [app.id]: { run: undefined, by: 'operator' } },
    };
    const { state } = new History({ memory }).feed(connected(), listed(gone, app));
    expect(attachmentOf(state, app)).toBe('stopped');
  });
});

describe('a dependent', () => {
  it.each<{ given: string; one: ContainerFacts; others?: ContainerFacts[]; then: Attachment }>([
    { given: 'started after its gateway', one: onGateway('app', { startedAt: G + 1 }), then: 'fresh' },
    {
      given: 'started at the same moment as its gateway',
      one: onGateway('app', { startedAt: G }),
      then: 'fresh',
    },
    {
      given: 'started a microsecond before its gateway',
      one: onGateway('app', { startedAt: G - 0.001 }),
      then: 'stale',
    },
    {
      given: 'joined by name to a gateway started later',
      one: facts('app', { ref: 'gluetun', startedAt: G - 1 }),
      then: 'stale',
    },
    {
      given: 'paused and older than its gateway',
      one: onGateway('app', { startedAt: 1, runState: 'paused' }),
      then: 'stale',
    },
    {
      given: 'joined to a fresh dependent and younger than that',
      one: facts('far', { on: 'app', startedAt: G + 2 }),
      others: [onGateway('app', { startedAt: G + 1 })],
      then: 'fresh',
    },
    {
      given: 'joined to a fresh dependent but older than that',
      one: facts('far', { on: 'app', startedAt: G + 1 }),
      others: [onGateway('app', { startedAt: G + 2 })],
      then: 'stale',
    },
    {
      given: 'joined to a stale dependent',
      one: facts('far', { on: 'app', startedAt: G + 2 }),
      others: [onGateway('app', { startedAt: G - 1 })],
      then: 'stale',
    },
    {
      given: 'joined to a dependent that does not run',
      one: facts('far', { on: 'app', startedAt: G + 2 }),
      others: [onGateway('app', { runState: 'exited' })],
      then: 'stale',
    },
    {
      given: 'joined to a dependent that was fresh and has ended since',
      one: facts('far', { on: 'app', startedAt: G + 2 }),
      others: [onGateway('app', { runState: 'exited', startedAt: G + 1 })],
      then: 'fresh',
    },
    {
      given: 'with an unknown start',
      one: onGateway('app', { startedAt: 'never' }),
      then: 'unknown',
    },
    {
      given: 'joined to a dependent with an unknown start',
      one: facts('far', { on: 'app', startedAt: G + 2 }),
      others: [onGateway('app', { startedAt: 'never' })],
      then: 'unknown',
    },
    { given: 'that could not be inspected', one: onGateway('app', { inspected: false }), then: 'unknown' },
    {
      given: 'joined to a dependent that could not be inspected',
      one: facts('far', { on: 'app', startedAt: G + 2 }),
      others: [onGateway('app', { inspected: false })],
      then: 'unknown',
    },
    {
      given: 'that could not be inspected and is exited',
      one: onGateway('app', { inspected: false, runState: 'exited' }),
      then: 'unknown',
    },
    {
      given: 'on a network of its own with a similar error',
      one: facts('app', { runState: 'exited', error: JOIN_ERROR }),
      then: 'stopped',
    },
    {
      given: 'exited because an unknown container was missing',
      one: facts('app', { on: 'gone', runState: 'exited', error: JOIN_ERROR }),
      then: 'failedToJoin',
    },
    {
      given: 'exited with an error of its own',
      one: onGateway('app', { runState: 'exited', exitCode: 1 }),
      then: 'stopped',
    },
    {
      given: 'only created',
      one: onGateway('app', { runState: 'created', startedAt: 'never' }),
      then: 'stopped',
    },
    {
      given: 'exited because its gateway was missing',
      one: onGateway('app', { runState: 'exited', error: JOIN_ERROR }),
      then: 'failedToJoin',
    },
    {
      given: 'exited because its gateway was missing, in the words of engines since 28,',
      one: onGateway('app', {
        runState: 'exited',
        error: 'joining network namespace of container: No such container: x',
      }),
      then: 'failedToJoin',
    },
    {
      given: 'exited because of another error at its start',
      one: onGateway('app', { runState: 'exited', error: 'exec: "x": not found' }),
      then: 'stopped',
    },
    {
      given: 'running with the error of an earlier start',
      one: onGateway('app', { startedAt: G + 1, error: JOIN_ERROR }),
      then: 'fresh',
    },
    { given: 'on a network of its own', one: facts('db'), then: 'apart' },
    { given: 'with an empty reference to a network', one: facts('db', { ref: '' }), then: 'apart' },
    {
      given: 'joined to the ID of a container that no longer exists',
      one: facts('db', { on: 'gone' }),
      then: 'apart',
    },
  ])('$given is $then', ({ one, others = [], then }) => {
    expect(attached(one, ...others)).toBe(then);
  });

  it('is stale if it runs while its gateway does not, however young it is', () => {
    const app = onGateway('app', { startedAt: G + 1 });
    const down = gatewayFacts({ startedAt: G, runState: 'exited' });
    expect(attachmentOf(new History().feed(connected(), listed(down, app)).state, app)).toBe('stale');
  });

  it('is unknown while it is restarting', () => {
    expect(attached(onGateway('app', { runState: 'restarting' }))).toBe('unknown');
  });

  it.each([
    'cannot join network of a non running container: x',
    'joining network namespace of container: x',
    'No such container: x',
    'lstat /proc/7/ns/net: no such file or directory',
    "can't get final child's PID from pipe: EOF",
    'Container x is restarting, wait until the container is running',
  ])('has failed to join if the engine says: %s', (error) => {
    expect(hasFailedToJoin(onGateway('app', { runState: 'exited', error }))).toBe(true);
  });

  it('is stopped if it has exited and the gateway is absent, whatever its restart policy', () => {
    const app = onGateway('app', { runState: 'exited', restartPolicy: 'always', finishedAt: G });
    expect(attachmentOf(new History().feed(connected(), listed(app)).state, app)).toBe('stopped');
  });

  it('is apart if the gateway is absent', () => {
    const app = onGateway('app');
    expect(attachmentOf(new History().feed(connected(), listed(app)).state, app)).toBe('apart');
  });

  it('has not failed to join as long as it runs', () => {
    expect(hasFailedToJoin(onGateway('app', { error: JOIN_ERROR }))).toBe(false);
  });
});

describe('a dependent that does not run', () => {
  const { details } = onGateway('app', { startedAt: 2_000 });
  const run = details?.startedAt ?? '';
  const gone = (shape: Shape = {}): ContainerFacts =>
    onGateway('app', { runState: 'exited', startedAt: 2_000, restartPolicy: 'unless-stopped', ...shape });

  it.each<{ given: string; exit?: Pick<Exit, 'run' | 'by'>; shape?: Shape; then: Attachment }>([
    { given: 'was ended by the engine', exit: { run, by: 'engine' }, then: 'failedToJoin' },
    { given: 'was ended by the engine, without a restart policy,', exit: { run, by: 'engine' }, shape: { restartPolicy: 'no' }, then: 'stopped' },
    { given: 'was ended by the engine in an earlier run', exit: { run: 'then', by: 'engine' }, then: 'stopped' },
    { given: 'has no recorded exit', then: 'stopped' },
    { given: 'was stopped by hand', exit: { run, by: 'operator' }, then: 'stopped' },
    { given: 'ended by itself', exit: { run, by: 'itself' }, then: 'stopped' },
    { given: 'was ended by us', exit: { run, by: 'monitor' }, then: 'failedToJoin' },
    { given: 'was ended by us, without a restart policy,', exit: { run, by: 'monitor' }, shape: { restartPolicy: 'no' }, then: 'stopped' },
    { given: 'was ended by us in an earlier run', exit: { run: 'then', by: 'monitor' }, then: 'stopped' },
    { given: 'was stopped by hand, but has since failed to start', exit: { run, by: 'operator' }, shape: { error: JOIN_ERROR }, then: 'failedToJoin' },
  ])('and $given is: $then', ({ exit, shape = {}, then }) => {
    const facts = gone(shape);
    const { state } = settled([facts]);
    const exits: Shared['exits'] = exit === undefined ? {} : { [facts.id]: { ...exit, stage: 'certain', at: 0 } };
    expect(attachmentOf({ ...state, shared: { ...state.shared, exits } }, facts)).toBe(then);
  }); // prettier-ignore
});

it('a container that could not be inspected does not count as kept running by its restart policy', () => {
  expect(wouldBeKeptRunning(facts('app', { inspected: false }))).toBe(false);
});
