import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Observable, type SchedulerLike, catchError, map, of, take, timeout } from 'rxjs';
import type { Witness } from '../config/witness.ts';
import { reasonOf } from './engine.ts';

/** Whether somebody outside the tunnel answers; if not, why, as one clause for a log line. */
export type WitnessVerdict =
  { readonly answers: true } | { readonly answers: false; readonly reason: string };

type Interfaces = ReturnType<typeof networkInterfaces>;

interface Dependencies {
  readonly scheduler: SchedulerLike;
  /** The monitor's own; the system's unless a spec has others. */
  readonly interfaces?: () => Interfaces;
}

const ANSWERS: WitnessVerdict = { answers: true };
/** Milliseconds for everything together: names, connecting, TLS, the answer. */
const PATIENCE_MS = 3_000;
const NO_ANSWER = 'no answer within 3 s';
/**
 * Milliseconds for one of several addresses. Node's own 250 is less than a satellite's round trip, and gives up
 * every address but the last of a host that is there.
 */
const ONE_ADDRESS_MS = 1_000;

/**
 * One probe, from the monitor's own network, beside the tunnel: one verdict, then completion. Not by the global
 * `fetch`, which takes 20 MB more.
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

/** Whatever is answered is an answer: an error, a redirection, which is not followed, also one to come (1xx). */
const responded$ = (url: string): Observable<true> =>
  new Observable((subscriber) => {
    const options = { method: 'HEAD', agent: false, autoSelectFamilyAttemptTimeout: ONE_ADDRESS_MS } as const;
    const request = url.startsWith('https:') ? httpsRequest(url, options) : httpRequest(url, options);
    for (const sign of ['response', 'information']) request.on(sign, () => subscriber.next(true));
    // From then on the socket is no longer the request's.
    request.on('upgrade', (_, socket) => {
      subscriber.next(true);
      socket.destroy();
    });
    request.on('error', (error) => subscriber.error(error));
    request.end();
    return () => request.destroy();
  });

/** What a failed probe proves: somebody who speaks nonsense is there as well. */
export function judgeFailure(error: unknown, interfaces: Interfaces): WitnessVerdict {
  const [first = error] = partsOf(error);
  const code = codeOf(first) ?? '';
  if (code !== '' && !NETWORK_FAILURE.test(code)) return ANSWERS;
  return silence(NO_WAY_OUT.includes(code) && hasOnlyLoopback(interfaces) ? NO_NETWORK : reasonOf(first));
}

/**
 * The system's own codes, the resolver's, and Node's for what cannot be asked. Any other is a complaint about what
 * was received: Node's of bad HTTP (`HPE_…`), OpenSSL's of bad TLS (`EPROTO`, `ERR_SSL_…`) or of a certificate
 * (`CERT_HAS_EXPIRED`…).
 */
const NETWORK_FAILURE = /^E(?!PROTO$|RR_(?:SSL|TLS)_)/;

/** What Linux and the resolver say in a container with `network_mode: none`; the last one to IPv6 addresses. */
const NO_WAY_OUT: readonly string[] = ['ENETUNREACH', 'EAI_AGAIN', 'ENOTFOUND', 'EADDRNOTAVAIL'];
const NO_NETWORK = 'this monitor has no network of its own (network_mode: none? give the monitor a network)';

const hasOnlyLoopback = (interfaces: Interfaces): boolean =>
  Object.values(interfaces).every((addresses = []) => addresses.every(({ internal }) => internal));

/** Of a host with several addresses Node tells each one's failure (an `AggregateError`, itself without a message). */
const partsOf = (error: unknown): readonly unknown[] =>
  typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors)
    ? error.errors
    : [];

const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

const silence = (reason: string): WitnessVerdict => ({ answers: false, reason });
