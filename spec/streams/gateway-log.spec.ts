import { from, map, takeUntil, throwError, timer, toArray } from 'rxjs';
import { EngineError } from '../../streams/engine.ts';
import { gatewayLog$ } from '../../streams/gateway-log.ts';
import { encodeFrame } from '../simulated-engine/frames.ts';
import { recordedLog } from '../transcripts.ts';
import { Rounds, frame, marbles, text } from './marbles.ts';

type Asked = [id: string, options: { since: string; tail: number }];

const START = '2026-11-22T18:14:48.5Z';
const stamp = (nanos: number): string => `2026-11-22T18:14:49.${String(nanos).padStart(9, '0')}Z`;
const UP = 'INFO [openvpn] Initialization Sequence Completed';
const HEALING = 'WARN [vpn] restarting VPN because it failed to pass the healthcheck: x';
const logged = (nanos: number, message: string): string => `${stamp(nanos)} ${message}\n`;

const up = (at: number, isPast = false) => ({ type: 'tunnelUpLogged', at, gatewayId: 'g', isPast });
const healing = (at: number) => ({ type: 'selfHealingLogged', at, gatewayId: 'g', isPast: false });

const follow = (tty: boolean) =>
  ({ kind: 'followGatewayLog', lane: 'gluetun', gatewayId: 'g', startedAt: START, tty }) as const;

/** A real log as the engine gives it: each line with the engine's own time stamp. */
const stamped = (name: string): string =>
  recordedLog(name)
    .trimEnd()
    .split('\n')
    .map((line, index) => `${stamp(index)} ${line}\n`)
    .join('');

