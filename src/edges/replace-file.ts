import type { Stats } from 'node:fs';
import { open, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** Replaces the file atomically: after a crash at any moment it holds the old text or the new one. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.tmp`;
  await refuseOther(file);
  await makeFolder(dirname(file));
  await rm(temporary, { force: true }); // left by a monitor that was killed half-way
  await writeThrough(temporary, text);
  await rename(temporary, file);
  await syncFolder(dirname(file));
}

/** Refuses anything but a regular file: a rename replaces whatever is there, and for root that may be a device. */
async function refuseOther(file: string): Promise<void> {
  const stats = await statOf(file);
  if (stats === undefined || stats.isFile()) return;
  throw new Error(stats.isDirectory() ? 'it is a folder' : 'it is not a regular file');
}

const statOf = async (file: string): Promise<Stats | undefined> =>
  stat(file).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException; // node:fs throws nothing else
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  });

/** Writes a new file whole and to the disk, or leaves none. */
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

/**
 * Before this, a power cut may bring back the old text. Some filesystems cannot do it; the new text is in place
 * anyway.
 */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    await folder.sync().finally(async () => folder.close());
  } catch {
    // The rename is done. Nothing else can be tried.
  }
}
