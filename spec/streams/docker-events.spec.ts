import { EMPTY, NEVER, type Observable, concat, ignoreElements, of, tap, throwError } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { dockerEvents$ } from '../../streams/docker-events.ts';
import { EngineError } from '../../streams/engine.ts';
import { Rounds, marbles, text } from './marbles.ts';

const SECOND_NS = 1e9;
const NOON_NS = 1_795_348_800 * SECOND_NS;

const line = (action: string, seconds: number, id = 'abc'): string =>
  `${JSON.stringify({
    Type: 'container',
    Action: action,
    Actor: { ID: id, Attributes: { name: 'gluetun' } },
    timeNano: NOON_NS + seconds * SECOND_NS,
  })}\n`;

const heard = (type: string, at: number, seconds: number, id = 'abc') =>
  expect.objectContaining({ type, at, id, engineTimeMs: NOON_NS / 1e6 + seconds * 1000 }) as unknown;
const connected = (at: number) => ({ type: 'engineConnected', at });
const disconnected = (at: number, reason: string) => ({ type: 'engineDisconnected', at, reason });
const ENDED = 'the event stream ended';

type Opened = Observable<Uint8Array>;

const events = (scheduler: TestScheduler, ...rounds: Observable<Opened>[]) => {
  const engine = new Rounds<[since: string | undefined], Opened>(...rounds);
  return {
    events$: dockerEvents$({ ...UNTOLD, openEvents: engine.next }, scheduler),
    calls: engine.calls,
  };
};

/** Behind a proxy that lets neither through. */
const UNTOLD = { info: () => refusal$, pastEvents: () => refusal$ };

const refusal$ = throwError(() => new EngineError('connect ECONNREFUSED'));

