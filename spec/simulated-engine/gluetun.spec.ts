import { VirtualTimeScheduler } from 'rxjs';
import { recordedLog } from '../transcripts.ts';
import { SimulatedEngine } from './engine.ts';
import { GluetunStandIn, SOME_ENDPOINTS, gatewayContainer } from './gluetun.ts';
import type { GluetunOptions } from './gluetun.ts';
import { advance } from './virtual-time.ts';

const GOOGLE = 'https://www.google.com/';
const ONES = 'https://1.1.1.1/';

interface SetUp {
  readonly standIn: GluetunStandIn;
  readonly engine: SimulatedEngine;
  readonly advance: (ms: number) => void;
  /** Runs a command to its end; each piece of its output with the time it took to come. */
  readonly run: (
    cmd: readonly string[],
    env?: readonly string[],
  ) => { said: string[]; exitCode: number | undefined };
  readonly check: (...sites: readonly (readonly [seconds: number, url: string])[]) => readonly string[];
  readonly readEndpoint: (env?: readonly string[]) => string;
  readonly restartVpn: (env?: readonly string[]) => readonly string[];
  readonly log: () => string;
}

function setUp(options: GluetunOptions = {}, tty = false): SetUp {
  const scheduler = new VirtualTimeScheduler();
  const engine = new SimulatedEngine(scheduler);
  const standIn = new GluetunStandIn(scheduler, options);
  engine.create(gatewayContainer({ name: 'gluetun', standIn, tty }));
  engine.start('gluetun');
  advance(scheduler, 1000);

  const run: SetUp['run'] = (cmd, env = []) => {
    const exec = engine.execs.create(engine.get('gluetun'), 'gluetun', { cmd, env, tty: false });
    const begun = scheduler.frame;
    const said: string[] = [];
    engine.execs.start(exec.id).subscribe(({ text }) => said.push(`${scheduler.frame - begun} ${text}`));
    advance(scheduler, 60_000);
    return { said, exitCode: exec.exitCode };
  };
  const check: SetUp['check'] = (...sites) =>
    run([
      'sh',
      '-c',
      '…',
      'gluetun-monitor-check',
      ...sites.flatMap(([seconds, url]) => [String(seconds), url]),
    ]).said;
  const readEndpoint: SetUp['readEndpoint'] = (env) =>
    run(['sh', '-c', '…', 'gluetun-monitor-endpoint', 'http://127.0.0.1:8000'], env)
      .said.map((piece) => piece.replace(/^\d+ /, ''))
      .join('');
  const restartVpn: SetUp['restartVpn'] = (env) =>
    run(['sh', '-c', '…', 'gluetun-monitor-vpn-restart', 'http://127.0.0.1:8000'], env).said;
  const log = (): string => {
    const lines: string[] = [];
    const all = { stdout: true, stderr: true, since: 0n, tail: undefined, follow: false };
    engine
      .get('gluetun')
      .log.read(all)
      .subscribe(({ text }) => lines.push(text));
    return lines.join('');
  };
  return {
    standIn,
    engine,
    advance: (ms) => advance(scheduler, ms),
    run,
    check,
    readEndpoint,
    restartVpn,
    log,
  };
}

function breakAndHeal(gluetun: GluetunStandIn): void {
  gluetun.breakTunnel();
  gluetun.heal();
}

describe('a check inside the gateway', () => {
  it('prints a mark, then each site as it ends, then ends well', () => {
    const { standIn, check } = setUp();
    standIn.siteAnswers(GOOGLE, { exitCode: 8, status: 403, afterMs: 500 });
    expect(check([10, GOOGLE], [10, ONES])).toEqual(['10 start\n', '70 1 0 200\n', '510 0 8 403\n']);
  });

  it.each([
    ['a broken tunnel', (gluetun: GluetunStandIn) => gluetun.breakTunnel(), '30 0 4 -\n'],
    ['a hanging tunnel', (gluetun: GluetunStandIn) => gluetun.hangTunnel(), '3010 0 137 -\n'],
    ['no name resolved', (gluetun: GluetunStandIn) => gluetun.loseDns(), '1510 0 4 -\n'],
    ['no wget', (gluetun: GluetunStandIn) => gluetun.removeWget(), '10 0 127 -\n'],
    ['a tunnel healed again', breakAndHeal, '70 0 0 200\n'],
  ])('%s', (_, happens, result) => {
    const { standIn, check } = setUp();
    happens(standIn);
    expect(check([3, GOOGLE])).toEqual(['10 start\n', result]);
  });

  it('is killed site by site, each after its own seconds', () => {
    const { standIn, check } = setUp();
    standIn.hangTunnel();
    expect(check([3, GOOGLE], [1, ONES])).toEqual(['10 start\n', '1010 1 137 -\n', '3010 0 137 -\n']);
  });

  it('has nothing to do with other commands', () => {
    const { run } = setUp();
    expect(run(['sh', '-c', 'true'])).toMatchObject({ exitCode: 126 });
    expect(run(['sh', '-c', '…', 'gluetun-monitor-check'])).toMatchObject({ exitCode: 0 });
  });
});

