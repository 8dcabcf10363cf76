import { setTimeout as pause } from 'node:timers/promises';
import { controlPath } from '../edges/control/control-path.ts';
import type { Status } from '../status/schema.ts';
import { NoAnswer, askMonitor } from './ask-monitor.ts';
import type { Context, Given } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { sayNoAnswer } from './operator-commands.ts';
import { tableOf } from './status-table.ts';

const WATCH_MS = 1_000;
/** Moves to the top left corner and clears the screen below. */
const CLEAR = '\u001b[H\u001b[J';

/** Shows how the running monitor sees things, once or, with `--watch`, until the process is ended. */
export async function status(given: Given, context: Context): Promise<number> {
  if (given.flags.has('watch')) for (;;) await watch(given, context);
  try {
    const now = await readStatus(context);
    if (now === undefined) return EXIT.failed;
    show(now, given, context);
    return now.mood === 'well' ? EXIT.ok : EXIT.failed;
  } catch (error) {
    return sayNoAnswer(error, context);
  }
}

/** A monitor that ends may come back: that is shown, and no reason to end. */
async function watch(given: Given, context: Context): Promise<void> {
  const { terminal, clean } = context;
  const clear = terminal.isTerminal && !given.flags.has('json') ? CLEAR : '';
  try {
    const now = await readStatus(context);
    if (now !== undefined) {
      terminal.write(clear);
      show(now, given, context);
    }
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    if (clear === '') sayNoAnswer(error, context);
    else terminal.write(`${clear}${clean(error.message)}\n`);
  }
  await pause(WATCH_MS);
}

/** Undefined: the monitor knows nothing yet, which is said. */
async function readStatus({ config, complain }: Context): Promise<Status | undefined> {
  const reply = await askMonitor(controlPath(config.gateways), { ask: 'status' });
  reply.said.forEach(complain);
  // It is of the same version, as a rule; the schema only grows.
  return reply.status as Status | undefined;
}

function show(now: Status, { flags }: Given, { terminal, clean }: Context): void {
  const cleaned = cleanedIn(now, clean) as Status;
  if (flags.has('json')) {
    terminal.write(`${JSON.stringify(cleaned, null, flags.has('watch') ? undefined : 2)}\n`);
    return;
  }
  terminal.write(`${tableOf(cleaned, terminal).join('\n')}\n`);
}

/** Every text in it comes out as `clean` makes it: site names and reasons may quote what others have written. */
function cleanedIn(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map((one) => cleanedIn(one, clean));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cleanedIn(one, clean)]));
}
