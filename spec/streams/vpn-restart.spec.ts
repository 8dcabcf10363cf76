import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncScheduler, firstValueFrom, from, map, throwError } from 'rxjs';
import { EngineError, type ExecCommand } from '../../streams/engine.ts';
import { type VpnRestart, vpnRestart$, vpnRestartCommand } from '../../streams/vpn-restart.ts';
import { eventually } from '../e2e/eventually.ts';
import { inOwnFolder } from './key-folders.ts';
import { LittleControlServer, type Reply, VpnLoop } from './little-control-server.ts';
import { Rounds, frame, marbles } from './marbles.ts';
import { BUSYBOX, GNU, ScriptHost, type Toolbox, describeWith } from './script-host.ts';

const URL = 'http://127.0.0.1:8000';
const NO_KEY = { url: URL, key: undefined };
const RESTARTED: VpnRestart = { result: 'restarted' };
const LINES = [
  'status vpn 0 200 {"status":"running"}\n',
  'stop vpn 0 200 {"outcome":"stopped"}\n',
  'start vpn 0 200 {"outcome":"running"}\n',
].join('');

type Asked = [string, ExecCommand];

describe('vpnRestart$', () => {
  it.each([
    ['the output of a restart', LINES, RESTARTED],
    ['empty output', '', { result: 'failed', reason: 'restarting the VPN was cut short' }],
  ])('turns %s into one result when the command ends', (_, said, R) => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const bytes = frame(said);
      const exec = cold('-ab|', { a: bytes.subarray(0, 20), b: bytes.subarray(20) });
      const engine = new Rounds<Asked, Uint8Array>(exec);
      const result$ = vpnRestart$('g', { engine: { exec: engine.next }, scheduler, controlServer: NO_KEY });
      expectObservable(result$).toBe('---(R|)', { R });
    });
  });

  const restart$ = (
    engine: Rounds<Asked, Uint8Array>,
    scheduler: Parameters<typeof vpnRestart$>[1]['scheduler'],
  ) => vpnRestart$('g', { engine: { exec: engine.next }, scheduler, controlServer: NO_KEY });

  it('runs the command once in the gateway', () => {
    marbles(({ cold, expectObservable, flush }, scheduler) => {
      const engine = new Rounds<Asked, Uint8Array>(cold('(a|)', { a: frame(LINES) }));
      expectObservable(restart$(engine, scheduler)).toBe('(R|)', { R: RESTARTED });
      flush();
      expect(engine.calls).toEqual([['g', vpnRestartCommand(NO_KEY)]]);
    });
  });

  it('times out if the command never ends', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const silent$ = cold('-a-', { a: frame(LINES) });
      expectObservable(restart$(new Rounds<Asked, Uint8Array>(silent$), scheduler)).toBe('45s (R|)', {
        R: { result: 'failed', reason: 'restarting the VPN: no answer within 45 s' },
      });
      expectSubscriptions(silent$.subscriptions).toBe('^ 44999ms !');
    });
  });

  it.each([
    ['refuses the exec', new EngineError('Container g is paused', 409), 'unavailable'],
    ['goes away', new EngineError('socket hang up'), 'failed'],
  ])('reports a result if the engine %s', (_, error, result) => {
    marbles(({ expectObservable }, scheduler) => {
      const engine = new Rounds<Asked, Uint8Array>(throwError(() => error));
      expectObservable(restart$(engine, scheduler)).toBe('(R|)', { R: { result, reason: error.message } });
    });
  });

  it('stops reading a flood of output, and stops reading when unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const flood$ = cold('a-b-c', { a: frame('x\n'.repeat(15)), b: frame('x\n'.repeat(15)) });
      const said$ = cold<Uint8Array>('----');
      expectObservable(restart$(new Rounds<Asked, Uint8Array>(flood$), scheduler)).toBe('--(R|)', {
        R: { result: 'failed', reason: 'restarting the VPN was cut short' },
      });
      expectObservable(restart$(new Rounds<Asked, Uint8Array>(said$), scheduler), '^-!').toBe('---');
      expectSubscriptions(flood$.subscriptions).toBe('^-!');
      expectSubscriptions(said$.subscriptions).toBe('^-!');
    });
  });
});

