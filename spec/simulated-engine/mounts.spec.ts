import type { HostConfig, MountRequest } from './create-request.ts';
import { Bench } from './bench.ts';
import type { MountPoint } from './mounts.ts';

const HEX = expect.stringMatching(/^[0-9a-f]{64}$/) as string;

const volume = (Name: string, Destination: string, more: Partial<MountPoint> = {}) => ({
  Type: 'volume',
  Name,
  Source: expect.stringMatching(/^\/var\/lib\/docker\/volumes\/.+\/_data$/) as string,
  Destination,
  Driver: 'local',
  Mode: 'z',
  RW: true,
  Propagation: '',
  ...more,
});

const bind = (Destination: string, more: Partial<MountPoint> = {}) => ({
  Type: 'bind',
  Source: '/host',
  Destination,
  Mode: '',
  RW: true,
  Propagation: 'rprivate',
  ...more,
});

/** One container with these mounts, as an inspection shows them, and as a listing does. */
function shown(HostConfig: HostConfig, Volumes = {}): Readonly<Record<'inspected' | 'listed', unknown>> {
  const { engine } = new Bench();
  engine.images.add('app:1', { Volumes });
  engine.createFromBody('new', { Image: 'app:1', HostConfig });
  const [entry] = engine.list({ all: true }) as readonly { readonly Mounts: unknown }[];
  return {
    inspected: (engine.inspect('new') as { readonly Mounts: unknown }).Mounts,
    listed: entry?.Mounts,
  };
}

describe('Mounts, as measured', () => {
  it.each([
    ['data:/data', volume('data', '/data')],
    ['data:/data:ro', volume('data', '/data', { Mode: 'ro', RW: false })],
    ['data:/data/:nocopy,z', volume('data', '/data', { Mode: 'nocopy,z' })],
    ['/data', volume(HEX, '/data')],
    ['/host:/data', bind('/data')],
    ['/host:/data:rw,rslave', bind('/data', { Mode: 'rw,rslave', Propagation: 'rslave' })],
    ['/host:/data:ro', bind('/data', { Mode: 'ro', RW: false })],
  ])('of Binds: %s', (text, point) => {
    const { inspected, listed } = shown({ Binds: [text] });
    expect(inspected).toEqual([point]);
    expect(listed).toEqual(inspected);
  });

  it.each<[MountRequest, object]>([
    [{ Type: 'volume', Source: 'data', Target: '/data' }, volume('data', '/data')],
    [
      { Type: 'volume', Source: 'data', Target: '/data', ReadOnly: true },
      volume('data', '/data', { RW: false }),
    ],
    [{ Type: 'volume', Target: '/data' }, volume(HEX, '/data')],
    [{ Type: 'bind', Source: '/host', Target: '/data' }, bind('/data')],
    [
      { Type: 'bind', Source: '/host', Target: '/data', BindOptions: { Propagation: 'rshared' } },
      bind('/data', { Propagation: 'rshared' }),
    ],
    [
      { Type: 'tmpfs', Target: '/data' },
      { Type: 'tmpfs', Source: '', Destination: '/data', Mode: '', RW: true, Propagation: '' },
    ],
  ])('of Mounts: %j', (request, point) => {
    const { inspected, listed } = shown({ Mounts: [request] });
    expect(inspected).toEqual([point]);
    expect(listed).toEqual(inspected);
  });

  it("of the image's volumes: without a name, and in listings without a source", () => {
    const { inspected, listed } = shown({}, { '/data': {} });
    expect(inspected).toEqual([volume(HEX, '/data', { Mode: '' })]);
    expect(listed).toEqual([{ ...volume(HEX, '/data', { Mode: '' }), Source: '' }]);
  });

  it('of HostConfig.Tmpfs: not at all', () => {
    expect(shown({ Tmpfs: { '/run': 'size=1m' } })).toEqual({ inspected: [], listed: [] });
  });

  it.each<[string, HostConfig]>([
    ['a bind', { Binds: ['data:/data'] }],
    ['a mount', { Mounts: [{ Type: 'bind', Source: '/host', Target: '/data/' }] }],
    ['a tmpfs', { Tmpfs: { '/data': '' } }],
  ])("no volume of the image's is made where there is %s", (_, host) => {
    expect(JSON.stringify(shown(host, { '/data/': {} }).inspected)).not.toMatch(/[0-9a-f]{64}/);
  });

  it.each<HostConfig>([
    { Binds: ['one:/data', 'two:/data'] },
    { Binds: ['one:/data'], Mounts: [{ Type: 'volume', Source: 'two', Target: '/data' }] },
    { Binds: ['one:/data'], Tmpfs: { '/data': '' } },
  ])('two at one place are refused: %j', (host) => {
    expect(() => shown(host)).toThrow('Duplicate mount point: /data');
  });

  it('a tmpfs may lie under a mount', () => {
    const host = {
      Mounts: [{ Type: 'volume', Source: 'two', Target: '/data' }],
      Tmpfs: { '/data': '' },
    } as const;
    expect(shown(host).inspected).toHaveLength(1);
  });
});
