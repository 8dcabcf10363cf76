import { type ChaosResult, chaos } from '../lab/chaos/chaos.ts';
import { describeOnPrivateEngine } from './engine.ts';

const MINUTES = 2;
/** Including the build of the images and the time until everything has settled. */
const LIMIT_MS = 420_000;

/** Random for each run, as a fixed seed would find nothing new after the first one. */
const SEED = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);

describeOnPrivateEngine(`two minutes of chaos, seed ${SEED}`, (engine) => {
  let result: ChaosResult;
  let story: readonly string[];

  beforeAll(async () => {
    const lines: string[] = [];
    result = await chaos({ engine, minutes: MINUTES, seed: SEED, print: (line) => lines.push(line) });
    story = lines;
    const isFine = result.violations.length === 0;
    // The story is long, so it is printed in full only if needed.
    const told = isFine ? lines.slice(lines.findIndex((line) => line.startsWith('fault '))) : lines;
    process.stderr.write(`chaos: seed ${SEED}\n${told.join('\n')}\n`);
  }, LIMIT_MS);

  it('violate no invariant, and end with every container as it should be', () => {
    expect({ seed: SEED, violations: result.violations }).toEqual({ seed: SEED, violations: [] });
  });

  it('contain faults that the monitor had to act on', () => {
    expect(result.faultsPlayed).toBeGreaterThanOrEqual(10);
    expect(result.commands).toBeGreaterThan(0);
    expect(story.length).toBeGreaterThan(result.faultsPlayed);
  });
});