describe('vpnRestartCommand', () => {
  it('passes the key in the environment only', () => {
    const { cmd, env } = vpnRestartCommand({ url: URL, key: 's3cret' });
    expect(cmd.join(' ')).not.toContain('s3cret');
    expect(env).toEqual(['GLUETUN_API_KEY=s3cret']);
    expect(vpnRestartCommand(NO_KEY).env).toEqual([]);
  });
});

/** As in Gluetun: BusyBox for everything but wget, an applet that Debian's BusyBox must first be made to forget. */
const GLUETUN: Toolbox = {
  ...BUSYBOX,
  name: 'BusyBox and GNU wget',
  gnu: true,
  path: (folder) => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const program = readFileSync(locate('busybox'));
    program.write('_', program.indexOf('\0wget\0') + 'wget'.length);
    writeFileSync(join(bin, 'busybox'), program, { mode: 0o755 });
    for (const applet of ['sh', 'rm', 'sleep', 'head', 'tr']) symlinkSync('busybox', join(bin, applet));
    symlinkSync(locate('wget'), join(bin, 'wget'));
    return bin;
  },
  missing: BUSYBOX.missing ?? GNU.missing,
};

const locate = (program: string): string =>
  spawnSync('sh', ['-c', `command -v ${program}`])
    .stdout.toString()
    .trim();

/** A spec has not the patience of the script; all else is as it is. BusyBox counts in whole seconds. */
const hurried = (
  { cmd: [shell = '', option = '', script = '', ...rest], env }: ExecCommand,
  toolbox: Toolbox,
): ExecCommand => {
  const limit = toolbox === GNU ? 'within 0.3' : 'within 1';
  return {
    cmd: [shell, option, script.replace('within 5', limit).replace('sleep 1', 'sleep 0'), ...rest],
    env,
  };
};

const GET = 'GET vpn';
const STOP = 'PUT vpn stopped';
const START = 'PUT vpn running';

interface Case {
  readonly title: string;
  readonly vpn?: string;
  readonly key?: string;
  readonly otherwise?: (request: string, server: LittleControlServer, key: string | undefined) => Reply | undefined;
  readonly result: VpnRestart['result'];
  readonly requests: readonly string[];
  readonly left?: string;
} // prettier-ignore

/** The first time, and as ever afterwards. */
const once = (reply: (request: string, server: LittleControlServer) => Reply, when: string) => {
  return (request: string, server: LittleControlServer): Reply | undefined =>
    request === when && server.count(when) === 1 ? reply(request, server) : undefined;
};

const NOT_FOUND: Reply = [400, 'GET /vpn/status not found'];
const withoutVpnRoute = (request: string): Reply | undefined =>
  request.includes(' vpn') ? NOT_FOUND : undefined;
const onlyWith =
  (right: string) =>
  (_: string, __: LittleControlServer, key: string | undefined): Reply | undefined =>
    key === right ? undefined : [401, 'Unauthorized'];
const carriedOutUnanswered = (request: string, server: LittleControlServer): Reply => {
  server.answer(request as typeof GET);
  return 'silence';
};

