import { performance } from 'node:perf_hooks';
import type { Socket } from 'node:net';
import type { Site } from '../../config/config.ts';
import { checkCommand, parseProbeLine } from '../../streams/probe-script.ts';
import { verdictOf } from '../../streams/probe-verdict.ts';
import { eventually } from '../e2e/eventually.ts';
import { LittleServer, answer } from './little-server.ts';
import { BUSYBOX, GNU, ScriptHost, type Toolbox, describeWith } from './script-host.ts';

const site = (url: string, timeoutSeconds = 3): Site => ({
  name: url,
  url,
  timeoutSeconds,
  role: 'critical',
  gateway: undefined,
});

describe('parseProbeLine', () => {
  it.each([
    ['0 0 200', { index: 0, exitCode: 0, httpStatus: 200, output: [] }],
    ['12 137 -', { index: 12, exitCode: 137, httpStatus: undefined, output: [] }],
    ['3 8 503', { index: 3, exitCode: 8, httpStatus: 503, output: [] }],
    ['3 4 - a b\tc: d', { index: 3, exitCode: 4, httpStatus: undefined, output: ['a b', 'c: d'] }],
    ['3 - 302', { index: 3, exitCode: undefined, httpStatus: 302, output: [] }],
    ['3 - - sh: x', { index: 3, exitCode: undefined, httpStatus: undefined, output: ['sh: x'] }],
  ])('parses "%s"', (line, probe) => {
    expect(parseProbeLine(line)).toEqual(probe);
  });

  it('limits the output of wget to what the script sends', () => {
    expect(parseProbeLine(`0 4 - ${'x'.repeat(9_000)}`)?.output).toEqual(['x'.repeat(1_500)]);
  });

  it.each(['', 'start', '0 0', '0 0 20', '0 0 2000', '0  0 200', '0 0 200 ', ' 0 0 200', '-1 0 200', 'a 0 -',
    '0 1000 -', '123456 0 -', 'wget: not found', '0 0 200\r', '0 0 200 x', '0 0 -x', '0 0 - ', '0 -- -', '0 0 000', '0 0 600'])('rejects "%s"', (line) => {
    expect(parseProbeLine(line)).toBeUndefined();
  }); // prettier-ignore
});

describe('checkCommand', () => {
  it('passes the sites as arguments after the script, and nothing in the environment', () => {
    const { cmd, env } = checkCommand([site('http://a/'), site('http://b/', 25)]);
    expect(cmd.slice(0, 2)).toEqual(['sh', '-c']);
    expect(cmd.slice(4)).toEqual(['3', 'http://a/', '25', 'http://b/']);
    expect(env).toEqual([]);
  });

  it('uses the same script for all sites', () => {
    expect(checkCommand([site('http://a/')]).cmd[2]).toBe(checkCommand([site('http://b/$(x)')]).cmd[2]);
  });
});

const flood = Array.from({ length: 15 }, (_, index) => `X-Flood-${index}: ${'y'.repeat(3_900)}`);

const ANSWERS: Readonly<Record<string, (socket: Socket, url: (path: string) => string) => void>> = {
  '/200': (socket) => socket.end(answer('200 OK')),
  '/no-reason': (socket) => socket.end(answer('200')),
  '/401': (socket) => socket.end(answer('401 Unauthorized', ['WWW-Authenticate: Basic realm="x"'])),
  '/403': (socket) => socket.end(answer('403 Forbidden')),
  '/404': (socket) => socket.end(answer('404 Not Found')),
  '/503': (socket) => socket.end(answer('503 Service Unavailable')),
  '/hang': () => undefined,
  '/half': (socket) => socket.write('HTTP/1.1 200 OK\r\nX-Slow: '),
  '/hang-up': (socket) => socket.destroy(),
  '/to-200': (socket, url) => socket.end(answer('302 Found', [`Location: ${url('/200')}`])),
  '/to-hang': (socket, url) => socket.end(answer('302 Found', [`Location: ${url('/hang')}`])),
  '/looks-like': (socket) =>
    socket.end(answer('200 OK', ['Via: HTTP/1.1 500 x', 'X-Proto: a  HTTP/1.1 404 b'])),
  '/flood': (socket) => socket.end(answer('200 OK', [...flood, 'X-Last: a HTTP/1.1 500 b'])),
  '/hsts': (socket) => socket.end(answer('200 OK', ['Strict-Transport-Security: max-age=31536000'])),
  '/glob': (socket) => socket.end(answer('200 OK', ['X-Glob: * /*'])),
};

