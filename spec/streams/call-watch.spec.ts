import { NEVER, type Observable, of, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { CallWatch } from '../../streams/call-watch.ts';
import { EngineError } from '../../streams/engine.ts';

const failing = (status?: number): Observable<never> =>
  throwError(() => new EngineError('it failed', status));

/** A watched engine whose answers are changed at will, and what has been noticed so far. */
function setUp() {
  const scheduler = new TestScheduler(() => undefined);
  const watch = new CallWatch(scheduler);
  const noticed: unknown[] = [];
  let connections = 0;
  watch.change$.subscribe((event) => noticed.push(event));
  watch.connected$.subscribe(() => (connections += 1));
  let answer$: Observable<unknown> = NEVER;
  const answered = (): Observable<unknown> => answer$;
  const engine = watch.watched({
    restart: answered,
    exec: answered,
    openEvents: answered,
    clockMs: () => 42,
  });
  const call = (name: 'restart' | 'exec' | 'openEvents', next$: Observable<unknown>): void => {
    answer$ = next$;
    engine[name]().subscribe({ error: () => undefined });
  };
  return { engine, call, noticed, connections: () => connections };
}

const FORBIDDEN = { type: 'callForbidden', at: 0, call: 'restart', reason: 'it failed' };
const ALLOWED = { type: 'callAllowed', at: 0, call: 'restart' };

describe('CallWatch', () => {
  it.each([401, 403, 405])('notices a call answered with %i, once', (status) => {
    const { call, noticed } = setUp();
    call('restart', failing(status));
    call('restart', failing(status));
    expect(noticed).toEqual([FORBIDDEN]);
  });

  it.each([
    ['succeeds', of()],
    ['is answered', of('an answer')],
    ['is refused by the engine itself', failing(404)],
  ])('notices that a forbidden call is allowed when it %s', (_, answer$) => {
    const { call, noticed } = setUp();
    call('restart', failing(403));
    call('restart', answer$);
    expect(noticed).toEqual([FORBIDDEN, ALLOWED]);
  });

  it('notices that an exec is allowed when it succeeds, but not when the engine itself refuses it', () => {
    const { call, noticed } = setUp();
    call('exec', failing(403));
    call('exec', failing(409));
    expect(noticed).toEqual([{ ...FORBIDDEN, call: 'exec' }]);
    call('exec', of('output'));
    expect(noticed).toEqual([
      { ...FORBIDDEN, call: 'exec' },
      { ...ALLOWED, call: 'exec' },
    ]);
  });

  it.each([
    ['fails without an answer', failing()],
    ['is answered by a proxy that does not reach the engine', failing(503)],
    ['has no answer yet', NEVER],
    ['fails for another reason', throwError(() => new Error('a bug'))],
  ])('concludes nothing from a call that %s', (_, answer$) => {
    const { call, noticed } = setUp();
    call('restart', answer$);
    call('restart', failing(403));
    call('restart', answer$);
    expect(noticed).toEqual([FORBIDDEN]);
  });

  it('notices each connection, also one without the event stream', () => {
    const { call, connections } = setUp();
    call('openEvents', of('a stream'));
    call('openEvents', failing());
    call('openEvents', failing(403));
    call('openEvents', failing(403));
    call('openEvents', of('a stream'));
    expect(connections()).toBe(3);
  });

  it('passes on what is no call to the engine', () => {
    expect(setUp().engine.clockMs()).toBe(42);
  });
});
