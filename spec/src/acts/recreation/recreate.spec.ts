import { EMPTY, catchError, map } from 'rxjs';
import { type Executor, Refused, Skipped } from '../../../../src/acts/executor-parts.ts';
import { recreate, resume } from '../../../../src/acts/recreation/recreate.ts';
import { asObject } from '../../../../streams/json.ts';
import { OrphanWorld, type Result } from './orphan-world.ts';

const basisOf = (world: OrphanWorld) => ({ gateway: world.dependent.owner, start: undefined });
const silentTo = (call: string) => (asked: string) => (asked.startsWith(call) ? { lateMs: 1e9 } : undefined);

/** `ID` in a text stands for the first digits of the orphan's. */
const withId = (world: OrphanWorld, text: string): string => text.replace('ID', world.orphan.id.slice(0, 12));

describe('a re-creation', () => {
  const tried = (world: OrphanWorld, changes?: Partial<Executor>): Result =>
    world.run((executor) => recreate(world.dependent, world.orphan, basisOf(world), executor), changes);
  const PARKED = 'app.orphan-of-gluetun-ID';
  const expectUndone = (world: OrphanWorld): void => {
    expect(Object.keys(world.others)).toEqual(['app']);
    expect(world.facts('app').id).toBe(world.orphan.id);
  };

  it('reports the parked name of the orphan and ends with a new container that runs', () => {
    const world = new OrphanWorld();
    const { id, name } = world.orphan;
    expect(tried(world)).toMatchObject({
      failed: undefined,
      hasEnded: true,
      events: [{ type: 'dependentParked', id, name, parkedAs: withId(world, PARKED) }],
    });
    expect(Object.keys(world.others)).toEqual(['app']);
    expect(world.facts('app')).toMatchObject({
      runState: 'running',
      networkMode: `container:${world.dependent.owner.id}`,
    });
    expect(world.facts('app').id).not.toBe(id);
  });

  it('does nothing to an orphan that cannot be reproduced', () => {
    const world = new OrphanWorld();
    world.engine.create({ name: 'debug', body: { HostConfig: { PidMode: 'container:app' } } });
    const { failed, error } = tried(world);
    expect(error).toBeInstanceOf(Refused);
    expect(failed).toBe('debug joined its pid or ipc namespace; create them anew together');
    expect(world.client.written).toEqual([]);
  });

  it.each([
    { given: 'a follower that can be re-created after it', more: {}, failed: undefined, stays: false },
    {
      given: 'a follower that would vanish with it (--rm)',
      more: { AutoRemove: true },
      failed:
        'guest shares its processes or memory, and cannot be re-created: it vanishes as soon as it stops (--rm); create it anew by hand',
      stays: true,
    },
  ])('of a container whose processes are shared treats $given correctly', ({ more, failed, stays }) => {
    const world = new OrphanWorld();
    const HostConfig = { PidMode: `container:${world.orphan.id}`, ...more };
    const { id } = world.engine.create({ name: 'guest', body: { HostConfig } });
    const dependent = { ...world.dependent, followers: [id, 'gone'.padEnd(64, '0')] };
    const result = world.run((executor) => recreate(dependent, world.orphan, basisOf(world), executor));
    expect(result.failed).toBe(failed);
    expect(world.facts('app').id === world.orphan.id).toBe(stays);
  });

  it.each<{ what: string; act: (world: OrphanWorld) => unknown; because: string }>([
    {
      what: 'was stopped',
      act: ({ engine }) => engine.stop('app'),
      because: 'it is exited by now, or has another name',
    },
    {
      what: 'ended by itself',
      act: ({ engine }) => engine.crash('app'),
      because: 'it is exited by now, or has another name',
    },
    {
      what: 'was renamed',
      act: ({ engine }) => engine.rename('app', 'app2'),
      because: 'it is running by now, or has another name',
    },
  ])('skips an orphan that $what since it was decided on', ({ act, because }) => {
    const world = new OrphanWorld();
    act(world);
    world.pass(5_000);
    const { failed, error } = tried(world);
    expect(error).toBeInstanceOf(Skipped);
    expect(failed).toBe(because);
    expect(world.client.written).toEqual([]);
  });

  it.each([
    ['rename app to', 'renaming app: no answer within 70 s'],
    ['create', 'creating app: no answer within 70 s'],
    ['stop', 'stopping app: no answer within 70 s'],
    ['start app', 'starting app: no answer within 70 s'],
  ])('is undone if the engine does not answer to %s', (call, because) => {
    const world = new OrphanWorld();
    world.client.disturb = silentTo(call);
    expect(tried(world).failed).toBe(because);
    expectUndone(world);
  });

  it('is undone before anything is stopped if the monitor is shutting down', () => {
    const world = new OrphanWorld();
    expect(tried(world, { isShuttingDown: () => true }).failed).toBe('the monitor ends');
    expect(world.client.written).toEqual([
      withId(world, `rename app to ${PARKED}`),
      'create app',
      'remove app',
      withId(world, `rename ${PARKED} to app`),
    ]);
  });

  it.each(['fails', 'is not answered'])('continues if a start %s but the container runs', (how) => {
    const world = new OrphanWorld();
    if (how === 'fails') world.client.loseAnswer(/^start app$/);
    else world.client.disturb = (call) => (call === 'start app' ? { answerMs: Infinity } : undefined);
    expect(tried(world)).toMatchObject({ failed: undefined, hasEnded: true });
    expect(world.client.written).not.toContain('remove app');
    expect(Object.keys(world.others)).toEqual(['app']);
    expect(world.facts('app').id).not.toBe(world.orphan.id);
  });

  it.each(['fails', 'is not answered'])('is complete even if the removal of the old container %s', (how) => {
    const world = new OrphanWorld();
    if (how === 'fails') world.client.failNext(/^remove app\.orphan/);
    else world.client.disturb = silentTo('remove app.orphan');
    expect(tried(world)).toMatchObject({ failed: undefined, hasEnded: true });
    expect(Object.keys(world.others).sort()).toEqual(['app', withId(world, PARKED)]);
  });

  it('is undone if the new container has not started after all', () => {
    const world = new OrphanWorld();
    const writes = { ...world.writes, start: () => EMPTY };
    expect(tried(world, { writes }).failed).toBe('created anew it is created at once:');
    expectUndone(world);
  });

  it("is undone with the engine's reason if the new container has not started after all", () => {
    const world = new OrphanWorld();
    world.client.beforeWrite = (call) => {
      if (call === 'start app') world.engine.remove('gluetun', { force: true });
    };
    const start = (id: string) => world.client.start(id).pipe(catchError(() => EMPTY));
    expect(tried(world, { writes: { ...world.writes, start } }).failed).toMatch(
      /^created anew it is created at once: OCI runtime create failed: .*ns\/net: no such file/,
    );
    expectUndone(world);
  });

  it('fails if the new container has an error, even if it has started', () => {
    const world = new OrphanWorld();
    const isNew = (answer: unknown): boolean =>
      asObject(answer)?.['Name'] === '/app' && asObject(answer)?.['Id'] !== world.orphan.id;
    const inspect = (id: string) =>
      world.client.inspect(id).pipe(
        map((answer) => {
          const state = { Status: 'exited', Error: 'device is gone' };
          const { State } = answer as { State: object };
          return isNew(answer) ? { ...(answer as object), State: { ...State, ...state } } : answer;
        }),
      );
    const { failed } = tried(world, { reads: { ...world.reads, inspect } });
    expect(failed).toMatch(/^created anew it is exited at once: device is gone/);
  });
});

