import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Site } from '../../config/config.ts';
import { checkCommand, parseProbeLine } from '../../streams/probe-script.ts';
import { verdictOf } from '../../streams/probe-verdict.ts';
import { EXPIRED, KEY, OF_ANOTHER_HOST, TO_COME, VALID } from './certificates.ts';
import { LittleServer, answer } from './little-server.ts';
import { BUSYBOX, GNU, ScriptHost, type Toolbox, describeWith } from './script-host.ts';

/** What real wgets make of what a site may do, and what the monitor makes of that: `CODE STATUS verdict (reason)`. */

/** So many that no answer is too late on a busy machine. */
const SECONDS = 10;
const NOBODY = 'http://127.0.0.1:1/';
/** No name server is asked for it. */
const NO_NAME = 'http://nobody..invalid/';

const site = (url: string, fails: readonly string[] = [], timeoutSeconds = SECONDS): Site => ({
  name: url, url, timeoutSeconds, role: 'critical', gateway: undefined, fails,
}); // prettier-ignore

const STATUSES = [
  200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308, 400, 401, 402, 403,
  404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425, 426, 428, 429,
  431, 444, 451, 499, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511, 520, 521, 522, 523, 524, 525, 526, 527,
  530, 599,
]; // prettier-ignore

type Table = Readonly<Record<string, readonly [string, string]>>;

type Answer = (socket: Socket, url: (path: string) => string, request: string) => void;

const redirect = (to: string) => answer('302 Found', [`Location: ${to}`]);

