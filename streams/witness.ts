import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Observable, type SchedulerLike, catchError, map, of, take, timeout } from 'rxjs';
import type { Witness } from '../config/witness.ts';
import { reasonOf } from './engine.ts';

/** Whether a host outside the tunnel answers. If not, `reason` is one clause for a log line. */
export type WitnessVerdict =
  { readonly answers: true } | { readonly answers: false; readonly reason: string };

type Interfaces = ReturnType<typeof networkInterfaces>;

interface Dependencies {
  readonly scheduler: SchedulerLike;
  /** The monitor's own network interfaces; replaced in tests. */
  readonly interfaces?: () => Interfaces;
}

const ANSWERS: WitnessVerdict = { answers: true };
/** Milliseconds for everything together: name resolution, connecting, TLS, the answer. */
const PATIENCE_MS = 3_000;
const NO_ANSWER = 'no answer within 3 s';
/**
 * Milliseconds for each of several addresses. Node's default of 250 is shorter than a satellite's round trip, and
 * gives up every address but the last of a host that is there.
 */
const ONE_ADDRESS_MS = 1_000;

/**
 * Probes the witness once from the monitor's own network, outside the tunnel. Emits one verdict and completes. The
 * global `fetch` would take 20 MB more memory.
 */
export const witness$ = (
  witness: Witness,
  { scheduler, interfaces = networkInterfaces }: Dependencies,
): Observable<WitnessVerdict> =>
  (witness.kind === 'tcp' ? connected$(witness) : responded$(witness.url)).pipe(
    take(1),
    map(() => ANSWERS),
    timeout({ first: PATIENCE_MS, scheduler, with: () => of(silence(NO_ANSWER)) }),
    catchError((error: unknown) => of(judgeFailure(error, interfaces()))),
  );

const connected$ = ({ host, port }: Extract<Witness, { kind: 'tcp' }>): Observable<true> =>
  new Observable((subscriber) => {
    const socket = connect({ host, port, autoSelectFamilyAttemptTimeout: ONE_ADDRESS_MS });
    socket.on('connect', () => subscriber.next(true));
    socket.on('error', (error) => subscriber.error(error));
    return () => socket.destroy();
  });

/** Any answer counts: an error, a redirection, which is not followed, and an interim answer (1xx). */
const responded$ = (url: string): Observable<true> =>
  new Observable((subscriber) => {
    const options = { method: 'HEAD', agent: false, autoSelectFamilyAttemptTimeout: ONE_ADDRESS_MS } as const;
    const request = url.startsWith('https:') ? httpsRequest(url, options) : httpRequest(url, options);
    for (const sign of ['response', 'information']) request.on(sign, () => subscriber.next(true));
    // From then on the socket no longer belongs to the request.
    request.on('upgrade', (_, socket) => {
      subscriber.next(true);
      socket.destroy();
    });
    request.on('error', (error) => subscriber.error(error));
    request.end();
    return () => request.destroy();
  });

/** What a failed probe proves. A host that answers with nonsense is there as well. */
export function judgeFailure(error: unknown, interfaces: Interfaces): WitnessVerdict {
  const [first = error] = partsOf(error);
  const code = codeOf(first) ?? '';
  if (code !== '' && !NETWORK_FAILURE.test(code)) return ANSWERS;
  return silence(NO_WAY_OUT.includes(code) && hasOnlyLoopback(interfaces) ? NO_NETWORK : reasonOf(first));
}

/**
 * Codes of the system, of the resolver, and Node's for requests it cannot make. Any other code is a complaint about
 * what was received: Node's about bad HTTP (`HPE_…`), OpenSSL's about bad TLS (`EPROTO`, `ERR_SSL_…`) or about a
 * certificate (`CERT_HAS_EXPIRED`…).
 */
const NETWORK_FAILURE = /^E(?!PROTO$|RR_(?:SSL|TLS)_)/;

/**
 * What Linux and the resolver report in a container with `network_mode: none`. The last one is for IPv6 addresses.
 */
const NO_WAY_OUT: readonly string[] = ['ENETUNREACH', 'EAI_AGAIN', 'ENOTFOUND', 'EADDRNOTAVAIL'];
const NO_NETWORK = 'this monitor has no network of its own (network_mode: none? give the monitor a network)';

const hasOnlyLoopback = (interfaces: Interfaces): boolean =>
  Object.values(interfaces).every((addresses = []) => addresses.every(({ internal }) => internal));

/**
 * For a host with several addresses Node reports each one's failure (an `AggregateError`, itself without a message).
 */
const partsOf = (error: unknown): readonly unknown[] =>
  typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors)
    ? error.errors
    : [];

const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

const silence = (reason: string): WitnessVerdict => ({ answers: false, reason });
