import { throwError } from 'rxjs';
import { endpoint$, endpointCommand } from '../../streams/endpoint.ts';
import { EngineError, type ExecCommand } from '../../streams/engine.ts';
import { eventually } from '../e2e/eventually.ts';
import { inOwnFolder } from './key-folders.ts';
import { LittleServer, answer } from './little-server.ts';
import { Rounds, frame, marbles } from './marbles.ts';
import { BUSYBOX, GNU, ScriptHost, type Toolbox, describeWith } from './script-host.ts';

const URL = 'http://127.0.0.1:8000';
const BODY =
  '{"public_ip":"2001:db8::77","region":"Hesse","country":"Germany","city":"Frankfurt am Main","hostname":"h"}\n';
const read = (at: number, ip?: string, country?: string, region?: string, city?: string) => ({
  type: 'endpointRead', at, requestId: 3, ip, country, region, city,
}); // prettier-ignore
const unavailable = (at: number, reason: string) => ({
  type: 'endpointUnavailable',
  at,
  requestId: 3,
  reason,
});
const NO_JSON = 'the control server did not answer with JSON';
const OCI = 'OCI runtime exec failed: exec: "sh": not found';

type Asked = [string, ExecCommand];

describe('endpoint$', () => {
  const REQUEST = { kind: 'readEndpoint', lane: 'gluetun', requestId: 3, gatewayId: 'g' } as const;

  it.each([
    ['says that wget is missing', '\nlacks wget\n', unavailable(3, 'the gateway has no wget to ask its control server with')],
    ['is not misled by a body that looks like a missing program', 'lacks wget\n\nexit 8 -\n', unavailable(3, 'the control server refuses the request')],
    ['says that wget is not executable', '\nexit 126 -\n', unavailable(3, 'wget cannot be run in the gateway (exit code 126)')],
    ['says that wget cannot be run if timeout is broken', '\nexit 127 -\n', unavailable(3, 'wget cannot be run in the gateway (exit code 127)')],
    ['reads a real answer', `${BODY}\nexit 0 -\n`, read(3, '2001:db8::77', 'Germany', 'Hesse', 'Frankfurt am Main')],
    ['reads an answer without an address', '{"public_ip":""}\n\nexit 0 -\n', read(3)],
    ['ignores fields that are not strings', '{"public_ip":5,"country":null,"city":" "}\nexit 0 -\n', read(3)],
    ['rejects an empty body', '\nexit 0 -\n', unavailable(3, NO_JSON)],
    ['rejects a body that is not JSON', '<html>\nexit 0 -\n', unavailable(3, NO_JSON)],
    ['rejects a list', '[]\nexit 0 -\n', unavailable(3, NO_JSON)],
    ['is not misled by a body that looks like the last line', 'exit 0 -\n\nexit 8 -\n', unavailable(3, 'the control server refuses the request')],
    ['asks for a key on HTTP status 401', '\nexit 6 -\n', unavailable(3, 'the control server asks for a key: set GLUETUN_API_KEY')],
    ['says that the request is refused on HTTP status 404', '\nexit 8 -\n', unavailable(3, 'the control server refuses the request')],
    ['says that the server does not answer if the connection is refused', '\nexit 4 -\n', unavailable(3, 'the control server does not answer (wget exit code 4)')],
    ['says that the server does not answer if wget is killed', '\nexit 137 -\n', unavailable(3, 'the control server does not answer (wget exit code 137)')],
    ['says so if the answer is cut short', '{"public_ip":"1.2', unavailable(3, 'asking the control server was cut short')],
    ['says so if there is no output', '', unavailable(3, 'asking the control server was cut short')],
    ['passes on the error of the container runtime', `${OCI}\r\n`, unavailable(3, OCI)],
    ['rejects a huge line', `{"city":"${'x'.repeat(200_000)}"}\nexit 0 -\n`, unavailable(3, NO_JSON)],
  ])('%s', (_, said, E) => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const bytes = frame(said);
      const engine = new Rounds<Asked, Uint8Array>(cold('-ab|', { a: bytes.subarray(0, 20), b: bytes.subarray(20) }));
      const controlServer = { url: URL, key: undefined };
      const answer$ = endpoint$(REQUEST, { engine: { exec: engine.next }, scheduler, controlServer });
      expectObservable(answer$).toBe('---(E|)', { E });
    });
  }); // prettier-ignore

  const asked$ = (
    engine: Rounds<Asked, Uint8Array>,
    scheduler: Parameters<typeof endpoint$>[1]['scheduler'],
  ) =>
    endpoint$(REQUEST, { engine: { exec: engine.next }, scheduler, controlServer: { url: URL, key: 'k3y' } });

  it('says that the key is not accepted, instead of asking for one', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const engine = new Rounds<Asked, Uint8Array>(cold('(a|)', { a: frame('\nexit 6 -\n') }));
      expectObservable(asked$(engine, scheduler)).toBe('(E|)', {
        E: unavailable(0, 'the control server does not accept GLUETUN_API_KEY'),
      });
    });
  });

  it("times out if nothing answers, and gives the engine's reason if it refuses", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const silent$ = cold<Uint8Array>('-');
      const refused$ = throwError(() => new EngineError('Container g is paused', 409));
      expectObservable(asked$(new Rounds<Asked, Uint8Array>(silent$), scheduler)).toBe('15s (E|)', {
        E: unavailable(15_000, 'asking the control server: no answer within 15 s'),
      });
      expectObservable(asked$(new Rounds<Asked, Uint8Array>(refused$), scheduler)).toBe('(E|)', {
        E: unavailable(0, 'Container g is paused'),
      });
      expectSubscriptions(silent$.subscriptions).toBe('^ 14999ms !');
    });
  });

  it('stops reading a server that sends too much', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const flood$ = cold(
        'abcdef',
        Object.fromEntries('a b c d e f'.split(' ').map((c) => [c, frame('{}\n'.repeat(30))])),
      );
      expectObservable(asked$(new Rounds<Asked, Uint8Array>(flood$), scheduler)).toBe('---(E|)', {
        E: unavailable(3, 'the control server says too much'),
      });
      expectSubscriptions(flood$.subscriptions).toBe('^--!');
    });
  });

  it('ends the exec when unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const said$ = cold<Uint8Array>('----');
      expectObservable(asked$(new Rounds<Asked, Uint8Array>(said$), scheduler), '^-!').toBe('---');
      expectSubscriptions(said$.subscriptions).toBe('^-!');
    });
  });
});

