import { parseArgs } from 'node:util';
import { findProgram } from '../e2e/bound-process.ts';
import { endOnSignal } from '../e2e/end-on-signal.ts';
import { PrivateEngine } from '../e2e/private-engine.ts';
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
  if (process.getuid?.() !== 0 || findProgram('dockerd') === undefined) {
    process.stderr.write('soak: needs an engine of its own: root and dockerd\n');
    return 1;
  }
  const engine = new PrivateEngine();
  endOnSignal(engine);
  try {
    await engine.start();
    const found = await soak({ engine, minutes, print: (line) => void process.stdout.write(`${line}\n`) });
    return found.every(({ isFlat }) => isFlat) ? 0 : 1;
  } finally {
    await engine.dispose();
  }
}

void main().then(
  (code) => process.stdout.write('', () => process.exit(code)),
  (error: unknown) => {
    process.stderr.write(
      `soak: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(1);
  },
);
