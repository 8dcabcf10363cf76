import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { describeFaults } from '../config/config-fault.ts';
import { type ConfigValue, loadConfig, secretsOf } from '../config/load-config.ts';
import packageJson from '../package.json' with { type: 'json' };
import { check } from './cli/check.ts';
import { steadyScheduler as scheduler } from './loop/clock.ts';
import { HELP, parseCommandLine } from './cli/command-line.ts';
import { type Ids, dropRoot } from './cli/drop-root.ts';
import { EXIT } from './cli/exit-codes.ts';
import { createLog } from './edges/log.ts';
import { run } from './cli/run.ts';
import type { Notice } from './notices/notice.ts';
import { lineOf } from './notices/wording.ts';

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
  const warnings: readonly Notice[] = isInImage() ? dropRoot(loaded.config, process as Ids) : [];
  if (command === 'run')
    return watch(loaded.config, [
      ...warnings,
      ...loaded.warnings.map((text): Notice => ({ kind: 'configWarned', text })),
    ]);
  warnings.forEach((warning) => complain(lineOf(warning).message));
  if (command === 'config') {
    print(describeValues(loaded.values));
    return EXIT.ok;
  }
  return check(loaded.config, print);
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

const describeValues = (values: readonly ConfigValue[]): string => {
  const width = Math.max(...values.map(({ variable }) => variable.length));
  return values
    .map(
      ({ variable, value, source }) =>
        `${variable.padEnd(width)}  ${value === '' ? '-' : value}  (${source})`,
    )
    .join('\n');
};

// A file operation on a disk that hangs occupies a thread. Others must be left to resolve names.
process.env['UV_THREADPOOL_SIZE'] ??= '16';
process.stdout.on('error', () => undefined); // a console without a reader is no reason to stop watching
void main(process.argv.slice(2)).then((code) => {
  // Everything is written by now. The engine client keeps sockets alive, so the process has to be ended.
  process.stdout.write('', () => void leave(code));
});
