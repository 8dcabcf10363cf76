import type { Stats } from 'node:fs';
import { open, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** Whoever reads the file, after a crash at whatever instant, finds the old text or the new one. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.tmp`;
  await refuseOther(file);
  await makeFolder(dirname(file));
  await rm(temporary, { force: true }); // of a monitor that was killed half-way
  await writeThrough(temporary, text);
  await rename(temporary, file);
  await syncFolder(dirname(file));
}

/** A rename replaces whatever there is: for root a device, too. */
async function refuseOther(file: string): Promise<void> {
  const stats = await statOf(file);
  if (stats === undefined || stats.isFile()) return;
  throw new Error(stats.isDirectory() ? 'it is a folder' : 'it is not a regular file');
}

const statOf = async (file: string): Promise<Stats | undefined> =>
  stat(file).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException; // all that node:fs throws
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  });

/** A new file, whole and on the disk, or none at all. */
async function writeThrough(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await unlink(path);
    throw error;
  } finally {
    await file.close();
  }
}

/** Until then a power cut may bring back the old text. Not every filesystem can; the new text is in place all the same. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    await folder.sync().finally(async () => folder.close());
  } catch {
    // What could be done is done.
  }
}
