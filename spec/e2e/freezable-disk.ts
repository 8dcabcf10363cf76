import { spawnSync } from 'node:child_process';
import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SEARCH_PATH, findProgram } from './bound-process.ts';

const SIZE = 16 * 1024 * 1024;
const NEEDED = ['mkfs.ext4', 'mount', 'umount', 'fsfreeze'];

/**
 * A file system in a file, mounted by loop, which can be frozen: every write then waits in the kernel until it is
 * thawed, as on a network disk that is gone or asleep. A process that waits in this way cannot even be killed.
 */
export class FreezableDisk {
  readonly folder: string;
  readonly #image: string;

  private constructor(folder: string) {
    this.folder = join(folder, 'disk');
    this.#image = join(folder, 'disk.img');
  }

  /** What this machine lacks for it; undefined: nothing. */
  static whyNot(): string | undefined {
    const missing = NEEDED.filter((program) => findProgram(program) === undefined);
    return missing.length === 0
      ? undefined
      : `needs ${missing.join(', ')} (Debian: the packages e2fsprogs, mount and util-linux)`;
  }

  static async mount(folder: string): Promise<FreezableDisk> {
    const disk = new FreezableDisk(folder);
    await mkdir(disk.folder, { recursive: true });
    await writeFile(disk.#image, '');
    await truncate(disk.#image, SIZE);
    call('mkfs.ext4', '-q', disk.#image);
    // Without access times, as every read would have to write them.
    call('mount', '-o', 'loop,noatime', disk.#image, disk.folder);
    return disk;
  }

  freeze(): void {
    call('fsfreeze', '--freeze', this.folder);
  }

  thaw(): void {
    call('fsfreeze', '--unfreeze', this.folder);
  }

  /** Called even after a failed test. */
  thawIfFrozen(): void {
    run('fsfreeze', '--unfreeze', this.folder);
  }

  async dispose(): Promise<void> {
    this.thawIfFrozen();
    call('umount', this.folder);
    await rm(this.#image);
  }
}

const run = (program: string, ...args: readonly string[]) =>
  spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, PATH: SEARCH_PATH } });

function call(program: string, ...args: readonly string[]): void {
  const { status, stderr } = run(program, ...args);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr}`);
}
