import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const SIMULATE = join(__dirname, '../../../dist/simulate.js');
/** Always the same days, so that a failure is due to the change. */
const DAYS = ['--seed', '1', '--days', '500', '--complete'];
const LIMIT_MS = 25 * 60_000;

/** The output and the exit code of the program, which runs with a low priority. */
async function simulate(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(process.execPath, [SIMULATE, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  setPriority(child.pid ?? 0, constants.priority.PRIORITY_LOW);
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { code: child.exitCode, said };
}

describe('500 random days', () => {
  it(
    'violate no invariant, and cover every state, transition, command and fault',
    async () => {
      const { code, said } = await simulate(DAYS);
      process.stderr.write(`random days:\n${said.split('\n').slice(-4).join('\n')}`);
      expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
    },
    LIMIT_MS,
  );
});