describe('a restart', () => {
  it('mends the tunnel, once it is up again', () => {
    const { standIn, engine, advance: pass } = setUp();
    standIn.breakTunnel();
    engine.restart('gluetun');
    pass(450);
    expect(standIn.tunnelWorks).toBe(false);
    pass(300);
    expect(standIn.tunnelWorks).toBe(true);
  });

  it('does not, where that was asked for', () => {
    const { standIn, engine, advance: pass } = setUp({ healedByRestart: false });
    standIn.breakTunnel();
    engine.restart('gluetun');
    pass(5000);
    expect(standIn.tunnelWorks).toBe(false);
  });

  it('takes the next endpoint, and so does a VPN restarted alone', () => {
    const { standIn, engine, advance: pass } = setUp();
    const ips = [standIn.endpoint.ip];
    engine.restart('gluetun');
    pass(2000);
    ips.push(standIn.endpoint.ip);
    standIn.restartVpn();
    ips.push(standIn.endpoint.ip);
    expect(ips).toEqual(SOME_ENDPOINTS.map(({ ip }) => ip));
  });
});

describe('the endpoint read from the control server', () => {
  it('is the one of the latest connection', () => {
    const { standIn, readEndpoint, advance: pass } = setUp();
    const body =
      '{"public_ip":"203.0.113.42","region":"Skåne","country":"Sweden","city":"Malmö",' +
      '"hostname":"h","location":"1.500000,2.500000"}';
    standIn.restartVpn();
    pass(1000);
    expect(readEndpoint()).toBe(`${body}\nexit 0 200\n`);
  });

  it('is empty while the tunnel is not up', () => {
    const { standIn, readEndpoint } = setUp({ tunnelUpMs: 300_000 });
    expect(standIn.tunnelWorks).toBe(false);
    expect(readEndpoint()).toBe('{"public_ip":""}\nexit 0 200\n');
  });

  it('is refused without the right key', () => {
    const { readEndpoint } = setUp({ apiKey: 'k3y' });
    expect(readEndpoint()).toBe('\nexit 6 401\n');
    expect(readEndpoint(['GLUETUN_API_KEY=wrong'])).toBe('\nexit 6 401\n');
    expect(readEndpoint(['GLUETUN_API_KEY=k3y'])).toMatch(/exit 0 200\n$/);
  });

  it('is not to be had without a control server', () => {
    const { standIn, readEndpoint } = setUp();
    standIn.stopControlServer();
    expect(readEndpoint()).toBe('\nexit 4 -\n');
  });
});

