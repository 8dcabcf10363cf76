import { appendRotating } from './log-rotation.ts';
import type { RotationLimits } from './log-rotation.ts';

export interface LogFileOptions extends RotationLimits {
  readonly file: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called once when the file cannot be written any more, and once when it can again. */
  readonly say: (message: string) => void;
}

interface Outage {
  lastTryMs: number;
  missedLines: number;
}

/** How long an unwritable file is left alone before the next line tries it again. */
export const LOG_FILE_RETRY_MS = 60_000;

/**
 * The log file, written synchronously and whole lines at a time: after `write` a line is on its way to the
 * disk, whatever becomes of the process. winston's own file transport loses the rest of a burst that exceeds
 * the size in one tick, and does not notice a full disk.
 */
export function createLogFile(options: LogFileOptions): (line: string) => void {
  const { file, now, say } = options;
  let outage: Outage | undefined;

  return (line) => {
    if (outage !== undefined && Math.abs(now() - outage.lastTryMs) < LOG_FILE_RETRY_MS) outage.missedLines++;
    else attempt(line);
  };

  function attempt(line: string): void {
    try {
      appendRotating(file, line, options);
    } catch (error) {
      fail((error as NodeJS.ErrnoException).message); // all that node:fs throws
      return;
    }
    if (outage !== undefined) recover(outage.missedLines);
  }

  // `say` comes back as a line for this very file, so the state is set before it is called

  function fail(reason: string): void {
    const missedLines = outage?.missedLines ?? 0;
    const isNew = outage === undefined;
    outage = { lastTryMs: now(), missedLines: missedLines + 1 };
    if (isNew) say(`Log file ${file} cannot be written (${reason}): logging to the console only`);
  }

  function recover(missedLines: number): void {
    outage = undefined;
    say(`Log file ${file} is written again; ${missedLines} lines went to the console only`);
  }
}
