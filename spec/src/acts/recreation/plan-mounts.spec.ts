import fc from 'fast-check';
import { asObject, type Json } from '../../../../streams/json.ts';
import { plannedHost, type Told } from './originals.ts';

const volume = (Destination: string, more: Json = {}): Json => ({
  Type: 'volume',
  Name: 'v1',
  Source: '/var/lib/docker/volumes/v1/_data',
  Destination,
  Driver: 'local',
  Mode: '',
  RW: true,
  Propagation: '',
  ...more,
});

const byName = (Target: string, more: Json = {}): Json => ({
  Type: 'volume',
  Source: 'v1',
  Target,
  ReadOnly: false,
  VolumeOptions: { NoCopy: true },
  ...more,
});

const storage = (told: Told): Json => {
  const { Binds, Mounts } = plannedHost(told);
  return { ...(Binds ? { Binds } : {}), ...(Mounts ? { Mounts } : {}) };
};

describe('a volume that was not asked for by name', () => {
  it.each<{ given: string; mounts: Json[]; host?: Json; then: Json[] }>([
    { given: 'is asked for by it', mounts: [volume('/data')], then: [byName('/data')] },
    {
      given: 'is read-only where it was',
      mounts: [volume('/data', { RW: false })],
      then: [byName('/data', { ReadOnly: true })],
    },
    {
      given: 'goes beside other mounts',
      mounts: [volume('/data')],
      host: { Mounts: [{ Type: 'tmpfs', Target: '/cache', TmpfsOptions: { SizeBytes: 5 } }] },
      then: [{ Type: 'tmpfs', Target: '/cache', TmpfsOptions: { SizeBytes: 5 } }, byName('/data')],
    },
    {
      given: 'goes below or beside others, however alike their names',
      mounts: [volume('/data'), volume('/data/sub'), volume('/data2')],
      host: { Tmpfs: { '/data/sub/sub': '' } },
      then: [byName('/data'), byName('/data/sub'), byName('/data2')],
    },
    {
      given: 'of another container is asked for by name too',
      mounts: [volume('/shared'), { Type: 'bind', Source: '/host', Destination: '/bound', RW: true }],
      host: { VolumesFrom: ['data'] },
      then: [byName('/shared')],
    },
    {
      given: 'of a mount gets its name there, not that of another',
      mounts: [volume('/a', { Type: 'bind', Name: '' }), volume('/b', { Name: 'v2' }), volume('/data')],
      host: {
        Mounts: [
          { Type: 'volume', Source: 'v2', Target: '/b' },
          { Type: 'volume', Target: '/data/', VolumeOptions: { Labels: { a: 'b' } } },
        ],
      },
      then: [
        { Type: 'volume', Source: 'v2', Target: '/b' },
        { Type: 'volume', Source: 'v1', Target: '/data/', VolumeOptions: { Labels: { a: 'b' } } },
      ],
    },
  ])('$given', ({ mounts, host = {}, then }) => {
    expect(storage({ mounts, host })).toEqual({ Mounts: then });
  });

  it('takes the place of the bind that asked for it by its place alone', () => {
    expect(
      storage({ mounts: [volume('/data'), volume('/x')], host: { Binds: ['/data/', 'named:/x'] } }),
    ).toEqual({ Binds: ['named:/x'], Mounts: [byName('/data')] });
  });
});

