import { lineOf } from '../../../src/notices/wording.ts';
import type { Demotion } from '../../../src/model/past.ts';
import type { State } from '../../../src/model/state.ts';
import { demoteBlocked, noteBlocked } from '../../../src/recovery/demoted-sites.ts';
import { site } from '../builders.ts';
import { settled } from '../history.ts';

const url = (name: string): string => `https://${name}/`;
const urls = (names: string): readonly string[] => Array.from(names, url);
const SITES = [...Array.from('abcde', (name) => site(name)), site('x', { role: 'advisory' })];

interface Given {
  /** Sites by their letters. */
  readonly down: string;
  readonly passing: string;
  readonly blocked?: Demotion['blocked'];
  readonly held?: string;
}

function given({ down, passing, blocked, held = '' }: Given): State {
  const { state } = settled([], { sites: SITES });
  const failures = Object.fromEntries([
    ...urls(down).map((one) => [one, 2] as const),
    ...urls(passing).map((one) => [one, 0] as const),
  ]);
  return { ...state, sites: { ...state.sites, failures }, demotion: { blocked, held: urls(held) } };
}

const after = (recoveries: number, names: string): Demotion['blocked'] => ({ urls: urls(names), recoveries });

describe('a recovery for a minority of the sites', () => {
  it.each<{ given: Given; then: Demotion['blocked'] }>([
    { given: { down: 'a', passing: 'bcde' }, then: after(1, 'a') },
    { given: { down: 'ab', passing: 'e' }, then: after(1, 'ab') },
    { given: { down: 'a', passing: 'b', blocked: after(2, 'a') }, then: after(3, 'a') },
    { given: { down: 'a', passing: 'b', blocked: after(2, 'b') }, then: after(1, 'a') },
    { given: { down: 'ab', passing: 'c', blocked: after(2, 'a') }, then: after(1, 'ab') },
    { given: { down: 'a', passing: '', blocked: after(2, 'a') }, then: undefined },
    { given: { down: 'a', passing: 'x', blocked: after(2, 'a') }, then: undefined },
    { given: { down: 'abc', passing: 'de', blocked: after(2, 'abc') }, then: undefined },
    // Four count; two of them are half, not a minority.
    { given: { down: 'ab', passing: 'cd', held: 'e' }, then: undefined },
  ])('given $given is recorded as $then', ({ given: one, then }) => {
    expect(noteBlocked(given(one)).demotion.blocked).toEqual(then);
  });
});

describe('the sites held as advisory after three recoveries', () => {
  it.each<{ given: Given; then: string | undefined }>([
    { given: { down: 'a', passing: 'b', blocked: after(3, 'a') }, then: 'a' },
    { given: { down: 'a', passing: 'b', blocked: after(4, 'a') }, then: 'a' },
    { given: { down: 'ab', passing: 'c', blocked: after(3, 'ab') }, then: 'ab' },
    { given: { down: 'a', passing: 'b', blocked: after(3, 'a'), held: 'e' }, then: 'ea' },
    { given: { down: 'a', passing: 'b', blocked: after(2, 'a') }, then: undefined },
    { given: { down: 'a', passing: 'b' }, then: undefined },
    { given: { down: 'b', passing: 'a', blocked: after(3, 'a') }, then: undefined },
    { given: { down: 'a', passing: '', blocked: after(3, 'a') }, then: undefined },
    { given: { down: 'abc', passing: 'd', blocked: after(3, 'abc') }, then: undefined },
  ])('given $given are: $then', ({ given: one, then }) => {
    const held = demoteBlocked(given(one));
    expect(held?.state.demotion.held).toEqual(then === undefined ? undefined : urls(then));
    expect(held?.state.demotion.blocked).toBeUndefined();
  });

  it('are named in a warning with advice, without a request', () => {
    const held = demoteBlocked(given({ down: 'ab', passing: 'c', blocked: after(3, 'ab') }));
    expect(held?.requests).toEqual([]);
    expect(held?.notices.map((notice) => lineOf(notice))).toMatchObject([
      {
        level: 'warn',
        message:
          'https://a, https://b did not come back in 3 recoveries, though other sites pass: blocked at this exit, or down; held as advisory until it passes once. If that goes on, give it role=advisory, or set SITE_QUORUM=majority',
      },
    ]);
  });
});