describe('a restart of the VPN by the control server', () => {
  it('stops and starts it, each with its answer', () => {
    const { restartVpn } = setUp();
    expect(restartVpn()).toEqual([
      '10 status vpn 0 200 {"status":"running"}\n',
      '39 stop vpn 0 200 {"outcome":"stopped"}\n',
      '144 start vpn 0 200 {"outcome":"running"}\n',
    ]);
  });

  it.each([
    ['mends the tunnel, and takes the next endpoint', true],
    ['does not, where that was asked for, but takes the next endpoint', false],
  ])('%s', (_, healedByVpnRestart) => {
    const { standIn, engine, restartVpn, log } = setUp({ healedByVpnRestart });
    const { startedAt } = engine.get('gluetun').state;
    standIn.breakTunnel();
    restartVpn();
    expect(standIn.tunnelWorks).toBe(healedByVpnRestart);
    expect(standIn.endpoint).toBe(SOME_ENDPOINTS[1]);
    expect(engine.get('gluetun').state.startedAt).toBe(startedAt);
    expect(log()).toMatch(/ \[vpn\] stopping\n.* \[vpn\] starting\n/);
  });

  it('leaves nothing of a tunnel that was coming up before', () => {
    const { standIn, engine, advance: pass } = setUp({ tunnelUpMs: 1_100 });
    const request = { cmd: ['sh', '-c', '…', 'gluetun-monitor-vpn-restart', ''], env: [], tty: false };
    engine.execs.start(engine.execs.create(engine.get('gluetun'), 'gluetun', request).id).subscribe();
    pass(1_000);
    expect(standIn.tunnelWorks).toBe(false);
    pass(300);
    expect(standIn.tunnelWorks).toBe(true);
  });

  it.each([
    ['the VPN has crashed', 'crashed', '10 status vpn 0 200 {"status":"crashed"}\n'],
    ['it is not authorised', 'unauthorised', '10 status vpn 6 401 \n'],
    ['it is not to be had', 'unavailable', '10 status vpn 4 - \n'],
    ['nobody answers', 'unanswered', '5010 status vpn 137 - \n'],
  ] as const)('changes nothing where %s', (_, answer, line) => {
    const { standIn, restartVpn } = setUp();
    standIn.breakTunnel();
    standIn.answerVpnRestarts(answer);
    expect(restartVpn()).toEqual([line]);
    expect(standIn.tunnelWorks).toBe(false);
    expect(standIn.endpoint).toBe(SOME_ENDPOINTS[0]);
  });

  it('needs wget, the control server and the right key', () => {
    const { standIn, restartVpn } = setUp({ apiKey: 'k3y' });
    expect(restartVpn()).toEqual(['10 status vpn 6 401 \n']);
    expect(restartVpn(['GLUETUN_API_KEY=k3y'])).toHaveLength(3);
    standIn.stopControlServer();
    expect(restartVpn(['GLUETUN_API_KEY=k3y'])).toEqual(['10 status vpn 4 - \n']);
    standIn.removeWget();
    expect(restartVpn()).toEqual(['10 no GNU wget\n']);
  });
});

describe('the log', () => {
  /** Without what differs from one run to the next: times, addresses, places. */
  const pattern = (line: string): string =>
    line
      .replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, '<time>')
      .replace(/\d+\.\d+\.\d+\.\d+(:\d+)?/g, '<address>')
      .replace(/Public IP address is \S+ \([^)]*\)/, 'Public IP address is <place>');

  const patterns = (text: string): readonly string[] => text.split('\n').map(pattern);

  it.each([
    ['wireguard', 'wireguard-outage', false],
    ['openvpn', 'openvpn-udp', false],
    ['openvpn', 'openvpn-udp-tty', true],
  ] as const)('has only lines that a real Gluetun wrote: %s, %s', (vpn, recorded, tty) => {
    const { log } = setUp({ vpn }, tty);
    const written = new Set(patterns(recordedLog(recorded)));
    expect(patterns(log()).filter((line) => !written.has(line))).toEqual([]);
  });

  it('has real last words, and real words of its own healing', () => {
    const { engine, standIn, log, advance: pass } = setUp();
    standIn.healItself();
    pass(1000);
    engine.stop('gluetun');
    pass(1000);
    const written = new Set(
      patterns(recordedLog('wireguard-outage') + recordedLog('wireguard-restart-stop-start')),
    );
    expect(patterns(log()).filter((line) => !written.has(line))).toEqual([]);
    expect(log()).toMatch(/failed to pass the healthcheck[\s\S]*Shutdown successful\n$/);
  });

  it('names the exit when the tunnel is up, and not while it is broken', () => {
    const { standIn, log, advance: pass } = setUp();
    expect(log()).toContain(
      '[ip getter] Public IP address is 203.0.113.7 (Netherlands, North Holland, Amsterdam - source: ipinfo)\n',
    );
    standIn.breakTunnel();
    standIn.healItself();
    pass(1000);
    expect(log().match(/Public IP address/g)).toHaveLength(1);
  });
});
