import fc from 'fast-check';
import { EMPTY, type Observable, type OperatorFunction, from } from 'rxjs';
import { toLines, unframe } from '../../streams/bytes.ts';
import { encodeFrame } from '../simulated-engine/frames.ts';
import { cut } from './cut.ts';
import { marbles, text } from './marbles.ts';

const collect = <T>(source$: Observable<T>): T[] => {
  const seen: T[] = [];
  source$.subscribe((value) => seen.push(value));
  return seen;
};

const linesOf = (chunks: readonly Uint8Array[], longest?: number): string[] =>
  collect(from(chunks).pipe(toLines(longest)));

const bodyOf = (chunks: readonly Uint8Array[]): Buffer =>
  Buffer.concat(collect(from(chunks).pipe(unframe())));

const cuts = fc.array(fc.nat(), { maxLength: 12 });

describe('toLines', () => {
  it.each([
    ['nothing', '', []],
    ['one finished line', 'a\n', ['a']],
    ['an unfinished last line', 'a\nb', ['a', 'b']],
    ['both kinds of line ending', 'a\r\nb\nc\r\n', ['a', 'b', 'c']],
    ['an unfinished line that ends in a carriage return', 'a\r', ['a']],
    ['empty lines', '\n\n', ['', '']],
    ['a carriage return within a line', 'a\rb\n', ['a\rb']],
    ['multi-byte characters', 'München – 東京 🛰\n', ['München – 東京 🛰']],
  ])('splits %s into lines', (_, written, lines) => {
    expect(linesOf([text(written)])).toEqual(lines);
  });

  it('emits the same lines however the bytes are split into chunks', () => {
    const written = fc
      .array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('\n', '\r\n', '\r', '🛰')))
      .map((parts) => text(parts.join('')));
    fc.assert(
      fc.property(written, cuts, (bytes, places) => {
        expect(linesOf(cut(bytes, places), 20)).toEqual(linesOf([bytes], 20));
      }),
    );
  });

  it('never throws on binary garbage, and splits it the same way whatever the chunks', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), cuts, (bytes, places) => {
        expect(linesOf(cut(bytes, places))).toEqual(linesOf([bytes]));
      }),
    );
  });

  it('truncates an overlong line and resumes at the next one', () => {
    expect(linesOf([text('abc'), text('defg'), text('hij\nok\n')], 4)).toEqual(['abcd', 'ok']);
  });

  it('buffers only the beginning of an endless line', () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    const [line, ...others] = linesOf(Array.from({ length: 100 }, () => chunk));
    const grown = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before;
    expect([line?.length, others]).toEqual([64 * 1024, []]);
    expect(grown).toBeLessThan(90 * 1024 * 1024);
  });

  const six = (name: string, source: string, expected: string, unsubscribe?: string): void => {
    it(`turns ${source} into ${expected} (${name})`, () => {
      marbles(({ hot, expectObservable, expectSubscriptions }) => {
        const source$ = hot(source, { a: text('one\n'), b: text('two\nth'), c: text('ree\n') });
        expectObservable(source$.pipe(toLines()), unsubscribe).toBe(expected, {
          A: 'one',
          B: 'two',
          C: 'three',
          T: 'th',
        });
        const end = (unsubscribe ?? expected).replace(/\([A-Z]*\|\)/, '|').search(/[!|#]/);
        expectSubscriptions(source$.subscriptions).toBe(`^${end < 0 ? '' : `${'-'.repeat(end - 1)}!`}`);
      });
    });
  };
  six('a silent source', '-----', '-----');
  six('an empty source', '--|', '--|');
  six('several lines', '-a-b-c-|', '-A-B-C-|');
  six('an unfinished line', '-a-b-|', '-A-B-(T|)');
  six('a failing source', '-a-b-#', '-A-B-#');
  six('a source that does not end', '-a-b-c-', '-A-B-C-');
  six('an early unsubscribe', '-a-b-c-', '-A-B-', '----!');
});

describe('unframe', () => {
  const frames = (...parts: readonly ['stdout' | 'stderr', string][]): Buffer =>
    Buffer.concat(parts.map(([stream, written]) => encodeFrame(stream, written)));

  it.each([
    ['one frame', frames(['stdout', 'hello']), 'hello'],
    ['both streams as one', frames(['stdout', 'out'], ['stderr', 'err'], ['stdout', 'out']), 'outerrout'],
    ['an empty frame between two others', frames(['stdout', 'a'], ['stdout', ''], ['stdout', 'b']), 'ab'],
    ['a truncated header at the end', Buffer.concat([frames(['stdout', 'a']), Buffer.from([1, 0, 0])]), 'a'],
    ['a truncated body', frames(['stdout', 'hello']).subarray(0, 11), 'hel'],
  ])('removes the framing from %s', (_, bytes, body) => {
    expect(bodyOf([bytes]).toString()).toBe(body);
  });

  it('emits the same body however the bytes are split into chunks', () => {
    const recording = fc
      .array(fc.tuple(fc.constantFrom('stdout' as const, 'stderr' as const), fc.string()))
      .map((parts) => ({ bytes: frames(...parts), body: parts.map(([, part]) => part).join('') }));
    fc.assert(
      fc.property(recording, cuts, ({ bytes, body }, places) => {
        expect(bodyOf(cut(bytes, places)).toString()).toBe(body);
      }),
    );
  });

  it('never throws on binary garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), cuts, (bytes, places) => {
        expect(bodyOf(cut(bytes, places))).toEqual(bodyOf([bytes]));
      }),
    );
  });

  it('handles a hundred thousand frames in one chunk', () => {
    const chunk = Buffer.concat(Array.from({ length: 100_000 }, () => frames(['stdout', 'x'])));
    expect(bodyOf([chunk])).toHaveLength(100_000);
  });

  it('emits the available part of a frame without waiting for the rest', () => {
    const [begun] = cut(frames(['stdout', 'hello']), [10]);
    expect(bodyOf([begun ?? text('')]).toString()).toBe('he');
  });

  it('fails and completes with its source', () => {
    const through: OperatorFunction<Uint8Array, Uint8Array> = unframe();
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Uint8Array>('--#').pipe(through)).toBe('--#');
      expectObservable(cold<Uint8Array>('--|').pipe(through)).toBe('--|');
      expectObservable(EMPTY.pipe(through)).toBe('|');
    });
  });
});
