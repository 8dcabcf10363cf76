import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as v from 'valibot';
import { HEADERS } from '../../../../src/edges/http/app.ts';
import { MOST_STREAMS } from '../../../../src/edges/http/streams.ts';
import type { HistoryAnswer, Recent } from '../../../../src/edges/http/wire.ts';
import { statusSchema } from '../../../../src/status/schema.ts';
import { SECRETS } from '../../../marked-secrets.ts';
import { checkFailed, checkPassed, onGateway, seconds, site } from '../../builders.ts';
import { History, settled } from '../../history.ts';
import { AHEAD_MS, Served } from './served.ts';

const TOKEN = SECRETS.httpToken;
const ADDRESSES = [{ host: '127.0.0.1', port: 0, text: '127.0.0.1:0' }];
const withToken = { http: { addresses: ADDRESSES, token: TOKEN, hosts: [] }, secrets: [TOKEN] };

let served: Served | undefined;
const open = async (...given: Parameters<typeof Served.open>): Promise<Served> =>
  (served = await Served.open(...given));
afterEach(() => served?.close());

const cookieOf = (headers: { readonly 'set-cookie'?: readonly string[] | undefined }): string =>
  headers['set-cookie']?.[0] ?? '';

describe('what is answered', () => {
  it('is the status, as the schema promises', async () => {
    const { ask } = bound(await open());
    const { status, headers, text } = await ask('/status');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json');
    expect(v.parse(statusSchema, JSON.parse(text))).toMatchObject({ mood: 'well', tunnel: 'up' });
  });

  it('is yes while the loop turns, and no once it has been silent for too long', async () => {
    const monitor = await open();
    expect(await monitor.ask('/livez')).toMatchObject({ status: 200, text: 'yes\n' });
    monitor.wait(91_000);
    expect(await monitor.ask('/livez')).toMatchObject({ status: 503 });
    monitor.step();
    expect(await monitor.ask('/livez')).toMatchObject({ status: 200 });
  });

  it('is not ready before the first reconcile, and ready ever after', async () => {
    const monitor = await open({}, new History());
    expect(await monitor.ask('/readyz')).toMatchObject({ status: 503, text: 'not yet\n' });
    monitor.history = settled();
    monitor.step();
    expect(await monitor.ask('/readyz')).toMatchObject({ status: 200, text: 'yes\n' });
    monitor.history = new History();
    monitor.step();
    expect(await monitor.ask('/readyz')).toMatchObject({ status: 200 });
  });

  it('is whether every tunnel works, and why not', async () => {
    const monitor = await open();
    expect(await monitor.ask('/check')).toMatchObject({ status: 200 });
    monitor.history.feed(seconds(30), checkFailed(), seconds(10), checkFailed());
    monitor.step();
    const { status, text } = await monitor.ask('/check');
    expect(status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({
      passing: false,
      sentence: 'The tunnel of gluetun is broken. The container is being restarted.',
      gateways: [{ name: 'gluetun', tunnel: 'down', passing: false }],
    });
  });

  it('is no for a tunnel of which nothing is known', async () => {
    const monitor = await open({}, new History());
    expect(await monitor.ask('/check')).toMatchObject({ status: 503 });
  });

  it('is what has happened, without what is only for finding faults', async () => {
    const monitor = await open();
    monitor.step([
      { kind: 'siteUp', site: 'https://a.example', gateway: 'gluetun' },
      { kind: 'siteProbed', site: 'b', verdict: 'pass', reason: 'OK', httpStatus: 200, latencyMs: 3 },
    ]);
    const time = new Date(monitor.history.now + AHEAD_MS).toISOString();
    const { entries } = (await monitor.json('/history')) as HistoryAnswer;
    expect(entries).toEqual([
      {
        time,
        kind: 'siteUp',
        level: 'info',
        message: expect.any(String) as string,
        site: 'https://a.example',
        gateway: 'gluetun',
      },
    ]);
    monitor.wait(60_000);
    expect(await monitor.json('/history?since=59s')).toMatchObject({ entries: [] });
    expect(await monitor.json('/history?since=61s')).toMatchObject({ entries: [{}] });
    expect(await monitor.json(`/history?since=${time}`)).toMatchObject({ since: time, entries: [{}] });
    for (const since of ['yesterday', '-1', '1e9', '2026-13-45', `${'9'.repeat(400)}d`])
      expect((await monitor.ask(`/history?since=${since}`)).status).toBe(400);
  });

  it('is the history on disk if there is one, with secrets masked', async () => {
    const asked: number[][] = [];
    const history = {
      entries: (since: number, most: number) => {
        asked.push([since, most]);
        return Promise.resolve([{ kind: 'x', sentence: `it said ${TOKEN}`, nested: [TOKEN] }]);
      },
    };
    const monitor = await open({ history, secrets: [TOKEN] });
    expect(await monitor.json('/history?since=2026-01-01T00:00:00Z')).toEqual({
      since: '2026-01-01T00:00:00.000Z',
      entries: [{ kind: 'x', sentence: 'it said ********', nested: ['********'] }],
    });
    expect(asked).toEqual([[Date.parse('2026-01-01T00:00:00Z'), 500]]);
  });

  it('is an error, and no more than that, if the history cannot be read', async () => {
    const history = { entries: () => Promise.reject(new Error(`cannot read ${TOKEN}`)) };
    const monitor = await open({ history });
    expect(await monitor.ask('/history')).toMatchObject({
      status: 500,
      text: 'The monitor could not answer.\n',
    });
  });

  it('is the latest results, for the page to plot', async () => {
    const monitor = await open({}, settled([onGateway('app')]));
    const checked = monitor.history.state.checking.latest?.startedAt ?? 0;
    monitor.history.feed(seconds(30), checkFailed(), seconds(10), checkFailed());
    monitor.step();
    const recent = (await monitor.json('/recent')) as Recent;
    const [gateway] = recent.gateways;
    expect(gateway).toMatchObject({
      name: 'gluetun',
      tunnel: [
        [expect.any(Number), 'up'],
        [expect.any(Number), 'down'],
      ],
    });
    expect(gateway?.checks[0]).toBe(checked + AHEAD_MS);
    expect(gateway?.latencies).toEqual({ [site('a').name]: [expect.any(Number), null] });
  });

  it('is the page, with a policy that allows its own parts and nothing else', async () => {
    const { ask } = bound(await open());
    const { status, headers, text } = await ask('/');
    expect(status).toBe(200);
    expect(text).toContain('<script>document.title = "page"</script>');
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; base-uri 'none'; frame-ancestors 'none'; script-src 'sha256-[^']+'; connect-src 'self'; form-action 'none'$/,
    );
    const packed = await ask('/', { headers: { 'Accept-Encoding': 'br, gzip' } });
    expect(packed.headers['content-encoding']).toBe('gzip');
  });

  it('has the same careful headers everywhere', async () => {
    const { 'Content-Security-Policy': _, ...same } = HEADERS;
    const always = Object.fromEntries(
      Object.entries(same).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const { ask } = bound(await open(withToken));
    for (const path of ['/', '/livez', '/status', '/nowhere', '/login']) {
      const { headers } = await ask(path);
      expect(headers).toMatchObject(always);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
    }
  });

  it('is the metrics, to those who may see the status', async () => {
    const { ask } = bound(await open(withToken));
    expect((await ask('/metrics')).status).toBe(401);
    const { text } = await ask('/metrics', { headers: { Authorization: `Bearer ${TOKEN}` } });
    expect(text).toMatch(/^gluetun_monitor_build_info\{version="[\d.]+"\} 1$/m);
    expect(text).toMatch(/^gluetun_monitor_recovery_under_way\{gateway="gluetun"\} 0$/m);
  });

  it('is noted at debug, without the query', async () => {
    const monitor = await open();
    await monitor.ask(`/status?token=${TOKEN}`);
    await monitor.ask('/nowhere');
    expect(monitor.said.filter(({ kind }) => kind === 'requestAnswered')).toEqual([
      { kind: 'requestAnswered', method: 'GET', path: '/status', address: '127.0.0.1', status: 200 },
      { kind: 'requestAnswered', method: 'GET', path: '/nowhere', address: '127.0.0.1', status: 404 },
    ]);
  });
});

