import fc from 'fast-check';
import {
  EMPTY,
  NEVER,
  type Observable,
  VirtualTimeScheduler,
  concat,
  concatMap,
  defer,
  delay,
  finalize,
  from,
  of,
  throwError,
} from 'rxjs';
import { EngineError } from '../../streams/engine.ts';
import { encodeFrame } from '../simulated-engine/frames.ts';
import { cut } from '../streams/cut.ts';
import { anyBytes } from './arbitraries.ts';

/** The output of a program: pieces, each some time after the previous one, and how it ends. */
export interface Output {
  readonly pieces: readonly { readonly afterMs: number; readonly bytes: Uint8Array }[];
  readonly end: 'completes' | 'breaks' | 'never';
}

const places = fc.array(fc.nat(), { maxLength: 12 });

/** The bytes in pieces, split anywhere. */
export const splitAnywhere = (bytes: Uint8Array): fc.Arbitrary<readonly Uint8Array[]> =>
  places.map((all) => cut(bytes, all));

/** In one or several frames of the engine, split anywhere. */
export const framedAnywhere = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
  splitAnywhere(bytes).map((pieces) =>
    Buffer.concat(pieces.map((piece, index) => encodeFrame(index % 3 === 2 ? 'stderr' : 'stdout', piece))),
  );

const pause = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.nat(500) },
  { weight: 1, arbitrary: fc.nat(30_000) },
);

/** The bytes, mostly in frames of the engine, in pieces, at any pace. */
export const outputOf = (bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Output> =>
  fc
    .tuple(
      bytes.chain((raw) =>
        fc.oneof(
          { weight: 5, arbitrary: framedAnywhere(raw) },
          { weight: 1, arbitrary: fc.constant(raw) },
          { weight: 1, arbitrary: anyBytes.map((junk) => Buffer.concat([junk, encodeFrame('stdout', raw)])) },
        ),
      ),
      places,
      fc.array(pause, { minLength: 13, maxLength: 13 }),
      fc.constantFrom<Output['end']>('completes', 'completes', 'breaks', 'never'),
    )
    .map(([framed, at, pauses, end]) => {
      const pieces = cut(framed, at).map((bytes, index) => ({ afterMs: pauses[index] ?? 0, bytes }));
      return { pieces, end, [fc.toStringMethod]: () => storyOf({ pieces, end }) };
    });

/** The form in the report of a failure. */
const storyOf = ({ pieces, end }: Output): string =>
  pieces
    .map(
      ({ afterMs, bytes }) => `after ${afterMs} ms ${JSON.stringify(Buffer.from(bytes).toString('latin1'))}`,
    )
    .concat(`and it ${end}`)
    .join('; ');

const ENDS: Readonly<Record<Output['end'], Observable<never>>> = {
  completes: EMPTY,
  breaks: throwError(() => new EngineError('socket hang up')),
  never: NEVER,
};

const said$ = ({ pieces, end }: Output, scheduler: VirtualTimeScheduler): Observable<Uint8Array> =>
  concat(
    from(pieces).pipe(
      concatMap(({ afterMs, bytes }) =>
        afterMs === 0 ? of(bytes) : of(bytes).pipe(delay(afterMs, scheduler)),
      ),
    ),
    ENDS[end],
  );

export interface Played<T> {
  readonly values: readonly T[];
  /** Undefined: it has not ended. */
  readonly endedAtMs: number | undefined;
  readonly error: unknown;
  /** Whether the output is still subscribed to. */
  readonly isOpen: boolean;
}

type Reader<T> = (bytes$: Observable<Uint8Array>, scheduler: VirtualTimeScheduler) => Observable<T>;

/** The result of reading the output, in virtual time. */
export function played<T>(output: Output, reader: Reader<T>, untilMs = 10 * 60_000): Played<T> {
  const scheduler = new VirtualTimeScheduler();
  scheduler.maxFrames = untilMs;
  let open = 0;
  const bytes$ = defer(() => {
    open += 1;
    return said$(output, scheduler);
  }).pipe(finalize(() => (open -= 1)));
  const values: T[] = [];
  let endedAtMs: number | undefined;
  let error: unknown;
  reader(bytes$, scheduler).subscribe({
    next: (value) => values.push(value),
    error: (failed: unknown) => {
      error = failed;
      endedAtMs = scheduler.frame;
    },
    complete: () => {
      endedAtMs = scheduler.frame;
    },
  });
  scheduler.flush();
  return { values, endedAtMs, error, isOpen: open > 0 };
}

/** All pieces at once, and a normal end. */
export const atOnce = (pieces: readonly Uint8Array[]): Output => ({
  pieces: pieces.map((bytes) => ({ afterMs: 0, bytes })),
  end: 'completes',
});
