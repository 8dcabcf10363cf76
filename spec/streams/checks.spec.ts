import { throwError } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import type { Site } from '../../config/config.ts';
import { check$ } from '../../streams/checks.ts';
import { EngineError, type ExecCommand } from '../../streams/engine.ts';
import { checkCommand } from '../../streams/probe-script.ts';
import { Rounds, frame, marbles } from './marbles.ts';

const site = (name: string, timeoutSeconds = 2): Site => ({
  name,
  url: `https://${name}/`,
  timeoutSeconds,
  role: 'critical',
  gateway: undefined,
});
const SITES = [site('a'), site('b', 4)];

/** One letter a chunk. */
const SAID = {
  m: frame('start\n'),
  a: frame('0 0 200\n'),
  b: frame('1 4 -\n'),
  t: frame('0 137 -\n'),
  A: frame('0 8 403\n'),
  x: frame('2 0 200\nsh: warning\n\n-1 0 -\n0 0\n\u0000\u00ff\n'),
  o: frame(
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": not found\r\n',
  ),
  f: frame('gluetun-monitor-check: 9: Cannot fork\n'),
  d: frame('1 4 - Connecting to 192.0.2.1:443... failed: Connection refused.\n'),
  u: frame('1 - - timeout: fork: Resource temporarily unavailable\n'),
  h: frame('sta').subarray(0, 9),
};

const probed = (at: number, index: number, verdict: string, reason: string, latencyMs: number, httpStatus?: number, cause?: string) => ({
  type: 'siteProbed',
  at,
  checkId: 7,
  result: { site: SITES[index], verdict, reason, cause, latencyMs, httpStatus },
}); // prettier-ignore
const finished = (at: number, cutShort?: string) => ({ type: 'checkFinished', at, checkId: 7, cutShort });

const NETWORK = 'Network failure (DNS or connection)';
const CUT = 'the probe was cut short';

