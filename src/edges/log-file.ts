import type { SchedulerLike, Subscription } from 'rxjs';
import { type RotationLimits, appendRotating } from './log-rotation.ts';
import type { Trouble } from './trouble.ts';

export interface LogFileOptions extends RotationLimits {
  readonly file: string;
  readonly scheduler: SchedulerLike;
  readonly trouble: Trouble;
  /** Replaced in tests. */
  readonly append?: typeof appendRotating;
}

export interface LogFile {
  /** Never throws, and never waits. */
  readonly write: (line: string) => void;
  /** Resolves when everything that waits is written, or an attempt to write it has failed. */
  readonly flush: () => Promise<void>;
}

/** How long an unwritable file is left alone before the next attempt. */
export const LOG_FILE_RETRY_MS = 60_000;

/** A disk that takes longer counts as unwritable. */
export const LOG_FILE_PATIENCE_MS = 5_000;

/** How much text may wait for the disk. What does not fit is dropped and counted. */
export const LOG_FILE_WAITING_BYTES = 1024 * 1024;

/** The most lines that are handed over at once. */
const LINES_AT_ONCE = 1_000;

/**
 * Writes the log file in whole lines, and nothing ever waits for it. One operation is under way at a time; further
 * lines queue in order, and those that do not fit are counted. A disk that hangs costs lines, not the loop's time.
 * winston's own file transport loses the rest of a burst that exceeds the size in one tick, and does not notice a
 * full disk.
 */
export function createLogFile(options: LogFileOptions): LogFile {
  const { file, scheduler, trouble, append = appendRotating } = options;
  const waiting: string[] = [];
  let waitingBytes = 0;
  let lostLines = 0;
  let isFailing = false;
  let isWriting = false;
  let writing = Promise.resolve();
  let retry: Subscription | undefined;

  return { write, flush };

  function write(line: string): void {
    const bytes = Buffer.byteLength(line);
    if (waitingBytes + bytes > LOG_FILE_WAITING_BYTES) {
      lostLines += 1;
      fail('more is said than it takes');
      return;
    }
    waiting.push(line);
    waitingBytes += bytes;
    if (retry === undefined) begin();
  }

  async function flush(): Promise<void> {
    do {
      begin();
      await writing;
    } while (waiting.length > 0 && retry === undefined);
  }

  function begin(): void {
    if (isWriting) return;
    retry?.unsubscribe();
    retry = undefined;
    isWriting = true;
    writing = drain();
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const timeout = scheduler.schedule(
        () => fail(`it has not answered for ${String(LOG_FILE_PATIENCE_MS / 1000)} s`),
        LOG_FILE_PATIENCE_MS,
      );
      try {
        const written = waiting.splice(0, await append(file, waiting.slice(0, LINES_AT_ONCE), options));
        waitingBytes -= Buffer.byteLength(written.join(''));
      } catch (error) {
        isWriting = false;
        retry = scheduler.schedule(begin, LOG_FILE_RETRY_MS);
        fail((error as Error).message); // node:fs throws nothing else
        return;
      } finally {
        timeout.unsubscribe();
      }
    }
    isWriting = false;
    recover();
  }

  function fail(reason: string): void {
    if (isFailing) return;
    isFailing = true;
    trouble.failed(reason);
  }

  function recover(): void {
    if (!isFailing) return;
    isFailing = false;
    const count = lostLines;
    lostLines = 0;
    trouble.recovered(count);
  }
}