describe('gatewayLog$', () => {
  it('marks lines written before it was followed as old', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const log$ = cold('   -ou-', { o: frame(logged(1_000_000, UP)), u: frame(logged(3_000_000, UP)) });
      const expected = '    -OU-';
      const clockMs = () => Date.parse('2026-11-22T18:14:49.002Z');
      const log = gatewayLog$(follow(false), { followLog: () => log$, clockMs }, scheduler);
      expectObservable(log, '^---!').toBe(expected, { O: up(1, true), U: up(2) });
    });
  });

  it('follows the log since the start of this run, with a limited number of past lines', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const log$ = cold('   -u-x-h---', {
        u: frame(logged(1, UP)),
        x: frame('no stamp\n\n'),
        h: frame(logged(2, HEALING)),
      });
      const unsubscribe = ' ^-------!';
      const expected = '    -U---H---';
      const engine = new Rounds<Asked, Uint8Array>(log$);
      const log = gatewayLog$(follow(false), { followLog: engine.next, clockMs: () => 0 }, scheduler);
      expectObservable(log, unsubscribe).toBe(expected, { U: up(1), H: healing(5) });
      expectSubscriptions(log$.subscriptions).toBe(unsubscribe);
      scheduler.schedule(
        () => expect(engine.calls).toEqual([['g', { since: '1795371283.500000000', tail: 1_000 }]]),
        9,
      );
    });
  });

  it.each([
    ['some seconds before the start, as the engine records a start late', undefined, '1795371283.500000000'],
    ['no earlier than the end of the previous run', 1795371287_250, '1795371287.250000000'],
    ['at the start if the clock was set back since the previous run', 1795371299_000, '1795371288.500000000'],
  ])('requests lines from a time %s', (_, endedBeforeMs, since) => {
    marbles(({ cold, expectObservable, flush }, scheduler) => {
      const engine = new Rounds<Asked, Uint8Array>(cold('-'));
      const request = { ...follow(false), ...(endedBeforeMs !== undefined && { endedBeforeMs }) };
      expectObservable(gatewayLog$(request, { followLog: engine.next, clockMs: () => 0 }, scheduler), '^-!');
      flush();
      expect(engine.calls.map(([, asked]) => asked.since)).toEqual([since]);
    });
  });

  it.each([
    ['with a TTY: unframed, with CRLF and colours', true, 'openvpn-udp-tty'],
    ['without a TTY: framed', false, 'openvpn-udp'],
  ])('reads a whole log split at any byte, %s', (_, tty, name) => {
    const bytes = tty ? text(stamped(name)) : encodeFrame('stdout', stamped(name));
    for (const size of [1, 7, 100, bytes.length]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (__, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      marbles(({ expectObservable }, scheduler) => {
        const engine = new Rounds<Asked, Uint8Array>(from(chunks));
        const log = gatewayLog$(follow(tty), { followLog: engine.next, clockMs: () => 0 }, scheduler);
        const type = (event: string) => expect.objectContaining({ type: event, at: 0 }) as unknown;
        expectObservable(log, '^!').toBe('(abcd)', {
          a: type('vpnServerLogged'),
          b: type('vpnServerLogged'),
          c: type('tunnelUpLogged'),
          d: type('publicIpLogged'),
        });
      });
    }
  });

  it('resumes where it left off after a break, without emitting a line twice', () => {
    let asked: readonly Asked[] = [];
    marbles(({ cold, expectObservable }, scheduler) => {
      const twoAtOnce = logged(5, HEALING) + logged(5, UP);
      const first$ = cold('a#', { a: frame(logged(1, UP) + twoAtOnce) });
      const second$ = cold('b#', { b: frame(twoAtOnce + logged(5, HEALING) + logged(6, UP)) });
      const third$ = cold('c-', { c: frame(logged(6, UP)) });
      const engine = new Rounds<Asked, Uint8Array>(first$, second$, third$);
      const log = gatewayLog$(follow(false), { followLog: engine.next, clockMs: () => 0 }, scheduler);
      expectObservable(log, '10s !').toBe('(uhv) 996ms (HU)', {
        u: up(0),
        h: healing(0),
        v: up(0),
        H: healing(1_001),
        U: up(1_001),
      });
      asked = engine.calls;
    });
    expect(asked.map(([, { since }]) => since)).toEqual([
      '1795371283.500000000',
      '1795371289.000000005',
      '1795371289.000000006',
    ]);
  });

  it('emits no line twice if the clock was set back in the middle of the log', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const before = logged(5, HEALING) + logged(7, UP);
      const after = logged(3, HEALING) + logged(4, UP);
      const engine = new Rounds<Asked, Uint8Array>(
        cold('(a|)', { a: frame(before + after) }),
        // Those since the last line, in the order in which they were written.
        cold('(b|)', { b: frame(before + logged(4, UP) + logged(6, HEALING)) }),
        cold('c-', { c: frame(logged(7, UP) + logged(6, HEALING)) }),
      );
      const log = gatewayLog$(follow(false), { followLog: engine.next, clockMs: () => 0 }, scheduler);
      expectObservable(log, '10s !').toBe('(huiv) 994ms k', {
        h: healing(0),
        u: up(0),
        i: healing(0),
        v: up(0),
        k: healing(1_000),
      });
    });
  });

  it("reads Podman's stamps of whole seconds, and emits no line twice after a break", () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const SECOND = '2026-11-22T18:14:49Z';
      const lines = [`${SECOND} =====\n`, `${SECOND} ${SECOND} ${UP}\n`, `${SECOND} ${SECOND} ${HEALING}\n`];
      const engine = new Rounds<Asked, Uint8Array>(
        cold('(a|)', { a: frame(lines.slice(0, 2).join('')) }),
        cold('a', { a: frame(lines.join('')) }),
      );
      const log = gatewayLog$(follow(false), { followLog: engine.next, clockMs: () => 0 }, scheduler);
      expectObservable(log, '^ 1500ms !').toBe('U 999ms H', { U: up(0), H: healing(1_000) });
      scheduler.schedule(
        () => expect(engine.calls[1]).toEqual(['g', { since: '1795371289.000000000', tail: 1_000 }]),
        1_400,
      );
    });
  });

  it('goes on with the remaining lines if the line it left off at was rotated away', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const engine = new Rounds<Asked, Uint8Array>(
        cold('(a|)', { a: frame(logged(1, HEALING) + logged(1, UP)) }),
        cold('b-', { b: frame(logged(2, HEALING) + logged(3, UP)) }),
      );
      const log = gatewayLog$(follow(false), { followLog: engine.next, clockMs: () => 0 }, scheduler);
      expectObservable(log, '10s !').toBe('(hu) 996ms (iv)', {
        h: healing(0),
        u: up(0),
        i: healing(1_000),
        v: up(1_000),
      });
    });
  });

  it('emits the last line of a stopped container once, though each retry returns it again', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const stopped$ = cold('(a|)', { a: frame(logged(1, HEALING)) });
      const engine = new Rounds<Asked, Uint8Array>(stopped$);
      const log = gatewayLog$(follow(false), { followLog: engine.next, clockMs: () => 0 }, scheduler);
      expectObservable(log, '10m !').toBe('H', { H: healing(0) });
      // 1, 2, 4 … 32 seconds, then once a minute.
      scheduler.schedule(() => expect(engine.calls).toHaveLength(7 + 8), 599_000);
    });
  });

  const unreadable = (at: number, reason: string) => ({
    type: 'gatewayLogUnreadable',
    at,
    gatewayId: 'g',
    reason,
  });
  const readable = (at: number) => ({ type: 'gatewayLogReadable', at, gatewayId: 'g' });

  describe('for a log that cannot be read', () => {
    const NO_READING = 'configured logging driver does not support reading';
    const none$ = () => throwError(() => new EngineError(NO_READING, 501));

    it.each([
      ['the logging driver does not support reading', new EngineError(NO_READING, 501), NO_READING],
      ['a socket proxy forbids it', new EngineError('Forbidden', 403), 'Forbidden'],
      [
        'the client puts its own prefix before the message',
        new EngineError(`(HTTP code 501) unexpected - ${NO_READING}`, 501),
        NO_READING,
      ],
    ])('reports it once, whatever the number of retries, if %s', (_, refusal, reason) => {
      marbles(({ expectObservable }, scheduler) => {
        const engine = new Rounds<Asked, Uint8Array>(throwError(() => refusal));
        const log = gatewayLog$(follow(false), { followLog: engine.next, clockMs: () => 0 }, scheduler);
        expectObservable(log, '10m !').toBe('u', { u: unreadable(0, reason) });
      });
    });

    it('reports it as readable again at the first line, even a line already seen', () => {
      marbles(({ cold, expectObservable }, scheduler) => {
        const first$ = cold('(u|)', { u: frame(logged(1, UP)) });
        const engine = new Rounds<Asked, Uint8Array>(
          first$,
          none$(),
          cold('-u-h', { u: frame(logged(1, UP)), h: frame(logged(2, HEALING)) }),
        );
        const log = gatewayLog$(follow(false), { followLog: engine.next, clockMs: () => 0 }, scheduler);
        expectObservable(log, '10s !').toBe('u 999ms n 2000ms r-h', {
          u: up(0),
          n: unreadable(1_000, NO_READING),
          r: readable(3_001),
          h: healing(3_003),
        });
      });
    });

    it.each([
      ['the container does not exist', new EngineError('no such container', 404)],
      ['the container is being removed', new EngineError('it is dead or marked for removal', 409)],
      ['the engine is out of reach', new EngineError('connect ECONNREFUSED')],
      ['there is an unknown error', new Error('a fault of ours')],
    ])('reports nothing if %s', (_, failure) => {
      marbles(({ expectObservable }, scheduler) => {
        const engine = new Rounds<Asked, Uint8Array>(throwError(() => failure));
        const log = gatewayLog$(follow(false), { followLog: engine.next, clockMs: () => 0 }, scheduler);
        expectObservable(log, '10m !').toBe('');
      });
    });

    const brokenOff = frame('Error grabbing logs: open /var/x-json.log: no such file or directory\n');

    it('reports it if the file is gone, which the engine says in the middle of the stream', () => {
      marbles(({ cold, expectObservable }, scheduler) => {
        const engine = new Rounds<Asked, Uint8Array>(cold('b', { b: brokenOff }));
        const log = gatewayLog$(follow(false), { followLog: engine.next, clockMs: () => 0 }, scheduler);
        expectObservable(log, '10m !').toBe('1000ms u', {
          u: unreadable(1_000, 'Error grabbing logs: open /var/x-json.log: no such file or directory'),
        });
      });
    });

    it('reports nothing if the file is gone only once, at a rotation', () => {
      marbles(({ cold, expectObservable }, scheduler) => {
        const round = (line: string) => cold('(ub)', { u: frame(line), b: brokenOff });
        const engine = new Rounds<Asked, Uint8Array>(
          round(logged(1, UP)),
          round(logged(1, UP) + logged(2, HEALING)),
          cold('u', { u: frame(logged(2, HEALING)) }),
        );
        const log = gatewayLog$(follow(false), { followLog: engine.next, clockMs: () => 0 }, scheduler);
        expectObservable(log, '20s !').toBe('u 999ms h', { u: up(0), h: healing(1_000) });
      });
    });
  });

  describe('for a log without a line for half a minute', () => {
    const START_MS = Date.parse('2026-11-22T18:14:49Z');
    const at = (ms: number, message: string): string =>
      `${new Date(START_MS + ms).toISOString()} ${message}\n`;
    const first = at(1, UP);

    it('reopens it where it left off, without emitting a line twice', () => {
      marbles(({ cold, expectObservable }, scheduler) => {
        const engine = new Rounds<Asked, Uint8Array>(cold('u', { u: frame(first) }));
        const clockMs = () => START_MS + scheduler.now();
        const log = gatewayLog$(follow(false), { followLog: engine.next, clockMs }, scheduler);
        expectObservable(log, '95s !').toBe('u', { u: up(0) });
        scheduler.schedule(() => {
          const since = engine.calls.map(([, options]) => options.since);
          expect(since).toEqual([since[0], ...Array<string>(3).fill('1795371289.001000000')]);
        }, 94_000);
      });
    });

    it('reports that it fell silent if reopening it finds missed lines, and emits these', () => {
      marbles(({ cold, expectObservable }, scheduler) => {
        const engine = new Rounds<Asked, Uint8Array>(
          cold('u', { u: frame(first) }),
          cold('m', { m: frame(first + at(11_000, HEALING) + at(12_000, UP)) }),
        );
        const clockMs = () => START_MS + scheduler.now();
        const log = gatewayLog$(follow(false), { followLog: engine.next, clockMs }, scheduler);
        expectObservable(log, '60s !').toBe('u 30999ms (fhv)', {
          u: up(0),
          f: { type: 'gatewayLogFellSilent', at: 31_000, gatewayId: 'g', silentMs: 20_000 },
          h: healing(31_000),
          v: up(31_000),
        });
      });
    });

    it.each([
      ['was written while it was being reopened', 30_500, 'm'],
      ['came later', 40_000, '10s m'],
    ])('does not report that it fell silent if the new line %s', (_, writtenMs, arrives) => {
      marbles(({ cold, expectObservable }, scheduler) => {
        const engine = new Rounds<Asked, Uint8Array>(
          cold('u', { u: frame(first) }),
          cold(arrives, { m: frame(first + at(writtenMs, HEALING)) }),
        );
        const clockMs = () => START_MS + scheduler.now();
        const told$ = gatewayLog$(follow(false), { followLog: engine.next, clockMs }, scheduler).pipe(
          map(({ type }) => type),
          takeUntil(timer(50_000, scheduler)),
          toArray(),
        );
        expectObservable(told$).toBe('50s (t|)', { t: ['tunnelUpLogged', 'selfHealingLogged'] });
      });
    });

    it('does not report that it fell silent if the connection had broken before', () => {
      marbles(({ cold, expectObservable }, scheduler) => {
        const engine = new Rounds<Asked, Uint8Array>(
          cold('u 20s #', { u: frame(first) }),
          cold('m', { m: frame(first + at(5_000, HEALING)) }),
        );
        const clockMs = () => START_MS + scheduler.now();
        const log = gatewayLog$(follow(false), { followLog: engine.next, clockMs }, scheduler);
        expectObservable(log, '25s !').toBe('u 21000ms h', { u: up(0), h: healing(21_001) });
      });
    });
  });

  it('retries a log that cannot be read, without an error', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const engine = new Rounds<Asked, Uint8Array>(
        throwError(() => new EngineError('no such container', 404)),
        cold('-u-', { u: frame(logged(1, UP)) }),
      );
      const log = gatewayLog$(follow(false), { followLog: engine.next, clockMs: () => 0 }, scheduler);
      expectObservable(log, '2s !').toBe('1001ms U', { U: up(1_001) });
    });
  });

  it('handles ten megabytes of log without growing in memory', () => {
    const chunk = frame(logged(1, `INFO [http server] ${'x'.repeat(60_000)}`));
    function* log(): Generator<Uint8Array> {
      for (let read = 0; read < 100 * 1024 * 1024; read += chunk.length) yield chunk;
    }
    marbles(({ expectObservable }, scheduler) => {
      const engine = new Rounds<Asked, Uint8Array>(from(log()));
      const before = process.memoryUsage().heapUsed;
      expectObservable(
        gatewayLog$(follow(false), { followLog: engine.next, clockMs: () => 0 }, scheduler),
        '1s !',
      ).toBe('-');
      scheduler.schedule(() => expect(process.memoryUsage().heapUsed - before).toBeLessThan(60e6), 10);
    });
  });
});
