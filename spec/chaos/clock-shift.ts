import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Loaded before the monitor: its wall clock is off by as many milliseconds as a file says. */
const PRELOAD = (file: string): string => `
const { readFileSync } = require('node:fs');
const Clock = Date;
let offMs = 0;
const look = () => { try { offMs = Number(readFileSync(${JSON.stringify(file)}, 'utf8')) || 0; } catch {} };
look();
setInterval(look, 200).unref();
globalThis.Date = class Date extends Clock {
  constructor(...given) { if (given.length === 0) super(Clock.now() + offMs); else super(...given); }
  static now() { return Clock.now() + offMs; }
};
`;

/** A wall clock that can be set, for programs started with its `environment`. */
export class ClockShift {
  readonly environment: Readonly<Record<string, string>>;
  readonly #file: string;

  private constructor(file: string, preload: string) {
    this.#file = file;
    this.environment = { NODE_OPTIONS: `--require ${preload}` };
  }

  static async create(folder: string): Promise<ClockShift> {
    const [file, preload] = [join(folder, 'clock-is-off-by'), join(folder, 'clock.cjs')];
    await writeFile(file, '0');
    await writeFile(preload, PRELOAD(file));
    return new ClockShift(file, preload);
  }

  async set(offMs: number): Promise<void> {
    await writeFile(this.#file, String(offMs));
  }
}
