import { Bench } from './bench.ts';

describe('an image', () => {
  it('is found by its name, with or without what goes without saying, and by its id', () => {
    const { images } = new Bench().engine;
    const { id } = images.add('app:1');
    images.add('plain');
    const digits = id.slice('sha256:'.length);
    for (const ref of ['app:1', 'docker.io/library/app:1', 'library/app:1', id, digits, digits.slice(0, 12)])
      expect(images.find(ref)?.id).toBe(id);
    expect(images.find('plain')).toBe(images.find('plain:latest'));
    expect(images.find('app')).toBeUndefined();
  });

  it('shows its names and its configuration, with nothing where it has none', () => {
    const { images } = new Bench().engine;
    const { id } = images.add('app:1', { Env: ['A=1'], Volumes: { '/data': {} } });
    images.tag('app:1', 'app');
    images.tag('app:1', 'app@sha256:0123');
    expect(images.inspect('app')).toMatchObject({
      Id: id,
      RepoTags: ['app:1', 'app:latest'],
      RepoDigests: ['app@sha256:0123'],
      Config: { Env: ['A=1'], Volumes: { '/data': {} }, Cmd: null, Labels: null, User: '' },
    });
  });

  it('loses its name to a newer one, and is still there by its id', () => {
    const { images } = new Bench().engine;
    const old = images.add('app:1');
    const newer = images.add('app:1');
    expect(images.inspect('app:1')).toMatchObject({ Id: newer.id, RepoTags: ['app:1'] });
    expect(images.inspect(old.id)).toMatchObject({ Id: old.id, RepoTags: [] });
  });

  it('is gone with its last name, or at once by its id', () => {
    const { images } = new Bench().engine;
    const { id } = images.add('app:1');
    images.tag('app:1', 'app:2');
    expect(images.remove('app:1')).toEqual([{ Untagged: 'app:1' }]);
    expect(images.find('app:2')?.id).toBe(id);
    expect(images.remove('app:2')).toEqual([{ Untagged: 'app:2' }, { Deleted: id }]);

    const other = images.add('other:1');
    images.remove(other.id);
    expect(images.find('other:1')).toBeUndefined();
  });

  it('that is gone is not found, in the words of a real engine', () => {
    const { images } = new Bench().engine;
    expect(() => images.inspect('app')).toThrow('no such image: app: No such image: app:latest');
    expect(() => images.inspect('sha256:abc')).toThrow(
      'no such image: sha256:abc: No such image: sha256:abc',
    );
    expect(() => images.remove('app:1')).toThrow('No such image: app:1');
  });
});

describe('a container', () => {
  it.each([
    ['has been given to another', (bench: Bench) => bench.engine.images.add('app:1')],
    ['is gone, and the image too', (bench: Bench) => bench.engine.images.remove('app:1')],
  ])('keeps the image it was made from when the name %s', (_, act) => {
    const bench = new Bench();
    const { id } = bench.engine.images.add('app:1', { Env: ['A=1'] });
    bench.engine.create({ name: 'web', image: 'app:1' });
    const listedAs = () => bench.engine.list({ all: true })[0];
    expect(listedAs()).toMatchObject({ Image: 'app:1', ImageID: id });

    act(bench);
    const Config = { Image: 'app:1', Env: ['A=1'] };
    expect(bench.engine.inspect('web')).toMatchObject({ Image: id, Config });
    expect(listedAs()).toMatchObject({ Image: id, ImageID: id });
  });

  it('is made from the image that has the name at that time, or from one by id', () => {
    const { engine } = new Bench();
    const old = engine.images.add('app:1');
    const newer = engine.images.add('app:1');
    engine.createFromBody('one', { Image: 'app:1' });
    engine.createFromBody('two', { Image: old.id });
    expect(engine.inspect('one')).toMatchObject({ Image: newer.id, Config: { Image: 'app:1' } });
    expect(engine.inspect('two')).toMatchObject({ Image: old.id, Config: { Image: old.id } });
  });
});
