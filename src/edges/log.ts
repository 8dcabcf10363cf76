import { Writable } from 'node:stream';
import type { SchedulerLike } from 'rxjs';
import winston from 'winston';
import type { LogConfig } from '../../config/config.ts';
import type { Level, Line, Log } from '../notices/log-line.ts';
import { lineOf } from '../notices/wording.ts';
import { createConsole } from './console.ts';
import { createLogFile } from './log-file.ts';
import { createRender } from './log-format.ts';
import type { Trouble } from './trouble.ts';

export interface LogDeps {
  /** Milliseconds since the epoch: the time on each line. */
  readonly now: () => number;
  readonly scheduler: SchedulerLike;
  readonly stdout: Writable;
  /** Masked wherever they occur. */
  readonly secrets: readonly string[];
  /** Called when the file cannot be written, and when it can be again. */
  readonly trouble: Trouble;
}

/** winston shows a level and all above it. `endpoint` is above `info`, so it is shown whenever `info` is. */
const LEVELS: Readonly<Record<Level, number>> = { error: 0, warn: 1, endpoint: 2, info: 3, debug: 4 };

/**
 * The log goes to the console always, and to a rotated file as long as it can be written. Nothing ever waits for
 * either.
 */
export function createLog(config: LogConfig, { now, scheduler, stdout, secrets, trouble }: LogDeps): Log {
  const render = createRender(config, secrets);
  const file = createLogFile({ ...config, scheduler, trouble });
  const describeLost = (lostLines: number): string =>
    `${render(lineOf({ kind: 'consoleLinesLost', lostLines }), now())}\n`;
  const logger = createLogger(config.level, [createConsole(stdout, describeLost), file.write]);
  let closing: Promise<void> | undefined;

  function write(line: Line): void {
    if (closing !== undefined || !logger.isLevelEnabled(line.level)) return;
    logger.log({ level: line.level, message: render(line, now()) });
  }

  function close(): Promise<void> {
    closing ??= finish(logger).then(async () => {
      await Promise.all([file.flush(), drain(stdout)]);
    });
    return closing;
  }

  return { write, close };
}

/** winston hands lines on asynchronously: all of them have arrived when it has finished. */
function finish(logger: winston.Logger): Promise<void> {
  return new Promise((resolve) => {
    logger.once('finish', resolve);
    logger.end();
  });
}

/** Resolves when everything written before is out. A stream that has failed never calls back. */
function drain(stream: Writable): Promise<void> {
  if (stream.errored !== null) return Promise.resolve();
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

function createLogger(level: string, outputs: readonly ((line: string) => void)[]): winston.Logger {
  const logger = winston.createLogger({ levels: { ...LEVELS }, level });
  for (const output of outputs) logger.pipe(createSink(output));
  return logger;
}

function createSink(output: (line: string) => void): Writable {
  return new Writable({
    objectMode: true,
    write: ({ message }: { readonly message: string }, _encoding, done) => {
      output(`${message}\n`);
      done();
    },
  });
}
