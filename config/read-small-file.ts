import { type Stats, readFileSync, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';

/** The content of a file that a person wrote, or why there is none. A reason never quotes the content. */
export type SmallFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly isTooLarge?: true };

export const SMALL_FILE_BYTES = 64 * 1024;

/**
 * Reads a regular file of at most `maxBytes` as UTF-8. Never throws.
 *
 * It checks the file before it opens it: a pipe would block, and a device may have no end. It is synchronous, and
 * meant for the start, when a slow disk holds up nothing else.
 */
export function readSmallFile(path: string, maxBytes = SMALL_FILE_BYTES): SmallFile {
  try {
    return refused(statSync(path), maxBytes) ?? { kind: 'text', text: readFileSync(path, 'utf8') };
  } catch (error) {
    return failureOf(error);
  }
}

/** The same without blocking, for when the monitor runs. Never rejects. */
export async function readSmallFileLater(path: string, maxBytes = SMALL_FILE_BYTES): Promise<SmallFile> {
  try {
    return refused(await stat(path), maxBytes) ?? { kind: 'text', text: await readFile(path, 'utf8') };
  } catch (error) {
    return failureOf(error);
  }
}

function refused(stats: Stats, maxBytes: number): SmallFile | undefined {
  if (stats.isDirectory()) return { kind: 'unreadable', reason: 'is a folder' };
  if (!stats.isFile()) return { kind: 'unreadable', reason: 'is not a regular file' };
  if (stats.size > maxBytes)
    return { kind: 'unreadable', reason: `is larger than ${maxBytes / 1024} KiB`, isTooLarge: true };
  return undefined;
}

function failureOf(error: unknown): SmallFile {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException; // all that node:fs throws
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
  if (code === 'EACCES' || code === 'EPERM')
    return { kind: 'unreadable', reason: `may not be read (${code})` };
  return { kind: 'unreadable', reason: `cannot be read (${code})` };
}
