import { createServer, type RequestListener, type Server } from 'node:http';
import type { ListenAddress } from '../../../config/listen-address.ts';

/** Streams, and as many others. */
const MOST_CONNECTIONS = 400;
const RETRY_MS = 30_000;

export interface ListenerOptions {
  readonly addresses: readonly ListenAddress[];
  readonly answer: RequestListener;
  readonly listening: (address: string, port: number) => void;
  readonly failed: (address: string, reason: string) => void;
  /** The time between two attempts; replaced in tests. */
  readonly retryMs?: number;
}

/** Listens at each address, and tries again as long as one cannot be had. Returns what ends it. */
export function listen(options: ListenerOptions): () => void {
  const ends = options.addresses.map((address) => listenAt(address, options));
  return () => ends.forEach((end) => end());
}

function listenAt(
  { host, port, text }: ListenAddress,
  { answer, listening, failed, retryMs = RETRY_MS }: ListenerOptions,
): () => void {
  const server = bounded(createServer(LIMITS, answer));
  let retry: NodeJS.Timeout | undefined;
  const attempt = (): void => void server.listen({ host, port });
  server.on('listening', () => {
    const at = server.address();
    listening(text, at !== null && typeof at === 'object' ? at.port : port);
  });
  server.on('error', (error) => {
    failed(text, reasonFor(error));
    // What fails later, such as running out of descriptors, ends no listener.
    if (!server.listening) retry = setTimeout(attempt, retryMs).unref();
  });
  attempt();
  return () => {
    clearTimeout(retry);
    server.close();
    server.closeAllConnections();
  };
}

/** For slow and greedy clients. */
const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
} as const;

function bounded(server: Server): Server {
  server.maxConnections = MOST_CONNECTIONS;
  server.maxHeadersCount = 100;
  // Also for whoever does not read its answer.
  server.setTimeout(60_000, (socket) => socket.destroy());
  return server;
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens there',
  EACCES: 'the monitor may not listen there',
  EADDRNOTAVAIL: 'this host or container has no such address',
  ENOTFOUND: 'that name is not known',
};

const reasonFor = ({ code = '', message }: NodeJS.ErrnoException): string => REASONS[code] ?? message;
