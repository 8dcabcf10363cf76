import { inTime } from '../../../in-time.ts';
import { candidatesAmong, isInjected } from '../../../../src/acts/recreation/injected-files.ts';

const added = (...paths: string[]): object[] => paths.map((Path) => ({ Path, Kind: 1 }));

describe('the candidates for injected files', () => {
  it('leave out paths longer than the limit, quickly', () => {
    const [deep, deepest] = ['/a'.repeat(2_048), '/a'.repeat(1_000_000)];
    expect(inTime(() => candidatesAmong(added(deepest, deep)))).toEqual([deep]);
  });

  it.each<{ what: string; changes: unknown; mounts?: unknown; then: string[] }>([
    { what: 'include an added file', changes: added('/app.conf'), then: ['/app.conf'] },
    {
      what: 'include a file of the image that was changed',
      changes: [{ Path: '/etc/app.conf', Kind: 0 }],
      then: ['/etc/app.conf'],
    },
    { what: 'leave out a removed file', changes: [{ Path: '/etc/app.conf', Kind: 2 }], then: [] },
    {
      what: 'leave out a folder that contains something',
      changes: [{ Path: '/etc', Kind: 0 }, ...added('/etc/app', '/etc/app/app.conf')],
      then: ['/etc/app/app.conf'],
    },
    {
      what: 'leave out a folder from which something was removed',
      changes: [...added('/etc/app'), { Path: '/etc/app/old', Kind: 2 }],
      then: [],
    },
    {
      what: 'include a file whose folders are not listed',
      changes: added('/a/b/c', '/a'),
      then: ['/a/b/c'],
    },
    { what: 'include a file next to one whose name begins the same way', changes: added('/app', '/app2/x'), then: ['/app', '/app2/x'] },
    {
      what: 'leave out files in folders where programs write',
      changes: added('/tmp/a', '/var/tmp/a', '/var/log/a', '/var/cache/a', '/var/lib/app/a', '/run/a', '/run/secrets'),
      then: [],
    },
    { what: 'leave out those folders themselves', changes: added('/tmp', '/run', '/var/lib'), then: [] },
    { what: 'leave out files of the kernel', changes: added('/proc/a', '/sys/a', '/dev/a'), then: [] },
    { what: 'include a secret', changes: added('/run', '/run/secrets', '/run/secrets/key'), then: ['/run/secrets/key'] },
    {
      what: 'include files in folders whose names only begin the same way',
      changes: added('/devices', '/running', '/var/library', '/srv/tmp'),
      then: ['/devices', '/running', '/var/library', '/srv/tmp'],
    },
    {
      what: 'are sorted by depth',
      changes: added('/a/b/c/d', '/x', '/a/b/e'),
      then: ['/x', '/a/b/e', '/a/b/c/d'],
    },
    {
      what: 'leave out mount points and everything below them',
      changes: added('/app.conf', '/run/secrets/key', '/data/x', '/data2'),
      mounts: [{ Destination: '/app.conf' }, { Destination: '/run/secrets/key' }, { Destination: '/data/' }, null],
      then: ['/data2'],
    },
    { what: 'are none in a container without changes, for which the engine sends null', changes: null, then: [] },
    {
      what: 'leave out entries that are no changes',
      changes: [5, null, 'x', {}, { Path: 7, Kind: 1 }, { Path: '/x' }, { Path: 'x', Kind: 1 }, { Path: '', Kind: 1 }],
      then: [],
    },
    { what: 'are none if the answer is not a list', changes: { Path: '/x', Kind: 1 }, then: [] },
  ])('$what', ({ changes, mounts, then }) => {
    expect(candidatesAmong(changes, mounts)).toEqual(then);
  }); // prettier-ignore

  it('are limited to two hundred', () => {
    const deep = added(...Array.from({ length: 500 }, (_, index) => `/app/${index}`));
    const found = candidatesAmong([...deep, ...added('/app.conf')]);
    expect(found).toHaveLength(200);
    expect(found[0]).toBe('/app.conf');
  });
});

describe('a file counts as injected by compose if it', () => {
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
    { what: 'is read-only and from between the creation and the start' },
    { what: 'is readable for its owner only', more: { mode: 0o400 } },
    { what: 'is executable and belongs to another user', more: { mode: 2 ** 23 + 0o555 } },
    { what: 'is from the same second as the creation', more: { mtime: '2026-11-22T19:07:07Z' } },
    { what: 'has its time in another time zone', more: { mtime: '2026-11-22T20:07:10+01:00' } },
  ])('$what', ({ more }) => {
    expect(isInjected(stat(more), RUN)).toBe(true);
  }); // prettier-ignore

  it.each<[string, string]>([
    ['a second before the creation', '2026-11-22T19:07:07Z'],
    ['half a second after the start', '2026-11-22T19:07:12Z'],
  ])('is from %s', (_, mtime) => {
    const run = { createdMs: at('19:07:08'), startedMs: at('19:07:11.5') };
    expect(isInjected(stat({ mtime }), run)).toBe(true);
  });

  it('has a time that was rounded up beyond the start', () => {
    expect(isInjected(stat({ mtime: '2026-11-22T19:07:13Z' }), { ...RUN, startedMs: at('19:07:12.6') })).toBe(true);
  }); // prettier-ignore

  it.each<[string, unknown]>([
    ['writable for its owner', stat({ mode: 0o644 })],
    ['writable for its group', stat({ mode: 0o464 })],
    ['writable for others', stat({ mode: 0o446 })],
    ['a folder', stat({ mode: 2 ** 31 + 0o555 })],
    ['a link', stat({ mode: 2 ** 27 + 0o444 })],
    ['a device', stat({ mode: 2 ** 26 + 0o444 })],
    ['a pipe', stat({ mode: 2 ** 25 + 0o444 })],
    ['a socket', stat({ mode: 2 ** 24 + 0o444 })],
    ['a character device', stat({ mode: 2 ** 26 + 2 ** 21 + 0o444 })],
    ['a folder with the sticky bit', stat({ mode: 2 ** 31 + 2 ** 20 + 0o555 })],
    ['an older file', stat({ mtime: '2026-11-22T19:07:06Z' })],
    ['a younger file', stat({ mtime: '2026-11-22T19:07:13Z' })],
    [
      'written by a program, with a fraction of a second in its time',
      stat({ mtime: '2026-11-22T19:07:10.000001Z' }),
    ],
    ['without a meaningful time', stat({ mtime: '0001-01-01T00:00:00Z' })],
    ['without a time', stat({ mtime: undefined })],
    ['without a mode', stat({ mode: '0444' })],
    ['missing', undefined],
    ['a list', []],
  ])('is not %s', (_, value) => {
    expect(isInjected(value, RUN)).toBe(false);
  });
});
