import { verdictOf } from '../../streams/probe-verdict.ts';

const end = { latencyMs: 100, timeoutSeconds: 10 };
const NETWORK = 'Network failure (DNS or connection)';

describe('verdictOf', () => {
  it.each([
    [0, 'pass', 'OK', 'pass', 'OK'],
    [1, 'fail', 'Generic error', 'pass', 'OK'],
    [2, 'fail', 'Command line error', 'pass', 'OK'],
    [3, 'fail', 'File I/O error', 'pass', 'OK'],
    [4, 'fail', NETWORK, 'fail', NETWORK],
    [5, 'fail', 'SSL verification failure', 'fail', 'SSL verification failure'],
    [6, 'pass', 'OK', 'pass', 'OK'],
    [7, 'fail', 'Protocol error', 'fail', 'Protocol error'],
    [8, 'pass', 'OK', 'pass', 'OK'],
    [9, 'unknown', 'wget ended with exit code 9', 'unknown', 'wget ended with exit code 9'],
    [124, 'unknown', 'wget ended with exit code 124', 'unknown', 'wget ended with exit code 124'],
    [126, 'unknown', 'wget cannot be run in the gateway', 'unknown', 'wget cannot be run in the gateway'],
    [127, 'unknown', 'wget or timeout is missing in the gateway', 'unknown', 'wget or timeout is missing in the gateway'],
    [139, 'unknown', 'wget ended with exit code 139', 'unknown', 'wget ended with exit code 139'],
    [143, 'unknown', 'wget ended with exit code 143', 'unknown', 'wget ended with exit code 143'],
  ])('exit code %i: %s (%s) without a status line, %s (%s) with one', (exitCode, verdict, reason, seen, seenReason) => {
    expect(verdictOf({ ...end, exitCode, httpStatus: undefined })).toEqual({ verdict, reason });
    for (const httpStatus of [200, 301, 403, 404, 500, 503])
      expect(verdictOf({ ...end, exitCode, httpStatus })).toEqual({ verdict: seen, reason: seenReason });
  });

  it.each([
    [10_000, undefined, 'fail', 'Timed out'],
    [11_900, 302, 'fail', 'Timed out'],
    [9_500, undefined, 'fail', 'Timed out'],
    [9_499, undefined, 'unknown', 'wget was killed before its time was up'],
    [0, 200, 'unknown', 'wget was killed before its time was up'],
  ])('killed after %i ms of 10 s, status %s: %s, %s', (latencyMs, httpStatus, verdict, reason) => {
    expect(verdictOf({ exitCode: 137, httpStatus, latencyMs, timeoutSeconds: 10 })).toEqual({ verdict, reason });
  });
}); // prettier-ignore
