import { Bench } from './bench.ts';

/** A container that is to vanish when it stops, with a volume nobody named. */
function vanishing(networkMode = 'default'): Bench {
  const bench = new Bench();
  const body = { HostConfig: { AutoRemove: true, NetworkMode: networkMode }, Volumes: { '/data': {} } };
  bench.engine.create({ name: 'once', body });
  return bench;
}

function running(networkMode?: string): Bench {
  const bench = vanishing(networkMode);
  bench.does(bench.engine.start('once'));
  return bench;
}

const toldOfIt = ({ told }: Bench): readonly string[] => told.filter((line) => line.startsWith('once '));

describe('a container with AutoRemove', () => {
  it.each<[string, (bench: Bench) => void, readonly string[]]>([
    [
      'is stopped',
      ({ engine, does }) => does(engine.stop('once')),
      ['once kill 15', 'once die 0', 'once stop', 'once destroy'],
    ],
    [
      'is killed',
      ({ engine, does }) => does(engine.kill('once')),
      ['once kill 9', 'once die 137', 'once destroy'],
    ],
    ['ends by itself', ({ engine }) => engine.crash('once', 0), ['once die 0', 'once destroy']],
    [
      'is removed by force',
      ({ engine, does }) => does(engine.remove('once', { force: true })),
      ['once kill 9', 'once die 137', 'once destroy'],
    ],
    [
      'goes down with the engine',
      ({ engine, does }) => does(engine.shutDown()),
      ['once kill 15', 'once die 0', 'once stop', 'once destroy'],
    ],
  ])('vanishes when it %s', (_, act, told) => {
    const bench = running();
    act(bench);
    bench.advance(1000);
    expect(bench.engine.find('once')).toBeUndefined();
    expect(toldOfIt(bench)).toEqual(['once create', 'once start', ...told]);
  });

  it('takes its nameless volumes along', () => {
    const bench = running();
    bench.does(bench.engine.stop('once'));
    expect(bench.engine.volumes.names).toEqual([]);
  });

  it('stays when it is restarted', () => {
    const bench = running();
    bench.does(bench.engine.restart('once'));
    bench.advance(1000);
    expect(bench.engine.get('once').status).toBe('running');
    bench.does(bench.engine.stop('once'));
    expect(bench.engine.find('once')).toBeUndefined();
  });

  it('vanishes when a restart cannot start it', () => {
    const bench = running('container:gluetun');
    bench.does(bench.engine.stop('gluetun'));
    expect(bench.outcome(bench.engine.restart('once'))?.message).toMatch(/^Cannot restart container once/);
    expect(bench.engine.find('once')).toBeUndefined();
    expect(toldOfIt(bench).slice(-2)).toEqual(['once stop', 'once destroy']);
  });

  it('vanishes when it cannot be started at all', () => {
    const bench = vanishing('container:missing');
    expect(bench.outcome(bench.engine.start('once'))?.status).toBe(404);
    expect(toldOfIt(bench)).toEqual(['once create', 'once destroy']);
  });

  it('stays when it is stopped before it has ever run', () => {
    const bench = vanishing();
    bench.does(bench.engine.stop('once'));
    expect(bench.engine.get('once').status).toBe('created');
  });
});

it('a container that is removed tells it once', () => {
  const bench = new Bench();
  bench.engine.remove('app', { force: true });
  bench.does(bench.engine.remove('app', { force: true }));
  bench.advance(1000);
  expect(bench.told.filter((line) => line === 'app destroy')).toHaveLength(1);
});
