import { type Observable, defer } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { encodeFrame } from '../simulated-engine/frames.ts';

/** Runs one marble spec: a frame is a millisecond. The code under test gets the scheduler. */
export const marbles = (spec: (helpers: RunHelpers, scheduler: TestScheduler) => void): void => {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.run((helpers) => spec(helpers, scheduler));
};

export const text = (written: string): Uint8Array => Buffer.from(written);

/** What a program wrote to its stdout, in one frame of the engine. */
export const frame = (written: string): Uint8Array => encodeFrame('stdout', written);

/** Answers each call with the next of `rounds`, then always with the last one, and records the calls. */
export class Rounds<Arguments extends readonly unknown[], T> {
  readonly calls: Arguments[] = [];
  readonly #rounds: readonly Observable<T>[];

  constructor(...rounds: Observable<T>[]) {
    this.#rounds = rounds;
  }

  readonly next = (...asked: Arguments): Observable<T> =>
    defer(() => {
      const round = this.#rounds[Math.min(this.calls.length, this.#rounds.length - 1)];
      this.calls.push(asked);
      if (round === undefined) throw new Error('no rounds were given');
      return round;
    });
}