const ANSWERS: Readonly<Record<string, Answer>> = {
  '/head-500': (socket, _, request) =>
    socket.end(answer(request.startsWith('HEAD') ? '500 Internal Server Error' : '200 OK')),
  '/head-501': (socket, _, request) =>
    socket.end(answer(request.startsWith('HEAD') ? '501 Not Implemented' : '200 OK')),
  '/to-nobody': (socket) => socket.end(redirect(NOBODY)),
  '/to-no-name': (socket) => socket.end(redirect(NO_NAME)),
  '/to-itself': (socket, url) => socket.end(redirect(url('/to-itself'))),
  '/to-another': (socket, url) => socket.end(redirect(url('/200').replace('127.0.0.1', 'localhost'))),
  '/to-silent': (socket, url) => socket.end(redirect(url('/silent'))),
  '/to-no-port': (socket) => socket.end(redirect('http://127.0.0.1:99999/')),
  '/to-nowhere': (socket) => socket.end(answer('302 Found')),
  '/to-no-url': (socket) => socket.end(redirect('gopher://x/')),
  '/silent': () => undefined,
  '/status-then-silent': (socket) => socket.write('HTTP/1.1 200 OK\r\n'),
  '/headers-then-silent': (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n'),
  '/early-hints': (socket) => socket.end(`HTTP/1.1 103 Early Hints\r\n\r\n${answer('200 OK')}`),
  '/continue-only': (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'),
  '/closes': (socket) => socket.end(),
  '/resets': (socket) => socket.resetAndDestroy(),
  '/garbage': (socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'),
  '/bytes': (socket) => socket.end(Buffer.from([0x16, 3, 1, 0, 2, 0xff, 0xfe])),
  '/no-number': (socket) => socket.end('HTTP/1.1 abc def\r\n\r\n'),
  '/600': (socket) => socket.end('HTTP/1.1 600 Beyond\r\n\r\n'),
  '/http-1.0': (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\n'),
};

/** What came through the tunnel is a pass, whatever wget makes of it: by GNU wget, by BusyBox's. */
const PASSES: Table = {
  // GNU wget asks by HEAD, and would ask by GET after 500 and 501 if it had a second try; BusyBox's asks by GET.
  '/head-500': ['4 500', '0 200'],
  '/head-501': ['4 501', '0 200'],
  '/to-nobody': ['4 302', '1 302'],
  '/to-no-name': ['4 302', '1 302'],
  '/to-itself': ['8 302', '1 302'],
  '/to-another': ['0 200', '0 200'],
  '/to-no-port': ['1 302', '1 302'],
  '/to-nowhere': ['8 302', '0 302'],
  '/to-no-url': ['1 302', '1 302'],
  '/early-hints': ['0 200', '1 103'],
  '/http-1.0': ['0 200', '0 200'],
  '/headers-then-silent': ['0 200', '0 200'],
};

const NETWORK = 'fail (Network failure (DNS or connection)';
const TLS = 'fail (SSL verification failure';
const CLOSED = `4 - ${NETWORK}: the connection was closed without an answer)`;
const RESET = `${NETWORK}: the connection was reset)`;
const NO_HTTP = `1 - ${NETWORK}: the answer is not HTTP, or none came)`;
const SILENT = ['137 - fail (Timed out: connected, but no answer)', '137 - fail (Timed out)'] as const;

const SLOWLY: Table = {
  '/to-silent': ['137 302 pass (OK)', '137 302 pass (OK)'],
  // GNU wget shows a status when all headers are there, BusyBox's line by line.
  '/status-then-silent': [SILENT[0], '137 200 pass (OK)'],
  '/continue-only': [SILENT[0], '137 100 pass (OK)'],
  '/silent': SILENT,
};

const OTHERWISE: Table = {
  '/closes': [CLOSED, NO_HTTP],
  '/resets': [`4 - ${RESET}`, `1 - ${RESET}`],
  // GNU wget takes it for HTTP/0.9, and ends with 0.
  '/garbage': ['0 - pass (OK)', NO_HTTP],
  '/bytes': ['0 - pass (OK)', NO_HTTP],
  '/no-number': ['4 - fail (Protocol error: the answer is not HTTP)', NO_HTTP],
  '/600': ['8 - pass (OK)', '1 - fail (Protocol error: the answer is not HTTP)'],
  [NOBODY]: [`4 - ${NETWORK}: connection refused)`, `1 - ${NETWORK}: connection refused)`],
  [NO_NAME]: [`4 - ${NETWORK}: the name does not resolve)`, `1 - ${NETWORK}: the name does not resolve)`],
};

/** With GnuTLS, as Debian's is built: what OpenSSL has it say is in `wget-failure.spec.ts`. */
const TLS_FAILURES: Readonly<Record<string, string>> = {
  'a certificate signed by nobody known': `5 - ${TLS}: the certificate has no known issuer)`,
  'a certificate that has expired': `5 - ${TLS}: the certificate has expired)`,
  'a certificate that is not yet valid': `5 - ${TLS}: the certificate is not yet valid)`,
  'a certificate of another host': `5 - ${TLS}: the certificate is for another host)`,
  'no TLS': `4 - ${TLS}: the server speaks no TLS)`,
  'no word': `4 - ${NETWORK}: the connection was closed during the TLS handshake)`,
  'a reset': `4 - ${NETWORK}: the connection was closed during the TLS handshake)`,
};

/** On ports of their own, by what each answers with. */
const withTls = (certificate: string): Server =>
  createTlsServer({ key: KEY, cert: certificate }, (socket) => socket.on('error', () => undefined).end());
const raw = (answerWith: (socket: Socket) => void): Server =>
  createServer((socket) => socket.on('error', () => undefined).once('data', () => answerWith(socket)));

const TLS_SERVERS: Readonly<Record<string, () => Server>> = {
  'a certificate signed by nobody known': () => withTls(VALID),
  'a certificate that has expired': () => withTls(EXPIRED),
  'a certificate that is not yet valid': () => withTls(TO_COME),
  'a certificate of another host': () => withTls(OF_ANOTHER_HOST),
  'no TLS': () => raw((socket) => socket.end(answer('400 Bad Request'))),
  'no word': () => raw((socket) => socket.end()),
  'a reset': () => raw((socket) => socket.resetAndDestroy()),
};

function suite(toolbox: Toolbox): void {
  const host = new ScriptHost(toolbox);
  const server: LittleServer = new LittleServer((path, socket, request) => {
    const status = /^\/(\d+)$/.exec(path)?.[1] ?? '200';
    const reply = ANSWERS[path];
    if (reply === undefined) socket.end(answer(`${status} Whatever`));
    else reply(socket, (other) => server.url(other), request);
  });

  /** All of them in one check: for each, wget's code, the last status, the verdict. */
  const judge = async (sites: readonly Site[]): Promise<readonly string[]> => {
    const said = await host.run(checkCommand(sites));
    const lines = said.split('\n').flatMap((line) => parseProbeLine(line) ?? []);
    return sites.map(({ fails, timeoutSeconds }, index) => {
      const probe = lines.find((line) => line.index === index);
      if (probe === undefined) return 'no result';
      const { verdict, reason } = verdictOf({
        ...probe,
        latencyMs: timeoutSeconds * 1_000,
        timeoutSeconds,
        fails,
      });
      return `${String(probe.exitCode ?? '-')} ${String(probe.httpStatus ?? '-')} ${verdict} (${reason})`;
    });
  };
  const judgeAll = async (names: readonly string[], seconds = SECONDS) => {
    const found = await judge(
      names.map((name) => site(name.startsWith('/') ? server.url(name) : name, [], seconds)),
    );
    return Object.fromEntries(names.map((name, index) => [name, found[index] ?? '']));
  };
  const column = (table: Table, toText = (text: string): string => text) =>
    Object.fromEntries(
      Object.entries(table).map(([name, [gnu, busybox]]) => [name, toText(toolbox.gnu ? gnu : busybox)]),
    );

  it('passes a site that answers with an HTTP status, whatever the exit code of wget', async () => {
    expect(await judgeAll(Object.keys(PASSES))).toEqual(column(PASSES, (text) => `${text} pass (OK)`));
  });

  it('passes a site with any HTTP status', async () => {
    const found = await judge(STATUSES.map((status) => site(server.url(`/${String(status)}`))));
    expect(found.map((text) => text.replace(/^\d /, ''))).toEqual(
      STATUSES.map((status) => `${String(status)} pass (OK)`),
    );
  });

  it('fails a site that times out before a status, and passes it if there was one', async () => {
    expect(await judgeAll(Object.keys(SLOWLY), 1)).toEqual(column(SLOWLY));
  });

  it('reports as precisely as wget why a site fails', async () => {
    expect(await judgeAll(Object.keys(OTHERWISE))).toEqual(column(OTHERWISE));
  });

  it('fails a site whose last status is one of its fails=', async () => {
    const found = await judge([
      site(server.url('/403'), ['403', '5xx']),
      site(server.url('/503'), ['403', '5xx']),
      site(server.url('/404'), ['403', '5xx']),
      site(server.url('/to-another'), ['302']),
      site(server.url('/to-nobody'), ['302']),
    ]);
    expect(found.map((text) => text.replace(/^\d+ /, ''))).toEqual([
      '403 fail (HTTP 403, a failure by fails=)',
      '503 fail (HTTP 503, a failure by fails=)',
      '404 pass (OK)',
      '200 pass (OK)',
      '302 fail (HTTP 302, a failure by fails=)',
    ]);
  });

  it('reports as precisely as wget what is wrong with TLS', async () => {
    const names = Object.keys(TLS_SERVERS);
    const servers = Object.values(TLS_SERVERS).map((open) => open().listen(0, '127.0.0.1'));
    await Promise.all(servers.map(async (one) => once(one, 'listening')));
    const found = await judge(
      servers.map((one) => site(`https://127.0.0.1:${String((one.address() as AddressInfo).port)}/`)),
    );
    servers.forEach((one) => one.close());
    // Debian's BusyBox verifies nothing, and which of its complaints comes last is chance.
    const simply = (text = ''): string =>
      toolbox.gnu ? text : text.replace(/^1 - fail \((SSL|Network) .*/, 'fails');
    expect(Object.fromEntries(names.map((name, index) => [name, simply(found[index])]))).toEqual(
      toolbox.gnu ? TLS_FAILURES : Object.fromEntries(names.map((name) => [name, 'fails'])),
    );
  });
}

describeWith(GNU, () => suite(GNU));
describeWith(BUSYBOX, () => suite(BUSYBOX));
