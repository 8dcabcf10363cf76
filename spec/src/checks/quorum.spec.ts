import { criticalSites, excusedIn, heldSites, isPassing, quorumOf } from '../../../src/checks/quorum.ts';
import type { Verdict } from '../../../streams/events.ts';
import { site } from '../builders.ts';

describe('the quorum', () => {
  it.each([
    ['any', 9, 1],
    ['majority', 9, 5],
    ['majority', 4, 3],
    ['majority', 1, 1],
    ['all', 3, 3],
    ['all', 0, 1],
    [2, 3, 2],
    [7, 3, 3],
    [2, 0, 1],
  ] as const)('%p of %p sites is %p', (quorum, sites, then) => {
    expect(quorumOf(quorum, sites)).toBe(then);
  });
});

describe('a critical site', () => {
  const [a, b, x, y] = [
    site('a'),
    site('b'),
    site('x', { role: 'advisory' }),
    site('y', { role: 'advisory' }),
  ];
  const roles = { sites: { list: [a, b, x, y] }, demotion: { held: [b.url, y.url, 'https://gone/'] } };

  it('counts unless it is held as advisory', () => {
    expect(criticalSites(roles)).toEqual([a]);
  });

  it('can be held as advisory, unlike an advisory site', () => {
    expect(heldSites(roles)).toEqual([b]);
  });
});

describe('a check', () => {
  const critical = ['a', 'b', 'c'].map((name) => site(name));
  const urls = critical.map(({ url }) => url);
  const resultsOf = (verdicts: string) =>
    Array.from(verdicts, (letter, index) => ({
      site: critical[index] ?? site('advisory', { role: 'advisory' }),
      verdict: ({ p: 'pass', f: 'fail', u: 'unknown' } as Record<string, Verdict>)[letter] ?? 'unknown',
      reason: '',
      latencyMs: undefined,
      httpStatus: undefined,
    }));
  const passes = (verdicts: string, quorum: number, passed = urls): boolean =>
    isPassing(resultsOf(verdicts), { critical, quorum, passed });
  it.each([
    ['ppp', 1, true],
    ['ppf', 1, false],
    ['ppf', 2, true],
    ['pff', 2, false],
    ['puu', 1, true],
    ['uuu', 1, false],
    ['uff', 3, false],
    ['pppf', 1, true],
  ])('with results %p passes if it takes %p failures to fail: %p', (verdicts, quorum, then) => {
    expect(passes(verdicts, quorum)).toBe(then);
  });

  it.each([
    ['pff', ['a', 'b', 'c'], []],
    ['pff', ['a', 'b'], ['c']],
    ['pff', [], ['b', 'c']],
    ['fff', [], []],
    ['ufu', [], []],
    ['fffp', [], []],
    ['pppf', [], []],
  ])('with results %p, of which only %p have ever passed, excuses %p', (verdicts, known, then) => {
    const urlsOf = (names: readonly string[]): string[] => names.map((name) => site(name).url);
    const results = resultsOf(verdicts);
    expect(excusedIn(results, critical, urlsOf(known))).toEqual(urlsOf(then));
    const failing = Array.from(verdicts.slice(0, 3)).filter((letter) => letter === 'f').length - then.length;
    expect(passes(verdicts, failing + 1, urlsOf(known))).toBe(verdicts.startsWith('p'));
    expect(passes(verdicts, failing, urlsOf(known))).toBe(false);
  });
});
