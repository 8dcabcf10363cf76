import { type IncomingMessage, type ServerResponse, request } from 'node:http';

/** Forwards to the engine byte by byte, as it may be an endless event stream or log. Each side ends with the other. */
export function passOn(socketPath: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url: path, headers } = incoming;
  const upstream = request({ socketPath, method, path, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    outgoing.flushHeaders();
    answer.on('close', () => outgoing.destroy()).pipe(outgoing);
  });
  upstream.on('error', () => outgoing.destroy());
  outgoing.on('close', () => upstream.destroy());
  incoming.pipe(upstream);
}
