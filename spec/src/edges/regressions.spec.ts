import { readFileSync, readdirSync } from 'node:fs';
import { NEVER, type Observable, concat, of } from 'rxjs';
import { loadConfig } from '../../../config/load-config.ts';
import { type ResolvedSites, resolveSites } from '../../../config/resolve-sites.ts';
import { createLogFile } from '../../../src/edges/log-file.ts';
import { check$ } from '../../../streams/checks.ts';
import { listing$ } from '../../../streams/containers.ts';
import { gatewayLog$ } from '../../../streams/gateway-log.ts';
import { parseGluetunLine } from '../../../streams/gluetun-log-line.ts';
import { checkCommand } from '../../../streams/probe-script.ts';
import { VirtualTime } from '../../simulated-engine/virtual-time.ts';
import { TemporaryFolder } from '../../config/temporary-folder.ts';
import { LittleServer } from '../../streams/little-server.ts';
import { Rounds, frame, marbles } from '../../streams/marbles.ts';
import { GNU, ScriptHost, describeWith } from '../../streams/script-host.ts';
import { World, type WorldOptions } from '../../world/world.ts';
import { checkPassed, listedAgain, onGateway, seconds, site } from '../builders.ts';
import { settled } from '../history.ts';

const HOUR_MS = 3600_000;

/** What the shell-script way of doing this gets wrong, by its numbers in FACTS.md D: where no reducer is at fault. */
describe('regressions of the monitor as a whole', () => {
  let world: World;
  const running = (options: WorldOptions = {}): World =>
    (world = new World(options).populate().startMonitor());
  const restarts = (): number => world.client.written.filter((call) => call === 'restart gluetun').length;
  afterEach(() => world.end());

  it('D6: an outage that no restart ends does not lead to a restart in each cycle, because of the backoff', () => {
    running({ gluetun: { healedByRestart: false } }).standIn.breakTunnel();
    world.pass(HOUR_MS);
    // At a minute's wait, doubled each time; as many cycles as there are half minutes.
    expect(restarts()).toBeGreaterThan(3);
    expect(restarts()).toBeLessThan(8);
  });

  it('D6: a single site that is down does not lead to a restart if the quorum is a majority', () => {
    running({ settings: { siteQuorum: 'majority' } });
    world.standIn.siteAnswers('https://two.example/', { exitCode: 4, afterMs: 5 });
    world.pass(HOUR_MS);
    expect(restarts()).toBe(0);
    expect(world.said(/^No recovery: 1 of 3 critical sites down/)).toHaveLength(1);
  });

  it('D7: dependents joined to the former ID of a re-created gateway are found and re-created on the new one', () => {
    running();
    world.engine.stop('app3');
    world.pass(30_000).recreateGateway();
    world.untilSaid(/^All dependent containers are on the network of gluetun$/);
    const { id } = world.engine.get('gluetun');
    expect(world.engine.get('app1')).toMatchObject({ networkMode: `container:${id}`, status: 'running' });
    expect(world.engine.get('app3').status).toBe('exited');
    expect(world.cutOff()).toEqual([]);
  });

  it('D13: a shutdown does not wait for an interval, however long', () => {
    running({ settings: { checkIntervalMs: HOUR_MS, retryIntervalMs: HOUR_MS } });
    world.pass(60_000).shutDownMonitor();
    world.pass(1);
    expect(world.hasEnded).toBe(true);
    expect(world.said(/^Received shutdown signal, exiting\.\.\.$/)).toHaveLength(1);
  });

  it('D19: a day without problems leads to no lines at the default level', () => {
    const history = settled([onGateway('app')]);
    running().pass(24 * HOUR_MS);
    expect(world.lines.filter(({ at }) => at > HOUR_MS)).toEqual([]);
    for (let times = 0; times < 120; times += 1) history.feed(seconds(30), checkPassed(), listedAgain());
    history.expectLines();
  });
});