describe('what was asked for stays as it was asked for', () => {
  it.each<{ given: string; host: Json; mounts?: Json[] }>([
    {
      given: 'a folder of the host, its propagation and label',
      host: { Binds: ['/host/data:/data:ro,rslave,z'] },
      mounts: [volume('/data', { Type: 'bind' })],
    },
    { given: 'a volume by its name', host: { Binds: ['v1:/data'] }, mounts: [volume('/data')] },
    { given: 'a volume by its name, not filled', host: { Binds: ['v1:/data:nocopy'] }, mounts: [volume('/data')] },
    { given: 'a place that ends in a slash', host: { Binds: ['v1:/data/:ro'] }, mounts: [volume('/data')] },
    { given: 'a place with slashes and dots', host: { Binds: ['v1://srv/./x/..//data'] }, mounts: [volume('/srv/data')] },
    {
      given: 'a part of a volume',
      host: { Mounts: [{ Type: 'volume', Source: 'v1', Target: '/data', VolumeOptions: { Subpath: 'a' } }] },
      mounts: [volume('/data')],
    },
    {
      given: 'a volume by its name that is not told to be mounted',
      host: { Mounts: [{ Type: 'volume', Source: 'v1', Target: '/data' }] },
    },
    {
      given: 'a folder by --mount',
      host: { Mounts: [{ Type: 'bind', Source: '/host', Target: '/data', BindOptions: { Propagation: 'rshared' } }] },
      mounts: [volume('/data', { Type: 'bind' })],
    },
    { given: 'memory where the image wants a volume', host: { Tmpfs: { '/data/': 'size=1m' } }, mounts: [volume('/data')] },
    { given: 'a pipe', host: {}, mounts: [volume('/pipe', { Type: 'npipe' })] },
  ])('$given', ({ host, mounts }) => {
    const { Binds, Mounts } = host;
    expect(storage({ host, ...(mounts ? { mounts } : {}) })).toEqual({ ...(Binds ? { Binds } : {}), ...(Mounts ? { Mounts } : {}) });
  }); // prettier-ignore
});

describe('whatever a container has mounted', () => {
  const place = fc.constantFrom('/a', '/a/', '//a', '/b', '/b/./', '/a/b', '/a//b/', '/c');
  const clean = (path: string): string => path.replaceAll(/\/\.?(?=\/|$)/g, '') || '/';
  const mount = fc.record({
    place,
    by: fc.constantFrom('bind', 'named bind', 'lone bind', 'mount', 'anonymous mount', 'tmpfs', 'image'),
  });
  const mounted = fc.uniqueArray(mount, { selector: (one) => clean(one.place) });

  /** What was asked for, and what the engine shows of it. */
  const told = (all: readonly { place: string; by: string }[]): Told => {
    const at = (...by: string[]): string[] =>
      all.filter((one) => by.includes(one.by)).map((one) => one.place);
    const named = (path: string): string => `v${clean(path).replaceAll('/', '-')}`;
    return {
      host: {
        Binds: [
          ...at('bind').map((path) => `/host:${path}:ro`),
          ...at('named bind').map((path) => `${named(path)}:${path}`),
          ...at('lone bind'),
        ],
        Mounts: [
          ...at('mount').map((path) => ({ Type: 'volume', Source: named(path), Target: path })),
          ...at('anonymous mount').map((path) => ({ Type: 'volume', Target: path })),
        ],
        Tmpfs: Object.fromEntries(at('tmpfs').map((path) => [path, ''])),
      },
      mounts: all.map(({ place: path, by }) =>
        volume(clean(path), { Name: named(path), Type: by === 'bind' ? 'bind' : 'volume' }),
      ),
    };
  };

  it('is mounted again, each at its place and once', () => {
    fc.assert(
      fc.property(mounted, (all) => {
        const { Binds, Mounts, Tmpfs } = plannedHost(told(all));
        const places = [
          ...(Binds as string[]).map((bind) => bind.split(':')[1] ?? ''),
          ...(Mounts as { Target: string }[]).map(({ Target }) => Target),
          ...Object.keys(asObject(Tmpfs) ?? {}),
        ];
        expect(places.map(clean).sort()).toEqual(all.map((one) => clean(one.place)).sort());
      }),
    );
  });

  it('has its volumes by their names', () => {
    fc.assert(
      fc.property(mounted, (all) => {
        const { Mounts } = plannedHost(told(all));
        expect((Mounts as Json[]).every(({ Type, Source }) => Type === 'volume' && Boolean(Source))).toBe(
          true,
        );
      }),
    );
  });
});
