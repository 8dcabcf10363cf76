import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { Coverage } from './coverage.ts';
import { draw } from './draw.ts';
import { examine, examineSeed, hasTwin, shrink } from './examine.ts';
import type { Violation } from './invariants/judge.ts';
import { gapsIn } from './required-coverage.ts';
import { tell } from './story.ts';

/*
 * Years of random histories, by `npm run simulate`. Each has a seed, and is the same day whenever it is played.
 */

const HELP = `npm run simulate -- [--seed N] [--days D] [--jobs J] [--complete]

  --seed N     the first history; the others follow. Without it one is drawn.
  --days D     how many histories of 24 virtual hours each (default 100). One only: its whole story is told.
  --jobs J     how many are played at once (default: one for each core).
  --complete   fail if a state, transition, command or fault that can occur has not.
`;

const HOURS = 24;
/** Only this many failing histories are shrunk, as that takes long. */
const SHRUNK = 2;

interface Result {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly counts: readonly (readonly [string, number])[];
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function playSeed(seed: number): Result {
  try {
    const { violations, coverage } = examineSeed(seed, HOURS);
    return { seed, violations, counts: [...coverage.counts] };
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { seed, violations: [{ invariant: 0, at: 0, what }], counts: [] };
  }
}

/** A worker plays the seeds that it is sent, one after another. */
function work(): void {
  parentPort?.on('message', (seed: number) => parentPort?.postMessage(playSeed(seed)));
}

/** Distributes all seeds among the workers; calls back with each result, in no particular order. */
async function playAll(
  seeds: { readonly first: number; readonly count: number },
  jobs: number,
  onResult: (result: Result) => void,
): Promise<void> {
  let next = seeds.first;
  let end = seeds.first + seeds.count;
  // After an interrupt the user wants to know what was found so far.
  const enough = (): void => void (end = next);
  process.once('SIGINT', enough).once('SIGTERM', enough);
  const oneWorker = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(__filename, {
        workerData: 'play',
        // Almost everything that a simulated day allocates is short-lived.
        resourceLimits: { maxYoungGenerationSizeMb: 64 },
      });
      const more = (): void => {
        if (next < end) worker.postMessage(next++);
        else void worker.terminate().then(() => resolve());
      };
      worker.on('message', (result: Result) => {
        onResult(result);
        more();
      });
      worker.on('error', reject);
      more();
    });
  await Promise.all(Array.from({ length: Math.min(jobs, seeds.count) }, oneWorker));
}

function sayFailure({ seed, violations }: Result, isToBeShrunk: boolean): void {
  const [first] = violations;
  if (first === undefined) return;
  say(`\nseed ${String(seed)} breaks invariant ${String(first.invariant)}: ${first.what}`);
  say(`replay it: npm run simulate -- --seed ${String(seed)} --days 1`);
  if (!isToBeShrunk || first.invariant === 0) return;
  const history = shrink(seed, HOURS, first.invariant);
  say(`the smallest history found that breaks it:\n${JSON.stringify(history)}`);
  say(tell(history, examine(history, { withTwin: first.invariant === 8 })));
}

function tellOne(seed: number): boolean {
  const history = draw(seed, HOURS);
  const played = examine(history, { withTwin: hasTwin(seed) });
  say(tell(history, played));
  say(`\nseed ${String(seed)}: ${played.violations.length === 0 ? 'all invariants hold' : 'BROKEN'}`);
  return played.violations.length === 0;
}

function sayCoverage({ counts }: Coverage): void {
  for (const [what, count] of [...counts].sort(([one], [other]) => one.localeCompare(other)))
    say(`${String(count).padStart(9)} × ${what}`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      days: { type: 'string', default: '100' },
      jobs: { type: 'string', default: String(cpus().length) },
      complete: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(HELP);
    return 0;
  }
  const [count, jobs] = [positive('days', values.days), positive('jobs', values.jobs)];
  const first = values.seed === undefined ? Math.floor(Math.random() * 1e9) : positive('seed', values.seed);
  if (count === 1) return tellOne(first) ? 0 : 1;
  return report(await run(first, count, jobs), { first, count, isComplete: values.complete });
}

async function run(first: number, count: number, jobs: number): Promise<Report> {
  const coverage = new Coverage();
  const failed: Result[] = [];
  let [played, last] = [0, first];
  await playAll({ first, count }, jobs, (result) => {
    last = Math.max(last, result.seed);
    coverage.add(result.counts);
    played += 1;
    if (played % 100 === 0) say(`${String(played)} of ${String(count)} histories played`);
    if (result.violations.length === 0) return;
    sayFailure(result, failed.length < SHRUNK);
    failed.push(result);
  });
  return { coverage, failed, played, last };
}

interface Report {
  readonly coverage: Coverage;
  readonly failed: readonly Result[];
  readonly played: number;
  readonly last: number;
}

function report(
  { coverage, failed, played, last }: Report,
  { first, count, isComplete }: { first: number; count: number; isComplete: boolean },
): number {
  say('');
  sayCoverage(coverage);
  const gaps = gapsIn(coverage.counts);
  for (const gap of gaps.missing) say(`never seen: ${gap}`);
  for (const other of gaps.others) say(`seldom seen, and not asked for: ${other}`);
  const verdict =
    failed.length === 0
      ? 'all invariants hold in each'
      : `${String(failed.length)} break an invariant: seeds ${failed.map(({ seed }) => seed).join(', ')}`;
  say(
    `${String(played)} histories of ${String(HOURS)} virtual hours, seeds ${String(first)} to ${String(last)}: ${verdict}`,
  );
  const isCovered = gaps.missing.length === 0;
  say(isCovered ? 'every known state, transition, command and fault occurred' : 'coverage: see above');
  const isWhole = played === count && (!isComplete || isCovered);
  return failed.length === 0 && isWhole ? 0 : 1;
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new RangeError(`--${name} ${text}: a whole number above 0 is wanted`);
}

if (isMainThread)
  main().then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
      say(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
      process.exitCode = 64;
    },
  );
else if (workerData === 'play') work();