describe('dockerEvents$', () => {
  it('emits events at once, and alongside them which containers a killed engine ended', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const engine = {
        openEvents: () => of(cold('-a---b', { a: text(line('die', 0)), b: text(line('start', 1)) })),
        info: () => cold('--(i|)', { i: { LiveRestoreEnabled: false, SystemTime: '2026-11-25T16:00:00Z' } }),
        pastEvents: () => of(text(line('die', 0))),
      };
      expectObservable(dockerEvents$(engine, scheduler), '^------!').toBe('CAE--B', {
        C: connected(0),
        A: heard('containerDied', 1, 0),
        E: { type: 'containerEndedByEngine', at: 2, id: 'abc' },
        B: heard('containerStarted', 5, 1),
      });
    });
  });

  it("does not wait for the engine's past events if the stream ends first", () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const engine = {
        openEvents: () => of(cold<Uint8Array>('-|')),
        info: () => NEVER,
        pastEvents: () => NEVER,
      };
      expectObservable(dockerEvents$(engine, scheduler), '^---!').toBe('Cx---', {
        C: connected(0),
        x: disconnected(1, ENDED),
      });
    });
  });

  it('emits events as they arrive, and stays connected while the engine is quiet', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const bytes$ = cold('    -a-b 1m c', {
        a: text(line('die', 0)),
        b: text(line('start', 1)),
        c: text(line('stop', 9)),
      });
      const open$ = cold('   -(o|)', { o: bytes$ });
      const unsubscribe = '  ^---- 1m --!';
      const expected = '     -CA-B 1m D';
      const { events$, calls } = events(scheduler, open$);
      // A cold source counts from its own subscription: the bytes begin when the stream is open.
      expectObservable(events$, unsubscribe).toBe(expected, {
        C: connected(1),
        A: heard('containerDied', 2, 0),
        B: heard('containerStarted', 4, 1),
        D: heard('containerStopped', 60_005, 9),
      });
      expectSubscriptions(bytes$.subscriptions).toBe('-^--- 1m --!');
      scheduler.schedule(() => expect(calls).toEqual([[undefined]]), 10);
    });
  });

  it('closes its connection when unsubscribed, before the stream is open and after', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const [opening$, bytes$] = [cold<Opened>('-----'), cold<Uint8Array>('---')];
      const open$ = cold('(o|)', { o: bytes$ });
      expectObservable(events(scheduler, opening$).events$, '^--!').toBe('----');
      expectObservable(events(scheduler, open$).events$, '^--!').toBe('C', { C: connected(0) });
      expectSubscriptions(opening$.subscriptions).toBe('^--!');
      expectSubscriptions(bytes$.subscriptions).toBe('^--!');
    });
  });

  it('retries an engine that refuses the connection, with delays that grow up to ten seconds', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const refusals = Array.from({ length: 8 }, () => refusal$);
      const open$ = cold('(o|)', { o: NEVER });
      const delays = [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000];
      const times = delays.reduce<number[]>((sum, delay) => [...sum, (sum.at(-1) ?? 0) + delay], [0]);
      const letters = 'a b c d e f g h'.split(' ');
      const expected = letters.map((letter, index) => `${letter} ${(delays[index] ?? 0) - 1}ms`).join(' ');
      expectObservable(events(scheduler, ...refusals, open$).events$, '60s !').toBe(`${expected} C`, {
        ...Object.fromEntries(
          letters.map((letter, i) => [letter, disconnected(times[i] ?? 0, 'connect ECONNREFUSED')]),
        ),
        C: connected(times.at(-1) ?? 0),
      });
    });
  });

  it('counts as connected if the event stream is forbidden, and says so once', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const forbidden$ = throwError(() => new EngineError('it is forbidden (HTTP 403)', 403));
      const open$ = cold('(o|)', { o: NEVER });
      const rounds = [forbidden$, forbidden$, refusal$, forbidden$, open$];
      expectObservable(events(scheduler, ...rounds).events$, '20s !').toBe('A 749ms B 999ms C 1999ms D', {
        A: connected(0),
        B: disconnected(750, 'connect ECONNREFUSED'),
        C: connected(1_750),
        D: connected(3_750),
      });
    });
  });

  it('reports a timeout if the engine does not answer, and retries with growing delays', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const silent$ = cold<Opened>('-');
      const reason = 'opening the event stream: no answer within 10 s';
      const unsubscribe = '21s !';
      expectObservable(events(scheduler, silent$).events$, unsubscribe).toBe('10s a 249ms 10s b', {
        a: disconnected(10_000, reason),
        b: disconnected(20_250, reason),
      });
      expectSubscriptions(silent$.subscriptions).toBe([
        '^ 9999ms !',
        '10250ms ^ 9999ms !',
        '20750ms ^ 249ms !',
      ]);
    });
  });

  it('reconnects after an end and after an error, and resets the delay after a long connection', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const broken$ = cold('(o|)', { o: cold<Uint8Array>('--#', {}, new EngineError('socket hang up')) });
      const ended$ = cold('(o|)', { o: cold<Uint8Array>('20s |') });
      const open$ = cold('(o|)', { o: NEVER });
      const expected = 'C-x 249ms D 19999ms y 249ms E';
      expectObservable(events(scheduler, broken$, ended$, open$).events$, '30s !').toBe(expected, {
        C: connected(0),
        x: disconnected(2, 'socket hang up'),
        D: connected(252),
        y: disconnected(20_252, ENDED),
        E: connected(20_502),
      });
    });
  });

  it('requests events from one second before the last one after a gap, without emitting any twice', () => {
    let asked: readonly unknown[] = [];
    marbles(({ cold, expectObservable }, scheduler) => {
      const [die, stop, start] = [line('die', 5), line('stop', 5), line('start', 7)];
      const other = line('die', 5, 'def');
      const first$ = cold(' (o|)', { o: cold('-ab|', { a: text(die), b: text(stop) }) });
      const second$ = cold('(o|)', { o: cold('-a-b|', { a: text(die + stop + other), b: text(start) }) });
      const third$ = cold(' (o|)', { o: cold('-a--', { a: text(start + line('start', 7)) }) });
      const expected = '    CABx 249ms DO-Sy 249ms 250ms E---';
      const { events$, calls } = events(scheduler, first$, second$, third$);
      expectObservable(events$, '2s !').toBe(expected, {
        C: connected(0),
        A: heard('containerDied', 1, 5),
        B: heard('containerStopped', 2, 5),
        x: disconnected(3, ENDED),
        D: connected(253),
        O: heard('containerDied', 254, 5, 'def'),
        S: heard('containerStarted', 256, 7),
        y: disconnected(257, ENDED),
        E: connected(757),
      });
      asked = calls;
    });
    expect(asked).toEqual([[undefined], ['1795348804.000000000'], ['1795348806.000000000']]);
  });

  it('forgets the oldest events even if one came from a clock that ran ahead', () => {
    const ahead = line('start', 1e9);
    const many = Array.from({ length: 1_100 }, (_, seconds) => line('start', seconds));
    const seen: unknown[] = [];
    marbles(({ cold, expectObservable }, scheduler) => {
      const said$ = of(text([ahead, ...many, many.at(0), many.at(-1)].join('')));
      const { events$ } = events(scheduler, cold('(o|)', { o: concat(said$, NEVER) }));
      expectObservable(
        events$.pipe(
          tap((event) => seen.push(event)),
          ignoreElements(),
        ),
        '1s !',
      ).toBe('');
    });
    expect(seen).toHaveLength(1 + 1 + many.length + 1); // connected, ahead, all of them, the first again
  });

  it('skips lines it cannot decode and goes on', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const garbage = `\n{"Type":\n[]\nnull\n${'x'.repeat(100_000)}\n\u0000\u00ff\n`;
      const bytes$ = cold('--g-a', { g: text(garbage), a: text(line('start', 0)) });
      expectObservable(events(scheduler, cold('(o|)', { o: bytes$ })).events$, '^----!').toBe('C---A', {
        C: connected(0),
        A: heard('containerStarted', 4, 0),
      });
    });
  });

  it('reassembles events that are split across chunks', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const [head, tail] = [line('start', 0).slice(0, 20), line('start', 0).slice(20)];
      const bytes$ = cold('-h--t', { h: text(head), t: text(tail) });
      expectObservable(events(scheduler, cold('(o|)', { o: bytes$ })).events$, '^----!').toBe('C---A', {
        C: connected(0),
        A: heard('containerStarted', 4, 0),
      });
    });
  });

  it('reconnects if opening the stream completes without a stream', () => {
    marbles(({ expectObservable }, scheduler) => {
      const { events$, calls } = events(scheduler, EMPTY, NEVER);
      expectObservable(events$, '1s !').toBe('-');
      scheduler.schedule(() => expect(calls).toHaveLength(2), 900);
    });
  });
});
