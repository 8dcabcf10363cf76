import type { ContainerFacts } from '../../streams/events.ts';
import { type Listing, type SeenStarts, beganBefore, seenOf, withLook } from '../../src/seen-starts.ts';
import { facts, idOf } from './containers.ts';

const look = (starts: SeenStarts, seen: ContainerFacts, at: number, listing?: Listing): SeenStarts =>
  withLook(starts, seen, { requestedAt: at - 1, at }, listing);

/** Its start, by the engine's clock, and when the monitor looked. */
const looks = (...all: readonly (readonly [string, number, number])[]): SeenStarts =>
  all.reduce<SeenStarts>((starts, [name, startedAt, at]) => look(starts, facts(name, { startedAt }), at), {});

describe('which of two runs began first', () => {
  const app = facts('app', { startedAt: 5_000 });
  const gateway = facts('gluetun', { startedAt: 9_000 });

  it.each<{ given: string; starts: SeenStarts; then: boolean }>([
    { given: 'nothing seen: the engine’s clock tells', starts: {}, then: true },
    {
      given: 'both found at the first look: the engine’s clock tells',
      starts: looks(['app', 5_000, 100], ['gluetun', 9_000, 100]),
      then: true,
    },
    {
      given: 'seen to begin after the other one was seen to run, though the clock was set back',
      starts: looks(['gluetun', 9_000, 100], ['app', 8_000, 100], ['app', 8_000, 200], ['app', 5_000, 300]),
      then: false,
    },
    {
      given: 'another run of the same container seen: that one tells nothing',
      starts: looks(['gluetun', 9_000, 100], ['app', 8_000, 100], ['app', 8_500, 300]),
      then: true,
    },
  ])('$given', ({ starts, then }) => {
    expect(beganBefore(app, gateway, starts)).toBe(then);
    expect(beganBefore(gateway, app, starts)).toBe(!then);
  });

  describe('where the clock was set back before one was created', () => {
    const anew = facts('gluetun', { startedAt: 1_000 });
    const seen = looks(['app', 5_000, 100]);

    it.each<{ given: string; listing: Listing | undefined; isOlder: boolean }>([
      {
        given: 'is the other one, as the listing before did not show this one',
        listing: { requestedAt: 100, ids: [app.id] },
        isOlder: true,
      },
      {
        given: 'is not known, where that listing was older than the first look at the other one',
        listing: { requestedAt: 99, ids: [] },
        isOlder: false,
      },
      {
        given: 'is not known of one that the listing showed already',
        listing: { requestedAt: 100, ids: [app.id, anew.id] },
        isOlder: false,
      },
      { given: 'is not known without a listing', listing: undefined, isOlder: false },
    ])('$given', ({ listing, isOlder }) => {
      expect(beganBefore(app, anew, look(seen, anew, 200, listing))).toBe(isOlder);
    });
  });

  it('is not known of one that nothing is known of', () => {
    expect(beganBefore({ ...app, details: undefined }, gateway, {})).toBeUndefined();
  });

  it('is told by no answer that comes after a later one', () => {
    const starts = looks(['app', 5_000, 300]);
    expect(look(starts, facts('app', { startedAt: 1_000 }), 200)).toBe(starts);
  });

  it('is forgotten with the container', () => {
    expect(Object.keys(seenOf(looks(['app', 1, 1], ['gluetun', 2, 1]), [idOf('app')]))).toEqual([
      idOf('app'),
    ]);
  });
});
