import { findProgram } from './bound-process.ts';
import { PrivateEngine } from './private-engine.ts';

const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

/**
 * For a program that plays on an engine of its own, which ends with it however that comes about.
 *
 * @returns The exit code: what `use` says, or 1 where no engine can be had.
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

/** Whoever ends the program early finds neither its engine nor its folder afterwards. */
function endOnSignal(engine: PrivateEngine): void {
  for (const [signal, code] of SIGNALS)
    process.once(signal, () => void engine.dispose().finally(() => process.exit(code)));
}

/** Clients of an engine keep sockets alive; what there was to write is written. */
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
