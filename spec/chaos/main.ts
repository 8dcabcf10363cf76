import { parseArgs } from 'node:util';
import { findProgram } from '../e2e/bound-process.ts';
import { endOnSignal } from '../e2e/end-on-signal.ts';
import { PrivateEngine } from '../e2e/private-engine.ts';
import { type ChaosResult, chaos } from './chaos.ts';

const HELP = `Usage: npm run chaos [-- --minutes M] [--seed N]

Plays faults, drawn from the seed, on a real Docker Engine that is started for it, with the built monitor watching a
stand-in for Gluetun; then lets all come to rest. The exit code is 0 only if nothing happened that should not. As root,
with dockerd, busybox, wget and tar.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '2' },
      seed: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const minutes = Number(values.minutes);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  if (values.help === true || !(minutes > 0) || !Number.isInteger(seed)) {
    process.stdout.write(HELP);
    return values.help === true ? 0 : 64;
  }
  if (process.getuid?.() !== 0 || findProgram('dockerd') === undefined) {
    process.stderr.write('chaos: needs an engine of its own: root and dockerd\n');
    return 1;
  }
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const engine = new PrivateEngine();
  endOnSignal(engine);
  try {
    await engine.start();
    return report(await chaos({ engine, minutes, seed, print }), seed, print);
  } finally {
    await engine.dispose();
  }
}

function report(
  { violations, faultsPlayed, commands, settledMs }: ChaosResult,
  seed: number,
  print: (line: string) => void,
): number {
  print(`seed ${seed}: ${faultsPlayed} faults, ${commands} commands, at rest after ${settledMs} ms`);
  violations.forEach((violation) => print(`VIOLATION (seed ${seed}): ${violation}`));
  return violations.length === 0 ? 0 : 1;
}

void main().then(
  (code) => process.stdout.write('', () => process.exit(code)),
  (error: unknown) => {
    process.stderr.write(
      `chaos: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(1);
  },
);
