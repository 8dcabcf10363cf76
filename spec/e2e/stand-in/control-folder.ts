import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, hasCode, isMissing } from '../eventually.ts';

/**
 * The folder that a test shares with its stand-in: settings, one small file each, which the stand-in reads when
 * needed; and requests, which it carries out at once. The other end is `image/gluetun-entrypoint`.
 */
export class ControlFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async create(): Promise<void> {
    await mkdir(this.path, { recursive: true });
  }

  /**
   * Waits until the stand-in's main loop accepts requests. A file as the sign would not work: after a crash, that of
   * the previous run still exists.
   */
  async untilServing(): Promise<void> {
    await eventually('the stand-in answers', async () => this.request('answer', '', 500).then(() => true));
  }

  /** Written to another file and renamed, so that the stand-in never reads half of it. `undefined`: the default. */
  async set(name: string, value: string | undefined): Promise<void> {
    const path = join(this.path, name);
    if (value === undefined) return rm(path, { force: true });
    const aside = join(this.path, `.${randomUUID()}`);
    await writeFile(aside, `${value}\n`);
    await rename(aside, path);
  }

  /** Sends a request to the stand-in, and waits until it is done. */
  async request(verb: string, argument = '', deadlineMs = 10_000): Promise<void> {
    const token = randomUUID();
    await this.send(`${token} ${verb} ${argument}`);
    const done = join(this.path, 'done', token);
    await eventually(`the stand-in does "${verb}"`, async () => access(done).then(() => true), deadlineMs, 3);
  }

  /** For a request that the stand-in does not survive. */
  async send(line: string): Promise<void> {
    // Non-blocking: without a reader it fails (ENXIO) instead of waiting for ever.
    const fifo = await open(join(this.path, 'requests'), constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      await fifo.write(`${line}\n`);
    } finally {
      await fifo.close();
    }
  }

  /** Like `request('apply')`, but a stand-in that does not run reads the settings when it starts. */
  async apply(): Promise<void> {
    try {
      await this.request('apply');
    } catch (error) {
      if (!isMissing(error) && !hasCode(error, 'ENXIO')) throw error;
    }
  }
}
