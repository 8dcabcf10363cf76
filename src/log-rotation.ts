import { closeSync, constants, existsSync, fstatSync, ftruncateSync, mkdirSync, openSync } from 'node:fs';
import { renameSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface RotationLimits {
  readonly maxBytes: number;
  /** 0: the file is emptied where it would be rotated. */
  readonly backupCount: number;
}

/** Not blocking, in case that the path is a pipe nobody reads; a regular file does not notice. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

/**
 * Appends `text` to the file at `path`, which becomes `path.1` first if it would grow beyond `maxBytes`. A
 * text longer than that gets a file to itself: no line is lost or torn.
 *
 * Opened anew each time: a file that someone moved away or removed is simply there again.
 * @throws Error of node:fs; the file is then as long as before.
 */
export function appendRotating(path: string, text: string, { maxBytes, backupCount }: RotationLimits): void {
  makeFolder(dirname(path));
  const size = sizeOf(path);
  if (size > 0 && size + Buffer.byteLength(text) > maxBytes) rotate(path, backupCount);
  append(path, text);
}

/** Parents first. Node's own `recursive` never comes back where the kernel refuses a folder, as below /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

function sizeOf(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true ? stats.size : 0;
}

function append(path: string, text: string): void {
  const descriptor = openSync(path, APPEND);
  try {
    appendWhole(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}

/** A disk that fills up takes the first part of a line: it is taken back, else the next would be glued to it. */
function appendWhole(descriptor: number, text: string): void {
  const before = fstatSync(descriptor);
  try {
    writeFileSync(descriptor, text);
  } catch (error) {
    if (before.isFile()) ftruncateSync(descriptor, before.size);
    throw error;
  }
}

function rotate(path: string, backupCount: number): void {
  if (backupCount === 0) {
    truncateSync(path);
    return;
  }
  for (let number = firstFree(path, backupCount); number > 1; number--)
    renameSync(`${path}.${number - 1}`, `${path}.${number}`);
  renameSync(path, `${path}.1`);
}

/** Up to the first gap only: a rotation that failed half-way and is tried again moves nothing twice. */
function firstFree(path: string, backupCount: number): number {
  let number = 1;
  while (number < backupCount && existsSync(`${path}.${number}`)) number++;
  return number;
}
