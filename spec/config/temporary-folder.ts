import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
}
