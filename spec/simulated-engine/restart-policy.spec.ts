import { Bench } from './bench.ts';

describe('restart policies', () => {
  it('wait longer after each short run', () => {
    const bench = new Bench();
    const crashes: number[] = [];
    bench.engine.create({
      name: 'loop',
      restartPolicy: 'always',
      timings: { startMs: 0 },
      workload: {
        started: (host) => {
          crashes.push(host.nowMs());
          host.exit(3);
        },
      },
    });
    bench.does(bench.engine.start('loop'));
    bench.advance(1600);

    const waits = crashes.slice(1).map((at, index) => at - (crashes[index] ?? 0));
    expect(waits).toEqual([100, 200, 400, 800]);
    expect(bench.engine.get('loop').status).toBe('restarting');
  });

  it('are given up on a stop between two runs, which says only that', () => {
    const bench = new Bench();
    bench.engine.crash('gluetun');
    bench.does(bench.engine.stop('gluetun'));
    bench.advance(5000);

    expect(bench.told).toEqual(['gluetun die 137', 'gluetun stop']);
    expect(bench.engine.get('gluetun').status).toBe('exited');
  });

  it('end on a stop while the new run begins', () => {
    const bench = new Bench();
    bench.engine.crash('gluetun');
    bench.advance(200);
    bench.does(bench.engine.stop('gluetun'));
    bench.advance(5000);

    expect(bench.told.slice(1)).toEqual([
      'gluetun start',
      'gluetun kill 15',
      'gluetun die 0',
      'gluetun stop',
    ]);
    expect(bench.engine.get('gluetun').status).toBe('exited');
  });

  it.each([
    ['on-failure', 1, 'running'],
    ['on-failure', 0, 'exited'],
    ['always', 0, 'running'],
    ['no', 1, 'exited'],
  ] as const)('%s: an end with %d leaves it %s', (restartPolicy, exitCode, status) => {
    const bench = new Bench();
    bench.engine.create({ name: 'other', restartPolicy });
    bench.does(bench.engine.start('other'));
    bench.engine.crash('other', exitCode);
    bench.advance(2000);
    expect(bench.engine.get('other').status).toBe(status);
  });
});

describe('what the engine shows of a policy with a limit', () => {
  const play = (exitCode: number): Bench => {
    const bench = new Bench();
    bench.engine.create({
      name: 'other',
      body: { HostConfig: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } } },
      workload: { started: (host) => host.exit(exitCode) },
    });
    bench.does(bench.engine.start('other'));
    bench.advance(2000);
    return bench;
  };
  const shown = ({ engine }: Bench): unknown => engine.inspect('other');

  it('is the last end of as many as it allows, and how often it has started it', () => {
    const bench = play(1);
    expect(bench.told.filter((line) => line.includes('die'))).toHaveLength(3);
    expect(shown(bench)).toMatchObject({
      RestartCount: 2,
      State: { Status: 'exited', ExitCode: 1, Error: '' },
    });
  });

  it('is counted anew after a start by hand', () => {
    const bench = play(1);
    bench.does(bench.engine.start('other'));
    expect(shown(bench)).toMatchObject({ State: { Status: 'restarting' } });
    bench.advance(2000);
    expect(shown(bench)).toMatchObject({ RestartCount: 2, State: { Status: 'exited' } });
  });

  it('is no start at all after an end in good order', () => {
    expect(shown(play(0))).toMatchObject({ RestartCount: 0, State: { Status: 'exited', ExitCode: 0 } });
  });
});

describe('a signal that does not stop a container', () => {
  it.each([
    {
      given: 'with a stop signal of its own is started again',
      body: { StopSignal: 'SIGWINCH' },
      then: 'running',
    },
    { given: 'without one is left down', body: {}, then: 'exited' },
  ])('and a crash: one $given by its policy', ({ body, then }) => {
    const bench = new Bench();
    bench.engine.create({ name: 'other', body, restartPolicy: 'always' });
    bench.does(bench.engine.start('other'));
    bench.does(bench.engine.kill('other', 'SIGHUP'));
    bench.engine.crash('other', 5);
    bench.advance(2000);
    expect(bench.engine.get('other').status).toBe(then);
  });
});

describe('an engine that comes up', () => {
  const boot = ({ engine, does }: Bench): void => {
    does(engine.shutDown());
    does(engine.boot());
  };

  it.each([
    ['always', 137, 'running'],
    ['unless-stopped', 137, 'exited'],
    ['on-failure', 137, 'running'],
    ['on-failure', 0, 'exited'],
    ['no', 137, 'exited'],
  ] as const)(
    '%s: one that was stopped by hand and ended with %d is %s',
    (restartPolicy, exitCode, status) => {
      const bench = new Bench();
      bench.engine.create({ name: 'other', restartPolicy, workload: { ignoresTerm: exitCode !== 0 } });
      bench.does(bench.engine.start('other'));
      bench.does(bench.engine.stop('other', 1));
      boot(bench);
      expect(bench.engine.get('other').status).toBe(status);
    },
  );

  it('does not start what has no tries left', () => {
    const bench = new Bench();
    bench.engine.create({
      name: 'loop',
      body: { HostConfig: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } } },
      workload: { started: (host) => host.exit(3) },
    });
    bench.does(bench.engine.start('loop'));
    bench.advance(5000);
    boot(bench);
    expect(bench.engine.get('loop')).toMatchObject({ status: 'exited', restartCount: 2 });
  });

  it.each(['always', 'unless-stopped', 'on-failure'] as const)(
    'does not start what has never run: %s',
    (restartPolicy) => {
      const bench = new Bench();
      bench.engine.create({ name: 'new', restartPolicy });
      boot(bench);
      expect(bench.engine.get('new').status).toBe('created');
    },
  );

  it('nor what could not be started, though its owner is there by now', () => {
    const bench = new Bench();
    bench.engine.create({ name: 'late', networkMode: 'container:missing', restartPolicy: 'always' });
    bench.outcome(bench.engine.start('late'));
    bench.engine.create({ name: 'missing', restartPolicy: 'always' });
    bench.does(bench.engine.start('missing'));
    bench.does(bench.engine.shutDown());
    bench.does(bench.engine.boot({ ownersFirst: true }));
    expect(bench.engine.get('late')).toMatchObject({ status: 'created', state: { exitCode: 128 } });
  });
});
