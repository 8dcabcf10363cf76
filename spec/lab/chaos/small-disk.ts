import { spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../e2e/eventually.ts';

const SIZE = 1024 * 1024;

/** A file system in memory of one megabyte, which can be filled to the last byte. */
export class SmallDisk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async mount(folder: string): Promise<SmallDisk> {
    await mkdir(folder, { recursive: true });
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder]);
    if (status !== 0) throw new Error(`mounting a small disk at ${folder} failed`);
    return new SmallDisk(folder);
  }

  /** The write fails only after everything that fits is written. */
  async fill(): Promise<void> {
    await writeFile(this.#filler, Buffer.alloc(SIZE)).catch((error: unknown) => {
      if (!hasCode(error, 'ENOSPC')) throw error;
    });
  }

  async free(): Promise<void> {
    await rm(this.#filler, { force: true });
  }

  unmount(): void {
    spawnSync('umount', ['--lazy', this.folder]);
  }

  get #filler(): string {
    return join(this.folder, 'filler');
  }
}
