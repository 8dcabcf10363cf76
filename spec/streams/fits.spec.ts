import { fits, fitting, plainName } from '../../streams/fits.ts';
import { ONE_OFF, compose, facts, idOf } from '../src/containers.ts';

const app = facts('media-App-1', { labels: compose('app') });

describe('a word that refers to a container', () => {
  it.each([
    { given: 'its name', word: 'media-App-1', then: true },
    { given: 'its name in another case', word: 'MEDIA-app-1', then: true },
    { given: 'its compose service', word: 'app', then: true },
    { given: 'its compose service in another case', word: 'APP', then: true },
    { given: 'its whole id', word: app.id, then: true },
    { given: 'twelve digits of its id', word: app.id.slice(0, 12), then: true },
    { given: 'its id in capitals', word: app.id.slice(0, 12).toUpperCase(), then: true },
    { given: 'eleven digits of its id', word: app.id.slice(0, 11), then: false },
    { given: 'part of its name', word: 'media-App', then: false },
    { given: 'an empty word', word: '', then: false },
  ])('matches it by $given: $then', ({ word, then }) => {
    expect(fits(word, app)).toBe(then);
  });

  it('matches it by the name it had before compose prefixed it', () => {
    expect(fits('APP', facts('0123456789ab_app'))).toBe(true);
    expect(fits('app', facts('0123456789a_app'))).toBe(false);
  });

  it('does not match a one-off container by its service', () => {
    expect(fits('app', facts('app-run', { labels: { ...compose('app'), ...ONE_OFF } }))).toBe(false);
  });
});

describe('if several containers match, a word refers to', () => {
  const named = facts('app');
  const capital = facts('App');
  const left = facts('0123456789ab_app');
  const served = facts('media-app-1', { labels: compose('app') });
  const again = facts('media-app-2', { labels: compose('app') });
  const byId = facts('other', { id: idOf('other') });

  it.each([
    { then: 'the one with exactly that name', all: [served, left, capital, named], found: [named] },
    { then: 'the one with that name in another case', all: [served, left, capital], found: [capital] },
    { then: 'the one that compose renamed and left behind', all: [served, left], found: [left] },
    { then: 'all containers of that service', all: [served, byId, again], found: [served, again] },
    { then: 'none if none matches', all: [byId], found: [] },
  ])('$then', ({ all, found }) => {
    expect(fitting('app', all)).toEqual(found);
  });
});

it.each([
  ['0123456789ab_app', 'app'],
  ['0123456789ab_a_b', 'a_b'],
  ['0123456789AB_app', undefined],
  ['0123456789ab_', undefined],
  ['app', undefined],
])('the plain name of %s is %s', (name, plain) => {
  expect(plainName(name)).toBe(plain);
});
