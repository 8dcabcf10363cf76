import fc from 'fast-check';

/*
 * The cases are the same in each run, so that a change is judged by what it changed. FUZZ_SEED makes others, FUZZ_RUNS
 * multiplies their number; FUZZ_SEED and FUZZ_PATH, from the report of a failure, replay it.
 */
const { FUZZ_RUNS = '1', FUZZ_SEED = '1', FUZZ_PATH } = process.env;

const SEED = Number(FUZZ_SEED);

let cases = 0;
let properties = 0;

/** Tests a property on that many random cases; fails with the smallest case found, and how to replay it. */
export function fuzz<Case>(cases$: fc.Arbitrary<Case>, runs: number, holds: (one: Case) => void): void {
  const details = fc.check(fc.property(cases$, holds), {
    numRuns: Math.ceil(runs * Number(FUZZ_RUNS)),
    seed: SEED,
    ...(FUZZ_PATH && { path: FUZZ_PATH, endOnFailure: true }),
  });
  cases += details.numRuns;
  properties += 1;
  if (details.failed) throw new Error(reportOf(details), { cause: details.errorInstance });
  if (details.numRuns === 0) throw new Error('not a single case was tried');
}

const reportOf = <Case>(details: fc.RunDetails<[Case]>): string =>
  [
    fc.defaultReportMessage(details) ?? '',
    String(details.errorInstance),
    `Replay it: FUZZ_SEED=${String(details.seed)} FUZZ_PATH=${String(details.counterexamplePath)} ` +
      `npx jest --selectProjects spec --testPathPatterns ${fileUnderTest()} ` +
      `-t '${expect.getState().currentTestName ?? ''}'`,
  ].join('\n\n');

const fileUnderTest = (): string => expect.getState().testPath?.replace(/^.*\/spec\//, 'spec/') ?? '';

afterEach(() => {
  // Whatever was read, the prototype of all objects must be unchanged.
  expect(Object.keys(Object.prototype)).toEqual([]);
});

afterAll(() => {
  process.stdout.write(
    `${fileUnderTest()}: ${String(cases)} cases of ${String(properties)} properties, seed ${String(SEED)}\n`,
  );
});
