import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import type { LogConfig } from '../../../config/config.ts';
import { CONSOLE_WAITING_BYTES } from '../../../src/edges/console.ts';
import { createLog } from '../../../src/edges/log.ts';
import type { Level, Log } from '../../../src/notices/log-line.ts';
import { TemporaryFolder } from '../../config/temporary-folder.ts';
import { VirtualTime } from '../../simulated-engine/virtual-time.ts';

/** A console that keeps what is written to it. `failure`: its reader has gone away. */
class Console extends Writable {
  text = '';
  failure: Error | undefined;

  constructor() {
    super({ decodeStrings: false, autoDestroy: false });
  }

  override _write(chunk: string, _encoding: string, done: (error?: Error) => void): void {
    if (this.failure === undefined) this.text += chunk;
    done(this.failure);
  }

  get messages(): string[] {
    return this.text
      .split('\n')
      .slice(0, -1)
      .map((line) => line.replace(/^\[[^\]]*\] /, ''));
  }
}

const LEVELS: readonly Level[] = ['error', 'warn', 'endpoint', 'info', 'debug'];

describe('the log', () => {
  const folder = new TemporaryFolder();
  let stdout: Console;
  let nowMs: number;
  let troubles: string[];
  const trouble = {
    failed: (reason: string) => troubles.push(reason),
    recovered: (lost: number) => troubles.push(`recovered, ${String(lost)} lost`),
  };

  beforeEach(() => {
    stdout = new Console();
    nowMs = 0;
    troubles = [];
  });

  function create(config: Partial<LogConfig> = {}): Log {
    const defaults = {
      level: 'info',
      format: 'text',
      file: folder.at('log'),
      maxBytes: 65_536,
      backupCount: 2,
      timeZone: 'UTC',
    } as const;
    return createLog(
      { ...defaults, ...config },
      { now: () => nowMs, scheduler: new VirtualTime(), stdout, secrets: ['sesame'], trouble },
    );
  }

  const shown: { level: LogConfig['level']; then: Level[] }[] = [
    { level: 'error', then: ['error'] },
    { level: 'warn', then: ['error', 'warn'] },
    { level: 'info', then: ['error', 'warn', 'endpoint', 'info'] },
    { level: 'debug', then: ['error', 'warn', 'endpoint', 'info', 'debug'] },
  ];
  it.each(shown)('shows $then at LOG_LEVEL=$level', async ({ level, then }) => {
    const log = create({ level });
    for (const each of LEVELS) log.write({ level: each, message: each });
    await log.close();
    expect(stdout.messages).toEqual(then.map((each) => `[${each.toUpperCase()}] ${each}`));
    expect(readFileSync(folder.at('log'), 'utf8')).toBe(stdout.text);
  });

  it('takes the time of each line at the moment of writing', async () => {
    const log = create();
    log.write({ level: 'info', message: 'a' });
    nowMs = 61_000;
    log.write({ level: 'info', message: 'b' });
    await log.close();
    expect(stdout.text).toBe('[1970-01-01 00:00:00] [INFO] a\n[1970-01-01 00:01:01] [INFO] b\n');
  });

  it('masks secrets in the file and on the console', async () => {
    const log = create({ format: 'json' });
    log.write({ level: 'info', message: 'key sesame', fields: { key: 'sesame' } });
    await log.close();
    expect(stdout.text + readFileSync(folder.at('log'), 'utf8')).not.toContain('sesame');
    expect(JSON.parse(stdout.text)).toMatchObject({ message: 'key ********', key: '********' });
  });

  it('keeps every line of a burst in order, across rotations and up to its end', async () => {
    const log = create({ backupCount: 100 });
    const wanted = Array.from({ length: 5000 }, (_, number) => `[INFO] line ${number}`);
    for (let number = 0; number < wanted.length; number++)
      log.write({ level: 'info', message: `line ${number}` });
    await log.close();
    expect(stdout.messages).toEqual(wanted);
    const rotated = ['log.2', 'log.1', 'log'].map((name) => readFileSync(folder.at(name), 'utf8'));
    expect(rotated.join('')).toBe(stdout.text);
  });

  it('goes on without its file and reports that once', async () => {
    const log = create({ file: '/dev/full' });
    for (const message of ['a', 'b', 'c']) log.write({ level: 'info', message });
    await log.close();
    expect(stdout.messages).toEqual(['[INFO] a', '[INFO] b', '[INFO] c']);
    expect(troubles).toEqual([expect.stringMatching(/^ENOSPC/)]);
  });

  it('survives a console whose reader has gone away', async () => {
    const log = create();
    stdout.failure = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    for (const message of ['a', 'b']) log.write({ level: 'info', message });
    await log.close();
    expect(readFileSync(folder.at('log'), 'utf8')).toMatch(/a\n.*b\n$/);
  });

  it('is closed only when the console has taken everything', async () => {
    const pending: (() => void)[] = [];
    const slow = new Writable({ write: (_chunk, _encoding, done) => void pending.push(done) });
    const deps = { now: () => 0, scheduler: new VirtualTime(), stdout: slow, secrets: [], trouble };
    const config = {
      format: 'text',
      level: 'info',
      timeZone: 'UTC',
      maxBytes: 65_536,
      backupCount: 0,
    } as const;
    const log = createLog({ ...config, file: '/dev/null' }, deps);
    log.write({ level: 'info', message: 'a' });
    let closed = false;
    const closing = log.close().then(() => (closed = true));
    for (let write = 0; write < 2; write++) {
      await new Promise(setImmediate);
      expect(closed).toBe(false);
      pending.shift()?.();
    }
    await closing;
    expect(closed).toBe(true);
  });

  it('drops lines written after it was closed, and can be closed twice', async () => {
    const log = create();
    await log.close();
    log.write({ level: 'info', message: 'late' });
    await log.close();
    expect(stdout.text).toBe('');
  });

  describe('on a console that nobody reads', () => {
    /** Accepts nothing until `read` is called. */
    class StuckConsole extends Console {
      #resume: (() => void) | undefined;
      isStuck = true;

      override _write(chunk: string, encoding: string, done: (error?: Error) => void): void {
        if (this.isStuck) this.#resume = () => super._write(chunk, encoding, done);
        else super._write(chunk, encoding, done);
      }

      async read(): Promise<void> {
        this.isStuck = false;
        this.#resume?.();
        await new Promise(setImmediate);
      }
    }

    it('keeps a mebibyte of lines, counts the rest and says so when it is read again', async () => {
      const stuck = new StuckConsole();
      stdout = stuck;
      const log = create({ file: '/dev/null' });
      const message = 'x'.repeat(1_000);
      for (let line = 0; line < 2_000; line++) log.write({ level: 'info', message });
      await new Promise(setImmediate);
      expect(stuck.writableLength).toBeLessThanOrEqual(CONSOLE_WAITING_BYTES);
      await stuck.read();
      const shown = stuck.messages.filter((line) => line === `[INFO] ${message}`).length;
      expect(shown).toBeGreaterThan(900);
      expect(stuck.messages.at(-1)).toBe(
        `[WARN] Nobody read the console for a while: ${String(2_000 - shown)} lines are missing here`,
      );
    });
  });
});
