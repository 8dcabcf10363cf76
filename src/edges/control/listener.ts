import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { type Server, type Socket, connect, createServer } from 'node:net';
import { reasonOf } from '../../../streams/engine.ts';
import { LONGEST_REQUEST, type Reply, type Request, lineOfJson, readRequest } from './protocol.ts';

/** Bounds for whoever may connect: the monitor's own user, and root. */
export const MOST_CONNECTIONS = 16;
const IDLE_MS = 15_000;
const MOST_REQUESTS_A_SECOND = 20;
/** Characters that may wait for a client that does not read. */
const MOST_UNREAD = 8 * 1024 * 1024;
const PROBE_MS = 1_000;

export interface Client {
  readonly reply: (reply: Reply) => void;
  readonly isGone: () => boolean;
}

export interface Listener {
  /** Why nobody can connect; undefined: it listens. */
  readonly failure: () => string | undefined;
  /** Tries once more, if it does not listen. */
  readonly retry: () => void;
  readonly close: () => void;
}

/**
 * Listens at `path`, readable by nobody else. A socket that nobody listens on any more is replaced: its monitor was
 * killed. One that a live monitor listens on is left to it. Never throws.
 */
export function listen(path: string, onRequest: (request: Request, client: Client) => void): Listener {
  const connections = new Set<Socket>();
  let server: Server | undefined;
  let failure: string | undefined;
  let isClosed = false;
  let begunAt = 0;
  let requests = 0;

  tryToListen(true);
  return { failure: () => failure, retry, close };

  function retry(): void {
    if (server === undefined && !isClosed) tryToListen(true);
  }

  function tryToListen(mayReplace: boolean): void {
    const next = createServer({ allowHalfOpen: false }, accept);
    next.maxConnections = MOST_CONNECTIONS;
    server = next;
    next.on('error', (error: NodeJS.ErrnoException) => {
      server = undefined;
      if (error.code === 'EADDRINUSE' && mayReplace) replaceIfDead();
      else failure = `${path} cannot be opened: ${reasonOf(error)}`;
    });
    next.on('listening', () => {
      failure = undefined;
    });
    // Bound within this call, and with a mode that lets nobody else in from the first moment.
    const mask = process.umask(0o077);
    try {
      next.listen(path);
      if (next.listening) chmodSync(path, 0o600);
    } catch (error) {
      failure = `${path} cannot be opened: ${reasonOf(error)}`;
    } finally {
      process.umask(mask);
    }
    next.unref();
  }

  /** Only a live monitor takes a connection. */
  function replaceIfDead(): void {
    const probe = connect(path);
    probe.setTimeout(PROBE_MS);
    const isLive = (): void => {
      probe.destroy();
      failure = `another monitor of the same gateways listens at ${path}`;
    };
    probe.on('connect', isLive);
    probe.on('timeout', isLive);
    probe.on('error', (error: NodeJS.ErrnoException) => {
      if (isClosed) return;
      const reason = error.code === 'ECONNREFUSED' ? failureToRemove(path) : reasonOf(error);
      if (error.code === 'ENOENT' || reason === undefined) tryToListen(false);
      else failure = `${path} cannot be replaced: ${reason}`;
    });
  }

  function accept(socket: Socket): void {
    connections.add(socket);
    let isOpen = true;
    let text = '';
    const client: Client = {
      isGone: () => !isOpen,
      reply: (reply) => {
        if (!isOpen) return;
        socket.write(lineOfJson(reply));
        if (socket.writableLength > MOST_UNREAD) socket.destroy();
        if (reply.outcome !== undefined || reply.status !== undefined) socket.setTimeout(IDLE_MS);
      },
    };
    socket.setEncoding('utf8');
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.on('close', () => {
      isOpen = false;
      connections.delete(socket);
    });
    socket.on('error', () => undefined); // `close` follows
    socket.on('data', (chunk: string) => {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) take(line, client, socket);
      if (text.length > LONGEST_REQUEST) socket.destroy();
    });
  }

  function take(line: string, client: Client, socket: Socket): void {
    const request = line.length > LONGEST_REQUEST ? undefined : readRequest(line);
    if (request === undefined) {
      client.reply({ said: ['That is no request this monitor knows.'], outcome: 'refused' });
      socket.end();
    } else if (isTooMuch()) {
      client.reply({ said: ['Too many requests: try again in a second.'], outcome: 'refused' });
      socket.end();
    } else {
      // What is under way may take longer than a client may be idle.
      socket.setTimeout(0);
      onRequest(request, client);
    }
  }

  function isTooMuch(): boolean {
    const now = performance.now();
    if (now - begunAt >= 1_000) [begunAt, requests] = [now, 0];
    requests += 1;
    return requests > MOST_REQUESTS_A_SECOND;
  }

  function close(): void {
    isClosed = true;
    // Node removes the socket's file.
    server?.close();
    server = undefined;
    connections.forEach((socket) => socket.destroy());
  }
}

/** Removes a socket and nothing else. */
function failureToRemove(path: string): string | undefined {
  try {
    if (!lstatSync(path).isSocket()) return 'it is no socket';
    unlinkSync(path);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