const CASES: readonly Case[] = [
  { title: 'Gluetun v3.41', result: 'restarted', requests: [GET, STOP, START] },
  { title: 'Gluetun v3.41 with a key', key: 'k3y', otherwise: onlyWith('k3y'), result: 'restarted', requests: [GET, STOP, START] },
  { title: 'a VPN that was stopped (it is started)', vpn: 'stopped', result: 'restarted', requests: [GET, STOP, START] },
  { title: 'a VPN that is starting (it is left alone)', vpn: 'starting', result: 'failed', requests: [GET, STOP, START], left: 'starting' },
  { title: 'a VPN that has crashed (it is left alone)', vpn: 'crashed', result: 'crashed', requests: [GET], left: 'crashed' },
  {
    title: 'a VPN that crashes during the restart',
    otherwise: (request, server) => {
      if (request === STOP) server.vpn.status = 'crashed';
      return undefined;
    },
    result: 'crashed', requests: [GET, STOP, START], left: 'crashed',
  },
  {
    title: 'Gluetun v3.40, whose health check starts it first',
    otherwise: (request, server) => {
      if (request === START) server.vpn.status = 'running';
      return undefined;
    },
    result: 'restarted', requests: [GET, STOP, START],
  },
  { title: 'a missing key', otherwise: onlyWith('k3y'), result: 'unauthorised', requests: [GET] },
  { title: 'a wrong key', key: 'wrong', otherwise: onlyWith('k3y'), result: 'unauthorised', requests: [GET] },
  {
    title: 'a role with read access only',
    otherwise: (request) => (request === GET ? undefined : [401, 'Unauthorized']),
    result: 'unauthorised', requests: [GET, STOP, START],
  },
  {
    title: 'a proxy that allows no changes',
    otherwise: (request) => (request === GET ? undefined : [405, 'no']),
    result: 'unavailable', requests: [GET, STOP, START],
  },
  { title: 'Gluetun v3.30 with OpenVPN', otherwise: withoutVpnRoute, result: 'restarted', requests: [GET, 'GET openvpn', 'PUT openvpn stopped', 'PUT openvpn running'] },
  { title: 'Gluetun v3.30 without OpenVPN', vpn: 'stopped', otherwise: withoutVpnRoute, result: 'unavailable', requests: [GET, 'GET openvpn'], left: 'stopped' },
  { title: 'Gluetun v3.30 with a crashed OpenVPN', vpn: 'crashed', otherwise: withoutVpnRoute, result: 'crashed', requests: [GET, 'GET openvpn'], left: 'crashed' },
  { title: 'another server that answers 404', otherwise: () => [404, 'no'], result: 'unavailable', requests: [GET, 'GET openvpn'] },
  { title: 'another server that answers 405', otherwise: () => [405, 'no'], result: 'unavailable', requests: [GET, 'GET openvpn'] },
  { title: 'another server that answers everything with a page', otherwise: () => [200, '<html>\n\n{"status":"running"}'], result: 'unavailable', requests: [GET] },
  { title: 'a server that answers 500', otherwise: () => [500, 'no'], result: 'unavailable', requests: [GET] },
  { title: 'a redirection', key: 'k3y', otherwise: () => [302, '', '/v1/elsewhere/status'], result: 'unavailable', requests: [GET] },
  { title: 'an endless answer', otherwise: () => [200, '{"status":"running"} '.repeat(100_000)], result: 'unavailable', requests: [GET] },
  { title: 'a stop that is not answered', otherwise: once(carriedOutUnanswered, STOP), result: 'restarted', requests: [GET, STOP, START] },
  { title: 'a stop whose answer is lost', otherwise: once(() => 'hang-up', STOP), vpn: 'stopped', result: 'restarted', requests: [GET, STOP, START] },
  { title: 'a stop that gets an invalid answer', otherwise: once(() => [500, 'no'], STOP), vpn: 'stopped', result: 'restarted', requests: [GET, STOP, START] },
  { title: 'a start whose connection is lost', otherwise: once(() => 'hang-up', START), result: 'restarted', requests: [GET, STOP, START, START] },
  { title: 'a start that is not answered', otherwise: once(carriedOutUnanswered, START), result: 'restarted', requests: [GET, STOP, START, START] },
  { title: 'a start that gets an invalid answer', otherwise: once(() => [200, '<html>'], START), result: 'restarted', requests: [GET, STOP, START, START] },
  { title: 'a start while the VPN is still stopping', otherwise: once(() => [200, '{"outcome":"already stopping"}'], START), result: 'restarted', requests: [GET, STOP, START, START] },
  {
    title: 'Gluetun v3.41.2, which may hang after a stop',
    otherwise: (request, server) => (request === GET ? undefined : carriedOutUnanswered(STOP, server)),
    result: 'failed', requests: [GET, STOP, START, START, START], left: 'stopped',
  },
  { title: 'a server that never answers (no stop is sent)', otherwise: () => 'silence', result: 'unavailable', requests: [GET] },
]; // prettier-ignore

