import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { examine, examineSeed } from './examine.ts';
import type { History } from './history.ts';
import { type Played, play } from './play.ts';
import { draw } from './draw.ts';
import { tell } from './story.ts';

const HOURS = 24;
/** `npm run simulate` plays thousands; these few are a quick check for each change. */
const SEEDS = Array.from({ length: 8 }, (_, index) => index + 1);

const REGRESSIONS = join(__dirname, 'regressions');
const regressions = readdirSync(REGRESSIONS).filter((name) => name.endsWith('.json'));

const read = (name: string): History => JSON.parse(readFileSync(join(REGRESSIONS, name), 'utf8')) as History;

describe('random histories', () => {
  it.each(SEEDS)(
    'violate no invariant: seed %i',
    (seed) => {
      expect(examineSeed(seed, HOURS).violations).toEqual([]);
    },
    120_000,
  );

  it('are the same each time they are played', () => {
    const play = (): Pick<Played, 'lines' | 'deeds' | 'end'> => {
      const { lines, deeds, end } = examineSeed(3, HOURS);
      return { lines, deeds, end };
    };
    expect(play()).toEqual(play());
  }, 120_000);

  it('are printed with the actions, the log lines and the violations', () => {
    const history: History = {
      ...draw(1, 1),
      steps: [{ afterMs: 60_000, deed: { what: 'restart', who: 'gluetun' } }],
    };
    const story = tell(history, {
      ...play(history),
      violations: [{ invariant: 4, at: Number.MAX_SAFE_INTEGER / 2, what: 'app is cut off' }],
    });
    expect(story).toMatch(/^cast: {5}gatewayPolicy=/);
    expect(story).toMatch(/^00:01:\d\d\.\d » restart gluetun$/m);
    expect(story).toMatch(/^00:01:\d\d\.\d {3}\[INFO\] gluetun started; waiting until it is ready$/m);
    expect(story).toMatch(/✗ invariant 4: app is cut off$/);
  });
});

describe('a history that once broke an invariant', () => {
  it.each(regressions)(
    'violates none: %s',
    (name) => {
      expect(examine(read(name), { withTwin: true }).violations).toEqual([]);
    },
    120_000,
  );
});
