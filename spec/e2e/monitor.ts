import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SECRETS, lookForSecrets } from '../marked-secrets.ts';
import { bindToThisProcess } from './bound-process.ts';
import { Recorder, type Timed } from './recorder.ts';
import type { TestEngine } from './test-engine.ts';
import { monitorsHost } from './way-in.ts';

/** The monitor as it is built and shipped. */
export const BUNDLE = join(__dirname, '../../dist/gluetun-monitor.js');

export interface MonitorLine {
  readonly text: string;
  readonly from: 'stdout' | 'stderr';
}

export interface MonitorExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface MonitorOptions {
  /** On top of the harness's own: quick intervals, files in a temporary folder, the test's engine. */
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** The program to run instead of the built monitor: for tests of this harness, or to compare with an earlier build. */
  readonly program?: string;
  /** Called with each line as it arrives. */
  readonly onLine?: (line: string) => void;
  /** In its own process group, so that no Ctrl-C reaches it. */
  readonly isDetached?: boolean;
}

/** The built monitor as a separate process, as a user runs it. */
export class MonitorProcess {
  /** Holds its log file, its state and its sites file; removed with the engine's folder. */
  readonly folder: string;
  readonly exit: Promise<MonitorExit>;
  readonly #child: ChildProcess;
  readonly #recorder = new Recorder<MonitorLine>(({ atMs, text }) => `${atMs.toFixed(0)} ${text}`);

  constructor(folder: string, child: ChildProcess, onLine: (line: string) => void = () => undefined) {
    this.folder = folder;
    this.#child = child;
    for (const from of ['stdout', 'stderr'] as const) this.#record(from, onLine);
    this.exit = this.#recordExit();
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get lines(): readonly Timed<MonitorLine>[] {
    return this.#recorder.items;
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The first line that matches, even an earlier one; with `after`, the first one after that. */
  async waitForLine(
    pattern: RegExp,
    deadlineMs = 15_000,
    after?: Timed<MonitorLine>,
  ): Promise<Timed<MonitorLine>> {
    return this.#recorder.waitFor(
      `the monitor's ${String(pattern)}`,
      ({ text }) => pattern.test(text),
      deadlineMs,
      after,
    );
  }

  linesMatching(pattern: RegExp): readonly Timed<MonitorLine>[] {
    return this.lines.filter(({ text }) => pattern.test(text));
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends the signal and waits for the exit without a time limit: the test judges how long it takes. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<MonitorExit & { readonly tookMs: number }> {
    const begun = performance.now();
    this.kill(signal);
    return { ...(await this.exit), tookMs: performance.now() - begun };
  }

  #record(from: 'stdout' | 'stderr', onLine: (line: string) => void): void {
    const stream = this.#child[from];
    if (!stream) throw new Error(`the monitor has no ${from}`);
    createInterface({ input: stream }).on('line', (text) => {
      lookForSecrets(`the monitor's ${from}`, text);
      this.#recorder.push({ text, from });
      onLine(text);
    });
  }

  async #recordExit(): Promise<MonitorExit> {
    // `close`, not `exit`: by then every line has been read.
    const [code, signal] = (await once(this.#child, 'close')) as [number | null, NodeJS.Signals | null];
    lookInFiles(this.folder);
    this.#recorder.end(`the monitor has exited (code ${String(code)}, signal ${String(signal)})`);
    return { code, signal };
  }
}

/** Looks for secrets in the log, the state file and whatever else it has written, but not in its list of sites. */
function lookInFiles(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile() && entry.name !== SITES_FILE)
      lookForSecrets(entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

/**
 * Gives a suite a way to start monitors, and kills those still running after each test, even a failed one.
 * Call it in the body of a `describeOnEngine`.
 */
export function useMonitors(engine: TestEngine): (options?: MonitorOptions) => Promise<MonitorProcess> {
  const started: MonitorProcess[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map(async (monitor) => monitor.stop('SIGKILL')));
  });
  return async (options = {}) => {
    const env = { DOCKER_HOST: monitorsHost(engine), ...options.env };
    const monitor = await startMonitor(engine, { ...options, env });
    started.push(monitor);
    return monitor;
  };
}

/** The environment for the engine of a monitor and for its files. */
type Home = Pick<TestEngine, 'folder' | 'dockerHost'>;

export async function startMonitor(engine: Home, options: MonitorOptions): Promise<MonitorProcess> {
  const folder = await mkdtemp(join(engine.folder, 'monitor-'));
  const [command, args] = bindToThisProcess(process.execPath, [
    options.program ?? BUNDLE,
    ...(options.args ?? []),
  ]);
  const child = spawn(command, args, {
    env: { ...ownEnvironment(engine, folder), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.isDetached === true,
  });
  return new MonitorProcess(folder, child, options.onLine);
}

const SITES_FILE = 'sites.conf';

/**
 * Only the path is inherited: the developer's own variables must not change a test. Every monitor has secrets, and what
 * it writes is searched for them.
 */
const ownEnvironment = (engine: Home, folder: string): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  // It also has its own heartbeat file.
  TMPDIR: folder,
  DOCKER_HOST: engine.dockerHost,
  LOG_FILE: join(folder, 'gluetun-monitor.log'),
  STATE_FILE: join(folder, 'state.json'),
  HISTORY_FILE: join(folder, 'history.jsonl'),
  CONFIG_FILE: join(folder, SITES_FILE),
  CHECK_INTERVAL: '5',
  TIMEOUT: '2',
  RETRY_INTERVAL: '1',
  GLUETUN_API_KEY: SECRETS.apiKey,
  // Not a variable of the monitor: its compose file may share an .env file with Gluetun's.
  WIREGUARD_PRIVATE_KEY: SECRETS.environment,
});
