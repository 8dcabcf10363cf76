import { type Hash, createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { type FileLine, LONGEST_LINE_BYTES, linesOf } from './lines.ts';

/** What a kind of file is to contain. */
export interface Order<Entry> {
  /** Undefined: it is no such entry. */
  readonly read: (text: string) => Entry | undefined;
  /** The lines that are kept, without line feeds. `excess`: how many bytes of the oldest lines have to go. */
  readonly keep: (entries: AsyncIterable<Kept<Entry>>, excess: number) => AsyncIterable<string>;
}

export interface Kept<Entry> {
  readonly entry: Entry;
  readonly text: string;
}

export interface SetAside {
  readonly lines: number;
  readonly path: string;
}

/** What cannot be read is kept, but not without end. */
const CORRUPT_BYTES = 1024 * 1024;

/**
 * Rewrites a file as `order` wants it, if it is not so yet: after a crash at any moment it holds the old lines or the
 * new ones. Lines that cannot be read are appended to `<file>.corrupt`. The file is streamed, so its size costs no
 * memory. A missing file, or one that is no regular file, is left alone.
 *
 * @param mostBytes Beyond that, the oldest lines go.
 * @returns what was set aside; undefined: nothing.
 * @throws Error of node:fs; the file is then as before.
 */
export async function putInOrder<Entry>(
  file: string,
  order: Order<Entry>,
  mostBytes = Infinity,
): Promise<SetAside | undefined> {
  const found = await lookAt(file);
  if (found === undefined) return undefined;
  const excess = Math.max(0, found.size - mostBytes);
  if (await isInOrder(found.path, order, excess)) return undefined;
  const aside = new CorruptFile(`${found.path}.corrupt`);
  const temporary = `${found.path}.tmp`;
  await rm(temporary, { force: true }); // left by a monitor that was killed half-way
  const handle = await open(temporary, 'wx', found.mode);
  try {
    await writeLines(handle, order.keep(entriesOf(found.path, order.read, aside), excess));
    await handle.sync();
    await aside.close();
    await handle.close();
    await rename(temporary, found.path);
  } catch (error) {
    await Promise.allSettled([handle.close(), aside.close()]);
    await rm(temporary, { force: true });
    throw error;
  }
  return aside.lines === 0 ? undefined : { lines: aside.lines, path: aside.path };
}

interface Found {
  /** With links resolved: a rename onto a link would replace the link. */
  readonly path: string;
  readonly size: number;
  readonly mode: number;
}

async function lookAt(file: string): Promise<Found | undefined> {
  try {
    const path = await realpath(file);
    const stats = await stat(path);
    return stats.isFile() ? { path, size: stats.size, mode: stats.mode & 0o777 } : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // node:fs throws nothing else
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Whether the lines to keep are the lines that are there: most of the time, and then nothing is written. */
async function isInOrder<Entry>(
  path: string,
  { read, keep }: Order<Entry>,
  excess: number,
): Promise<boolean> {
  const [written, wanted] = [createHash('sha1'), createHash('sha1')];
  const aside: Aside = { lines: 0, isTorn: false, take: () => undefined };
  for await (const text of keep(hashed(entriesOf(path, read, aside), written), excess))
    wanted.update(`${text}\n`);
  return aside.lines === 0 && !aside.isTorn && written.digest('hex') === wanted.digest('hex');
}

async function* hashed<Entry>(entries: AsyncIterable<Kept<Entry>>, hash: Hash): AsyncGenerator<Kept<Entry>> {
  for await (const one of entries) {
    hash.update(`${one.text}\n`);
    yield one;
  }
}

interface Aside {
  lines: number;
  /** The last line has no line feed. */
  isTorn: boolean;
  readonly take: (bytes: Buffer) => Promise<void> | undefined;
}

async function* entriesOf<Entry>(
  path: string,
  read: Order<Entry>['read'],
  aside: Aside,
): AsyncGenerator<Kept<Entry>> {
  for await (const line of linesOf(path)) {
    aside.isTorn ||= !line.isWhole;
    const entry = entryIn(line, read);
    if (entry !== undefined) {
      yield entry;
      continue;
    }
    aside.lines += 1;
    await aside.take(line.bytes);
  }
}

function entryIn<Entry>({ bytes }: FileLine, read: Order<Entry>['read']): Kept<Entry> | undefined {
  if (bytes.length >= LONGEST_LINE_BYTES) return undefined; // it was cut
  const text = bytes.toString();
  const entry = read(text);
  return entry === undefined ? undefined : { entry, text };
}

const BLOCK_CHARACTERS = 64 * 1024;

async function writeLines(handle: FileHandle, lines: AsyncIterable<string>): Promise<void> {
  let block = '';
  for await (const line of lines) {
    block += `${line}\n`;
    if (block.length < BLOCK_CHARACTERS) continue;
    await handle.appendFile(block);
    block = '';
  }
  await handle.appendFile(block);
}

/** Not through a link: what is appended is somebody else's text. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

class CorruptFile implements Aside {
  lines = 0;
  isTorn = false;
  readonly path: string;
  #handle: FileHandle | undefined;
  #room = 0;

  constructor(path: string) {
    this.path = path;
  }

  readonly take = async (bytes: Buffer): Promise<void> => {
    if (this.#handle === undefined) {
      this.#handle = await open(this.path, APPEND, 0o600);
      this.#room = CORRUPT_BYTES - (await this.#handle.stat()).size;
    }
    this.#room -= bytes.length + 1;
    if (this.#room >= 0) await this.#handle.appendFile(Buffer.concat([bytes, Buffer.from('\n')]));
  };

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.sync();
    await handle?.close();
  }
}