function suite(toolbox: Toolbox): void {
  const host = new ScriptHost(toolbox);
  const server: LittleServer = new LittleServer((path, socket) =>
    (ANSWERS[path] ?? ANSWERS['/200'])?.(socket, (other) => server.url(other)),
  );
  const check = async (sites: readonly Site[], env: Readonly<Record<string, string>> = {}) => {
    const [mark, ...lines] = (await host.run(checkCommand(sites), env)).trimEnd().split('\n');
    expect(mark).toBe('start');
    return lines;
  };
  /** Without what wget said. */
  const ends = (lines: readonly string[]) => lines.map((line) => line.split(' ', 3).join(' '));

  it.each([
    ['/200', '0 0 200', '0 0 200'],
    ['/no-reason', '0 0 200', '0 0 200'],
    ['/403', '0 8 403', '0 1 403'],
    ['/404', '0 8 404', '0 1 404'],
    ['/503', '0 8 503', '0 1 503'],
    ['/401', '0 6 401', '0 1 401'],
    ['/to-200', '0 0 200', '0 0 200'],
    ['/hang-up', '0 4 -', '0 1 -'],
    ['/looks-like', '0 0 200', '0 0 200'],
    ['/glob', '0 0 200', '0 0 200'],
  ])('reports the exit code and status for %s', async (path, gnu, busybox) => {
    expect(ends(await check([site(server.url(path))]))).toEqual([toolbox.gnu ? gnu : busybox]);
  });

  it('reports the exit code if the connection is refused', async () => {
    const url = server.url('/200');
    await server.close();
    expect(ends(await check([site(url)]))).toEqual([toolbox.gnu ? '0 4 -' : '0 1 -']);
  });

  it.each([
    ['/hang', '0 137 -'],
    ['/half', '0 137 -'],
    ['/to-hang', '0 137 302'],
  ])('kills the probe of %s at its timeout', async (path, line) => {
    const begun = performance.now();
    const lines = ends(await check([site(server.url(path), 1)]));
    // Where there is only half an answer no status line has been shown yet, or it has: either is right.
    expect(lines.map((said) => said.replace(/^(0 137) 200$/, '$1 -'))).toEqual([line]);
    expect(performance.now() - begun).toBeGreaterThan(900);
    expect(performance.now() - begun).toBeLessThan(2_900);
  });

  it('handles a flood of headers fast, and reads no status from their values', async () => {
    const begun = performance.now();
    expect(await check([site(server.url('/flood'))])).toEqual(['0 0 200']);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it('probes all sites at once, each with its own timeout, and reports each as it ends', async () => {
    const sites = [site(server.url('/hang'), 2), site(server.url('/200')), site(server.url('/hang'), 1)];
    const begun = performance.now();
    expect(ends(await check(sites))).toEqual(['1 0 200', '2 137 -', '0 137 -']);
    expect(performance.now() - begun).toBeLessThan(3_500);
  });

  it.each([
    '/?q=$(touch x)',
    '/?q=`touch x`',
    "/?q=';touch x;'",
    '/?q=";touch x;"',
    '/?a&touch x&b|touch y',
    '/?q=*',
    '/a%20b?c=%0Atouch%20x',
    '/${HOME}',
    '/\\n\\x41',
  ])('passes %s to the server unchanged, without shell expansion', async (path) => {
    const url = server.url('') + path;
    await check([site(url)]);
    const asked = server.requests[0]?.split('\r\n')[0] ?? '';
    const comparable = (said: string): string => decodeURIComponent(said);
    expect(comparable(asked)).toBe(comparable(`${toolbox.gnu ? 'HEAD' : 'GET'} ${path} HTTP/1.1`));
    expect(host.leftFiles()).toEqual([]);
  });

  it('treats a URL that looks like an option as a URL', async () => {
    await check([site('-O/tmp/should-not-be'), site('--post-file=/etc/passwd')]);
    expect(host.leftFiles()).toEqual([]);
    expect(server.requests).toEqual([]);
  });

  it('ignores the proxies in the environment, and leaves no file', async () => {
    const proxy = 'http://127.0.0.1:1';
    const env = { http_proxy: proxy, https_proxy: proxy, HTTP_PROXY: proxy, all_proxy: proxy };
    expect(await check([site(server.url('/hsts'))], env)).toEqual(['0 0 200']);
    expect(host.leftFiles()).toEqual([]);
  });

  it('reports missing programs', async () => {
    // A BusyBox that is its own shell finds its own programs whatever the path.
    const said = await host.run(checkCommand([site(server.url('/200'))]), { PATH: '/nowhere' });
    expect(said).toBe(toolbox.gnu ? 'sleep is missing in the gateway\n' : 'start\n0 0 200\n');
  });

  it('limits how much of the output of wget it sends', async () => {
    const [line = ''] = await check([site(`http://${'long.'.repeat(900)}.example/`)]);
    expect(line).toMatch(/^0 [14] - .*long\.long/);
    expect(line.length).toBeLessThan(1_600);
  });

  it('leaves no process when the reader goes away', async () => {
    const child = host.start(checkCommand([site(server.url('/hang'), 1), site(server.url('/200'), 1)]));
    await eventually('the probe is under way', () => server.requests.length === 2);
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect(host.processes()).not.toEqual([]);
    await eventually('all its processes are gone', () => host.processes().length === 0, 3_000);
    expect(host.processes()).toEqual([]);
  });

  it('leaves no process when its shell is killed', async () => {
    const child = host.start(checkCommand([site(server.url('/hang'), 1)]));
    await eventually('the probe is under way', () => server.requests.length === 1);
    child.kill('SIGKILL');
    await eventually('all its processes are gone', () => host.processes().length === 0, 3_000);
    expect(host.processes()).toEqual([]);
  });
}

/** Programs that stand in for the gateway's, for what cannot be had on purpose. */
function gatewayInTrouble(): void {
  const host = new ScriptHost(GNU);
  const server = new LittleServer((_, socket) => socket.end(answer('200 OK')));
  const check = async (programs: Readonly<Record<string, string>>, seconds = 3) => {
    const path = host.withPrograms(programs);
    const command = checkCommand([site(server.url('/'), seconds)]);
    return (await host.run(command, { PATH: path })).trimEnd().split('\n').slice(1);
  };

  it.each([1, 2, 4, 5, 7, 139, 143])(
    'reports exit code %i of wget even if wget prints nothing',
    async (code) => {
      const end = code > 128 ? `kill -${String(code - 128)} $$` : `exit ${String(code)}`;
      expect(await check({ wget: end })).toEqual([`0 ${String(code)} -`]);
    },
  );

  it('reads no status and no error from a line that merely contains one', async () => {
    expect(
      await check({ wget: "printf '  X: a\\t  HTTP/1.1 200 OK\\twget: out of memory\\n' >&2; exit 4" }),
    ).toEqual(['0 4 -']);
  });

  it('is not misled by a last line of wget that looks like an exit code', async () => {
    expect(await check({ wget: "printf 'x\\n0' >&2; exit 4" })).toEqual(['0 4 - x\t0']);
  });

  it('ends wget at once if the gateway has no sleep, without reporting a timeout', async () => {
    const [line = ''] = await check({ sleep: 'exit 127', wget: 'exec /bin/sleep 20' });
    const { verdict } = verdictOf({
      exitCode: 1,
      httpStatus: undefined,
      output: [],
      ...parseProbeLine(line),
      latencyMs: 5,
      timeoutSeconds: 3,
    });
    expect([line, verdict]).toEqual(['0 137 -', 'unknown']);
  });

  it('kills a wget that ignores signals at its timeout', async () => {
    expect(await check({ wget: "trap '' TERM HUP INT; /bin/sleep 2; exit 4" }, 1)).toEqual(['0 137 -']);
  });
}

describeWith(GNU, () => suite(GNU));
describeWith(GNU, gatewayInTrouble);
describeWith(BUSYBOX, () => suite(BUSYBOX));
