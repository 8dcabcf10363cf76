import { setTimeout as pause } from 'node:timers/promises';
import { describeFaults } from '../config/config-fault.ts';
import { type ConfigValue, loadConfig, secretsOf } from '../config/load-config.ts';
import packageJson from '../package.json' with { type: 'json' };
import { check } from './cli/check.ts';
import { steadyScheduler as scheduler } from './loop/clock.ts';
import { HELP, parseCommandLine } from './cli/command-line.ts';
import { EXIT } from './cli/exit-codes.ts';
import { createLog } from './edges/log.ts';
import { run } from './cli/run.ts';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const complain = (message: string): void => {
  process.stderr.write(`${message}\n`);
};

async function main(args: readonly string[]): Promise<number> {
  const line = parseCommandLine(args);
  switch (line.command) {
    case 'help':
      print(HELP.trimEnd());
      return EXIT.ok;
    case 'version':
      print(packageJson.version);
      return EXIT.ok;
    case 'unknown':
      complain(line.message);
      return EXIT.usage;
    default:
      return configured(line.command);
  }
}

async function configured(command: 'run' | 'check' | 'config'): Promise<number> {
  const loaded = loadConfig(process.env);
  if (!loaded.ok) {
    complain(describeFaults(loaded.faults));
    return EXIT.config;
  }
  if (command === 'config') {
    print(describeValues(loaded.values));
    return EXIT.ok;
  }
  if (command === 'check') return check(loaded.config, print);
  return watch(loaded);
}

/** A second signal ends the process at once; so does an output that nobody reads any more. */
async function watch({
  config,
  warnings,
}: Extract<ReturnType<typeof loadConfig>, { ok: true }>): Promise<number> {
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

/** With the grace of an act, and `LEAVE_MS`, not more than the ten seconds that Docker gives. */
const FLUSH_MS = 1_500;

/**
 * Node waits at its exit until the disk has answered all that is under way, for ever if it never does: nobody would
 * bring the monitor back. So it is given its time, and then the process ends as it would by `docker kill`.
 */
async function leave(exitCode: number): Promise<never> {
  for (let waitedMs = 0; isDiskAwaited() && waitedMs < LEAVE_MS; waitedMs += LOOK_MS) await pause(LOOK_MS);
  if (isDiskAwaited()) {
    process.kill(process.pid, 'SIGKILL');
    process.abort(); // the first process of a container cannot be killed from within it
  }
  return process.exit(exitCode);
}

const LEAVE_MS = 500;
const LOOK_MS = 20;

const isDiskAwaited = (): boolean =>
  process.getActiveResourcesInfo().some((resource) => /^(?:FSReq|CloseReq)/.test(resource));

const describeValues = (values: readonly ConfigValue[]): string => {
  const width = Math.max(...values.map(({ variable }) => variable.length));
  return values
    .map(
      ({ variable, value, source }) =>
        `${variable.padEnd(width)}  ${value === '' ? '-' : value}  (${source})`,
    )
    .join('\n');
};

// A file on a disk that hangs keeps a thread for as long: there must be others left to resolve names.
process.env['UV_THREADPOOL_SIZE'] ??= '16';
process.stdout.on('error', () => undefined); // nobody reads it any more: no reason to stop watching
void main(process.argv.slice(2)).then((code) => {
  // The engine client keeps sockets alive; what there was to write is written.
  process.stdout.write('', () => void leave(code));
});
