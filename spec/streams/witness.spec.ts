import { once } from 'node:events';
import { type Server as HttpServer, createServer as createHttpServer } from 'node:http';
import { type Server, type Socket, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { networkInterfaces } from 'node:os';
import { VirtualTimeScheduler, asyncScheduler, lastValueFrom, toArray } from 'rxjs';
import type { Witness } from '../../config/witness.ts';
import { type WitnessVerdict, judgeFailure, witness$ } from '../../streams/witness.ts';
import { eventually } from '../e2e/eventually.ts';
import { advance } from '../simulated-engine/virtual-time.ts';

const ANSWERS: WitnessVerdict = { answers: true };
const tcp = (port: number): Witness => ({ kind: 'tcp', host: '127.0.0.1', port });
const http = (port: number, path = '/'): Witness => ({
  kind: 'http',
  url: `http://127.0.0.1:${port}${path}`,
});
const https = (port: number): Witness => ({ kind: 'http', url: `https://127.0.0.1:${port}/` });

/** A server on 127.0.0.1 that treats each connection in the same way. */
class Somebody {
  readonly heard: string[] = [];
  readonly sockets = new Set<Socket>();
  #server: Server | HttpServer | undefined;

  async listen(server: Server | HttpServer): Promise<number> {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
      socket.on('data', (chunk) => this.heard.push(chunk.toString('latin1')));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  async speaks(onData: (socket: Socket) => void): Promise<number> {
    return this.listen(createServer((socket) => socket.once('data', () => onData(socket))));
  }

  async close(): Promise<void> {
    this.heard.length = 0;
    for (const socket of this.sockets) socket.destroy();
    if (this.#server?.listening === true) await new Promise((resolve) => this.#server?.close(resolve));
  }
}

const somebody = (): Somebody => {
  const one = new Somebody();
  afterEach(() => one.close());
  return one;
};

/** Under jest Node's own errors are from another realm, so their class is part of the text. */
const silence = (reason: string): unknown => ({
  answers: false,
  reason: expect.stringContaining(reason) as string,
});

const verdictsOn = (witness: Witness): Promise<readonly WitnessVerdict[]> =>
  lastValueFrom(witness$(witness, { scheduler: asyncScheduler }).pipe(toArray()));

const ALERT = Buffer.from([21, 3, 3, 0, 2, 2, 40]);

describe('witness$', () => {
  const peer = somebody();

  it.each([
    ['with status 200', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
    ['with a redirection, which is not followed', 'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n'],
    ['that HEAD is not allowed', 'HTTP/1.1 405 Method Not Allowed\r\n\r\n'],
    ['with a server error', 'HTTP/1.1 503 Service Unavailable\r\n\r\n'],
    ['with a body, which is dropped', `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(100_000)}`],
    ['with early hints', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
    ['by switching protocols', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'],
    ['in another protocol', '220 mail.example ESMTP\r\n'],
  ])('accepts a witness over http that answers %s', async (_, said) => {
    const port = await peer.speaks((socket) => socket.write(said));
    expect(await verdictsOn(http(port, '/path?x=1'))).toEqual([ANSWERS]);
    expect(peer.heard.join('')).toMatch(/^HEAD \/path\?x=1 HTTP\/1\.1\r\n/);
    await eventually('the connection is closed', () => peer.sockets.size === 0);
  }); // prettier-ignore

  it.each([
    ['without TLS', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['with a TLS alert', (socket: Socket) => socket.end(ALERT)],
  ])('accepts a witness over https that answers %s', async (_, onData) => {
    const port = await peer.speaks(onData);
    expect(await verdictsOn(https(port))).toEqual([ANSWERS]);
    await eventually('the connection is closed', () => peer.sockets.size === 0);
  });

  it('accepts a witness over tcp that accepts the connection, even if it sends nothing', async () => {
    const port = await peer.listen(createServer());
    expect(await verdictsOn(tcp(port))).toEqual([ANSWERS]);
    await eventually('the connection is closed', () => peer.sockets.size === 0);
    expect(peer.heard).toEqual([]);
  });

  it.each([
    ['http', http],
    ['https', https],
    ['tcp', tcp],
  ])('rejects a witness over %s that refuses the connection', async (_, to) => {
    const port = await peer.listen(createServer());
    await peer.close();
    expect(await verdictsOn(to(port))).toEqual([silence(`connect ECONNREFUSED 127.0.0.1:${port}`)]);
  });

  it.each([
    ['http', http, 'socket hang up'],
    ['https', https, 'Client network socket disconnected before secure TLS connection was established'],
  ])('rejects a witness over %s that closes the connection without an answer', async (_, to, reason) => {
    const port = await peer.speaks((socket) => socket.end());
    expect(await verdictsOn(to(port))).toEqual([silence(reason)]);
  });

  it('reports an invalid URL or port', async () => {
    expect(await verdictsOn({ kind: 'http', url: 'http://[/' })).toEqual([silence('Invalid URL')]);
    expect(await verdictsOn(tcp(65_536))).toEqual([silence('65536')]);
  });

  it('sends a request only when subscribed, and one for each subscriber', async () => {
    const port = await peer.listen(createHttpServer((_, response) => response.end()));
    const verdict$ = witness$(http(port), { scheduler: asyncScheduler });
    expect(peer.heard).toEqual([]);
    await lastValueFrom(verdict$);
    await lastValueFrom(verdict$);
    expect(peer.heard).toHaveLength(2);
  });

  it.each([
    ['http', http],
    ['https', https],
  ])('gives up a witness over %s that does not answer within 3 s', async (_, to) => {
    const port = await peer.listen(createServer());
    const scheduler = new VirtualTimeScheduler();
    const verdicts: WitnessVerdict[] = [];
    witness$(to(port), { scheduler }).subscribe((verdict) => verdicts.push(verdict));
    await eventually('it has been asked', () => peer.heard.length > 0);
    advance(scheduler, 2_999);
    expect(verdicts).toEqual([]);
    advance(scheduler, 1);
    expect(verdicts).toEqual([{ answers: false, reason: 'no answer within 3 s' }]);
    await eventually('the connection is closed', () => peer.sockets.size === 0);
  });

  it.each([
    ['http', http],
    ['https', https],
    ['tcp', tcp],
  ])('leaves no connection open over %s when unsubscribed', async (_, to) => {
    const port = await peer.listen(createServer());
    const scheduler = new VirtualTimeScheduler();
    const seen: unknown[] = [];
    const observer = { next: (v: unknown) => seen.push(v), error: (e: unknown) => seen.push(e) };
    const subscription = witness$(to(port), { scheduler }).subscribe(observer);
    subscription.unsubscribe();
    advance(scheduler, 10_000);
    await eventually('the connection is closed', () => peer.sockets.size === 0);
    expect(seen).toEqual([]);
  });
});

type Interfaces = ReturnType<typeof networkInterfaces>;

const address = (internal: boolean) =>
  ({ address: 'x', netmask: 'x', mac: 'x', cidr: null, family: 'IPv4', internal }) as const;
const LOOPBACK: Interfaces = { lo: [address(true), address(true)] };
const NETWORK: Interfaces = { ...LOOPBACK, eth0: [address(false)] };

const failure = (code: string, message = `doing it: ${code}`): Error =>
  Object.assign(new Error(message), { code });

describe('judgeFailure', () => {
  const no = (reason: string): WitnessVerdict => ({ answers: false, reason });
  const NO_NETWORK = no('this monitor has no network of its own (network_mode: none? give the monitor a network)');

  it.each([
    'EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'HPE_INVALID_CONSTANT',
  ])('counts %s as an answer', (code) => {
    expect(judgeFailure(failure(code), NETWORK)).toEqual(ANSWERS);
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND',
    'EAI_AGAIN', 'EADDRNOTAVAIL', 'EACCES', 'EMFILE'])('does not count %s as an answer', (code) => {
    expect(judgeFailure(failure(code), NETWORK)).toEqual(no(`doing it: ${code}`));
  });

  it.each(['ENETUNREACH', 'EAI_AGAIN', 'ENOTFOUND', 'EADDRNOTAVAIL'])(
    'reports a monitor without a network on %s, with only a loopback or not even that', (code) => {
      expect(judgeFailure(failure(code), LOOPBACK)).toEqual(NO_NETWORK);
      expect(judgeFailure(failure(code), {})).toEqual(NO_NETWORK);
    });

  it.each(['ECONNREFUSED', 'ECONNRESET'])('does not report a missing network on %s, as something must have sent it', (code) => {
    expect(judgeFailure(failure(code), LOOPBACK)).toEqual(no(`doing it: ${code}`));
  });

  it('reports the first failure of a host with several addresses', () => {
    const errors = [failure('ETIMEDOUT'), failure('ENETUNREACH')];
    expect(judgeFailure(Object.assign(new AggregateError(errors), { code: 'ETIMEDOUT' }), NETWORK)).toEqual(no('doing it: ETIMEDOUT'));
  });

  it.each([
    [new Error('socket hang up'), 'socket hang up'],
    [new AggregateError([]), 'unknown error'],
    ['something', 'something'],
  ])('does not count a failure without a code as an answer', (error, reason) => {
    expect(judgeFailure(error, LOOPBACK)).toEqual(no(reason));
  });
}); // prettier-ignore
