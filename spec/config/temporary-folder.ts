import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A new folder for each test, removed afterwards. Paths are relative to it. */
export class TemporaryFolder {
  #path = '';

  constructor() {
    beforeEach(() => {
      this.#path = mkdtempSync(join(tmpdir(), 'gluetun-monitor-'));
    });
    afterEach(() => {
      rmSync(this.#path, { recursive: true, force: true });
    });
  }

  at(name: string): string {
    return join(this.#path, name);
  }

  /** Writes a file and the folders above it, and returns its path. */
  file(name: string, content: string | Uint8Array): string {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), content);
    return this.at(name);
  }

  /** Makes a symbolic link, and gives its path. */
  linkTo(target: string): string {
    symlinkSync(target, this.at('link'));
    return this.at('link');
  }

  /** Makes a named pipe that nobody reads or writes, and gives its path. */
  pipe(): string {
    execFileSync('mkfifo', [this.at('pipe')]);
    return this.at('pipe');
  }
}
