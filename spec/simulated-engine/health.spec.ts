import { Bench } from './bench.ts';

const healthOf = (bench: Bench): string | undefined => bench.engine.get('gluetun').health?.status;

describe('health', () => {
  it('is starting after a start, healthy one interval later, and only the second is told', () => {
    const bench = new Bench();
    bench.does(bench.engine.restart('gluetun'));
    expect(healthOf(bench)).toBe('starting');
    bench.advance(1100);
    expect(healthOf(bench)).toBe('healthy');
    expect(bench.told.slice(-3)).toEqual([
      'gluetun start',
      'gluetun restart',
      'gluetun health_status: healthy',
    ]);
  });

  it('turns after as many failures as the check allows, and says so once', () => {
    const bench = new Bench();
    bench.standIn.breakTunnel();
    bench.advance(10_000);
    expect(bench.told).toEqual(['gluetun health_status: unhealthy']);
    expect(bench.engine.get('gluetun').health?.failingStreak).toBeGreaterThan(2);
  });

  it('counts failures in a row only', () => {
    const bench = new Bench();
    const results = [1, 0, 1, 0];
    const healthcheck = { Test: ['CMD', 'x'], Interval: 1e9, Retries: 2 };
    bench.engine.create({
      name: 'shaky',
      healthcheck,
      workload: { probeHealth: () => results.shift() ?? 0 },
    });
    bench.does(bench.engine.start('shaky'));
    bench.advance(10_000);
    expect(bench.told.slice(2)).toEqual(['shaky health_status: healthy']);
  });

  it('of a stopped container is unhealthy, and nobody is told', () => {
    const bench = new Bench();
    bench.does(bench.engine.stop('gluetun'));
    bench.advance(5000);
    expect(healthOf(bench)).toBe('unhealthy');
    expect(bench.told).toEqual(['gluetun kill 15', 'gluetun die 0', 'gluetun stop']);
  });

  it('of a paused container is unhealthy, nobody is told, and nothing is probed', () => {
    const bench = new Bench();
    bench.does(bench.engine.pause('gluetun'));
    bench.advance(5000);
    expect(healthOf(bench)).toBe('unhealthy');
    expect(bench.said.map(({ Action }) => Action)).toEqual(['pause']);
  });

  it('makes three events of each probe, with the whole command', () => {
    const bench = new Bench();
    bench.advance(1100);
    expect(bench.said.slice(0, 3).map(({ Action }) => Action)).toEqual([
      'exec_create: /bin/sh -c /gluetun-entrypoint healthcheck',
      'exec_start: /bin/sh -c /gluetun-entrypoint healthcheck',
      'exec_die',
    ]);
  });

  it('forgives failures within the start period', () => {
    const bench = new Bench();
    const healthcheck = { Test: ['CMD', 'x'], Interval: 1e9, Retries: 1, StartPeriod: 5e9 };
    bench.engine.create({ name: 'slow', healthcheck, workload: { probeHealth: () => 1 } });
    bench.does(bench.engine.start('slow'));
    bench.advance(4500);
    expect(bench.engine.get('slow').health).toMatchObject({ status: 'starting', failingStreak: 0 });
    bench.advance(2000);
    expect(bench.engine.get('slow').health?.status).toBe('unhealthy');
  });

  it('is not there without a check, nor before the first start', () => {
    const bench = new Bench();
    bench.engine.create({ ...bench.gatewaySpec, name: 'new' });
    expect(bench.engine.get('app').health).toBeUndefined();
    expect(bench.engine.inspect('new')).not.toHaveProperty('State.Health');
  });
});
