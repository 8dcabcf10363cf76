import { Bench } from './bench.ts';
import { ADDED, DELETED, MODIFIED } from './layer-file.ts';
import { injectConfig } from './operator.ts';

const FOLDER_MODE = 2 ** 31 + 0o755;

describe("changes in a container's own layer", () => {
  it('are null where there are none', () => {
    expect(new Bench().engine.changes('app')).toBeNull();
  });

  it('are the files, and the folders they are in', () => {
    const { engine } = new Bench();
    const { files } = engine.get('app');
    files.set('/etc/app.conf', {}).set('/bin/ln', { kind: DELETED }).set('/new', { kind: ADDED });
    expect(engine.changes('app')).toEqual([
      { Path: '/bin', Kind: MODIFIED },
      { Path: '/bin/ln', Kind: DELETED },
      { Path: '/etc', Kind: MODIFIED },
      { Path: '/etc/app.conf', Kind: ADDED },
      { Path: '/new', Kind: ADDED },
    ]);
  });

  it('are, after the first start, also what something is mounted on, unless the image brought it along', () => {
    const { engine, does } = new Bench();
    engine.images.add('app:1', { Volumes: { '/data': {} } });
    const HostConfig = { Binds: ['/host/app.conf:/etc/app/app.conf'], Tmpfs: { '/scratch': '' } };
    engine.createFromBody('new', { Image: 'app:1', HostConfig });
    expect(engine.changes('new')).toBeNull();

    does(engine.start('new'));
    expect(engine.changes('new')).toEqual(
      ['/etc', '/etc/app', '/etc/app/app.conf', '/scratch'].map((Path) => ({ Path, Kind: ADDED })),
    );
  });
});

describe('what is told of a file', () => {
  it("is its size, its mode in Go's bits, and when it was written", () => {
    const { engine } = new Bench();
    const mtime = '2026-11-22T21:59:47Z';
    const { files } = engine.get('app');
    files
      .set('/etc/app.conf', { size: 5, mode: 0o640, mtime })
      .set('/etc/link', { linkTarget: '/etc/app.conf' });
    expect(engine.fileStat('app', '/etc/app.conf')).toEqual({
      name: 'app.conf',
      size: 5,
      mode: 0o640,
      mtime,
      linkTarget: '',
    });
    expect(engine.fileStat('app', '/etc/link')).toMatchObject({
      mode: 2 ** 27 + 0o777,
      linkTarget: '/etc/app.conf',
    });
    expect(engine.fileStat('app', '/etc/')).toMatchObject({ name: 'etc', mode: FOLDER_MODE });
  });

  it('is of a read-only one with whole seconds, where compose has put it there', () => {
    const { engine } = new Bench();
    injectConfig(engine, 'app', '/etc/app.conf');
    expect(engine.fileStat('app', '/etc/app.conf')).toMatchObject({
      mode: 0o444,
      mtime: expect.stringMatching(/:\d\dZ$/) as string,
    });
  });

  it.each([
    ['/nope', 404, 'Could not find the file /nope in container app'],
    ['/gone', 404, 'Could not find the file /gone in container app'],
    ['', 400, 'bad parameter: pathcannot be empty'],
  ])('is refused for %j', (path, status, message) => {
    const { engine } = new Bench();
    engine.get('app').files.set('/gone', { kind: DELETED });
    expect(() => engine.fileStat('app', path)).toThrow(expect.objectContaining({ status, message }) as Error);
  });
});
