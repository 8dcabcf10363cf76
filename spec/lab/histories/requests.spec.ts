import { draw } from './draw.ts';
import { examine } from './examine.ts';
import { withRequests } from './with-requests.ts';

const HOURS = 24;
const SEEDS = Array.from({ length: 8 }, (_, index) => index + 1);

describe('random histories in which the operator asks the monitor for this and that', () => {
  it.each(SEEDS)(
    'violate no invariant: seed %i',
    (seed) => {
      expect(examine(withRequests(draw(seed, HOURS)), { withTwin: seed % 4 === 0 }).violations).toEqual([]);
    },
    120_000,
  );
});
