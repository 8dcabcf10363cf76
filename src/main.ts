import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { describeFaults } from '../config/config-fault.ts';
import { loadConfig, secretsOf } from '../config/load-config.ts';
import packageJson from '../package.json' with { type: 'json' };
import { steadyScheduler as scheduler } from './loop/clock.ts';
import type { Command, Given, Terminal } from './cli/command.ts';
import { parseCommandLine } from './cli/command-line.ts';
import { COMMANDS } from './cli/commands.ts';
import { type Ids, dropRoot } from './cli/drop-root.ts';
import { EXIT } from './cli/exit-codes.ts';
import { createCleaner } from './edges/log-format.ts';
import { createLog } from './edges/log.ts';
import { run } from './cli/run.ts';
import type { Notice } from './notices/notice.ts';
import { lineOf } from './notices/wording.ts';

/** Every line of a command goes through it, as every line of the log does. Masks the secrets once they are known. */
let clean = createCleaner([]);

const print = (line: string): void => {
  process.stdout.write(`${clean(line)}\n`);
};

const complain = (line: string): void => {
  process.stderr.write(`${clean(line)}\n`);
};

const say = (notice: Notice): void => complain(lineOf(notice).message);

const linesOf = (text: string): readonly string[] => text.trimEnd().split('\n');

async function main(args: readonly string[]): Promise<number> {
  const line = parseCommandLine(args, COMMANDS);
  switch (line.kind) {
    case 'help':
      linesOf(line.text).forEach(print);
      return EXIT.ok;
    case 'version':
      print(packageJson.version);
      return EXIT.ok;
    case 'fault':
      linesOf(line.message).forEach(complain);
      return EXIT.usage;
    case 'command':
      return carryOut(line.command, line.given);
  }
}

async function carryOut({ does }: Command, given: Given): Promise<number> {
  if (does.kind !== 'print') return configured(does, given);
  linesOf(does.text(given)).forEach(print);
  return EXIT.ok;
}

async function configured(does: Exclude<Command['does'], { kind: 'print' }>, given: Given): Promise<number> {
  const loaded = loadConfig(process.env);
  if (!loaded.ok) {
    linesOf(describeFaults(loaded.faults)).forEach(complain);
    return EXIT.config;
  }
  const { config, values } = loaded;
  const warnings: readonly Notice[] = isInImage() ? dropRoot(config, process as Ids) : [];
  clean = createCleaner(secretsOf(config));
  if (does.kind === 'watch')
    return watch(config, [
      ...warnings,
      ...loaded.warnings.map((text): Notice => ({ kind: 'configWarned', text })),
    ]);
  warnings.forEach(say);
  return does.run(given, { config, values, print, complain, clean, terminal: terminal() });
}

function terminal(): Terminal {
  const { isTTY: isTerminal } = process.stdout;
  // https://no-color.org: set and not empty.
  const hasColours = isTerminal && (process.env['NO_COLOR'] ?? '') === '';
  return { isTerminal, hasColours, write: (text) => process.stdout.write(text) };
}

/** The Dockerfile sets it. Elsewhere whoever starts the monitor has chosen its user, and whose its files are. */
const isInImage = (): boolean => process.env['GLUETUN_MONITOR_IMAGE'] !== undefined;

/**
 * A second signal ends the process without waiting for the log. After `FLUSH_MS` it ends even if nobody reads the
 * console.
 */
async function watch(config: Config, warnings: readonly Notice[]): Promise<number> {
  const deps = { now: Date.now, scheduler, stdout: process.stdout, secrets: secretsOf(config) };
  let signals = 0;
  for (const [signal, number] of [
    ['SIGTERM', 15],
    ['SIGINT', 2],
  ] as const)
    process.on(signal, () => {
      signals += 1;
      if (signals > 1) void leave(128 + number);
    });
  const { exitCode, flush } = await run(config, warnings, (trouble) =>
    createLog(config.log, { ...deps, trouble }),
  );
  setTimeout(() => void leave(exitCode), FLUSH_MS).unref();
  await flush();
  return exitCode;
}

/** Together with an act's grace period and `LEAVE_MS`, this stays within the ten seconds that Docker allows. */
const FLUSH_MS = 1_500;

/**
 * At its exit Node waits until the disk has answered every pending operation. If the disk never does, Node waits for
 * ever and nothing restarts the monitor. So the disk gets a short time, and then the process ends as with `docker
 * kill`.
 */
async function leave(exitCode: number): Promise<never> {
  for (let waitedMs = 0; isDiskAwaited() && waitedMs < LEAVE_MS; waitedMs += LOOK_MS) await pause(LOOK_MS);
  if (isDiskAwaited()) {
    process.kill(process.pid, 'SIGKILL');
    process.abort(); // a container's first process cannot be killed from inside it
  }
  return process.exit(exitCode);
}

const LEAVE_MS = 500;
const LOOK_MS = 20;

const isDiskAwaited = (): boolean =>
  process.getActiveResourcesInfo().some((resource) => /^(?:FSReq|CloseReq)/.test(resource));

// A file operation on a disk that hangs occupies a thread. Others must be left to resolve names.
process.env['UV_THREADPOOL_SIZE'] ??= '16';
// a console without a reader is no reason to stop watching
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
// Node would print it as it is, with whatever it quotes.
process.on('uncaughtException', (error: unknown) => {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  complain(lineOf({ kind: 'monitorFailed', error: what }).message);
  void leave(EXIT.software);
});
void main(process.argv.slice(2)).then((code) => {
  // Everything is written by now. The engine client keeps sockets alive, so the process has to be ended.
  process.stdout.write('', () => void leave(code));
});
