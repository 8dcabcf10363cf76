import { merge } from 'rxjs';
import { Bench } from './bench.ts';
import { recreate } from './operator.ts';

describe('a dependent whose gateway is down', () => {
  it('ends exited, with the reason, and says nothing of the start that failed', () => {
    const bench = new Bench();
    const owner = bench.engine.get('gluetun').id;
    bench.does(bench.engine.stop('gluetun'));
    const failure = bench.outcome(bench.engine.restart('app'));

    const cause = `cannot join network of a non running container: ${owner}`;
    expect(failure).toMatchObject({ status: 500, message: `Cannot restart container app: ${cause}` });
    expect(bench.engine.get('app')).toMatchObject({
      status: 'exited',
      state: { exitCode: 128, error: cause },
    });
    expect(bench.told.slice(-3)).toEqual(['app kill 15', 'app die 0', 'app stop']);
  });

  it('is refused a start as a conflict', () => {
    const bench = new Bench();
    const owner = bench.engine.get('gluetun').id;
    bench.does(bench.engine.stop('app'));
    bench.does(bench.engine.stop('gluetun'));

    expect(bench.outcome(bench.engine.start('app'))).toMatchObject({
      status: 409,
      message: `cannot join network of a non running container: ${owner}`,
    });
  });

  it('keeps the exit code it died with, and is not brought back by its policy or by the gateway', () => {
    const bench = new Bench();
    bench.does(bench.engine.stop('gluetun'));
    bench.engine.crash('app', 139);
    bench.advance(60_000);
    bench.does(bench.engine.start('gluetun'));
    bench.advance(60_000);

    const app = bench.engine.get('app');
    expect(app.status).toBe('exited');
    expect(app.restartCount).toBe(1);
    expect(app.state.exitCode).toBe(139);
    expect(app.state.error).toContain('cannot join network of a non running container');
  });

  it('starts once the gateway runs again', () => {
    const bench = new Bench();
    bench.does(bench.engine.stop('gluetun'));
    bench.outcome(bench.engine.restart('app'));
    bench.does(bench.engine.start('gluetun'));
    bench.does(bench.engine.start('app'));

    expect(bench.engine.get('app').state).toMatchObject({ running: true, error: '', exitCode: 0 });
    expect(bench.engine.isOnLiveNetwork('app')).toBe(true);
  });

  it('waits for a gateway that its policy is about to restart', () => {
    const bench = new Bench();
    const owner = bench.engine.get('gluetun').id;
    bench.does(bench.engine.stop('app'));
    bench.engine.crash('gluetun');

    expect(bench.outcome(bench.engine.start('app'))).toMatchObject({
      status: 409,
      message: `Container ${owner} is restarting, wait until the container is running`,
    });
  });

  it('fails with the words of runc when the gateway ends while it starts', () => {
    const bench = new Bench();
    bench.does(bench.engine.stop('app'));
    const start$ = bench.engine.start('app');
    bench.advance(50);
    bench.engine.crash('gluetun');

    const failure = bench.outcome(start$);
    expect(failure?.status).toBe(500);
    expect(failure?.message).toMatch(/namespace path: lstat \/proc\/\d+\/ns\/net: no such file or directory/);
  });
});

describe('a container that could not be started', () => {
  it.each([
    ['is down', 409, 'cannot join network of a non running container: OWNER'],
    ['is gone', 404, 'No such container: OWNER'],
  ])('keeps the reason, and stays created, where the container it joins %s', (state, status, words) => {
    const bench = new Bench();
    const { id } = bench.engine.get('gluetun');
    bench.addDependent('new', 'gluetun');
    bench.does(bench.engine.stop('gluetun'));
    if (state === 'is gone') bench.does(bench.engine.remove('gluetun'));
    const toldBefore = bench.told.length;
    const message = words.replace('OWNER', id);

    expect(bench.outcome(bench.engine.start('new'))).toMatchObject({ status, message });
    expect(bench.engine.get('new')).toMatchObject({
      status: 'created',
      state: { exitCode: 128, error: message, startedAt: undefined, finishedAt: undefined },
    });
    expect(bench.told.slice(toldBefore)).toEqual([]);
  });

  it('says so of a restart, too, under the name the caller used', () => {
    const bench = new Bench();
    bench.addDependent('new', 'missing');
    expect(bench.outcome(bench.engine.restart('new'))).toMatchObject({
      status: 500,
      message: 'Cannot restart container new: No such container: missing',
    });
    expect(bench.engine.get('new').status).toBe('created');
  });
});

