import { EMPTY, catchError, map } from 'rxjs';
import { type Executor, Refused, Untouched } from '../../../../src/acts/executor-parts.ts';
import { recreate, resume } from '../../../../src/acts/recreation/recreate.ts';
import { asObject } from '../../../../streams/json.ts';
import { Bench, type Result } from './bench.ts';

const basisOf = (bench: Bench) => ({ gateway: bench.dependent.owner, start: undefined });
const silentTo = (call: string) => (asked: string) => (asked.startsWith(call) ? { lateMs: 1e9 } : undefined);

/** `ID` in a text stands for the first digits of the orphan's. */
const withId = (bench: Bench, text: string): string => text.replace('ID', bench.orphan.id.slice(0, 12));

describe('a re-creation', () => {
  const tried = (bench: Bench, changes?: Partial<Executor>): Result =>
    bench.run((executor) => recreate(bench.dependent, bench.orphan, basisOf(bench), executor), changes);
  const PARKED = 'app.orphan-of-gluetun-ID';
  const expectUndone = (bench: Bench): void => {
    expect(Object.keys(bench.others)).toEqual(['app']);
    expect(bench.facts('app').id).toBe(bench.orphan.id);
  };

  it('tells the name under which the orphan waits, and ends with another one that runs', () => {
    const bench = new Bench();
    const { id, name } = bench.orphan;
    expect(tried(bench)).toMatchObject({
      failed: undefined,
      hasEnded: true,
      events: [{ type: 'dependentParked', id, name, parkedAs: withId(bench, PARKED) }],
    });
    expect(Object.keys(bench.others)).toEqual(['app']);
    expect(bench.facts('app')).toMatchObject({
      runState: 'running',
      networkMode: `container:${bench.dependent.owner.id}`,
    });
    expect(bench.facts('app').id).not.toBe(id);
  });

  it('does nothing to what cannot be reproduced', () => {
    const bench = new Bench();
    bench.engine.create({ name: 'debug', body: { HostConfig: { PidMode: 'container:app' } } });
    const { failed, error } = tried(bench);
    expect(error).toBeInstanceOf(Refused);
    expect(failed).toBe('debug joined its pid or ipc namespace; create them anew together');
    expect(bench.client.written).toEqual([]);
  });

  it.each([
    { given: 'one that can be created anew after it', more: {}, failed: undefined, stays: false },
    {
      given: 'one that would vanish with it',
      more: { AutoRemove: true },
      failed:
        'guest shares its processes or memory, and cannot be re-created: it vanishes as soon as it stops (--rm); create it anew by hand',
      stays: true,
    },
  ])('of one whose processes are shared by $given', ({ more, failed, stays }) => {
    const bench = new Bench();
    const HostConfig = { PidMode: `container:${bench.orphan.id}`, ...more };
    const { id } = bench.engine.create({ name: 'guest', body: { HostConfig } });
    const dependent = { ...bench.dependent, followers: [id, 'gone'.padEnd(64, '0')] };
    const result = bench.run((executor) => recreate(dependent, bench.orphan, basisOf(bench), executor));
    expect(result.failed).toBe(failed);
    expect(bench.facts('app').id === bench.orphan.id).toBe(stays);
  });

  it.each<{ what: string; act: (bench: Bench) => unknown; because: string }>([
    {
      what: 'has been stopped',
      act: ({ engine }) => engine.stop('app'),
      because: 'it is exited by now, or has another name',
    },
    {
      what: 'has ended by itself',
      act: ({ engine }) => engine.crash('app'),
      because: 'it is exited by now, or has another name',
    },
    {
      what: 'has been renamed',
      act: ({ engine }) => engine.rename('app', 'app2'),
      because: 'it is running by now, or has another name',
    },
  ])('does nothing to an orphan that $what since it was decided on', ({ act, because }) => {
    const bench = new Bench();
    act(bench);
    bench.pass(5_000);
    const { failed, error } = tried(bench);
    expect(error).toBeInstanceOf(Untouched);
    expect(failed).toBe(because);
    expect(bench.client.written).toEqual([]);
  });

  it.each([
    ['rename app to', 'renaming app: no answer within 70 s'],
    ['create', 'creating app: no answer within 70 s'],
    ['stop', 'stopping app: no answer within 70 s'],
    ['start app', 'starting app: no answer within 70 s'],
  ])('is undone where the engine does not answer to %s', (call, because) => {
    const bench = new Bench();
    bench.client.disturb = silentTo(call);
    expect(tried(bench).failed).toBe(because);
    expectUndone(bench);
  });

  it('is undone before anything is stopped where the monitor ends', () => {
    const bench = new Bench();
    expect(tried(bench, { isEnding: () => true }).failed).toBe('the monitor ends');
    expect(bench.client.written).toEqual([
      withId(bench, `rename app to ${PARKED}`),
      'create app',
      'remove app',
      withId(bench, `rename ${PARKED} to app`),
    ]);
  });

  it.each(['fails', 'is not answered'])('goes on where a start %s though the container runs', (how) => {
    const bench = new Bench();
    if (how === 'fails') bench.client.loseAnswer(/^start app$/);
    else bench.client.disturb = (call) => (call === 'start app' ? { answerMs: Infinity } : undefined);
    expect(tried(bench)).toMatchObject({ failed: undefined, hasEnded: true });
    expect(bench.client.written).not.toContain('remove app');
    expect(Object.keys(bench.others)).toEqual(['app']);
    expect(bench.facts('app').id).not.toBe(bench.orphan.id);
  });

  it.each(['fails', 'is not answered'])('has come to its end though the removal of the old one %s', (how) => {
    const bench = new Bench();
    if (how === 'fails') bench.client.failNext(/^remove app\.orphan/);
    else bench.client.disturb = silentTo('remove app.orphan');
    expect(tried(bench)).toMatchObject({ failed: undefined, hasEnded: true });
    expect(Object.keys(bench.others).sort()).toEqual(['app', withId(bench, PARKED)]);
  });

  it('is undone where the new one has not started after all', () => {
    const bench = new Bench();
    const writes = { ...bench.writes, start: () => EMPTY };
    expect(tried(bench, { writes }).failed).toBe('created anew it is created at once:');
    expectUndone(bench);
  });

  it('is undone where the new one has not started after all, and the engine says why', () => {
    const bench = new Bench();
    bench.client.beforeWrite = (call) => {
      if (call === 'start app') bench.engine.remove('gluetun', { force: true });
    };
    const start = (id: string) => bench.client.start(id).pipe(catchError(() => EMPTY));
    expect(tried(bench, { writes: { ...bench.writes, start } }).failed).toMatch(
      /^created anew it is created at once: OCI runtime create failed: .*ns\/net: no such file/,
    );
    expectUndone(bench);
  });

  it('is not called done where the new one has an error, though it has started', () => {
    const bench = new Bench();
    const isNew = (answer: unknown): boolean =>
      asObject(answer)?.['Name'] === '/app' && asObject(answer)?.['Id'] !== bench.orphan.id;
    const inspect = (id: string) =>
      bench.client.inspect(id).pipe(
        map((answer) => {
          const state = { Status: 'exited', Error: 'device is gone' };
          const { State } = answer as { State: object };
          return isNew(answer) ? { ...(answer as object), State: { ...State, ...state } } : answer;
        }),
      );
    const { failed } = tried(bench, { reads: { ...bench.reads, inspect } });
    expect(failed).toMatch(/^created anew it is exited at once: device is gone/);
  });
});