describe('endpointCommand', () => {
  it('passes the key in the environment only', () => {
    const { cmd, env } = endpointCommand({ url: URL, key: 's3cret' });
    expect(cmd.join(' ')).not.toContain('s3cret');
    expect(env).toEqual(['GLUETUN_API_KEY=s3cret']);
    expect(endpointCommand({ url: URL, key: undefined }).env).toEqual([]);
  });
});

function suite(toolbox: Toolbox): void {
  const host = new ScriptHost(toolbox);
  const server = new LittleServer((path, socket) => {
    if (path.startsWith('/hang')) return;
    const [, status = '200', body = BODY] = /^\/(\d+)/.exec(path) ?? [];
    socket.end(answer(status === '200' ? '200 OK' : `${status} No`, ['Content-Type: text/plain'], body));
  });
  const ask = (path = '', key?: string) => host.run(endpointCommand({ url: server.url(path), key }));

  it('prints the body and the exit code', async () => {
    expect(await ask()).toBe(`${BODY}\nexit 0 -\n`);
    expect(server.requests[0]).toMatch(/^GET \/v1\/publicip\/ip HTTP\/1\.1\r\n/);
    expect(server.requests[0]).not.toContain('X-API-Key');
  });

  it.each([
    ['/401', 6],
    ['/404', 8],
    ['/500', 8],
  ])('reports the exit code for an answer to %s', async (path, code) => {
    expect(await ask(path)).toContain(`\nexit ${toolbox.gnu ? code : 1} -\n`);
  });

  it('reports the exit code if the connection is refused', async () => {
    const command = endpointCommand({ url: server.url(''), key: 'k' });
    await server.close();
    expect(await host.run(command)).toBe(toolbox.gnu ? '\nexit 4 -\n' : '\nexit 1 unsent\n');
    expect(host.leftFiles()).toEqual([]);
  });

  it('ignores the proxies in the environment', async () => {
    const command = endpointCommand({ url: server.url(''), key: undefined });
    expect(await host.run(command, { http_proxy: 'http://127.0.0.1:1' })).toContain('exit 0');
  });

  if (!toolbox.gnu) return;

  it.each(['k3y', `a"b'c$d\`e\\f#g%sh i`, '-O/tmp/x', '$(touch x)'])(
    'sends the key %s unchanged',
    async (key) => {
      expect(await ask('', key)).toContain('exit 0');
      expect(server.requests[0]).toContain(`\r\nX-API-Key: ${key}\r\n`);
      expect(host.leftFiles()).toEqual([]);
    },
  );

  it('exposes the key in no command line and no named file, and leaves no file when killed', async () => {
    const running = host.run(inOwnFolder(endpointCommand({ url: server.url('/hang'), key: 's3cret' })));
    await eventually('it is under way', () => server.requests.length === 1);
    expect(host.processes().join('\n')).toContain('wget');
    expect(host.processes().join('\n')).not.toContain('s3cret');
    expect(host.temporaryFiles()).toEqual([]);
    expect(await running).toBe('\nexit 137 -\n');
    expect(host.leftFiles()).toEqual([]);
  }, 10_000);

  it('leaves no file when ended by a signal or when its reader goes away', async () => {
    const start = () => host.start(inOwnFolder(endpointCommand({ url: server.url('/hang'), key: 's3cret' })));
    const [leftAlone, ...signalled] = [start(), start(), start(), start()];
    await eventually('all are under way', () => server.requests.length === 4);
    expect(host.temporaryFiles()).toEqual([]);
    leftAlone.stdout?.destroy();
    (['SIGTERM', 'SIGHUP', 'SIGINT'] as const).forEach((signal, index) => signalled[index]?.kill(signal));
    await eventually('all are gone', () => host.processes().length === 0, 7_000);
    expect(host.leftFiles()).toEqual([]);
  }, 10_000);
}

describeWith(GNU, () => suite(GNU));
describeWith(BUSYBOX, () => suite(BUSYBOX));