describe('a dependent of a gateway that was removed and made again', () => {
  it('is orphaned when it was made after the gateway: it holds the old id', () => {
    const bench = new Bench();
    const oldId = bench.engine.get('gluetun').id;
    bench.does(recreate(bench.engine, bench.gatewaySpec));
    const restart = bench.outcome(bench.engine.restart('app'));
    const start = bench.outcome(bench.engine.start('app'));

    expect(restart).toMatchObject({
      status: 500,
      message: `Cannot restart container app: No such container: ${oldId}`,
    });
    expect(start).toMatchObject({ status: 404, message: `No such container: ${oldId}` });
  });

  it('comes back with a restart when it was made before any gateway: it holds the name', () => {
    const bench = new Bench();
    bench.does(bench.engine.remove('gluetun', { force: true }));
    bench.addDependent('early', 'gluetun');
    expect(bench.outcome(bench.engine.start('early'))).toMatchObject({
      message: 'No such container: gluetun',
    });
    expect(bench.engine.get('early').status).toBe('created');

    bench.engine.create(bench.gatewaySpec);
    bench.does(bench.engine.start('gluetun'));
    bench.does(bench.engine.start('early'));
    bench.does(recreate(bench.engine, bench.gatewaySpec));
    expect(bench.engine.isOnLiveNetwork('early')).toBe(false);
    bench.does(bench.engine.restart('early'));
    expect(bench.engine.isOnLiveNetwork('early')).toBe(true);
    expect(bench.engine.get('early').networkMode).toBe('container:gluetun');
  });
});

describe('the network namespace', () => {
  it('dies with its owner: a dependent that runs on is cut off until it is restarted', () => {
    const bench = new Bench();
    expect(bench.engine.isOnLiveNetwork('app')).toBe(true);
    bench.does(bench.engine.restart('gluetun'));
    expect(bench.engine.get('app').status).toBe('running');
    expect(bench.engine.isOnLiveNetwork('app')).toBe(false);
    bench.does(bench.engine.restart('app'));
    expect(bench.engine.isOnLiveNetwork('app')).toBe(true);
  });

  it('goes through the chain: the far one stays cut off when only the middle one was restarted', () => {
    const bench = new Bench();
    bench.addDependent('far', 'app');
    bench.does(bench.engine.start('far'));
    bench.does(bench.engine.restart('gluetun'));
    bench.does(bench.engine.restart('app'));

    expect(bench.engine.isOnLiveNetwork('app')).toBe(true);
    expect(bench.engine.isOnLiveNetwork('far')).toBe(false);
  });

  it('outlives a middle one that ends', () => {
    const bench = new Bench();
    bench.addDependent('far', 'app');
    bench.does(bench.engine.start('far'));
    bench.does(bench.engine.stop('app'));

    expect(bench.engine.isOnLiveNetwork('far')).toBe(true);
  });

  it('is older than the dependent exactly when the dependent is on it', () => {
    const bench = new Bench();
    const startedAt = (name: string): bigint => bench.engine.get(name).state.startedAt ?? 0n;

    expect(startedAt('gluetun') < startedAt('app')).toBe(bench.engine.isOnLiveNetwork('app'));
    bench.does(bench.engine.restart('gluetun'));
    expect(startedAt('gluetun') < startedAt('app')).toBe(bench.engine.isOnLiveNetwork('app'));
  });
});

describe('a restart', () => {
  it('takes 0.4 s for an owner and 0.3 s for a dependent', () => {
    const bench = new Bench();
    const took = (name: string): number => {
      const before = bench.scheduler.frame;
      bench.does(bench.engine.restart(name));
      return bench.scheduler.frame - before;
    };

    expect(took('gluetun')).toBe(400);
    expect(took('app')).toBe(300);
  });

  it('is shared by all who ask for it at the same time', () => {
    const bench = new Bench();
    bench.does(merge(...[1, 2, 3].map(() => bench.engine.restart('app'))));

    const once = ['app kill 15', 'app die 0', 'app stop', 'app start'];
    expect(bench.told).toEqual([...once, 'app restart', 'app restart', 'app restart']);
  });

  it('starts one that is stopped', () => {
    const bench = new Bench();
    bench.does(bench.engine.stop('app'));
    bench.does(bench.engine.restart('app'));
    expect(bench.told.slice(-2)).toEqual(['app start', 'app restart']);
  });

  it('goes on when nobody waits for it any more', () => {
    const bench = new Bench();
    bench.engine.restart('app').subscribe().unsubscribe();
    bench.advance(1000);
    expect(bench.told).toContain('app restart');
  });

  it('thaws a paused one first', () => {
    const bench = new Bench();
    bench.does(bench.engine.pause('app'));
    bench.does(bench.engine.restart('app'));
    expect(bench.told.slice(1, 5)).toEqual(['app kill 15', 'app unpause', 'app die 0', 'app stop']);
  });
});

describe('a stop', () => {
  it("sends the container's own signal, and SIGKILL when its own time is up", () => {
    const bench = new Bench();
    const deaf = { ignoresTerm: true };
    bench.engine.create({ name: 'db', body: { StopSignal: 'SIGINT' } });
    bench.engine.create({ name: 'deaf', body: { StopSignal: 'INT', StopTimeout: 1 }, workload: deaf });
    bench.does(bench.engine.start('db'));
    bench.does(bench.engine.start('deaf'));
    const toldBefore = bench.told.length;
    bench.does(bench.engine.stop('db'));
    bench.does(bench.engine.stop('deaf'));

    expect(bench.told.slice(toldBefore)).toEqual([
      ...['db kill 2', 'db die 0', 'db stop'],
      ...['deaf kill 2', 'deaf kill 9', 'deaf die 137', 'deaf stop'],
    ]);
  });

  it('of one that does not run is no failure', () => {
    const bench = new Bench();
    bench.does(bench.engine.stop('app'));
    const toldBefore = bench.told.length;
    bench.does(bench.engine.stop('app'));
    expect(bench.told).toHaveLength(toldBefore);
  });
});