describe('who may ask', () => {
  it('is everybody without a token', async () => {
    const { ask } = bound(await open());
    expect((await ask('/status')).status).toBe(200);
    expect((await ask('/login', { method: 'POST' })).status).toBe(404);
  });

  it.each(['/', '/readyz', '/check', '/status', '/history', '/recent', '/events', '/nowhere'])(
    'is whoever has the token, if there is one: %s',
    async (path) => {
      const { ask } = bound(await open(withToken));
      expect((await ask(path)).status).toBe(401);
      for (const wrong of [
        'Bearer',
        'Bearer ',
        `Basic ${TOKEN}`,
        `Bearer ${TOKEN}x`,
        `Bearer ${TOKEN.slice(1)}`,
        TOKEN,
      ])
        expect((await ask(path, { headers: { Authorization: wrong } })).status).toBe(401);
    },
  );

  it('is everybody for /livez', async () => {
    expect(await (await open(withToken)).ask('/livez')).toMatchObject({ status: 200 });
  });

  it('is told how', async () => {
    const { headers, text } = await (await open(withToken)).ask('/status');
    expect(headers['www-authenticate']).toBe('Bearer realm="Gluetun Monitor"');
    expect(JSON.parse(text)).toEqual({ error: 'Send the token: Authorization: Bearer HTTP_TOKEN' });
  });

  it('is whoever sends the token, however the scheme is written', async () => {
    const { ask } = bound(await open(withToken));
    for (const scheme of ['Bearer', 'bearer', 'BEARER'])
      expect((await ask('/status', { headers: { Authorization: `${scheme} ${TOKEN}` } })).status).toBe(200);
  });

  it('is whoever has logged in', async () => {
    const monitor = await open(withToken);
    const page = await monitor.ask('/');
    expect(page.text).toContain('<form method="post" action="login">');
    expect(page.headers['content-security-policy']).toContain("form-action 'self'");
    const { status, headers } = await monitor.logIn(TOKEN);
    expect({ status, location: headers.location }).toEqual({ status: 303, location: './' });
    const cookie = cookieOf(headers);
    expect(cookie).toMatch(
      new RegExp(
        `^gluetun-monitor${String(monitor.port)}=[\\w-]{43}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict$`,
      ),
    );
    const [session = ''] = cookie.split(';');
    expect((await monitor.ask('/status', { headers: { Cookie: session } })).status).toBe(200);
    expect((await monitor.ask('/', { headers: { Cookie: session } })).text).toContain('id="page"');
    expect((await monitor.ask('/status', { headers: { Cookie: `${session}x` } })).status).toBe(401);
    monitor.wait(30 * 86_400_000);
    expect((await monitor.ask('/status', { headers: { Cookie: session } })).status).toBe(401);
  });

  it('gets a cookie for HTTPS alone behind a proxy that speaks it', async () => {
    const { headers } = await (await open(withToken)).logIn(TOKEN, { 'X-Forwarded-Proto': 'https' });
    expect(cookieOf(headers)).toContain('; Secure');
  });

  it('is told if the token is wrong', async () => {
    const { status, headers, text } = await (await open(withToken)).logIn('no');
    expect(status).toBe(401);
    expect(text).toContain('That is not the token.');
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('may try five times a minute', async () => {
    const monitor = await open(withToken);
    for (let count = 0; count < 5; count++) expect((await monitor.logIn('no')).status).toBe(401);
    const { status, headers, text } = await monitor.logIn(TOKEN);
    expect({ status, retry: headers['retry-after'] }).toEqual({ status: 429, retry: '60' });
    expect(text).toContain('Too many attempts.');
    // Whoever has the token is not shut out by it.
    expect((await monitor.ask('/status', { headers: { Authorization: `Bearer ${TOKEN}` } })).status).toBe(
      200,
    );
    monitor.wait(60_000);
    expect((await monitor.logIn(TOKEN)).status).toBe(303);
  });

  it('sends no more than a token', async () => {
    const monitor = await open(withToken);
    expect((await monitor.logIn('x'.repeat(5_000))).status).toBe(413);
    const chunked = monitor.raw(
      'POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n' +
        `ffff\r\n${'x'.repeat(0xffff)}\r\n`,
    );
    await chunked.until(({ text }) => text.startsWith('HTTP/1.1 413'));
    expect((await monitor.ask('/livez')).status).toBe(200);
  });

  it.each(['multipart/form-data; boundary=x', 'application/json', 'text/plain'])(
    'sends it as a form does, and not as %s',
    async (type) => {
      const monitor = await open(withToken);
      const headers = { 'Content-Type': type };
      const { status } = await monitor.ask('/login', {
        method: 'POST',
        headers,
        body: `{"token": "${TOKEN}"}`,
      });
      expect(status).toBe(401);
    },
  );
});

describe('by which name it may be called', () => {
  const hosts = ['monitor.example.org'];

  it.each([
    'localhost',
    'LOCALHOST:8080',
    '127.0.0.1',
    '192.168.1.7:8080',
    '[::1]:8080',
    'nas',
    'gluetun-monitor:8080',
    'monitor.example.org',
    'Monitor.Example.org.:443',
  ])('is called %s', async (host) => {
    const { ask } = bound(await open({ http: { addresses: ADDRESSES, token: undefined, hosts } }));
    expect((await ask('/status', { headers: { Host: host } })).status).toBe(200);
  });

  it.each([
    'evil.example',
    'monitor.example.org.evil.example',
    '1.2.3.4.evil.example',
    'a@b',
    'user:1@nas',
    '[::1',
    '[nas]',
    'nas/..',
    '0x7f.1',
  ])('is not called %s', async (host) => {
    const monitor = await open({ http: { addresses: ADDRESSES, token: undefined, hosts } });
    const raw = monitor.raw(`GET /livez HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    await raw.until(({ isClosed }) => isClosed);
    expect(raw.text).toMatch(/^HTTP\/1\.1 4(?:21|00) /);
  });

  it('is told how to allow one', async () => {
    const { ask } = bound(await open());
    const { status, text } = await ask('/status', { headers: { Host: 'evil.example' } });
    expect(status).toBe(421);
    expect(text).toContain('HTTP_HOSTS');
  });

  it('is judged by the header, whatever an absolute address says', async () => {
    const monitor = await open();
    const raw = monitor.raw(
      'GET http://localhost/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    );
    await raw.until(({ isClosed }) => isClosed);
    expect(raw.text).toMatch(/^HTTP\/1\.1 421 /);
  });
});

describe('bad input', () => {
  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('is %s where only GET is meant', async (method) => {
    const { ask } = bound(await open());
    expect(await ask('/status', { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  it('is GET where only POST is meant', async () => {
    const { ask } = bound(await open(withToken));
    expect(await ask('/login')).toMatchObject({ status: 405, headers: { allow: 'POST' } });
  });

  it.each(['/', '/status', '/livez', '/events'])('is not HEAD: %s', async (path) => {
    expect(await (await open()).ask(path, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });

  it.each([
    '//status',
    '/status/',
    '/./../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..\\..\\etc',
    '/status%00',
    '/status%2f',
    '/%',
    '/__proto__',
    '/constructor',
  ])('is a path that leads nowhere: %s', async (path) => {
    const { ask } = bound(await open());
    expect([400, 404]).toContain((await ask(path)).status);
  });

  it.each([
    ['a huge header', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['a huge path', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    [
      'two lengths',
      'POST /status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
    ],
  ])('is %s', async (_, text, status) => {
    const monitor = await open();
    const raw = await monitor.raw(text).until(({ text: answer }) => answer.includes('\r\n\r\n'));
    expect(raw.text).toContain(`HTTP/1.1 ${String(status)} `);
    expect((await monitor.ask('/livez')).status).toBe(200);
  });

  it('is a client that sends its request too slowly', async () => {
    const monitor = await open();
    const slow = [monitor.raw('GET / HT'), monitor.raw('')];
    for (const raw of slow) await raw.until(({ isClosed }) => isClosed, 20_000);
    expect(slow[0]?.text).toContain('HTTP/1.1 408 ');
  }, 30_000);

  it('breaks off, and nothing else breaks', async () => {
    const monitor = await open(withToken);
    for (let count = 0; count < 20; count++) {
      monitor
        .raw('POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\ntok')
        .socket.destroySoon();
      const stream = monitor.events(`Authorization: Bearer ${TOKEN}\r\n`);
      setTimeout(() => stream.socket.resetAndDestroy(), count);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    monitor.step([{ kind: 'siteUp', site: 'a' }]);
    expect((await monitor.ask('/livez')).status).toBe(200);
  });
});

describe('the events', () => {
  it('begin with the status, and go on with each change, at most once a second', async () => {
    const monitor = await open();
    const stream = await monitor.events().until((raw) => raw.of('status').length === 1);
    expect(stream.text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(stream.text).toContain('Content-Type: text/event-stream');
    expect(v.parse(statusSchema, stream.of('status')[0])).toMatchObject({ mood: 'well' });
    monitor.history.feed(seconds(30), checkFailed());
    for (let count = 0; count < 50; count++) monitor.step();
    await stream.until((raw) => raw.of('status').length === 2);
    monitor.history.feed(seconds(10), checkFailed());
    monitor.step();
    const asked = performance.now();
    await stream.until((raw) => raw.of('status').length === 3);
    expect(performance.now() - asked).toBeGreaterThan(700);
    expect(stream.of('status')[2]).toMatchObject({ mood: 'busy' });
  });

  it('say nothing if only time has passed', async () => {
    const monitor = await open();
    const stream = await monitor.events().until((raw) => raw.of('status').length === 1);
    monitor.history.feed(seconds(7));
    monitor.step();
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(stream.of('status')).toHaveLength(1);
    monitor.history.feed(seconds(23), checkPassed());
    monitor.step();
    await stream.until((raw) => raw.of('status').length === 2);
  });

  it('tell what happens as it happens', async () => {
    const monitor = await open();
    const stream = await monitor.events().until((raw) => raw.of('status').length === 1);
    monitor.step([{ kind: 'siteUp', site: 'https://a.example' }]);
    await stream.until((raw) => raw.of('notice').length === 1);
    expect(stream.of('notice')[0]).toMatchObject({
      kind: 'siteUp',
      level: 'info',
      site: 'https://a.example',
    });
  });

  it('are for 200 at once', async () => {
    const monitor = await open();
    const streams = Array.from({ length: MOST_STREAMS }, () => monitor.events());
    for (const stream of streams) await stream.until((raw) => raw.of('status').length === 1);
    expect(await monitor.ask('/events')).toMatchObject({ status: 503, headers: { 'retry-after': '30' } });
    expect((await monitor.ask('/livez')).status).toBe(200);
    streams[0]?.socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await monitor.events().until((raw) => raw.of('status').length === 1);
  }, 20_000);

  it('end for a client that stops reading, and go on for others', async () => {
    const monitor = await open();
    const stopped = await monitor.events().until((raw) => raw.of('status').length === 1);
    stopped.socket.pause();
    const reader = await monitor.events().until((raw) => raw.of('status').length === 1);
    let sent = 0;
    // What the kernel takes in between is not small.
    for (let count = 0; count < 3_000; count++) {
      monitor.step(
        Array.from({ length: 20 }, () => ({ kind: 'siteUp' as const, site: `https://${'a'.repeat(200)}` })),
      );
      sent += reader.text.length;
      reader.text = '';
      await new Promise(setImmediate);
    }
    stopped.socket.resume();
    await stopped.until(({ isClosed }) => isClosed);
    expect(stopped.text.length).toBeLessThan(sent / 2);
    expect(reader.isClosed).toBe(false);
  }, 30_000);
});

describe('an address', () => {
  it('that is taken is reported with what to do, and tried again', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const text = `127.0.0.1:${String(port)}`;
    const addresses = [...ADDRESSES, { host: '127.0.0.1', port, text }];
    const monitor = await open({ http: { addresses, token: undefined, hosts: [] }, retryMs: 20 });
    await eventually(() => monitor.reported.length >= 2);
    expect(monitor.reported[0]).toMatchObject({
      type: 'edgeFailed',
      edge: `page at ${text}`,
      address: text,
      reason: 'something else listens there',
    });
    other.close();
    await eventually(() => monitor.reported.at(-1)?.type === 'edgeRecovered');
    expect(monitor.said.filter(({ kind }) => kind === 'pageServed')).toHaveLength(2);
  });

  it.each([
    { host: '192.0.2.1', reason: 'this host or container has no such address' },
    { host: 'no-such-name.invalid', reason: expect.any(String) as string },
  ])('that does not exist is reported: $host', async ({ host, reason }) => {
    const addresses = [...ADDRESSES, { host, port: 8080, text: `${host}:8080` }];
    const monitor = await open({ http: { addresses, token: undefined, hosts: [] } });
    await eventually(() => monitor.reported.length === 1);
    expect(monitor.reported[0]).toMatchObject({ type: 'edgeFailed', address: `${host}:8080`, reason });
    expect((await monitor.ask('/livez')).status).toBe(200);
  });

  it('may be every address, of both families', async () => {
    const monitor = await open({
      http: { addresses: [{ host: '::', port: 0, text: '[::]:0' }], token: undefined, hosts: [] },
    });
    expect((await monitor.ask('/livez')).status).toBe(200);
  });
});

async function eventually(isSo: () => boolean): Promise<void> {
  for (let count = 0; count < 500 && !isSo(); count++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(isSo()).toBe(true);
}

const bound = (monitor: Served): Pick<Served, 'ask'> => ({ ask: (...asked) => monitor.ask(...asked) });