const SIGNALS = ['SIGPIPE', 'SIGTERM', 'SIGHUP', 'SIGINT', undefined] as const;

function suite(toolbox: Toolbox): void {
  const host = new ScriptHost(toolbox);
  const server = new LittleControlServer();
  const command = (key?: string) => hurried(vpnRestartCommand({ url: server.url, key }), toolbox);
  const restart = (key?: string, more = {}): Promise<VpnRestart> => {
    const exec = (_: string, asked: ExecCommand) =>
      from(host.run(hurried(asked, toolbox), more)).pipe(map((said) => frame(said)));
    const controlServer = { url: server.url, key };
    return firstValueFrom(vpnRestart$('g', { engine: { exec }, scheduler: asyncScheduler, controlServer }));
  };

  if (!toolbox.gnu) {
    it('sends no request if it could not send the start afterwards', async () => {
      expect(await restart('k3y')).toMatchObject({ result: 'unavailable' });
      expect(server.requests).toEqual([]);
      expect(host.leftFiles()).toEqual([]);
    });
    return;
  }

  it.each(CASES)(
    'reports "$result" for $title',
    async ({ vpn, key, otherwise, result, requests, left = 'running' }) => {
      server.vpn = new VpnLoop(vpn);
      server.otherwise = (request, given) => otherwise?.(request, server, given);
      expect(await restart(key)).toMatchObject({ result });
      expect(server.requests).toEqual(requests);
      expect(server.vpn.status).toBe(left);
      expect(host.leftFiles()).toEqual([]);
    },
    10_000,
  );

  it('reports the exit code if the connection is refused', async () => {
    const refused = command('k');
    await server.close();
    expect(await host.run(refused)).toBe('status vpn 4 - \n');
    expect(host.leftFiles()).toEqual([]);
  });

  it('ignores the proxies in the environment', async () => {
    expect(await restart(undefined, { http_proxy: 'http://127.0.0.1:1' })).toEqual(RESTARTED);
  });

  it.each(['k3y', `a"b'c$d\`e\\f#g%sh i`, '-O/tmp/x', '$(touch x)'])(
    'sends the key %s unchanged with each request',
    async (key) => {
      expect(await restart(key)).toEqual(RESTARTED);
      expect(server.keys).toEqual([key, key, key]);
      expect(host.leftFiles()).toEqual([]);
    },
  );

  it('exposes the key in no command line and no named file', async () => {
    server.otherwise = (request) => (request === STOP ? 'silence' : undefined);
    const running = host.run(inOwnFolder(command('s3cret')));
    await eventually('it is under way', () => server.requests.includes(STOP));
    expect(host.processes().join('\n')).toContain('wget');
    expect(host.processes().join('\n')).not.toContain('s3cret');
    expect(host.temporaryFiles()).toEqual([]);
    await running;
    expect(host.leftFiles()).toEqual([]);
  }, 10_000);

  it('starts the VPN that it stopped even if ended by a signal, or if its reader goes away', async () => {
    server.otherwise = (request) => (request === STOP ? carriedOutUnanswered(request, server) : undefined);
    const children = SIGNALS.map(() => host.start(inOwnFolder(command('s3cret'))));
    await eventually('all have stopped it', () => server.count(STOP) === SIGNALS.length);
    expect(server.count(START)).toBe(0);
    children.forEach((child, index) => {
      const signal = SIGNALS[index];
      if (signal === undefined) child.stdout?.destroy();
      else child.kill(signal);
    });
    await eventually('all have come to their end', () => host.processes().length === 0, 7_000);
    expect(server.count(START)).toBe(SIGNALS.length);
    expect(server.vpn.status).toBe('running');
    expect(host.leftFiles()).toEqual([]);
  }, 10_000);
}

describeWith(GNU, () => suite(GNU));
describeWith(GLUETUN, () => suite(GLUETUN));
describeWith(BUSYBOX, () => suite(BUSYBOX));
