import { defer } from 'rxjs';
import { repeatWithGrowingDelay } from '../../streams/growing-delay.ts';
import { Rounds, marbles } from './marbles.ts';

const DELAY = { firstMs: 2, longestMs: 8, steadyAfterMs: 20 };

describe('repeatWithGrowingDelay', () => {
  it('doubles the delay after each end, up to the longest', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const round$ = cold('a|');
      const unsubscribe = '^-------------------------------!';
      const expected = '   a--a----a--------a--------a----';
      const rounds = ['^!', '---^!', '--------^!', '-----------------^!', '--------------------------^!'];
      expectObservable(round$.pipe(repeatWithGrowingDelay(DELAY, scheduler)), unsubscribe).toBe(expected);
      expectSubscriptions(round$.subscriptions).toBe(rounds);
    });
  });

  it('resets the delay after a round that lasted', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const [short$, long$] = [cold('a|'), cold('b 20ms |')];
      const rounds = new Rounds(short$, short$, long$, short$);
      const unsubscribe = '^------- 21ms ------!';
      const expected = '   a--a----b 20ms --a--';
      expectObservable(defer(rounds.next).pipe(repeatWithGrowingDelay(DELAY, scheduler)), unsubscribe).toBe(
        expected,
      );
    });
  });

  it('stays with a round that never ends', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const round$ = cold('   -a--b-----');
      const unsubscribe = '   ^ 1m !    ';
      expectObservable(round$.pipe(repeatWithGrowingDelay(DELAY, scheduler)), unsubscribe).toBe('-a--b-----');
      expectSubscriptions(round$.subscriptions).toBe(unsubscribe);
    });
  });

  it('passes on an error without repeating', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      expectObservable(cold('a-#').pipe(repeatWithGrowingDelay(DELAY, scheduler))).toBe('a-#');
    });
  });

  it('starts afresh for each subscriber', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const repeated$ = cold('a|').pipe(repeatWithGrowingDelay(DELAY, scheduler));
      expectObservable(repeated$, '^--------!').toBe('a--a----a');
      expectObservable(repeated$, '----------^--------!').toBe('----------a--a----a');
    });
  });

  it('leaves no timer behind when unsubscribed between two rounds', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const round$ = cold('|');
      expectObservable(round$.pipe(repeatWithGrowingDelay(DELAY, scheduler)), '^!').toBe('--');
      expectSubscriptions(round$.subscriptions).toBe(['(^!)']);
    });
  });
});
