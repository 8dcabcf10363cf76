import {
  connected,
  created,
  destroyed,
  died,
  disconnected,
  killed,
  listedAgain,
  started,
} from '../builders.ts';
import { type Steps, settled } from '../history.ts';

const lives = (name: string): Steps => [
  created(name),
  started(name),
  killed(name, '9'),
  died(name, 137),
  destroyed(name),
];
/** The engine's order is not strict. */
const livesInDisorder = (name: string): Steps => [
  created(name),
  started(name),
  destroyed(name),
  killed(name),
  died(name),
];

describe('the state of the monitor', () => {
  it.each([
    { given: 'come and go', live: lives },
    { given: 'come and go with their events in another order', live: livesInDisorder },
  ])('does not grow with containers that $given', ({ live }) => {
    const history = settled();
    const size = (): number => JSON.stringify(history.everything).length;
    const round = (from: number): number => {
      for (let index = from; index < from + 200; index += 1) history.feed(...live(`noise-${index}`));
      history.feed(disconnected(), connected(), listedAgain());
      return size();
    };
    const [first, second] = [round(10_000), round(20_000)];
    expect(Math.abs(second - first)).toBeLessThan(100);
  });
});