describe('a re-creation begun by an earlier monitor', () => {
  const resumed = (world: OrphanWorld, facts = world.facts(world.parkedAs)): Result =>
    world.run((executor) => resume(world.dependent, facts, basisOf(world), executor));
  const CUT_OFF = 'its re-creation was cut off, and has been undone to begin anew';
  const inTheWay = ({ parkedAs }: OrphanWorld): string =>
    `${parkedAs} waits to be app again, but another container has that name; remove one of them`;

  it('is undone if nothing had been created', () => {
    const world = new OrphanWorld().park();
    const { failed, error } = resumed(world);
    expect(error).toBeInstanceOf(Skipped);
    expect(failed).toBe(CUT_OFF);
    expect(world.client.written).toEqual([`rename ${world.parkedAs} to app`]);
  });

  it('is skipped if the orphan has its own name again', () => {
    const world = new OrphanWorld().park();
    const facts = world.facts(world.parkedAs);
    world.engine.rename(world.orphan.id, 'app');
    const { failed, error } = resumed(world, facts);
    expect(error).toBeInstanceOf(Skipped);
    expect(failed).toBe('it has its own name again');
    expect(world.client.written).toEqual([]);
  });

  it('is finished if the created container can run', () => {
    const world = new OrphanWorld().park();
    const created = world.twin();
    expect(resumed(world)).toMatchObject({ failed: undefined, hasEnded: true });
    expect(world.client.written).toEqual([`stop ${world.parkedAs}`, 'start app', `remove ${world.parkedAs}`]);
    expect(world.others).toEqual({ app: `running ${created}` });
  });

  it('is undone if finishing it fails', () => {
    const world = new OrphanWorld().park();
    world.twin();
    world.client.failNext(/^start app$/, 'no such device');
    expect(resumed(world).failed).toBe('no such device');
    expect(world.others).toEqual({ app: `exited ${world.orphan.id}` });
  });

  it('is undone if the owner of the created container is gone, too', () => {
    const world = new OrphanWorld().park();
    world.twin();
    world.engine.remove('gluetun', { force: true });
    world.pass(1_000);
    const { failed, error } = resumed(world);
    expect(error).toBeInstanceOf(Skipped);
    expect(failed).toBe(CUT_OFF);
    expect(world.client.written).toEqual(['remove app', `rename ${world.parkedAs} to app`]);
  });

  it('is left as it is if that owner cannot be inspected', () => {
    const world = new OrphanWorld().park();
    world.twin();
    world.client.failNext(/^inspect gluetun$/, 'server error');
    expect(resumed(world).failed).toBe('server error');
    expect(world.client.written).toEqual([]);
  });

  it.each(['runs', 'has ended'])('only removes the old container if the new one %s', (how) => {
    const world = new OrphanWorld().park();
    const created = world.twin({}, { runs: true });
    if (how === 'has ended') world.engine.stop(created);
    world.pass(1_000);
    const others = world.others;
    expect(resumed(world)).toMatchObject({ failed: undefined, hasEnded: true });
    expect(world.client.written).toEqual([`stop ${world.parkedAs}`, `remove ${world.parkedAs}`]);
    expect(world.others).toEqual({ app: others['app'] });
  });

  it.each([
    { which: 'has another image', spec: { image: 'another' }, runs: true },
    { which: 'has not run and has another image', spec: { image: 'another' }, runs: false },
    { which: "has not run and is not on the owner's network", spec: { networkMode: 'bridge' }, runs: false },
  ])('waits for the user if a container with its name $which', ({ spec, runs }) => {
    const world = new OrphanWorld().park();
    world.twin(spec, { runs });
    const others = world.others;
    expect(resumed(world).failed).toBe(inTheWay(world));
    expect(world.client.written).toEqual([]);
    expect(world.others).toEqual(others);
  });
});
