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

describe('a volume that was not requested by name', () => {
  it.each<{ given: string; mounts: Json[]; host?: Json; then: Json[] }>([
    { given: 'is requested by its name', mounts: [volume('/data')], then: [byName('/data')] },
    {
      given: 'stays read-only',
      mounts: [volume('/data', { RW: false })],
      then: [byName('/data', { ReadOnly: true })],
    },
    {
      given: 'is added to other mounts',
      mounts: [volume('/data')],
      host: { Mounts: [{ Type: 'tmpfs', Target: '/cache', TmpfsOptions: { SizeBytes: 5 } }] },
      then: [{ Type: 'tmpfs', Target: '/cache', TmpfsOptions: { SizeBytes: 5 } }, byName('/data')],
    },
    {
      given: 'is added below or next to others, however similar their paths',
      mounts: [volume('/data'), volume('/data/sub'), volume('/data2')],
      host: { Tmpfs: { '/data/sub/sub': '' } },
      then: [byName('/data'), byName('/data/sub'), byName('/data2')],
    },
    {
      given: 'is requested by its name even if it came from another container',
      mounts: [volume('/shared'), { Type: 'bind', Source: '/host', Destination: '/bound', RW: true }],
      host: { VolumesFrom: ['data'] },
      then: [byName('/shared')],
    },
    {
      given: 'gets its own name in an existing mount',
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

  it('replaces a bind that requested it only by its path', () => {
    expect(
      storage({ mounts: [volume('/data'), volume('/x')], host: { Binds: ['/data/', 'named:/x'] } }),
    ).toEqual({ Binds: ['named:/x'], Mounts: [byName('/data')] });
  });
});

describe('the plan does not change', () => {
  it.each<{ given: string; host: Json; mounts?: Json[] }>([
    {
      given: 'a folder of the host with propagation and label',
      host: { Binds: ['/host/data:/data:ro,rslave,z'] },
      mounts: [volume('/data', { Type: 'bind' })],
    },
    { given: 'a volume requested by name', host: { Binds: ['v1:/data'] }, mounts: [volume('/data')] },
    { given: 'a volume requested by name with nocopy', host: { Binds: ['v1:/data:nocopy'] }, mounts: [volume('/data')] },
    { given: 'a path that ends with a slash', host: { Binds: ['v1:/data/:ro'] }, mounts: [volume('/data')] },
    { given: 'a path with slashes and dots', host: { Binds: ['v1://srv/./x/..//data'] }, mounts: [volume('/srv/data')] },
    {
      given: 'a part of a volume',
      host: { Mounts: [{ Type: 'volume', Source: 'v1', Target: '/data', VolumeOptions: { Subpath: 'a' } }] },
      mounts: [volume('/data')],
    },
    {
      given: 'a volume requested by name that is not among the mounts',
      host: { Mounts: [{ Type: 'volume', Source: 'v1', Target: '/data' }] },
    },
    {
      given: 'a folder requested by --mount',
      host: { Mounts: [{ Type: 'bind', Source: '/host', Target: '/data', BindOptions: { Propagation: 'rshared' } }] },
      mounts: [volume('/data', { Type: 'bind' })],
    },
    { given: 'a tmpfs where the image wants a volume', host: { Tmpfs: { '/data/': 'size=1m' } }, mounts: [volume('/data')] },
    { given: 'a pipe', host: {}, mounts: [volume('/pipe', { Type: 'npipe' })] },
  ])('$given', ({ host, mounts }) => {
    const { Binds, Mounts } = host;
    expect(storage({ host, ...(mounts ? { mounts } : {}) })).toEqual({ ...(Binds ? { Binds } : {}), ...(Mounts ? { Mounts } : {}) });
  }); // prettier-ignore
});

describe('any combination of mounts', () => {
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

  it('is mounted again, each at its path and once', () => {
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

  it('refers to its volumes by name', () => {
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
