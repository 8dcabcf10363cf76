import { type Stats, existsSync, lchownSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The user that the monitor is to become. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  /** The groups it has besides. */
  readonly groups: readonly number[];
}

/** What could not be handed over, and why. */
export interface NotHandedOver {
  readonly path: string;
  readonly reason: string;
}

type Chown = (path: string, uid: number, gid: number) => void;

const READ_WRITE = 0o6;
const READ_WRITE_ENTER = 0o7;

/**
 * Gives the files, and the folders they are in, to the user who is to write them. What that user may write already
 * stays whose it is. Nothing else in a folder is touched: it is the folder's owner who may rename and remove there.
 *
 * No link is followed, because whoever may write to the folder can put one there, and have the next start give away
 * what it leads to. The files come before the folders, so that nobody is given a folder while files in it are handed
 * over.
 *
 * It is synchronous, and meant for the start. `chown` is replaced in tests.
 *
 * @returns the first that could not be handed over; undefined: everything was.
 */
export function handOver(
  files: readonly string[],
  user: User,
  chown: Chown = lchownSync,
): NotHandedOver | undefined {
  const paths = files.filter((file) => file !== '').map((file) => resolve(file));
  const own = paths.filter((path) => isOwnFile(lookAt(path)));
  const folders = [...new Set(own.map(dirname))].filter((folder) => folder !== '/');
  folders.forEach(makeFolder);
  const candidates = [
    ...own.map((path) => ({ path, bits: READ_WRITE })),
    ...folders.map((path) => ({ path, bits: READ_WRITE_ENTER })),
  ];
  for (const { path, bits } of candidates) {
    const stats = lookAt(path);
    const reason =
      stats === undefined || may(user, bits, stats) ? undefined : failureToGive(path, user, chown);
    if (reason !== undefined) return { path, reason };
  }
  return undefined;
}

/** A device, a pipe or a link stays as it is, and so does its folder. What is missing will be a file. */
const isOwnFile = (stats: Stats | undefined): boolean => stats === undefined || stats.isFile();

function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined; // missing, or nothing that root may look at: it is left alone
  }
}

/**
 * By the mode alone. An owner counts as allowed whatever the mode is, as another owner could not change that. A link
 * allows everything, so it is left alone.
 */
function may({ uid, gid, groups }: User, bits: number, stats: Stats): boolean {
  if (stats.uid === uid) return true;
  const isOfGroup = stats.gid === gid || groups.includes(stats.gid);
  return ((stats.mode >> (isOfGroup ? 3 : 0)) & bits) === bits;
}

/** If it fails, the log, the state and the history say so themselves when they are written. */
function makeFolder(path: string): void {
  try {
    makeParentsFirst(path);
  } catch {
    return;
  }
}

/** Not `recursive`, which never returns if the kernel refuses a folder, as below /proc. */
function makeParentsFirst(path: string): void {
  if (existsSync(path)) return;
  makeParentsFirst(dirname(path));
  mkdirSync(path);
}

function failureToGive(path: string, { uid, gid }: User, chown: Chown): string | undefined {
  try {
    chown(path, uid, gid);
    return undefined;
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException; // all that node:fs throws
    return code === 'EROFS' ? undefined : code; // nobody can write there, not even root
  }
}
