import type { Writable } from 'node:stream';

/** How much text waits for a reader; what does not fit is dropped and counted. */
export const CONSOLE_WAITING_BYTES = 1024 * 1024;

/** Writes to a stream that may not be read: what waits is bounded. `describe` words what is then said of it. */
export function createConsole(
  stream: Writable,
  describe: (lostLines: number) => string,
): (text: string) => void {
  let lostLines = 0;
  // Whoever read the console may go away (EPIPE): no reason to stop watching.
  stream.on('error', () => undefined);
  stream.on('drain', () => {
    if (lostLines === 0) return;
    const lost = lostLines;
    lostLines = 0;
    stream.write(describe(lost));
  });
  return (text) => {
    if (stream.writableLength + Buffer.byteLength(text) > CONSOLE_WAITING_BYTES) lostLines += 1;
    else stream.write(text);
  };
}
