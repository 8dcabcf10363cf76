import { printable } from '../config/shown-text.ts';
import type { Verdict } from './events.ts';
import type { ProbeLine } from './probe-script.ts';
import { type FailureCause, failureIn, handicapIn, waitIn } from './wget-failure.ts';

export interface ProbeEnd extends Omit<ProbeLine, 'index'> {
  /** Milliseconds since the check's first sign of life. */
  readonly latencyMs: number;
  readonly timeoutSeconds: number;
  /** `Site.fails` */
  readonly fails?: readonly string[] | undefined;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: string;
  /** The cause of a failure, as far as it is known. */
  readonly cause: FailureCause | undefined;
}

const KILLED = 137;
/** The shell's codes for a command that it could not run, or not find. */
const CANNOT_RUN = 126;
const NOT_FOUND = 127;

const NETWORK = 'Network failure (DNS or connection)';
const TLS = 'SSL verification failure';
const PROTOCOL = 'Protocol error';

/** GNU wget's exit codes (its manual, "Exit Status"); BusyBox has only 1. */
const FAILURES: Readonly<Record<number, string>> = {
  1: 'Generic error',
  2: 'Command line error',
  3: 'File I/O error',
  4: NETWORK,
  5: TLS,
  7: PROTOCOL,
};

/** BusyBox's only code shows nothing, and GNU wget's 4 also stands for a failed TLS handshake. */
const KINDS: Readonly<Record<FailureCause, string>> = {
  dns: NETWORK,
  refused: NETWORK,
  unreachable: NETWORK,
  silent: NETWORK,
  closed: NETWORK,
  tls: TLS,
  notHttp: PROTOCOL,
};

/** The site was reached although no status was seen: success, authentication required, an HTTP error status. */
const REACHED: readonly number[] = [0, 6, 8];

/**
 * What one probe proves about the tunnel. An HTTP status came through it, whatever wget made of it. A probe that did
 * not run, or not to its end, proves nothing.
 */
export function verdictOf(end: ProbeEnd): Judgement {
  const { exitCode, httpStatus, output } = end;
  if (httpStatus !== undefined) return verdictOfStatus(String(httpStatus), end.fails);
  if (exitCode === undefined) return unknown(whyNotRun(output));
  if (REACHED.includes(exitCode)) return PASS;
  if (exitCode === KILLED) return verdictOfKilled(end);
  const failure = FAILURES[exitCode];
  if (failure === undefined) return unknown(whyNotEnded(exitCode));
  const handicap = handicapIn(output);
  if (handicap !== undefined) return unknown(handicap);
  const found = failureIn(output);
  return found === undefined ? fail(failure) : fail(`${KINDS[found.cause]}: ${found.words}`, found.cause);
}

const verdictOfStatus = (status: string, fails: readonly string[] = []): Judgement =>
  fails.includes(status) || fails.includes(`${status.charAt(0)}xx`)
    ? fail(`HTTP ${status}, a failure by fails=`)
    : PASS;

/**
 * A timer may fire half a second early. If wget died earlier, something else killed it (out of memory, for example).
 */
function verdictOfKilled({ latencyMs, timeoutSeconds, output }: ProbeEnd): Judgement {
  if (latencyMs < timeoutSeconds * 1000 - 500) return unknown('wget was killed before its time was up');
  const found = waitIn(output);
  return found === undefined ? fail('Timed out') : fail(`Timed out: ${found.words}`, found.cause);
}

function whyNotEnded(exitCode: number): string {
  if (exitCode === NOT_FOUND) return MISSING;
  if (exitCode === CANNOT_RUN) return 'wget cannot be run in the gateway';
  if (exitCode > 128) return `wget was ended by signal ${String(exitCode - 128)}`;
  return `wget ended with exit code ${String(exitCode)}`;
}

const MISSING = 'wget is missing in the gateway';

/** Why no probe ran, in the words of the gateway's own shell: nothing else has written output. */
export function whyNotRun(output: readonly string[]): string {
  const words = output.find((line) => line.trim() !== '');
  if (words === undefined) return 'the probe could not be run in the gateway';
  return `no probe could be run in the gateway: ${printable(words, 200).slice(0, 300)}`;
}

const PASS: Judgement = { verdict: 'pass', reason: 'OK', cause: undefined };

const fail = (reason: string, cause?: FailureCause): Judgement => ({ verdict: 'fail', reason, cause });

const unknown = (reason: string): Judgement => ({ verdict: 'unknown', reason, cause: undefined });
