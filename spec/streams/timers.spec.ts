import { NEVER, type SchedulerLike, concat, of } from 'rxjs';
import { timers$ } from '../../streams/timers.ts';
import { marbles } from './marbles.ts';

const DAY = 24 * 60 * 60 * 1000;
const reached = (at: number) => ({ type: 'timeReached', at });

describe('timers$', () => {
  it.each([
    ['a silent source', '-----', '-----'],
    ['an empty source', '--|', '--|'],
    ['a failing source', '--#', '--#'],
    ['no deadline', '-u---', '-----'],
    ['one deadline', '-a------', '----A---'],
    ['one deadline, and the source ends before it', '-a|', '----(A|)'],
    ['the same deadline again, reached once', '-aa-a-a-', '----A---'],
    ['a later deadline replaced by an earlier one', '-ba-----', '----A---'],
    ['an earlier deadline replaced by a later one', '-ab-----', '------B-'],
    ['a cancelled deadline', '-au-----', '--------'],
    ['a deadline in the past', '-------a', '-------L'],
    ['one deadline after another', '-a---b--', '----A-B-'],
  ])('handles %s: %s becomes %s', (_, deadlines, expected) => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const deadline$ = cold(deadlines, { a: 4, b: 6, u: undefined });
      const events = { A: reached(4), B: reached(6), L: reached(7) };
      expectObservable(timers$(deadline$, scheduler), '^--------!').toBe(expected, events);
    });
  });

  it('waits for a deadline beyond the limit of one timer, and is not early', () => {
    marbles(({ expectObservable }, scheduler) => {
      // Node fires a longer timer at once.
      const schedule = ((work: never, delay = 0, state?: never) =>
        scheduler.schedule(work, delay > 2 ** 31 - 1 ? 1 : delay, state)) as SchedulerLike['schedule'];
      const node = { now: () => scheduler.now(), schedule };
      const deadline$ = concat(of(60 * DAY), NEVER);
      expectObservable(timers$(deadline$, node), `${61 * DAY}ms !`).toBe(`${60 * DAY}ms A`, {
        A: reached(60 * DAY),
      });
    });
  });

  it('reports the deadline even if the timer fires a fraction of a millisecond early', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const clock = {
        now: () => Math.max(scheduler.now() - 0.4, 0),
        schedule: scheduler.schedule.bind(scheduler),
      };
      expectObservable(timers$(cold('a', { a: 4 }), clock), '^------!').toBe('----A', { A: reached(4) });
    });
  });

  it('cancels its timer when unsubscribed', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }, scheduler) => {
      const deadline$ = hot('-a---', { a: 4 });
      expectObservable(timers$(deadline$, scheduler), '^-!').toBe('---');
      expectSubscriptions(deadline$.subscriptions).toBe('^-!');
    });
  });
});
