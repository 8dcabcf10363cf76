import { Bench } from './bench.ts';
import type { HostConfig } from './create-request.ts';

const bench = (): Bench => {
  const made = new Bench();
  made.engine.images.add('app:1', { Volumes: { '/data': {} } });
  return made;
};

const create = ({ engine }: Bench, name: string, HostConfig: HostConfig = {}): string =>
  engine.createFromBody(name, { Image: 'app:1', HostConfig }).volumeAt('/data') ?? '';

describe('volumes', () => {
  it('are made with the container, and keep their content when the next one is made', () => {
    const made = bench();
    const { volumes } = made.engine;
    create(made, 'one', { Binds: ['named:/data'] });
    expect(volumes.read('named')).toBe('');
    volumes.write('named', 'precious');
    create(made, 'two', { Mounts: [{ Type: 'volume', Source: 'named', Target: '/data' }] });
    expect(volumes.read('named')).toBe('precious');
  });

  it('without a name are new for each container', () => {
    const made = bench();
    const names = [create(made, 'one'), create(made, 'two')];
    expect(new Set(names).size).toBe(2);
    expect(made.engine.volumes.names).toEqual(names);
  });

  it('outlive their container, be they named or not', () => {
    const made = bench();
    const anonymous = create(made, 'one', { Binds: ['named:/named'] });
    made.does(made.engine.remove('one'));
    expect(made.engine.volumes.names).toEqual(expect.arrayContaining(['named', anonymous]));
  });

  it('go with it when asked for, but only those without a name', () => {
    const made = bench();
    const anonymous = create(made, 'one', {
      Binds: ['named:/named', '/bind'],
      Mounts: [{ Type: 'volume', Target: '/mount' }],
    });
    expect(made.engine.volumes.names).toHaveLength(4);
    made.does(made.engine.remove('one', { volumes: true }));
    expect(made.engine.volumes.has(anonymous)).toBe(false);
    expect(made.engine.volumes.names).toEqual(['named']);
  });

  it('stay, when carried over to another container by the names the engine gave them', () => {
    const made = bench();
    const name = create(made, 'one');
    create(made, 'two', { Binds: [`${name}:/data`] });
    made.does(made.engine.remove('one', { volumes: true }));
    made.does(made.engine.remove('two', { volumes: true }));
    expect(made.engine.volumes.has(name)).toBe(true);
  });
});
