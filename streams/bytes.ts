import { StringDecoder } from 'node:string_decoder';
import { type Observable, type OperatorFunction, Observable as Rx } from 'rxjs';

/** A line longer than this many characters is cut. The monitor needs no longer ones. */
const LONGEST_LINE = 64 * 1024;

/**
 * Turns bytes, cut anywhere, into text lines without their line ends (LF or CRLF). An unfinished last line counts as
 * a line. The rest of an overlong line is dropped, so an endless line costs no memory.
 */
export const toLines =
  (longest = LONGEST_LINE): OperatorFunction<Uint8Array, string> =>
  (bytes$) =>
    new Rx<string>((subscriber) => {
      const decoder = new StringDecoder('utf8');
      let line = '';
      const take = (text: string): void => {
        const parts = text.split('\n');
        parts.forEach((part, index) => {
          if (line.length < longest) line += part.slice(0, longest - line.length);
          if (index === parts.length - 1) return;
          subscriber.next(withoutReturn(line));
          line = '';
        });
      };
      return bytes$.subscribe({
        next: (chunk) => take(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          take(decoder.end());
          if (line !== '') subscriber.next(withoutReturn(line));
          subscriber.complete();
        },
      });
    });

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);

const HEADER_BYTES = 8;

/**
 * Removes the engine's stream framing: `[1|2, 0, 0, 0, length as 32-bit big-endian]` before each piece of output
 * (Docker API, "Attach to a container", stream format). stdout and stderr come out as one stream.
 */
export const unframe = (): OperatorFunction<Uint8Array, Uint8Array> => (bytes$: Observable<Uint8Array>) =>
  new Rx<Uint8Array>((subscriber) => {
    let header = Buffer.alloc(0);
    let bodyLeft = 0;
    const take = (chunk: Buffer): void => {
      let rest = chunk;
      while (rest.length > 0) {
        if (bodyLeft > 0) {
          const body = rest.subarray(0, bodyLeft);
          bodyLeft -= body.length;
          rest = rest.subarray(body.length);
          subscriber.next(body);
          continue;
        }
        const part = rest.subarray(0, HEADER_BYTES - header.length);
        header = Buffer.concat([header, part]);
        rest = rest.subarray(part.length);
        if (header.length < HEADER_BYTES) return;
        bodyLeft = header.readUInt32BE(4);
        header = Buffer.alloc(0);
      }
    };
    return bytes$.subscribe({
      next: (chunk) => take(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)),
      error: (error: unknown) => subscriber.error(error),
      complete: () => subscriber.complete(),
    });
  });
