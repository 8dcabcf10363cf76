import { Bench } from './bench.ts';

describe('the engine itself', () => {
  it('stops all when it goes down, tells it, and then ends every stream', () => {
    const bench = new Bench();
    let ended = false;
    bench.engine.events.stream().subscribe({ complete: () => (ended = true) });
    bench.does(bench.engine.shutDown());

    expect([...bench.told].sort()).toEqual(
      ['app', 'gluetun'].flatMap((name) => [`${name} die 0`, `${name} kill 15`, `${name} stop`]),
    );
    expect(ended).toBe(true);
    expect(bench.engine.up$.value).toBe(false);
  });

  it('brings the gateway back at boot, while its dependent loses the race', () => {
    const bench = new Bench();
    bench.does(bench.engine.shutDown());
    bench.does(bench.engine.boot());

    expect(bench.engine.get('gluetun').status).toBe('running');
    expect(bench.engine.get('app').state.error).toContain('cannot join network of a non running container');
  });

  it('brings both back when the gateway happens to be first', () => {
    const bench = new Bench();
    bench.does(bench.engine.shutDown());
    bench.does(bench.engine.boot({ ownersFirst: true }));
    expect(bench.engine.isOnLiveNetwork('app')).toBe(true);
  });

  it('leaves down what its operator had stopped, and forgets what was before', () => {
    const bench = new Bench();
    bench.does(bench.engine.stop('app'));
    bench.does(bench.engine.shutDown());
    bench.does(bench.engine.boot({ ownersFirst: true }));

    const replayed: string[] = [];
    bench.engine.events.stream({ since: 0n, until: 1n }).subscribe(({ action }) => replayed.push(action));
    expect(bench.engine.get('app').status).toBe('exited');
    expect(replayed).toEqual([]);
  });

  it('stops at boot what still runs after it broke down, before it answers, and takes that for a stop by hand', () => {
    const bench = new Bench();
    bench.engine.breakDown();
    bench.advance(60_000);
    expect(bench.engine.get('app').status).toBe('running');
    const answers: string[] = [];
    bench.engine.up$.subscribe((up) => answers.push(up ? bench.engine.get('app').status : 'none'));
    bench.does(bench.engine.boot());

    expect(answers).toEqual(['none', 'exited']);
    expect(['gluetun', 'app'].map((name) => bench.engine.get(name).status)).toEqual(['exited', 'exited']);
    expect(bench.engine.get('gluetun').manuallyStopped).toBe(true);
    expect(
      bench.engine.events
        .past()
        .map(({ action }) => action)
        .slice(0, 2),
    ).toEqual(['kill', 'kill']);
  });

  it('leaves no timer behind when it is disposed of', () => {
    const bench = new Bench();
    bench.engine.restart('app');
    bench.engine.dispose();
    bench.advance(10_000);
    expect(bench.told).toEqual(['app kill 15']);
  });
});
