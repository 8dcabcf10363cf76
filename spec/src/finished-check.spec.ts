import type { Verdict } from '../../streams/events.ts';
import { finishedCheck } from '../../src/finished-check.ts';
import { checked, seconds, site } from './builders.ts';
import { settled } from './history.ts';

const sites = [site('a'), site('b'), site('c', { role: 'advisory' })];

describe('a check', () => {
  it.each<{ given: Record<string, Verdict>; then: boolean }>([
    { given: {}, then: true },
    { given: { c: 'fail' }, then: true },
    { given: { b: 'unknown' }, then: true },
    { given: { b: 'fail' }, then: false },
    { given: { a: 'unknown', b: 'unknown' }, then: false },
    { given: { a: 'fail', b: 'fail' }, then: false },
  ])('with $given is passing: $then', ({ given, then }) => {
    const history = settled([], { sites }).feed(seconds(30));
    const events = checked(given)(history.state, history.now);
    const last = events.at(-1);
    events.slice(0, -1).forEach((event) => history.reduce(event));
    expect(last && finishedCheck(last, history.state)?.passing).toBe(then);
  });
});