describe('regressions at the edges', () => {
  const folder = new TemporaryFolder();

  const logTo = async (file: string, lines: readonly string[]): Promise<readonly string[]> => {
    const said: string[] = [];
    const trouble = { failed: (reason: string) => said.push(reason), recovered: () => said.push('again') };
    const limits = { maxBytes: 1_000, backupCount: 2 };
    const log = createLogFile({ file, ...limits, scheduler: new VirtualTime(), trouble });
    lines.forEach(log.write);
    await log.flush();
    return said;
  };

  it.each([
    ['unwritable', '/proc/nowhere/monitor.log'],
    ['full', '/dev/full'],
  ])('D11: a log file that is %s does not end the monitor and leads to one warning', async (_, file) => {
    const said = await logTo(file, Array<string>(100).fill('a line\n'));
    expect(said).toEqual([expect.stringMatching(/^(ENOENT|ENOSPC)/)]);
  });

  it('D11: the folder of the log file is created before the first line', async () => {
    const said = await logTo(folder.at('logs/of/mine/monitor.log'), ['the first line\n']);
    expect(readFileSync(folder.at('logs/of/mine/monitor.log'), 'utf8')).toBe('the first line\n');
    expect(said).toEqual([]);
  });

  it('D14: a check ends in time even if the gateway never answers', () => {
    marbles(({ expectObservable }, scheduler) => {
      const exec = (): Observable<Uint8Array> => concat(of(frame('start\n')), NEVER);
      const asked = { kind: 'checkSites', lane: 'gluetun', checkId: 1, gatewayId: 'g' } as const;
      const check = check$({ ...asked, sites: [site('a'), site('b')] }, { engine: { exec }, scheduler });
      const ended = { type: 'checkFinished', at: 12_000, checkId: 1, cutShort: 'the probe was cut short' };
      expectObservable(check).toBe('12s (e|)', { e: ended });
    });
  });

  const sitesIn = (fileText: string): ResolvedSites =>
    resolveSites({ inline: '', fileText, defaultTimeoutSeconds: 10, gateways: ['gluetun'] });

  it.each([
    ['empty', ''],
    ['nothing but comments', '# a\n#b\r\n'],
  ])('D15: a sites file that is %s is an error instead of an empty success', (_, text) => {
    expect(sitesIn(text)).toMatchObject({ ok: false });
  });

  it('D15: CRLF and inline comments are kept out of the URL, and bad URLs and a leading hyphen are refused', () => {
    const text =
      'https://a.example/\r\nhttps://b.example/ # mine\r\nftp://c/\r\nno url\r\n--post-file=/etc/passwd\r\n';
    const { sites, faults } = sitesIn(text) as Extract<ResolvedSites, { ok: true }>;
    expect(sites.map(({ url }) => url)).toEqual(['https://a.example/', 'https://b.example/']);
    expect(faults.map(({ where }) => where)).toEqual(['line 3', 'line 4', 'line 5']);
  });

  it.each(['two', '2x', '-1', '1.5', '0'])('D16: a threshold of "%s" is refused at the start', (given) => {
    expect(loadConfig({ FAIL_THRESHOLD: given })).toMatchObject({
      ok: false,
      faults: [{ variable: 'FAIL_THRESHOLD', given }],
    });
  });

  it("D17: only the end of this start's log is read, and only its last line again when it is reopened", () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const log = new Rounds<[string, { since: string; tail: number }], Uint8Array>(
        cold('-l-', { l: frame('2026-11-22T18:14:50.25Z x\n') }),
      );
      const asked = { kind: 'followGatewayLog', lane: 'gluetun', gatewayId: 'g', tty: false } as const;
      const engine = { followLog: log.next, clockMs: () => 0 };
      const startedAt = '2026-11-22T18:14:48.5Z';
      expectObservable(gatewayLog$({ ...asked, startedAt }, engine, scheduler), '^ 1440m !').toBe('');
      scheduler.schedule(() => {
        const [[, first], ...others] = log.calls as [(typeof log.calls)[number], ...typeof log.calls];
        expect(first).toEqual({ since: '1795371283.500000000', tail: 1_000 });
        expect(new Set(others.map(([, { since }]) => since))).toEqual(new Set(['1795371290.250000000']));
      }, HOUR_MS);
    });
  });

  it.each([
    [
      'INFO [openvpn] [nl1] Peer Connection Initiated with [AF_INET]198.51.100.4:1194',
      { server: 'nl1 (198.51.100.4:1194)' },
    ],
    ['INFO [openvpn] UDPv4 link remote: [AF_INET]198.51.100.4:1194', { server: '198.51.100.4:1194' }],
    ['INFO [wireguard] Connecting to [2001:db8::4]:51820', { server: '[2001:db8::4]:51820' }],
    [
      'INFO [ip getter] Public IP address is 2001:db8::77 (Germany, Hesse, Frankfurt am Main - source: ipinfo)',
      { ip: '2001:db8::77', country: 'Germany', region: 'Hesse', city: 'Frankfurt am Main' },
    ],
  ])('D18: this log line is understood: %s', (line, told) => {
    expect(parseGluetunLine(`2026-11-22T18:14:49Z ${line}`)).toMatchObject(told);
  });

  it('D19: the log has level info by default and is rotated', async () => {
    expect(loadConfig({})).toMatchObject({ ok: true, config: { log: { level: 'info', backupCount: 5 } } });
    await logTo(folder.at('monitor.log'), Array<string>(1_000).fill('a line of some thirty characters\n'));
    const files = readdirSync(folder.at('.')).sort();
    expect(files).toEqual(['monitor.log', 'monitor.log.1', 'monitor.log.2']);
    expect(files.filter((name) => readFileSync(folder.at(name)).length > 1_000)).toEqual([]);
  });

  it('D20: a listing starts no process and a check only one, however many containers and sites there are', () => {
    marbles(({ flush }, scheduler) => {
      const exec = new Rounds<[string, ...unknown[]], Uint8Array>(of(frame('start\n')));
      const list = new Rounds<[], unknown>(of([]));
      const engine = { exec: exec.next, list: list.next, inspect: () => NEVER, clockMs: () => 0 };
      listing$({ kind: 'listContainers', inspect: ['gluetun'] }, { engine, scheduler }).subscribe();
      flush();
      expect([list.calls.length, exec.calls.length]).toEqual([1, 0]);
      const sites = Array.from({ length: 20 }, (_, index) => site(`site${String(index)}`));
      const asked = { kind: 'checkSites', lane: 'gluetun', checkId: 1, gatewayId: 'g', sites } as const;
      check$(asked, { engine, scheduler }).subscribe();
      flush();
      expect([list.calls.length, exec.calls.length]).toEqual([1, 1]);
    });
  });
});

describe("regressions in the gateway's own shell", () => {
  describeWith(GNU, () => {
    const host = new ScriptHost(GNU);
    // Each step in good time by itself: a limit for each of them never bites.
    const server = new LittleServer((path, socket) => {
      const next = server.url(`/${String(Number(path.slice(1)) + 1)}`);
      const moved = `HTTP/1.1 302 Found\r\nLocation: ${next}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
      setTimeout(() => socket.end(moved), 300);
    });

    it('D14: one time limit applies to a probe as a whole, including redirections', async () => {
      const command = checkCommand([{ ...site('a'), url: server.url('/0'), timeoutSeconds: 2 }]);
      await expect(host.run(command)).resolves.toMatch(/^start\n0 137 (302|-)\n$/);
      expect(server.requests.length).toBeLessThan(10);
    });
  });
});
