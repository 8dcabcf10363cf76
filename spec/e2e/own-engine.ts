import { findProgram } from './bound-process.ts';
import { PrivateEngine } from './private-engine.ts';

const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

/**
 * For a program that runs on its own engine, which ends with the program in any case.
 *
 * @returns The exit code: that of `use`, or 1 if no engine is available.
 */
export async function onOwnEngine(
  program: string,
  use: (engine: PrivateEngine) => Promise<number>,
): Promise<number> {
  if (process.getuid?.() !== 0 || findProgram('dockerd') === undefined) {
    process.stderr.write(`${program}: needs an engine of its own: root and dockerd\n`);
    return 1;
  }
  const engine = new PrivateEngine();
  endOnSignal(engine);
  try {
    await engine.start();
    return await use(engine);
  } finally {
    await engine.dispose();
  }
}

/** Removes the engine and its folder even if the program is ended early. */
function endOnSignal(engine: PrivateEngine): void {
  for (const [signal, code] of SIGNALS)
    process.once(signal, () => void engine.dispose().finally(() => process.exit(code)));
}

/** Clients of an engine keep sockets open, so the program is ended explicitly; all output is written by then. */
export function exitWith(program: string, outcome: Promise<number>): void {
  void outcome.then(
    (code) => process.stdout.write('', () => process.exit(code)),
    (error: unknown) => {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`${program}: ${what}\n`);
      process.exit(1);
    },
  );
}