describe('a re-creation that an earlier monitor has begun', () => {
  const resumed = (bench: Bench, facts = bench.facts(bench.parkedAs)): Result =>
    bench.run((executor) => resume(bench.dependent, facts, basisOf(bench), executor));
  const CUT_OFF = 'its re-creation was cut off, and has been undone to begin anew';
  const inTheWay = ({ parkedAs }: Bench): string =>
    `${parkedAs} waits to be app again, but another container has that name; remove one of them`;

  it('is undone where nothing had been created', () => {
    const bench = new Bench().park();
    const { failed, error } = resumed(bench);
    expect(error).toBeInstanceOf(Untouched);
    expect(failed).toBe(CUT_OFF);
    expect(bench.client.written).toEqual([`rename ${bench.parkedAs} to app`]);
  });

  it('is left alone where the orphan has its own name again: it is no replacement of itself', () => {
    const bench = new Bench().park();
    const facts = bench.facts(bench.parkedAs);
    bench.engine.rename(bench.orphan.id, 'app');
    const { failed, error } = resumed(bench, facts);
    expect(error).toBeInstanceOf(Untouched);
    expect(failed).toBe('it has its own name again');
    expect(bench.client.written).toEqual([]);
  });

  it('is finished where what was created can run', () => {
    const bench = new Bench().park();
    const created = bench.twin();
    expect(resumed(bench)).toMatchObject({ failed: undefined, hasEnded: true });
    expect(bench.client.written).toEqual([`stop ${bench.parkedAs}`, 'start app', `remove ${bench.parkedAs}`]);
    expect(bench.others).toEqual({ app: `running ${created}` });
  });

  it('is undone where finishing it fails', () => {
    const bench = new Bench().park();
    bench.twin();
    bench.client.failNext(/^start app$/, 'no such device');
    expect(resumed(bench).failed).toBe('no such device');
    expect(bench.others).toEqual({ app: `exited ${bench.orphan.id}` });
  });

  it('is undone where the owner of what was created is gone, too', () => {
    const bench = new Bench().park();
    bench.twin();
    bench.engine.remove('gluetun', { force: true });
    bench.pass(1_000);
    const { failed, error } = resumed(bench);
    expect(error).toBeInstanceOf(Untouched);
    expect(failed).toBe(CUT_OFF);
    expect(bench.client.written).toEqual(['remove app', `rename ${bench.parkedAs} to app`]);
  });

  it('is as it was where nobody tells whether that owner lives', () => {
    const bench = new Bench().park();
    bench.twin();
    bench.client.failNext(/^inspect gluetun$/, 'server error');
    expect(resumed(bench).failed).toBe('server error');
    expect(bench.client.written).toEqual([]);
  });

  it.each(['runs', 'has ended'])('only has the old one removed where the new one %s', (how) => {
    const bench = new Bench().park();
    const created = bench.twin({}, { runs: true });
    if (how === 'has ended') bench.engine.stop(created);
    bench.pass(1_000);
    const others = bench.others;
    expect(resumed(bench)).toMatchObject({ failed: undefined, hasEnded: true });
    expect(bench.client.written).toEqual([`stop ${bench.parkedAs}`, `remove ${bench.parkedAs}`]);
    expect(bench.others).toEqual({ app: others['app'] });
  });

  it.each([
    { which: 'is of another image', spec: { image: 'another' }, runs: true },
    { which: 'has not run, and is of another image', spec: { image: 'another' }, runs: false },
    { which: 'has not run, and is on nobody’s network', spec: { networkMode: 'bridge' }, runs: false },
  ])('waits for its user where a container of its name $which', ({ spec, runs }) => {
    const bench = new Bench().park();
    bench.twin(spec, { runs });
    const others = bench.others;
    expect(resumed(bench).failed).toBe(inTheWay(bench));
    expect(bench.client.written).toEqual([]);
    expect(bench.others).toEqual(others);
  });
});
