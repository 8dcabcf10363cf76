import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

/** A longer line is none of the monitor's. */
export const LONGEST_LINE_BYTES = 1024 * 1024;

const BLOCK_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;

export interface FileLine {
  /** Without its line feed. What is longer than `LONGEST_LINE_BYTES` is cut. */
  readonly bytes: Buffer;
  /** It ends with a line feed. The last one does not if the power was cut while it was written. */
  readonly isWhole: boolean;
}

/** The lines of a file, the oldest first. Never more than one line and one block are in memory. */
export async function* linesOf(file: string): AsyncGenerator<FileLine> {
  let line = new LineBuffer();
  for await (const block of createReadStream(file, { highWaterMark: BLOCK_BYTES }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = block.indexOf(LINE_FEED); end >= 0; end = block.indexOf(LINE_FEED, from)) {
      line.append(block.subarray(from, end));
      yield { bytes: line.bytes, isWhole: true };
      line = new LineBuffer();
      from = end + 1;
    }
    line.append(block.subarray(from));
  }
  if (line.length > 0) yield { bytes: line.bytes, isWhole: false };
}

/** The lines of a file, the newest first. Whoever has enough stops, and the rest is not read. */
export async function* newestLinesOf(file: string): AsyncGenerator<Buffer> {
  const handle = await open(file, 'r');
  try {
    let position = (await handle.stat()).size;
    let line = new LineBuffer();
    while (position > 0) {
      const length = Math.min(BLOCK_BYTES, position);
      position -= length;
      const { buffer: block, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
      if (bytesRead < length) return; // somebody has cut the file
      let end = length;
      for (let at = block.lastIndexOf(LINE_FEED); at >= 0; at = lastFeedBefore(block, at)) {
        line.prepend(block.subarray(at + 1, end));
        if (line.length > 0) yield line.bytes;
        line = new LineBuffer();
        end = at;
      }
      line.prepend(block.subarray(0, end));
    }
    if (line.length > 0) yield line.bytes;
  } finally {
    await handle.close();
  }
}

/** A negative offset would count from the end. */
const lastFeedBefore = (block: Buffer, at: number): number =>
  at === 0 ? -1 : block.lastIndexOf(LINE_FEED, at - 1);

/** The pieces of one line, as they come. */
class LineBuffer {
  readonly #pieces: Buffer[] = [];
  length = 0;

  get bytes(): Buffer {
    return Buffer.concat(this.#pieces).subarray(0, LONGEST_LINE_BYTES);
  }

  append(piece: Buffer): void {
    if (this.#takes(piece)) this.#pieces.push(piece);
  }

  prepend(piece: Buffer): void {
    if (this.#takes(piece)) this.#pieces.unshift(piece);
  }

  #takes(piece: Buffer): boolean {
    if (piece.length === 0 || this.length > LONGEST_LINE_BYTES) return false;
    this.length += piece.length;
    return true;
  }
}
