import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { preload } from '../../e2e/preload.ts';

/** Loaded before the monitor: shifts its wall clock by the milliseconds in a file. */
const SHIFT = (file: string): string => `
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

/** An adjustable wall clock for programs started with its `environment`. */
export class ClockShift {
  readonly environment: Readonly<Record<string, string>>;
  readonly #file: string;

  private constructor(file: string, environment: Readonly<Record<string, string>>) {
    this.#file = file;
    this.environment = environment;
  }

  static async create(folder: string): Promise<ClockShift> {
    const file = join(folder, 'clock-is-off-by');
    await writeFile(file, '0');
    return new ClockShift(file, await preload(folder, 'clock', SHIFT(file)));
  }

  async set(offMs: number): Promise<void> {
    await writeFile(this.#file, String(offMs));
  }
}
