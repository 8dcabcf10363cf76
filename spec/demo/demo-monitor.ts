import { setTimeout as pause } from 'node:timers/promises';
import { type MonitorExit, type MonitorLine, type MonitorProcess, startMonitor } from '../e2e/monitor.ts';
import type { Timed } from '../e2e/recorder.ts';
import { StoryFailure } from './failure.ts';
import type { World } from './world.ts';

/** The monitor promises to exit in less, whatever it is doing. */
const END_SECONDS = 10;
const CLEAN_UP_MS = 3_000;
const SHOWN_LINES = 5;

/** Regular checks are rare, so that everything seen is a reaction to an event. */
const CHECK_INTERVAL = '60';

/** An expected log line of the monitor. */
export interface ExpectedLine {
  readonly pattern: RegExp;
  /** Seconds since the previous line, or since the action. */
  readonly withinSeconds: number;
}

export type SaidLine = Timed<MonitorLine>;

/** The real monitor as a separate process; every line is passed on as it is written. */
export class DemoMonitor {
  readonly #world: World;
  readonly #program: string;
  readonly #show: (line: string) => void;
  #process: MonitorProcess | undefined;
  #ended: (MonitorExit & { readonly tookMs: number }) | undefined;

  constructor(world: World, program: string, show: (line: string) => void) {
    this.#world = world;
    this.#program = program;
    this.#show = show;
  }

  get lines(): readonly SaidLine[] {
    return this.#process?.lines ?? [];
  }

  /** How it ended when it was told to. */
  get ended(): (MonitorExit & { readonly tookMs: number }) | undefined {
    return this.#ended;
  }

  async start(): Promise<void> {
    const { cast, sites } = this.#world;
    this.#process = await startMonitor(this.#world, {
      program: this.#program,
      onLine: this.#show,
      env: { GLUETUN_CONTAINER: cast.gateway, SITES: sites, CHECK_INTERVAL },
      // Ctrl-C is for the demo, which then ends the monitor in the proper way.
      isDetached: true,
    });
  }

  /** The first matching line after `after`; undefined: of all lines. */
  async waitForLine(
    { pattern, withinSeconds }: ExpectedLine,
    after: SaidLine | undefined,
  ): Promise<SaidLine> {
    const heard = this.lines.length;
    try {
      return await this.#running.waitForLine(pattern, withinSeconds * 1000, after);
    } catch {
      const expected = `the monitor says "${pattern.source.replaceAll('\\', '')}" within ${withinSeconds} s`;
      throw new StoryFailure(expected, this.#sinceThen(heard));
    }
  }

  /** Asks it to end, and waits until it has. */
  async end(): Promise<void> {
    const process = this.#running;
    const begun = performance.now();
    process.kill('SIGTERM');
    const exit = await Promise.race([process.exit, pause(END_SECONDS * 1000, undefined, { ref: false })]);
    if (exit === undefined)
      throw new StoryFailure(`the monitor ends within ${END_SECONDS} s of SIGTERM`, 'it still runs');
    this.#ended = { ...exit, tookMs: performance.now() - begun };
  }

  /** Leaves no monitor behind, whatever the outcome of the story. */
  async cleanUp(): Promise<void> {
    const process = this.#process;
    if (process === undefined || process.hasExited) return;
    process.kill('SIGTERM');
    const exit = await Promise.race([process.exit, pause(CLEAN_UP_MS, undefined, { ref: false })]);
    if (exit === undefined) await process.stop('SIGKILL');
  }

  get #running(): MonitorProcess {
    if (this.#process === undefined) throw new Error('the monitor has not been started');
    return this.#process;
  }

  #sinceThen(heard: number): string {
    const latest = this.lines.slice(heard).slice(-SHOWN_LINES);
    const said =
      latest.length === 0
        ? 'it said nothing more'
        : `it said:\n${latest.map(({ text }) => `  ${text}`).join('\n')}`;
    return this.#running.hasExited ? `the monitor has exited; ${said}` : said;
  }
}
