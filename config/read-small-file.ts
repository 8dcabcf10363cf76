import { readFileSync, statSync } from 'node:fs';

/** What a file that a person wrote holds, or why it does not. Reasons never quote the content. */
export type SmallFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly isTooLarge?: true };

export const SMALL_FILE_BYTES = 64 * 1024;

/**
 * Reads a regular file of at most `maxBytes` as UTF-8. Never throws.
 *
 * Looked at before it is opened: a pipe would block and a device may have no end. Synchronous, because it
 * is a few kilobytes, read at start and when someone edits it.
 */
export function readSmallFile(path: string, maxBytes = SMALL_FILE_BYTES): SmallFile {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) return { kind: 'unreadable', reason: 'is a folder' };
    if (!stats.isFile()) return { kind: 'unreadable', reason: 'is not a regular file' };
    if (stats.size > maxBytes)
      return { kind: 'unreadable', reason: `is larger than ${maxBytes / 1024} KiB`, isTooLarge: true };
    return { kind: 'text', text: readFileSync(path, 'utf8') };
  } catch (error) {
    return failureOf(error);
  }
}

function failureOf(error: unknown): SmallFile {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException; // all that node:fs throws
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
  if (code === 'EACCES' || code === 'EPERM')
    return { kind: 'unreadable', reason: `may not be read (${code})` };
  return { kind: 'unreadable', reason: `cannot be read (${code})` };
}
