import { type ProbeEnd, verdictOf, whyNotRun } from '../../streams/probe-verdict.ts';

const end: ProbeEnd = { exitCode: 0, httpStatus: undefined, output: [], latencyMs: 100, timeoutSeconds: 10 };
const NETWORK = 'Network failure (DNS or connection)';

describe('verdictOf', () => {
  /** Those that real wgets end with are in `real-probes.spec.ts`; the others are whatever else a gateway runs. */
  const CODES = [
    [0, 'pass', 'OK'],
    [1, 'fail', 'Generic error'],
    [2, 'fail', 'Command line error'],
    [3, 'fail', 'File I/O error'],
    [4, 'fail', NETWORK],
    [5, 'fail', 'SSL verification failure'],
    [6, 'pass', 'OK'],
    [7, 'fail', 'Protocol error'],
    [8, 'pass', 'OK'],
    [9, 'unknown', 'wget ended with exit code 9'],
    [124, 'unknown', 'wget ended with exit code 124'],
    [126, 'unknown', 'wget cannot be run in the gateway'],
    [127, 'unknown', 'wget is missing in the gateway'],
    [134, 'unknown', 'wget was ended by signal 6'],
    [139, 'unknown', 'wget was ended by signal 11'],
    [143, 'unknown', 'wget was ended by signal 15'],
    [undefined, 'unknown', 'the probe could not be run in the gateway'],
  ] as const; // prettier-ignore

  it.each(CODES)('judges exit code %s without output: %s (%s)', (exitCode, verdict, reason) => {
    expect(verdictOf({ ...end, exitCode })).toEqual({ verdict, reason, cause: undefined });
  });

  it.each([...CODES.map(([exitCode]) => exitCode), 137])('passes any HTTP status with exit code %s', (exitCode) => {
    for (const httpStatus of [100, 200, 301, 403, 404, 500, 501, 503, 599])
      expect(verdictOf({ ...end, exitCode, httpStatus })).toEqual({ verdict: 'pass', reason: 'OK', cause: undefined });
  });

  it.each([
    [403, ['403'], 'fail'],
    [403, ['4xx'], 'fail'],
    [503, ['403', '429', '5xx'], 'fail'],
    [403, ['404', '5xx'], 'pass'],
    [403, [], 'pass'],
    [403, undefined, 'pass'],
  ])('judges status %i at a site with fails=%s: %s', (httpStatus, fails, verdict) => {
    for (const exitCode of [0, 8, 137, undefined])
      expect(verdictOf({ ...end, exitCode, httpStatus, fails }).verdict).toBe(verdict);
  });

  it('names the HTTP status that counts as a failure', () => {
    expect(verdictOf({ ...end, httpStatus: 429, fails: ['4xx'] }).reason).toBe('HTTP 429, a failure by fails=');
  });

  it.each([
    [10_000, 'fail', 'Timed out'],
    [11_900, 'fail', 'Timed out'],
    [9_500, 'fail', 'Timed out'],
    [9_499, 'unknown', 'wget was killed before its time was up'],
  ])('judges a probe killed after %i ms of 10 s: %s, %s', (latencyMs, verdict, reason) => {
    expect(verdictOf({ ...end, exitCode: 137, latencyMs })).toEqual({ verdict, reason, cause: undefined });
  });

  it.each([
    ['Resolving site.example (site.example)... ', 'Timed out: no name server answers', 'dns'],
    ['Connecting to 192.0.2.1:80... ', 'Timed out: no connection', 'silent'],
    ['Connecting to site.example (site.example)|192.0.2.1|:443... ', 'Timed out: no connection', 'silent'],
    ['Connecting to site.example (site.example)|2001:db8::1|:443... ', 'Timed out: no connection', 'silent'],
    ['Connecting to 192.0.2.1:443... connected.', 'Timed out: connected, but no answer', 'silent'],
    ['HTTP request sent, awaiting response... ', 'Timed out: connected, but no answer', 'silent'],
    ['Connecting to 192.0.2.1 (192.0.2.1:80)', 'Timed out', undefined],
  ])('judges a probe killed at its timeout, after "%s": %s', (last, reason, cause) => {
    const said = ['Spider mode enabled. Check if remote file exists.', last];
    expect(verdictOf({ ...end, exitCode: 137, latencyMs: 10_000, output: said })).toEqual({ verdict: 'fail', reason, cause });
  });

  it('names what failed by the output of wget, in the same words for every wget', () => {
    const said = ["wget: can't connect to remote host (127.0.0.1): Connection refused"];
    const judged = { verdict: 'fail', reason: `${NETWORK}: connection refused`, cause: 'refused' };
    for (const exitCode of [1, 4]) expect(verdictOf({ ...end, exitCode, output: said })).toEqual(judged);
  });

  it('judges a probe as unknown, not failed, if wget lacked a resource', () => {
    const said = ['Connecting to 127.0.0.1:80... failed: Too many open files.'];
    const judged = { verdict: 'unknown', reason: 'wget can open no more files in the gateway', cause: undefined };
    for (const exitCode of [1, 2, 3, 4, 5, 7]) expect(verdictOf({ ...end, exitCode, output: said })).toEqual(judged);
  });
}); // prettier-ignore

describe('whyNotRun', () => {
  it.each([
    [[], 'the probe could not be run in the gateway'],
    [['', ' '], 'the probe could not be run in the gateway'],
    [
      ['gluetun-monitor-check: 6: sleep: not found'],
      'no probe could be run in the gateway: gluetun-monitor-check: 6: sleep: not found',
    ],
    [
      ['timeout: fork: Resource temporarily unavailable'],
      'no probe could be run in the gateway: timeout: fork: Resource temporarily unavailable',
    ],
    [['a\u001b[2Jb'], 'no probe could be run in the gateway: a\\u001b[2Jb'],
  ])('turns %j into "%s"', (said, reason) => {
    expect(whyNotRun(said)).toBe(reason);
  });
});
