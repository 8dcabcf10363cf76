import { type MonitorProcess, startMonitor } from '../../e2e/monitor.ts';
import { SITES } from '../../e2e/setting.ts';
import type { TestEngine } from '../../e2e/test-engine.ts';
import { EXCLUDED, GATEWAY } from './cast.ts';
import type { ClockShift } from './clock-shift.ts';
import type { FaultRelay } from './fault-relay.ts';
import { type History, endLatest } from './history.ts';
import type { SmallDisk } from './small-disk.ts';
import type { Story } from './story.ts';

export const BACKOFF_SECONDS = 10;
export const BACKOFF_MAX_SECONDS = 20;
export const CONCURRENCY = 5;

/** The built monitor, and the next one after a kill: they share a log and a state. */
export class Watch {
  readonly #engine: TestEngine;
  readonly #history: History;
  readonly #relay: FaultRelay;
  readonly #story: Story;
  readonly #environment: Readonly<Record<string, string>>;
  #monitor: MonitorProcess | undefined;

  constructor(
    engine: TestEngine,
    history: History,
    { relay, disk, clock, story }: { relay: FaultRelay; disk: SmallDisk; clock: ClockShift; story: Story },
  ) {
    this.#story = story;
    this.#engine = engine;
    this.#history = history;
    this.#relay = relay;
    this.#environment = {
      ...clock.environment,
      SITES,
      GLUETUN_CONTAINER: GATEWAY,
      EXCLUDE_CONTAINERS: EXCLUDED,
      DOCKER_HOST: relay.dockerHost,
      LOG_FILE: `${disk.folder}/monitor.log`,
      LOG_MAX_BYTES: '65536',
      LOG_BACKUP_COUNT: '1',
      LOG_LEVEL: 'debug',
      STATE_FILE: `${disk.folder}/state.json`,
      HISTORY_FILE: `${disk.folder}/history.jsonl`,
      CHECK_INTERVAL: '2',
      RETRY_INTERVAL: '1',
      HEALTHY_WAIT_TIMEOUT: '20',
      RECOVERY_BACKOFF: String(BACKOFF_SECONDS),
      RECOVERY_BACKOFF_MAX: String(BACKOFF_MAX_SECONDS),
      RESTART_CONCURRENCY: String(CONCURRENCY),
    };
  }

  get monitor(): MonitorProcess {
    if (this.#monitor === undefined) throw new Error('no monitor has been started');
    return this.#monitor;
  }

  /** Whether it found the gateway down for an unknown reason, and has not seen it start since. */
  get standsBy(): boolean {
    const told = this.monitor.linesMatching(
      / is not running; standing by until it starts$| started; waiting until it is ready$/,
    );
    return told.at(-1)?.text.includes('standing by') === true;
  }

  async start(): Promise<void> {
    const number = this.#history.monitors.length + 1;
    this.#relay.monitor = number;
    const monitor = await startMonitor(this.#engine, {
      env: this.#environment,
      onLine: (line) => this.#story.tellLine(number, line),
    });
    this.#monitor = monitor;
    this.#history.monitors.push({ number, from: Date.now(), to: Infinity });
    // Only unexpected exits are reported.
    void monitor.exit.then(({ code, signal }) => {
      if (this.#history.monitors.at(-1)?.to === Infinity && this.#monitor === monitor)
        this.#history.ends.push({
          at: Date.now(),
          how: `code ${String(code)}, signal ${String(signal)}: ${monitor.lines.at(-1)?.text ?? ''}`,
        });
    });
  }

  async kill(): Promise<void> {
    endLatest(this.#history.monitors, Date.now());
    await this.monitor.stop('SIGKILL');
  }

  /** Runs one check: whether the tunnel works. */
  async checkByHand(): Promise<number | null> {
    const checking = await startMonitor(this.#engine, { args: ['check'], env: this.#environment });
    return (await checking.exit).code;
  }
}
