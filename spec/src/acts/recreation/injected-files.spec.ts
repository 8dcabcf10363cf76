import { inTime } from '../../../in-time.ts';
import { candidatesAmong, isInjected } from '../../../../src/acts/recreation/injected-files.ts';

const added = (...paths: string[]): object[] => paths.map((Path) => ({ Path, Kind: 1 }));

describe('worth a look', () => {
  it('is nothing deeper than a path can be', () => {
    const [deep, deepest] = ['/a'.repeat(2_048), '/a'.repeat(1_000_000)];
    expect(inTime(() => candidatesAmong(added(deepest, deep)))).toEqual([deep]);
  });

  it.each<{ what: string; changes: unknown; mounts?: unknown; then: string[] }>([
    { what: 'is a file that was added', changes: added('/app.conf'), then: ['/app.conf'] },
    {
      what: 'is a file of the image that was written over',
      changes: [{ Path: '/etc/app.conf', Kind: 0 }],
      then: ['/etc/app.conf'],
    },
    { what: 'is not one that was removed', changes: [{ Path: '/etc/app.conf', Kind: 2 }], then: [] },
    {
      what: 'is not a folder with something in it',
      changes: [{ Path: '/etc', Kind: 0 }, ...added('/etc/app', '/etc/app/app.conf')],
      then: ['/etc/app/app.conf'],
    },
    {
      what: 'is not a folder from which something was removed',
      changes: [...added('/etc/app'), { Path: '/etc/app/old', Kind: 2 }],
      then: [],
    },
    {
      what: 'is a file whose folders are not told of',
      changes: added('/a/b/c', '/a'),
      then: ['/a/b/c'],
    },
    { what: 'is a file beside one that begins like it', changes: added('/app', '/app2/x'), then: ['/app', '/app2/x'] },
    {
      what: 'is nothing where programs write',
      changes: added('/tmp/a', '/var/tmp/a', '/var/log/a', '/var/cache/a', '/var/lib/app/a', '/run/a', '/run/secrets'),
      then: [],
    },
    { what: 'is none of these folders themselves', changes: added('/tmp', '/run', '/var/lib'), then: [] },
    { what: 'is nothing the kernel makes', changes: added('/proc/a', '/sys/a', '/dev/a'), then: [] },
    { what: 'is a secret', changes: added('/run', '/run/secrets', '/run/secrets/key'), then: ['/run/secrets/key'] },
    {
      what: 'is what only begins like these',
      changes: added('/devices', '/running', '/var/library', '/srv/tmp'),
      then: ['/devices', '/running', '/var/library', '/srv/tmp'],
    },
    {
      what: 'is first what is not deep',
      changes: added('/a/b/c/d', '/x', '/a/b/e'),
      then: ['/x', '/a/b/e', '/a/b/c/d'],
    },
    {
      what: 'is nothing on which something is mounted, nor below',
      changes: added('/app.conf', '/run/secrets/key', '/data/x', '/data2'),
      mounts: [{ Destination: '/app.conf' }, { Destination: '/run/secrets/key' }, { Destination: '/data/' }, null],
      then: ['/data2'],
    },
    { what: 'is nothing in a container without changes, for which the engine says null', changes: null, then: [] },
    {
      what: 'is nothing that is no change',
      changes: [5, null, 'x', {}, { Path: 7, Kind: 1 }, { Path: '/x' }, { Path: 'x', Kind: 1 }, { Path: '', Kind: 1 }],
      then: [],
    },
    { what: 'is nothing in what is no list', changes: { Path: '/x', Kind: 1 }, then: [] },
  ])('$what', ({ changes, mounts, then }) => {
    expect(candidatesAmong(changes, mounts)).toEqual(then);
  }); // prettier-ignore

  it('are two hundred at most', () => {
    const deep = added(...Array.from({ length: 500 }, (_, index) => `/app/${index}`));
    const found = candidatesAmong([...deep, ...added('/app.conf')]);
    expect(found).toHaveLength(200);
    expect(found[0]).toBe('/app.conf');
  });
});

describe('compose has put there', () => {
  const at = (text: string): number => Date.parse(`2026-11-22T${text}Z`);
  const RUN = { createdMs: at('19:07:07.498'), startedMs: at('19:07:12.219') };

  const stat = (more: object = {}): object => ({
    name: 'app.conf',
    size: 12,
    mode: 0o444,
    mtime: '2026-11-22T19:07:10Z',
    linkTarget: '',
    ...more,
  });

  it.each<{ what: string; more?: object }>([
    { what: 'a file that nobody may write, of a time between creation and start' },
    { what: 'a secret that only its owner may read', more: { mode: 0o400 } },
    { what: 'a file that may be run, by another user', more: { mode: 2 ** 23 + 0o555 } },
    { what: 'a file of the second of the creation', more: { mtime: '2026-11-22T19:07:07Z' } },
    { what: 'a file of which the time is told in another zone', more: { mtime: '2026-11-22T20:07:10+01:00' } },
  ])('$what', ({ more }) => {
    expect(isInjected(stat(more), RUN)).toBe(true);
  }); // prettier-ignore

  it.each<[string, string]>([
    ['a second before the creation', '2026-11-22T19:07:07Z'],
    ['half a second after the start', '2026-11-22T19:07:12Z'],
  ])('a file of %s', (_, mtime) => {
    const run = { createdMs: at('19:07:08'), startedMs: at('19:07:11.5') };
    expect(isInjected(stat({ mtime }), run)).toBe(true);
  });

  it('a file of which the time was rounded up beyond the start', () => {
    expect(isInjected(stat({ mtime: '2026-11-22T19:07:13Z' }), { ...RUN, startedMs: at('19:07:12.6') })).toBe(true);
  }); // prettier-ignore

  it.each<[string, unknown]>([
    ['a file its owner may write', stat({ mode: 0o644 })],
    ['a file its group may write', stat({ mode: 0o464 })],
    ['a file that others may write', stat({ mode: 0o446 })],
    ['a folder', stat({ mode: 2 ** 31 + 0o555 })],
    ['a link', stat({ mode: 2 ** 27 + 0o444 })],
    ['a device', stat({ mode: 2 ** 26 + 0o444 })],
    ['a pipe', stat({ mode: 2 ** 25 + 0o444 })],
    ['a socket', stat({ mode: 2 ** 24 + 0o444 })],
    ['a character device', stat({ mode: 2 ** 26 + 2 ** 21 + 0o444 })],
    ['a folder of which only the owner puts things away', stat({ mode: 2 ** 31 + 2 ** 20 + 0o555 })],
    ['an older file', stat({ mtime: '2026-11-22T19:07:06Z' })],
    ['a younger file', stat({ mtime: '2026-11-22T19:07:13Z' })],
    ['what a program wrote, for it has a fraction', stat({ mtime: '2026-11-22T19:07:10.000001Z' })],
    ['a file of no time', stat({ mtime: '0001-01-01T00:00:00Z' })],
    ['what has no time', stat({ mtime: undefined })],
    ['what has no mode', stat({ mode: '0444' })],
    ['what is no file', undefined],
    ['a list', []],
  ])('is not %s', (_, value) => {
    expect(isInjected(value, RUN)).toBe(false);
  });
});