describe('check$', () => {
  const check = (scheduler: TestScheduler, exec: Rounds<[string, ExecCommand], Uint8Array>) =>
    check$(
      { kind: 'checkSites', lane: 'gluetun', checkId: 7, gatewayId: 'g', sites: SITES },
      { engine: { exec: exec.next }, scheduler },
    );

  it.each([
    ['both sites answer', '-m-ab|', '---AB(F|)', [probed(3, 0, 'pass', 'OK', 2, 200), probed(4, 1, 'fail', NETWORK, 3), finished(5)]],
    ['the sites answer in reverse order', '-m-ba|', '---BA(F|)', [probed(4, 0, 'pass', 'OK', 3, 200), probed(3, 1, 'fail', NETWORK, 2), finished(5)]],
    ['a site answers twice and the first answer counts', '-m-aAb|', '---A-B(F|)', [probed(3, 0, 'pass', 'OK', 2, 200), probed(5, 1, 'fail', NETWORK, 4), finished(6)]],
    ['there is garbage between the results', '-mxab|', '---AB(F|)', [probed(3, 0, 'pass', 'OK', 2, 200), probed(4, 1, 'fail', NETWORK, 3), finished(5)]],
    ['wget says why a site failed', '-m-ad|', '---AB(F|)', [probed(3, 0, 'pass', 'OK', 2, 200), probed(4, 1, 'fail', `${NETWORK}: connection refused`, 3, undefined, 'refused'), finished(5)]],
    ['one probe could not be run', '-m-au|', '---AB(F|)', [probed(3, 0, 'pass', 'OK', 2, 200), probed(4, 1, 'unknown', 'no probe could be run in the gateway: timeout: fork: Resource temporarily unavailable', 3), finished(5)]],
    ['the shell cannot go on', '-m-af|', '---A-(F|)', [probed(3, 0, 'pass', 'OK', 2, 200), undefined, finished(5, 'no probe could be run in the gateway: gluetun-monitor-check: 9: Cannot fork')]],
    ['the shell complains and goes on', '-mfab|', '---AB(F|)', [probed(3, 0, 'pass', 'OK', 2, 200), probed(4, 1, 'fail', NETWORK, 3), finished(5)]],
    ['the output ends early', '-m-a-|', '---A-(F|)', [probed(3, 0, 'pass', 'OK', 2, 200), undefined, finished(5, CUT)]],
    ['the connection breaks between results', '-m-a-#', '---A-(F|)', [probed(3, 0, 'pass', 'OK', 2, 200), undefined, finished(5, 'socket hang up')]],
    ['the connection breaks after the last result', '-m-ab#', '---AB(F|)', [probed(3, 0, 'pass', 'OK', 2, 200), probed(4, 1, 'fail', NETWORK, 3), finished(5)]],
    ['there is only the start mark', '-m-|', '---(F|)', [undefined, undefined, finished(3, CUT)]],
    ['there is no output', '--|', '--(F|)', [undefined, undefined, finished(2, 'the probe did not start')]],
    ['there are results but no start mark', '-ab|', '---(F|)', [undefined, undefined, finished(3, '0 0 200')]],
    ['the start mark is incomplete', '-h|', '--(F|)', [undefined, undefined, finished(2, 'sta'.slice(0, 1))]],
    ['the container runtime reports an error', '-o|', '--(F|)', [undefined, undefined, finished(2, 'OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": not found')]],
    ['the engine refuses', '-#', '-(F|)', [undefined, undefined, finished(1, 'socket hang up')]],
  ])('if %s, turns %s into %s', (_, said, expected, [A, B, F]) => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const exec = new Rounds<[string, ExecCommand], Uint8Array>(cold(said, SAID, new EngineError('socket hang up')));
      expectObservable(check(scheduler, exec)).toBe(expected, { A, B, F });
    });
  }); // prettier-ignore

  it('runs the probe script for the given sites in the gateway', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const exec = new Rounds<[string, ExecCommand], Uint8Array>(cold('|'));
      expectObservable(check(scheduler, exec)).toBe('(F|)', { F: finished(0, 'the probe did not start') });
      scheduler.schedule(() => expect(exec.calls).toEqual([['g', checkCommand(SITES)]]), 1);
    });
  });

  it('gives up and ends the exec if the start mark never arrives', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const said$ = cold<Uint8Array>('            -');
      const expected = '              15s (F|)';
      expectObservable(check(scheduler, new Rounds(said$))).toBe(expected, {
        F: finished(15_000, 'the probe did not start'),
      });
      expectSubscriptions(said$.subscriptions).toBe('^ 14999ms !');
    });
  });

  it('stops reading a probe that floods it with lines', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const said$ = cold('-mf---b', { ...SAID, f: frame('\n'.repeat(2_000)) });
      expectObservable(check(scheduler, new Rounds(said$))).toBe('--(F|)', { F: finished(2, CUT) });
      expectSubscriptions(said$.subscriptions).toBe('^-!');
    });
  });

  it('reports what the probe printed if it times out without a start mark', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const said$ = cold('1s x', SAID);
      expectObservable(check(scheduler, new Rounds(said$))).toBe('15s (F|)', {
        F: finished(15_000, '2 0 200'),
      });
    });
  });

  it('starts the time limit at the start mark, not at earlier output', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const said$ = cold('  x 13999ms m 5s     b', SAID);
      const expected = '    - 13999ms - 5s     B 998ms (F|)';
      expectObservable(check(scheduler, new Rounds(said$))).toBe(expected, {
        B: probed(19_001, 1, 'fail', NETWORK, 5_001),
        F: finished(20_000, CUT),
      });
      expectSubscriptions(said$.subscriptions).toBe('^ 19999ms !');
    });
  });

  it('ignores results that arrive after the time limit', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const said$ = cold('ma 5999ms b', SAID);
      const expected = '  -A 5998ms (F|)';
      expectObservable(check(scheduler, new Rounds(said$))).toBe(expected, {
        A: probed(1, 0, 'pass', 'OK', 1, 200),
        F: finished(6_000, CUT),
      });
      expectSubscriptions(said$.subscriptions).toBe('^ 5999ms !');
    });
  });

  it('reports a hanging site as timed out at its own timeout, without waiting for the longest', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const said$ = cold('  m 2009ms t 999ms b|', SAID);
      const expected = '    - 2009ms T 999ms B(F|)';
      expectObservable(check(scheduler, new Rounds(said$))).toBe(expected, {
        T: probed(2_010, 0, 'fail', 'Timed out', 2_010),
        B: probed(3_010, 1, 'fail', NETWORK, 3_010),
        F: finished(3_011),
      });
    });
  });

  it('ends by itself if the gateway falls silent (paused), without the missing results', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const said$ = cold(' m 999ms a', SAID);
      const expected = '   - 999ms A 4999ms (F|)';
      expectObservable(check(scheduler, new Rounds(said$))).toBe(expected, {
        A: probed(1_000, 0, 'pass', 'OK', 1_000, 200),
        F: finished(6_000, CUT),
      });
      expectSubscriptions(said$.subscriptions).toBe('^ 5999ms !');
    });
  });

  it('ends the exec when unsubscribed early', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const said$ = cold('-m-a-b', SAID);
      const unsubscribe = '^---!';
      expectObservable(check(scheduler, new Rounds(said$)), unsubscribe).toBe('---A', {
        A: probed(3, 0, 'pass', 'OK', 2, 200),
      });
      expectSubscriptions(said$.subscriptions).toBe(unsubscribe);
    });
  });

  it.each([
    [new EngineError('Container g is paused, unpause the container before exec', 409)],
    [new EngineError('connect ENOENT /var/run/docker.sock')],
  ])('gives the reason if the engine refuses the exec: %s', (error) => {
    marbles(({ expectObservable }, scheduler) => {
      const exec = new Rounds<[string, ExecCommand], Uint8Array>(throwError(() => error));
      expectObservable(check(scheduler, exec)).toBe('(F|)', { F: finished(0, error.message) });
    });
  });
});
