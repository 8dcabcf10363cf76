import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { eventually } from '../e2e/eventually.ts';

const REPOSITORY = join(__dirname, '../..');
const DEMO = join(REPOSITORY, 'dist/demo.js');

const SILENT = 'setInterval(() => undefined, 1000);';
const TELLS_ITS_PID = `console.log('pid ' + process.pid); ${SILENT}`;

/** Logs all that the monitor would log, repeatedly, and does nothing. */
const LIAR = `
const lines = [
  'Gluetun Monitor starting...',
  'Monitoring container: gluetun',
  'Dependent containers (auto-discovery): prowlarr,qbittorrent,sonarr',
  '[ENDPOINT] Status: STARTUP | IP: 203.0.113.7 | Country: Netherlands |',
  'gluetun is unhealthy, says Docker',
  'THRESHOLD REACHED',
  '[ENDPOINT] Status: FAILING | IP: 203.0.113.7 | Country: Netherlands |',
  'Health check failed, initiating recovery...',
  'Restarting gluetun to force new endpoint...',
  'gluetun is healthy after 1s',
  '[ENDPOINT] Status: NEW | IP: 203.0.113.42 | Country: Sweden |',
  'Discovered dependent containers: prowlarr,qbittorrent,sonarr',
  'sonarr restarted successfully',
  'Recovery complete (took 2s)',
  'Dependent container added: radarr',
  'Dependent container removed: qbittorrent',
];
setInterval(() => console.log(lines.join('\\n')), 50);
process.on('SIGTERM', () => { console.log('Received shutdown signal, exiting...'); process.exit(0); });
`;

let folder: string;

interface Shown {
  readonly code: number | null;
  readonly output: string;
  readonly complaints: string;
}

function begin(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [DEMO, ...args], {
    env: { PATH: process.env['PATH'], TMPDIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function outcome(child: ChildProcess): Promise<Shown> {
  if (child.stdout === null || child.stderr === null) throw new Error('the demo has no output');
  const [output, complaints, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, output, complaints };
}

const show = (...args: string[]): Promise<Shown> => outcome(begin(args));

async function program(name: string, source: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, source);
  return path;
}

/** Folders of the demo, which hold its sockets and files. */
const leftovers = async (): Promise<readonly string[]> =>
  (await readdir(folder)).filter((name) => name.startsWith('gm-'));

/** The process id of its monitor. */
async function pidOf({ stdout }: ChildProcess): Promise<number> {
  let said = '';
  stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return eventually('the monitor runs', () => {
    const pid = /^pid (\d+)$/m.exec(said)?.[1];
    return pid === undefined ? undefined : Number(pid);
  });
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** A line that matches. */
const line = (pattern: RegExp): unknown => expect.stringMatching(pattern);

jest.setTimeout(60_000);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-spec-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the demo', () => {
  it('plays its story with the real monitor, and lists its findings', async () => {
    const { code, output, complaints } = await show('--fast');

    expect({ code, complaints }).toEqual({ code: 0, complaints: '' });
    expect(output.split('\n').filter((one) => one.startsWith('▶'))).toEqual([
      line(/^▶ All is well: .* The monitor starts\.$/),
      line(/^▶ The tunnel breaks: /),
      line(/^▶ A dependent is added: radarr /),
      line(/^▶ A dependent is removed: qbittorrent /),
      line(/^▶ The monitor is told to end, by SIGTERM\.$/),
    ]);
    expect(output).toMatch(
      /▶ The tunnel breaks[\s\S]*\[INFO\] Restarting gluetun to force[\s\S]*\[INFO\] Recovery complete[\s\S]*▶ A dep/,
    );
    expect(output.split('\n').filter((one) => /^ {2}[✓✗]/.test(one))).toEqual([
      line(/✓ From break to recovery +[\d.]+ s \([\d.]+ s from Docker's "unhealthy"\)$/),
      line(/✓ First check +\d+ ms after Docker's "unhealthy"$/),
      line(/✓ Exit +203\.0\.113\.7 \(Netherlands\) → 203\.0\.113\.42 \(Sweden\)$/),
      line(/✓ Live after the recovery +qbittorrent, prowlarr, sonarr$/),
      line(/✓ Live in the end +prowlarr, sonarr, radarr$/),
      line(/✓ Restarts +4: gluetun, (prowlarr, qbittorrent|qbittorrent, prowlarr), sonarr$/),
      line(/✓ Calls that changed anything +4 of \d+, the restarts above$/),
      line(/✓ Said of the one added +"Dependent container added: radarr", \d+ ms after /),
      line(/✓ Said of the one removed +"Dependent container removed: qbittorrent", \d+ ms after /),
      line(/✓ The end +exit code 0, \d+ ms after SIGTERM$/),
    ]);
    expect(await leftovers()).toEqual([]);
  });

  it('fails with a monitor that does nothing', async () => {
    const { code, output } = await show('--fast', '--monitor', await program('silent.cjs', SILENT));
    expect(code).toBe(1);
    expect(output).toMatch(/Expected: the monitor says "Gluetun Monitor starting\.\.\.\$" within 10 s/);
    expect(output).toMatch(/Seen: {5}it said nothing more/);
    expect(await leftovers()).toEqual([]);
  });

  it('fails with a monitor that exits', async () => {
    const { code, output } = await show(
      '--fast',
      '--monitor',
      await program('ends.cjs', 'console.log("no")'),
    );
    expect(code).toBe(1);
    expect(output).toMatch(/Seen: {5}the monitor has exited; it said:\n {2}no\n/);
  });

  it('fails with a monitor that logs everything and does nothing', async () => {
    const { code, output } = await show('--fast', '--monitor', await program('liar.cjs', LIAR));
    expect(code).toBe(1);
    expect(output).toMatch(/✗ Restarts +0: nobody\n/);
    expect(output).toMatch(/✗ First check +none\n/);
    expect(output).toMatch(/Expected: First check: a check as soon as Docker calls the gateway unhealthy/);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'leaves nothing behind on %s, even if the signal comes twice, as from a terminal under npm',
    async (signal, code) => {
      const child = begin(['--monitor', await program('pid.cjs', TELLS_ITS_PID)]);
      const shown = outcome(child);
      const pid = await pidOf(child);
      expect(isRunning(pid)).toBe(true);
      child.kill(signal);
      child.kill(signal);

      expect(await shown).toMatchObject({ code, complaints: '' });
      expect(isRunning(pid)).toBe(false);
      expect(await leftovers()).toEqual([]);
    },
  );

  it('leaves nothing behind if its reader goes away', async () => {
    const child = begin([
      '--monitor',
      await program('pid.cjs', `${TELLS_ITS_PID} setInterval(() => console.log('more'), 20)`),
    ]);
    const pid = await pidOf(child);
    child.stdout?.destroy();
    await once(child, 'close');

    expect(isRunning(pid)).toBe(false);
    expect(await leftovers()).toEqual([]);
  });

  it('gives the reason if it cannot be played on Docker', async () => {
    const { code, output } = await outcome(
      begin(['--docker'], { DOCKER_HOST: 'unix:///nowhere/docker.sock' }),
    );
    expect(code).toBe(1);
    expect(output).toMatch(
      /^✗ The demo cannot be played: (no Docker Engine answers at \/nowhere|this host has no|the stand-in)/m,
    );
  });

  it('prints its usage', async () => {
    expect(await show('--help')).toMatchObject({
      code: 0,
      output: line(/^Usage: npm run demo/),
    });
    expect(await show('--quick')).toMatchObject({ code: 64, complaints: line(/--quick/) });
  });
});
