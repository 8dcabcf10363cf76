import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeOnEngine } from './engine.ts';
import type { MonitorProcess } from './monitor.ts';
import { preload } from './preload.ts';
import { createDependent } from './stand-in/dependent.ts';
import { type Gateway, createGateway, sites } from './stand-in/gateway.ts';
import { useScenario } from './scenario.ts';

/** Clears a terminal, sets its title, turns the direction of writing, ends the line, and forges another. */
const EVIL =
  '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e\r\n[2026-01-01 00:00:00] [INFO] Recovery complete\u2028';
const EVIL_IN_ONE_LINE = EVIL.replace(/[\r\n\u2028]/g, '');
const LABELS = {
  'com.docker.compose.service': EVIL,
  'com.docker.compose.depends_on': `${EVIL}:service_started:true`,
  'org.gluetun-monitor.exclude': 'no',
  [EVIL]: EVIL,
};

const [SITE] = sites.ok;
/** In a shell each part would create the file. */
const COMMANDS = '$(touch${IFS}/owned);touch${IFS}/owned&touch${IFS}/owned&&*';
const HOSTILE_SITE = `${SITE}?q=${COMMANDS}`;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describeOnEngine('hostile texts', (engine) => {
  const { startMonitor, startWatching } = useScenario(engine);
  let gateway: Gateway;

  beforeEach(async () => {
    gateway = await createGateway(engine, { name: 'gluetun', labels: LABELS });
    await createDependent(engine, { name: 'app', network: gateway.id, labels: LABELS });
  });

  /** What anybody can write who controls the gateway. */
  const writeToItsLog = async (line: string): Promise<void> => {
    await gateway.exec('sh', '-c', 'printf "2026-11-22T18:00:00Z %s\\n" "$1" >/proc/1/fd/1', 'sh', line);
  };

  const breakTunnel = async (monitor: MonitorProcess): Promise<void> => {
    await writeToItsLog(`INFO [ip getter] Public IP address is 192.0.2.7 (${EVIL_IN_ONE_LINE}, a, b)`);
    await gateway.breakTunnel();
    await writeToItsLog(`ERROR [vpn] ${EVIL_IN_ONE_LINE} no server`);
    await monitor.waitForLine(/Recovery complete \(/, 60_000);
    await monitor.stop();
  };

  const expectVisible = (lines: readonly string[]): void => {
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).not.toMatch(INVISIBLE);
  };

  it('in labels, in the log of the gateway and in a URL do nothing but appear, in one line each', async () => {
    const monitor = await startWatching({ SITES: HOSTILE_SITE, LOG_LEVEL: 'debug' });
    await breakTunnel(monitor);
    const log = await readFile(join(monitor.folder, 'gluetun-monitor.log'), 'utf8');
    const lines = log.trimEnd().split('\n');
    expectVisible(lines);
    for (const line of lines)
      expect(line).toMatch(/^\[20\d\d-[^\]]*\] \[(ERROR|WARN|ENDPOINT|INFO|DEBUG)\] /);
    expect(monitor.lines.map(({ text }) => text)).toEqual(lines);
    expect(log).toMatch(/Gluetun says: .*no server/);
    expect(log).toContain(`Site ${HOSTILE_SITE}: pass`);
    expectVisible((await readFile(join(monitor.folder, 'state.json'), 'utf8')).split('\n'));
    await expect(gateway.exec('ls', '/')).resolves.toMatchObject({
      output: expect.not.stringContaining('owned') as string,
    });
  }, 90_000);

  it('are values of JSON if the log is JSON', async () => {
    const monitor = await startMonitor({ env: { SITES: HOSTILE_SITE, LOG_FORMAT: 'json' } });
    await monitor.waitForLine(/"status":"STARTUP"/);
    await breakTunnel(monitor);
    const log = await readFile(join(monitor.folder, 'gluetun-monitor.log'), 'utf8');
    const lines = log.trimEnd().split('\n');
    expectVisible(lines);
    const kinds = lines.map((line) => (JSON.parse(line) as { readonly kind: unknown }).kind);
    expect(kinds).toEqual(expect.arrayContaining(['gatewayTrouble', 'recoveryCompleted']));
  }, 90_000);

  it('and secrets are harmless even in an error that nobody catches, which ends the monitor', async () => {
    const thrown = `new Error(process.env.GLUETUN_API_KEY + ${JSON.stringify(EVIL)})`;
    const throwing = await preload(engine.folder, 'throw', `setTimeout(() => { throw ${thrown}; }, 1_000)`);
    const monitor = await startMonitor({ env: { SITES: SITE, ...throwing } });
    await expect(monitor.exit).resolves.toMatchObject({ code: 70 });
    const said = monitor.lines.filter(({ from }) => from === 'stderr').map(({ text }) => text);
    expectVisible(said);
    expect(said).toEqual([expect.stringMatching(/^This is a bug: Error: \*{8}/)]);
  });

  it('are printed by the commands in visible characters', async () => {
    const env = { SITES: `${HOSTILE_SITE},http://\u001b[2Jhost/`, WITNESS: '' };
    const commands = [
      { args: ['check'], env, code: 0 },
      { args: ['config'], env, code: 0 },
      { args: ['check'], env: { TZ: EVIL, DOCKER_HOST: `tcp://${EVIL}` }, code: 78 },
      { args: ['check', EVIL], env, code: 64 },
    ];
    for (const { code, ...command } of commands) {
      const monitor = await startMonitor(command);
      await expect(monitor.exit).resolves.toMatchObject({ code });
      expectVisible(monitor.lines.map(({ text }) => text));
    }
  });
});
