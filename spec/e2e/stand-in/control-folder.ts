import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, hasCode, isMissing } from '../eventually.ts';

/**
 * The folder a test shares with its stand-in: settings, one small file each, which the stand-in reads when
 * it needs them; and requests, which it carries out at once. The other end is `image/gluetun-entrypoint`.
 */
export class ControlFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async create(): Promise<void> {
    await mkdir(this.path, { recursive: true });
  }

  /** Whether the stand-in's main loop runs: from then on it answers requests. */
  async isServing(): Promise<boolean> {
    return access(join(this.path, 'serving')).then(
      () => true,
      () => false,
    );
  }

  /** Written aside and renamed, for the stand-in must not read half of it. `undefined`: back to the default. */
  async set(name: string, value: string | undefined): Promise<void> {
    const path = join(this.path, name);
    if (value === undefined) return rm(path, { force: true });
    const aside = join(this.path, `.${randomUUID()}`);
    await writeFile(aside, `${value}\n`);
    await rename(aside, path);
  }

  /** Has the stand-in do it, and waits until it did. */
  async request(verb: string, argument = ''): Promise<void> {
    const token = randomUUID();
    await this.send(`${token} ${verb} ${argument}`);
    const done = join(this.path, 'done', token);
    await eventually(`the stand-in does "${verb}"`, async () => access(done).then(() => true), 10_000, 3);
  }

  /** For what the stand-in will not live to confirm. */
  async send(line: string): Promise<void> {
    // Non-blocking: without a reader it fails (ENXIO) instead of waiting for ever.
    const fifo = await open(join(this.path, 'requests'), constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      await fifo.write(`${line}\n`);
    } finally {
      await fifo.close();
    }
  }

  /** As `request('apply')`, but a stand-in that does not run will find the settings when it starts. */
  async apply(): Promise<void> {
    try {
      await this.request('apply');
    } catch (error) {
      if (!isMissing(error) && !hasCode(error, 'ENXIO')) throw error;
    }
  }
}
