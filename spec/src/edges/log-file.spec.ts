import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import {
  LOG_FILE_PATIENCE_MS,
  LOG_FILE_RETRY_MS,
  LOG_FILE_WAITING_BYTES,
  type LogFile,
  createLogFile,
} from '../../../src/edges/log-file.ts';
import { TemporaryFolder } from '../../config/temporary-folder.ts';
import { VirtualTime, advance } from '../../simulated-engine/virtual-time.ts';

describe('the log file', () => {
  const folder = new TemporaryFolder();
  let scheduler: VirtualTime;
  let told: string[];
  const trouble = {
    failed: (reason: string) => told.push(reason),
    recovered: (lost: number) => told.push(`recovered, ${String(lost)} lost`),
  };
  const contentOf = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

  beforeEach(() => {
    scheduler = new VirtualTime();
    told = [];
  });

  const create = (file: string): LogFile =>
    createLogFile({ file, maxBytes: 10_000_000, backupCount: 1, scheduler, trouble });

  it.each([
    { what: 'it is a folder', make: () => folder.at('.'), reason: 'EISDIR' },
    { what: 'its folder is a file', make: () => `${folder.file('file', '')}/log`, reason: 'ENOTDIR|EEXIST' },
    { what: 'the disk is full', make: () => '/dev/full', reason: 'ENOSPC' },
  ])('is reported once as not writable if $what', async ({ make, reason }) => {
    const log = create(make());
    for (let line = 0; line < 1_000; line++) log.write('line\n');
    await log.flush();
    await log.flush();
    expect(told).toEqual([expect.stringMatching(new RegExp(`^(${reason}):`))]);
  });

  it('is tried again by itself a minute after it could not be written', async () => {
    const tries: (readonly string[])[] = [];
    const log = createLogFile({
      file: '/logs/log',
      maxBytes: 1_000,
      backupCount: 1,
      scheduler,
      trouble,
      append: async (_file, lines) => {
        tries.push(lines);
        return tries.length === 1
          ? Promise.reject(new Error('no space left'))
          : Promise.resolve(lines.length);
      },
    });
    log.write('1\n');
    await new Promise(setImmediate);
    expect(told).toEqual(['no space left']);
    advance(scheduler, LOG_FILE_RETRY_MS - 1);
    log.write('2\n');
    await new Promise(setImmediate);
    expect(tries).toEqual([['1\n']]);
    advance(scheduler, 1);
    await new Promise(setImmediate);
    expect(tries).toEqual([['1\n'], ['1\n', '2\n']]);
    expect(told).toEqual(['no space left', 'recovered, 0 lost']);
  });

  it('gets all waiting lines in order once the disk has space again', async () => {
    const file = folder.at('log');
    symlinkSync('/dev/full', file);
    const log = create(file);
    for (const line of ['1\n', '2\n', '3\n']) log.write(line);
    await log.flush();
    unlinkSync(file);
    log.write('4\n');
    await log.flush();
    expect(contentOf(file)).toBe('1\n2\n3\n4\n');
    expect(told).toEqual([expect.stringMatching(/^ENOSPC/), 'recovered, 0 lost']);
  });

  it('has a second outage reported like the first', async () => {
    const file = folder.at('log');
    const log = create(file);
    for (let outage = 0; outage < 2; outage++) {
      rmSync(file, { force: true });
      mkdirSync(file);
      log.write('2\n');
      await log.flush();
      rmSync(file, { recursive: true });
      await log.flush();
    }
    const once: unknown[] = [expect.stringMatching(/^EISDIR/), 'recovered, 0 lost'];
    expect(told).toEqual([...once, ...once]);
  });

  it('gets the line about its own recovery, too', async () => {
    const file = folder.at('log');
    mkdirSync(file);
    const log = createLogFile({
      file,
      maxBytes: 1_000,
      backupCount: 1,
      scheduler,
      trouble: { failed: () => undefined, recovered: () => log.write('again\n') },
    });
    log.write('1\n');
    await log.flush();
    rmSync(file, { recursive: true });
    await log.flush();
    expect(contentOf(file)).toBe('1\nagain\n');
  });

  describe('on a disk that does not answer', () => {
    let written: string[];
    let answers: (() => void)[];

    const onHangingDisk = (): LogFile => {
      [written, answers] = [[], []];
      return createLogFile({
        file: '/logs/log',
        maxBytes: 1_000,
        backupCount: 1,
        scheduler,
        trouble,
        append: async (_file, lines) =>
          new Promise((resolve) => {
            answers.push(() => {
              written.push(...lines);
              resolve(lines.length);
            });
          }),
      });
    };
    const answer = async (): Promise<void> => {
      answers.shift()?.();
      await new Promise(setImmediate);
    };

    it('is reported as not writable after five seconds, and has only one write pending', async () => {
      const log = onHangingDisk();
      for (const line of ['1\n', '2\n', '3\n']) log.write(line);
      advance(scheduler, LOG_FILE_PATIENCE_MS - 1);
      expect(told).toEqual([]);
      advance(scheduler, 2 * LOG_FILE_RETRY_MS);
      expect(told).toEqual(['it has not answered for 5 s']);
      expect(answers).toHaveLength(1);
      await answer();
      await answer();
      expect(written).toEqual(['1\n', '2\n', '3\n']);
      expect(told.at(-1)).toBe('recovered, 0 lost');
    });

    it('keeps a mebibyte of waiting lines, counts the rest and reports how many were lost', async () => {
      const log = onHangingDisk();
      const line = `${'x'.repeat(1_023)}\n`;
      for (let count = 0; count < LOG_FILE_WAITING_BYTES / 1_024 + 7; count++) log.write(line);
      expect(told).toEqual(['more is said than it takes']);
      while (answers.length > 0) await answer();
      expect(written).toHaveLength(LOG_FILE_WAITING_BYTES / 1_024);
      expect(told).toEqual(['more is said than it takes', 'recovered, 7 lost']);
    });
  });
});
