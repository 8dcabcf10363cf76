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
    ['line ends of both kinds', 'a\r\nb\nc\r\n', ['a', 'b', 'c']],
    ['an unfinished line that ends in a return', 'a\r', ['a']],
    ['empty lines', '\n\n', ['', '']],
    ['a return within a line', 'a\rb\n', ['a\rb']],
    ['letters of several bytes', 'München – 東京 🛰\n', ['München – 東京 🛰']],
  ])('takes %s apart', (_, written, lines) => {
    expect(linesOf([text(written)])).toEqual(lines);
  });

  it('gives the same lines however the bytes are cut', () => {
    const written = fc
      .array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('\n', '\r\n', '\r', '🛰')))
      .map((parts) => text(parts.join('')));
    fc.assert(
      fc.property(written, cuts, (bytes, places) => {
        expect(linesOf(cut(bytes, places), 20)).toEqual(linesOf([bytes], 20));
      }),
    );
  });

  it('never throws on binary garbage, and cuts it the same way', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), cuts, (bytes, places) => {
        expect(linesOf(cut(bytes, places))).toEqual(linesOf([bytes]));
      }),
    );
  });

  it('drops the rest of an overlong line, up to its end', () => {
    expect(linesOf([text('abc'), text('defg'), text('hij\nok\n')], 4)).toEqual(['abcd', 'ok']);
  });

  it('keeps nothing of an endless line but its beginning', () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    const [line, ...others] = linesOf(Array.from({ length: 100 }, () => chunk));
    const grown = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before;
    expect([line?.length, others]).toEqual([64 * 1024, []]);
    expect(grown).toBeLessThan(90 * 1024 * 1024);
  });

  const six = (name: string, source: string, expected: string, unsubscribe?: string): void => {
    it(`${name}: ${source} becomes ${expected}`, () => {
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
  six('never', '-----', '-----');
  six('empty', '--|', '--|');
  six('one and many', '-a-b-c-|', '-A-B-C-|');
  six('an unfinished line', '-a-b-|', '-A-B-(T|)');
  six('error', '-a-b-#', '-A-B-#');
  six('never-ending', '-a-b-c-', '-A-B-C-');
  six('unsubscribed early', '-a-b-c-', '-A-B-', '----!');
});

describe('unframe', () => {
  const frames = (...parts: readonly ['stdout' | 'stderr', string][]): Buffer =>
    Buffer.concat(parts.map(([stream, written]) => encodeFrame(stream, written)));

  it.each([
    ['one frame', frames(['stdout', 'hello']), 'hello'],
    ['both streams as one', frames(['stdout', 'out'], ['stderr', 'err'], ['stdout', 'out']), 'outerrout'],
    ['an empty frame between', frames(['stdout', 'a'], ['stdout', ''], ['stdout', 'b']), 'ab'],
    ['half a header at the end', Buffer.concat([frames(['stdout', 'a']), Buffer.from([1, 0, 0])]), 'a'],
    ['a body cut short', frames(['stdout', 'hello']).subarray(0, 11), 'hel'],
  ])('takes the framing off %s', (_, bytes, body) => {
    expect(bodyOf([bytes]).toString()).toBe(body);
  });

  it('gives the same body however the bytes are cut', () => {
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

  it('takes a hundred thousand frames in one chunk', () => {
    const chunk = Buffer.concat(Array.from({ length: 100_000 }, () => frames(['stdout', 'x'])));
    expect(bodyOf([chunk])).toHaveLength(100_000);
  });

  it('lets a body through as it comes, without waiting for its end', () => {
    const [begun] = cut(frames(['stdout', 'hello']), [10]);
    expect(bodyOf([begun ?? text('')]).toString()).toBe('he');
  });

  it('fails with its source, and completes with it', () => {
    const through: OperatorFunction<Uint8Array, Uint8Array> = unframe();
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Uint8Array>('--#').pipe(through)).toBe('--#');
      expectObservable(cold<Uint8Array>('--|').pipe(through)).toBe('--|');
      expectObservable(EMPTY.pipe(through)).toBe('|');
    });
  });
});
