import { constants } from 'node:fs';
import { type FileHandle, open, rename, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exists, makeFolder } from './make-folder.ts';

export interface RotationLimits {
  readonly maxBytes: number;
  /** 0: the file is emptied instead of rotated. */
  readonly backupCount: number;
}

/** Non-blocking, in case the path is a pipe without a reader. A regular file is not affected. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

/**
 * Appends as many of `lines` as fit into the file at `path`. If not even the first one fits below `maxBytes`, the
 * file becomes `path.1` first. A line longer than that gets a file to itself: no line is lost or split.
 *
 * The file is opened anew each time, so one that somebody moved away or removed is created again.
 * @returns how many lines were written, at least one.
 * @throws Error of node:fs; the file is then as long as before.
 */
export async function appendRotating(
  path: string,
  lines: readonly string[],
  { maxBytes, backupCount }: RotationLimits,
): Promise<number> {
  await makeFolder(dirname(path));
  const size = await sizeOf(path);
  const room = maxBytes - size;
  const isFull = size > 0 && Buffer.byteLength(lines[0] ?? '') > room;
  if (isFull) await rotate(path, backupCount);
  const count = Math.max(1, howManyFit(lines, isFull ? maxBytes : room));
  await append(path, lines.slice(0, count).join(''));
  return count;
}

function howManyFit(lines: readonly string[], room: number): number {
  let bytes = 0;
  const tooMany = lines.findIndex((line) => (bytes += Buffer.byteLength(line)) > room);
  return tooMany < 0 ? lines.length : tooMany;
}

const sizeOf = async (path: string): Promise<number> =>
  stat(path).then(
    (stats) => (stats.isFile() ? stats.size : 0),
    () => 0, // opening it fails with the reason
  );

async function append(path: string, text: string): Promise<void> {
  const file = await open(path, APPEND);
  try {
    await appendWhole(file, text);
  } finally {
    await file.close();
  }
}

/** A disk that fills up may take part of a line. That part is removed, or the next line would be appended to it. */
async function appendWhole(file: FileHandle, text: string): Promise<void> {
  const before = await file.stat();
  try {
    await file.writeFile(text);
  } catch (error) {
    if (before.isFile()) await file.truncate(before.size);
    throw error;
  }
}

async function rotate(path: string, backupCount: number): Promise<void> {
  if (backupCount === 0) {
    await truncate(path);
    return;
  }
  for (let number = await firstFree(path, backupCount); number > 1; number--)
    await rename(`${path}.${number - 1}`, `${path}.${number}`);
  await rename(path, `${path}.1`);
}

/** Stops at the first gap, so that a rotation that failed half-way moves nothing twice when it is tried again. */
async function firstFree(path: string, backupCount: number): Promise<number> {
  let number = 1;
  while (number < backupCount && (await exists(`${path}.${number}`))) number++;
  return number;
}
