import { parseArgs } from 'node:util';
import { exitWith, onOwnEngine } from '../../e2e/own-engine.ts';
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
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  return onOwnEngine('chaos', async (engine) =>
    report(await chaos({ engine, minutes, seed, print }), seed, print),
  );
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

exitWith('chaos', main());
