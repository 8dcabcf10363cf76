import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SECRETS } from '../marked-secrets.ts';
import { describeOnEngine } from './engine.ts';
import { EngineEvents } from './engine-events.ts';
import type { MonitorProcess } from './monitor.ts';
import { SITES, messages } from './setting.ts';
import { type Gateway, createGateway, sites } from './stand-in/gateway.ts';
import { useScenario } from './scenario.ts';

const TEN_WRONG = {
  CHECK_INTERVAL: 'abc',
  TIMEOUT: '-1',
  FAIL_THRESHOLD: '1.5',
  RETRY_INTERVAL: '12abc',
  HEALTHY_WAIT_TIMEOUT: '0x10',
  RESTART_CONCURRENCY: '0',
  LOG_LEVEL: 'loud',
  LOG_FORMAT: 'xml',
  TZ: 'Mars/Phobos',
  GLUETUN_API_URL: 'ftp://somewhere',
};

describeOnEngine('the configuration', (engine) => {
  const { startMonitor, startWatching } = useScenario(engine, { sharesContainers: true });
  let gateway: Gateway;

  beforeAll(async () => {
    gateway = await createGateway(engine, { name: 'gluetun' });
  });

  const [one, two, three] = sites.ok;

  it('ends the monitor with one message that names all ten invalid variables, and exit code 78', async () => {
    const monitor = await startMonitor({ env: TEN_WRONG });
    await expect(monitor.exit).resolves.toMatchObject({ code: 78 });
    const text = monitor.lines.map((line) => line.text).join('\n');
    for (const [variable, given] of Object.entries(TEN_WRONG))
      expect(text).toContain(`${variable}: given "${given}"`);
  });

  /** A folder of sites as a user has it, with the file in it. */
  const withSitesFile = async (
    content: string | undefined,
    env: Record<string, string> = {},
  ): Promise<{ monitor: MonitorProcess; file: string }> => {
    const folder = join(engine.folder, `sites-${String(Math.random()).slice(2)}`);
    await mkdir(folder);
    const file = join(folder, 'sites.conf');
    if (content !== undefined) await writeFile(file, content);
    return { monitor: await startMonitor({ env: { CONFIG_FILE: file, ...env } }), file };
  };

  it('is refused if the sites file is empty and SITES is not set', async () => {
    const { monitor } = await withSitesFile('# nothing yet\r\n');
    await expect(monitor.exit).resolves.toMatchObject({ code: 78 });
    await monitor.waitForLine(/\[ERROR\] No sites to check/);
  });

  it('is refused if the sites file is a folder and SITES is not set', async () => {
    const monitor = await startMonitor({ env: { CONFIG_FILE: engine.folder } });
    await expect(monitor.exit).resolves.toMatchObject({ code: 78 });
    await monitor.waitForLine(/folder/);
  });

  it('uses the built-in sites if there is no sites file', async () => {
    const { monitor } = await withSitesFile(undefined);
    const line = await monitor.waitForLine(
      /Sites \(built in.*: https:\/\/www\.google\.com, https:\/\/cloudflare\.com, https:\/\/1\.1\.1\.1$/,
    );
    expect(line.text).toContain('[INFO]');
  });

  it('accepts a sites file with CRLF, and leaves out a line that starts with a hyphen', async () => {
    const { monitor } = await withSitesFile(
      `# mine\r\n${one}\r\n--post-file=/etc/passwd\r\n${two}|timeout=3\r\n`,
    );
    await monitor.waitForLine(/line 3: "--post-file=\/etc\/passwd" is left out/);
    await monitor.waitForLine(new RegExp(`Sites: ${one}, ${two}$`));
    await monitor.waitForLine(/Status: STARTUP/);
    expect(messages(monitor).filter((message) => message.includes('failed'))).toEqual([]);
  });

  it('follows a sites file that is changed in place or replaced, and keeps the last valid list', async () => {
    const { monitor, file } = await withSitesFile(`${one}\n`);
    await monitor.waitForLine(/Status: STARTUP/);
    await writeFile(file, `${one}\n${two}\n`);
    await monitor.waitForLine(new RegExp(`Sites reloaded: ${one}, ${two}$`));
    await writeFile(`${file}.new`, `${three}\n`);
    await rename(`${file}.new`, file);
    await monitor.waitForLine(new RegExp(`Sites reloaded: ${three}$`));
    await writeFile(file, 'no url at all\n');
    await monitor.waitForLine(/going on with the last good list/);
    expect(monitor.hasExited).toBe(false);
  });

  it('falls back to the console if the host has no /logs', async () => {
    const monitor = await startWatching({ LOG_FILE: '/proc/nowhere/monitor.log' });
    expect(messages(monitor).filter((message) => message.includes('/proc/nowhere/monitor.log'))).toHaveLength(
      1,
    );
  });

  it("never exposes the control server's key in the log or in an engine event, including command lines", async () => {
    const { apiKey } = SECRETS;
    await gateway.setControlServer({ apiKey });
    const events = await EngineEvents.open(engine);
    const monitor = await startMonitor({ env: { SITES, LOG_LEVEL: 'debug' } });
    await monitor.waitForLine(/Status: STARTUP \| IP: \d/);
    await gateway.setControlServer('open');
    expect(messages(monitor).join('\n')).not.toContain(apiKey);
    expect(events.all.some(({ action }) => action.includes('gluetun-monitor-endpoint'))).toBe(true);
    expect(JSON.stringify(events.all)).not.toContain(apiKey);
    events.close();
  });

  it('allows reading the end of a 10 MB Gluetun log with little memory', async () => {
    const { output } = await gateway.exec(
      'sh',
      '-c',
      'yes "2026-11-22T18:00:00Z INFO [http server] 200 GET /v1/publicip/ip wrote 17B" | head -n 150000 > /proc/1/fd/1; echo done',
    );
    expect(output).toContain('done');
    const monitor = await startMonitor({ env: { SITES } });
    await monitor.waitForLine(/Status: STARTUP \| IP: \d/);
    // Its own memory, in kB, without the program text it shares with every Node.
    const status = await readFile(`/proc/${monitor.pid}/status`, 'utf8');
    expect(Number(/RssAnon:\s+(\d+)/.exec(status)?.[1])).toBeLessThan(40_000);
    expect(messages(monitor).filter((message) => message.includes('[ERROR]'))).toEqual([]);
  });
});
