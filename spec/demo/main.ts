import { EXIT } from '../../src/cli/exit-codes.ts';
import { HELP, parseCommandLine } from './command-line.ts';
import { demo } from './demo.ts';
import { CannotPlay, StoryFailure } from './failure.ts';
import { Narrator } from './narrator.ts';

/** The user wants the demo to end. */
class Interruption extends Error {
  readonly code: number;

  constructor(code: number) {
    super('interrupted');
    this.code = code;
  }
}

const SIGNALS = [
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const;

/** npm forwards a signal that the terminal has already sent to us: only a later one counts as a second one. */
const SAME_SIGNAL_MS = 1_000;

async function main(args: readonly string[]): Promise<number> {
  const line = parseCommandLine(args);
  switch (line.kind) {
    case 'help':
      process.stdout.write(HELP);
      return EXIT.ok;
    case 'unknown':
      process.stderr.write(`${line.message}\n`);
      return EXIT.usage;
    case 'play': {
      const narrator = new Narrator(process.stdout, process.env);
      return demo(line.options, narrator, interruption()).then(
        () => EXIT.ok,
        (error: unknown) => explain(error, narrator),
      );
    }
  }
}

/** Aborted on a signal, on a bug, and when the reader goes away: everything is then cleaned up. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const [signal, number] of SIGNALS)
    process.on(signal, () => {
      const code = 128 + number;
      if (!controller.signal.aborted) setTimeout(() => endAtOnceOn(signal, code), SAME_SIGNAL_MS).unref();
      controller.abort(new Interruption(code));
    });
  process.on('uncaughtException', (error) => controller.abort(error));
  process.stdout.on('error', () => controller.abort(new Interruption(EXIT.failed)));
  return controller.signal;
}

const endAtOnceOn = (signal: NodeJS.Signals, code: number): void => {
  process.on(signal, () => process.exit(code));
};

function explain(error: unknown, narrator: Narrator): number {
  const cause = error instanceof Error && error.name === 'AbortError' ? (error.cause ?? error) : error;
  if (cause instanceof Interruption) {
    narrator.note('Interrupted: nothing is left behind.');
    return cause.code;
  }
  if (cause instanceof StoryFailure) {
    narrator.fail('The story did not come true.');
    narrator.show(`  Expected: ${cause.expected}\n  Seen:     ${cause.seen}`);
  } else if (cause instanceof CannotPlay) narrator.fail(`The demo cannot be played: ${cause.message}`);
  else
    narrator.fail(
      `The demo failed: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`,
    );
  return EXIT.failed;
}

void main(process.argv.slice(2)).then((code) => {
  // Clients of the engine keep sockets open, so the program is ended explicitly; all output is written by then.
  process.stdout.write('', () => process.exit(code));
});
