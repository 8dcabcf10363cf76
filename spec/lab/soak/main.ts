import { parseArgs } from 'node:util';
import { exitWith, onOwnEngine } from '../../e2e/own-engine.ts';
import { soak } from './soak.ts';

const HELP = `Usage: npm run soak [-- --minutes M]

Runs the built monitor for so long (60) on a real Docker Engine that is started for it, among constant noise, now and
then with a recovery or a reconnection, and samples its memory, descriptors, sockets and listeners. The exit code is 0
only if all are flat. As root, with dockerd, busybox, wget and tar.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { minutes: { type: 'string', default: '60' }, help: { type: 'boolean' } },
  });
  const minutes = Number(values.minutes);
  if (values.help === true || !(minutes > 0)) {
    process.stdout.write(HELP);
    return values.help === true ? 0 : 64;
  }
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  return onOwnEngine('soak', async (engine) =>
    (await soak({ engine, minutes, print })).every(({ isFlat }) => isFlat) ? 0 : 1,
  );
}

exitWith('soak', main());
