import { readFile, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../../e2e/eventually.ts';
import { preload } from '../../e2e/preload.ts';

/** The measurements of a process; sizes in kilobytes. */
export interface Vitals {
  readonly rss: number;
  /** Private memory, not shared with other processes. */
  readonly private: number;
  /** The heap in use after a full collection, without `code`. */
  readonly heap: number;
  /** The code that V8 has compiled, with its metadata: it grows as long as V8 optimises anything. */
  readonly code: number;
  readonly descriptors: number;
  readonly sockets: number;
  /** What keeps the event loop alive: timers, sockets, requests. */
  readonly resources: number;
  /** Listeners of the process and of its sockets. */
  readonly listeners: number;
}

/** Loaded before the program: every ten seconds it writes what only the process itself can measure. */
const LOOK = (file: string): string => `
const { writeFileSync } = require('node:fs');
const v8 = require('node:v8');
v8.setFlagsFromString('--expose-gc');
const collect = require('node:vm').runInNewContext('gc');
const listeners = (emitter) =>
  emitter.eventNames === undefined ? 0 : emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
setInterval(() => {
  collect();
  const compiled = v8.getHeapCodeStatistics();
  const code = compiled.code_and_metadata_size + compiled.bytecode_and_metadata_size;
  const inside = {
    heap: Math.round((process.memoryUsage().heapUsed - code) / 1024),
    code: Math.round(code / 1024),
    resources: process.getActiveResourcesInfo().length,
    listeners: [process, ...process._getActiveHandles()].reduce((sum, one) => sum + listeners(one), 0),
  };
  try { writeFileSync(${JSON.stringify(file)}, JSON.stringify(inside)); } catch {}
}, 10_000).unref();
`;

/** Measures a program that was started with its `environment`. */
export class VitalSigns {
  readonly environment: Readonly<Record<string, string>>;
  readonly #file: string;

  private constructor(file: string, environment: Readonly<Record<string, string>>) {
    this.#file = file;
    this.environment = environment;
  }

  static async create(folder: string): Promise<VitalSigns> {
    const file = join(folder, 'vitals.json');
    return new VitalSigns(file, await preload(folder, 'vitals', LOOK(file)));
  }

  /** Undefined before it has written for the first time. */
  async take(pid: number): Promise<Vitals | undefined> {
    try {
      const [status, rollup, inside, links] = await Promise.all([
        readFile(`/proc/${pid}/status`, 'utf8'),
        readFile(`/proc/${pid}/smaps_rollup`, 'utf8'),
        readFile(this.#file, 'utf8'),
        linksOf(pid),
      ]);
      return {
        rss: kilobytes(status, 'VmRSS'),
        private: kilobytes(rollup, 'Private_Clean') + kilobytes(rollup, 'Private_Dirty'),
        descriptors: links.length,
        sockets: links.filter((link) => link.startsWith('socket:')).length,
        ...(JSON.parse(inside) as Pick<Vitals, 'heap' | 'code' | 'resources' | 'listeners'>),
      };
    } catch (error) {
      if (isMissing(error) || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}

const kilobytes = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);

async function linksOf(pid: number): Promise<readonly string[]> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder);
  return Promise.all(names.map(async (name) => readlink(join(folder, name)).catch(() => '')));
}
