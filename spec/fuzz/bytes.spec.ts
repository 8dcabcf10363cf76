import fc from 'fast-check';
import { type Observable, type OperatorFunction, from } from 'rxjs';
import { toLines, unframe } from '../../streams/bytes.ts';
import { encodeFrame } from '../simulated-engine/frames.ts';
import { anyBytes, textOf } from './arbitraries.ts';
import { fuzz } from './fuzz.ts';
import { framedAnywhere, splitAnywhere } from './output.ts';
import { MEBIBYTE, retainedByReader } from './retained.ts';

const LONGEST = 50;

function through<T>(pieces: readonly Uint8Array[], operator: OperatorFunction<Uint8Array, T>): T[] {
  const seen: T[] = [];
  from(pieces).pipe(operator).subscribe((value) => seen.push(value)); // prettier-ignore
  return seen;
}

const lines = (pieces: readonly Uint8Array[]): string[] => through(pieces, toLines(LONGEST));
const body = (pieces: readonly Uint8Array[]): Buffer => Buffer.concat(through(pieces, unframe()));

const writing = fc.oneof(
  textOf(['\n', '\r\n', '\r', 'abc', 'München', '🛰', 'x'.repeat(60)]).map((text) => Buffer.from(text)),
  anyBytes,
);

/** A stream as an engine sends it, or with absurd lengths, or no valid stream at all. */
const recording = fc.oneof(
  writing.chain(framedAnywhere),
  fc.tuple(writing.chain(framedAnywhere), anyBytes).map((parts) => Buffer.concat(parts)),
  fc.tuple(fc.nat(0xffffffff), writing).map(([length, output]) => {
    const frame = encodeFrame('stdout', output);
    frame.writeUInt32BE(length, 4);
    return frame;
  }),
  anyBytes,
);

const split = (bytes: fc.Arbitrary<Uint8Array>) =>
  bytes.chain((whole) => splitAnywhere(whole).map((pieces) => ({ whole, pieces })));

describe('lines', () => {
  it('are those of the text, truncated if too long, wherever the bytes are split', () => {
    fuzz(split(writing), 1_500, ({ whole, pieces }) => {
      const written = Buffer.from(whole).toString().split('\n');
      const unfinished = written.pop() ?? '';
      const wanted = [...written, ...(unfinished === '' ? [] : [unfinished])];
      expect(lines(pieces)).toEqual(wanted.map((line) => line.slice(0, LONGEST).replace(/\r$/, '')));
    });
  });
});

describe('frames', () => {
  it('give back their content, wherever they and the bytes are split', () => {
    const framed = writing.chain((whole) =>
      framedAnywhere(whole).chain((bytes) => splitAnywhere(bytes).map((pieces) => ({ whole, pieces }))),
    );
    fuzz(framed, 1_500, ({ whole, pieces }) => {
      expect(body(pieces).equals(whole)).toBe(true);
    });
  });

  it('give the same for any bytes split anywhere, and never more than the input', () => {
    fuzz(split(recording), 1_500, ({ whole, pieces }) => {
      const given = body(pieces);
      expect(given.equals(body([whole]))).toBe(true);
      expect(given.length).toBeLessThanOrEqual(Math.max(0, whole.length - 8));
    });
  });
});

describe('an endless input', () => {
  const CHUNK = 64 * 1024;
  const framed = (length: number, output: Uint8Array): Uint8Array => {
    const frame = encodeFrame('stdout', output);
    frame.writeUInt32BE(length, 4);
    return frame;
  };

  it.each([
    { what: 'a line', reader: toLines(), pieces: 300, piece: () => Buffer.alloc(CHUNK, 'x') },
    {
      what: 'binary data',
      reader: toLines(),
      pieces: 300,
      piece: (n: number) => Buffer.alloc(CHUNK, 0x80 + (n % 2)),
    },
    { what: 'lines', reader: toLines(), pieces: 300, piece: () => Buffer.alloc(CHUNK, 'a line\n') },
    { what: 'a frame', reader: unframe(), pieces: 300, piece: () => framed(0xffffffff, Buffer.alloc(CHUNK)) },
    { what: 'empty frames', reader: unframe(), pieces: 200_000, piece: () => Buffer.alloc(16) },
    { what: 'incomplete headers', reader: unframe(), pieces: 300_000, piece: () => Buffer.alloc(5) },
  ])('of $what is buffered only up to a line or a chunk', ({ reader, pieces, piece }) => {
    const read = (bytes$: Observable<Uint8Array>): Observable<unknown> => bytes$.pipe(reader as never);
    expect(retainedByReader({ piece, pieces }, read)).toBeLessThan(4 * MEBIBYTE);
  });
});
