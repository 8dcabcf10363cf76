import type { Writable } from 'node:stream';

/** How much text may wait for a reader. What does not fit is dropped and counted. */
export const CONSOLE_WAITING_BYTES = 1024 * 1024;

/**
 * Writes to a stream that may have no reader, so the text that waits is bounded. `describe` words the line about count
 * lines.
 */
export function createConsole(
  stream: Writable,
  describe: (lostLines: number) => string,
): (text: string) => void {
  let lostLines = 0;
  // The reader of the console may go away (EPIPE), which is no reason to stop watching.
  stream.on('error', () => undefined);
  stream.on('drain', () => {
    if (lostLines === 0) return;
    const count = lostLines;
    lostLines = 0;
    stream.write(describe(count));
  });
  return (text) => {
    if (stream.writableLength + Buffer.byteLength(text) > CONSOLE_WAITING_BYTES) lostLines += 1;
    else stream.write(text);
  };
}
