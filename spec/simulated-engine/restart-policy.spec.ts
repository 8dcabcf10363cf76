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
