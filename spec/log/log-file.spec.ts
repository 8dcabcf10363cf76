import { mkdirSync, readFileSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { createLogFile, LOG_FILE_RETRY_MS } from '../../src/log-file.ts';
import { TemporaryFolder } from '../config/temporary-folder.ts';

describe('the log file', () => {
  const folder = new TemporaryFolder();
  let nowMs: number;
  let said: string[];

  beforeEach(() => {
    nowMs = 0;
    said = [];
  });

  function create(file: string): (line: string) => void {
    return createLogFile({
      file,
      maxBytes: 65_536,
      backupCount: 1,
      now: () => nowMs,
      say: (message) => said.push(message),
    });
  }

  it.each([
    { what: 'it is a folder', make: () => folder.at('.'), reason: 'EISDIR' },
    { what: 'its folder is a file', make: () => `${folder.file('file', '')}/log`, reason: 'ENOTDIR|EEXIST' },
    { what: 'the disk is full', make: () => '/dev/full', reason: 'ENOSPC' },
  ])('is given up with one message when $what', ({ make, reason }) => {
    const file = make();
    const write = create(file);
    for (let line = 0; line < 1000; line++) write('line\n');
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(`Log file ${file} cannot be written (`);
    expect(said[0]).toMatch(new RegExp(reason));
    expect(said[0]).toMatch(/\): logging to the console only$/);
  });

  it('is left alone for a while, then tried again, without a word as long as that fails', () => {
    mkdirSync(folder.at('log'));
    const write = create(folder.at('log'));
    write('1\n');
    rmSync(folder.at('log'), { recursive: true });
    nowMs = LOG_FILE_RETRY_MS - 1;
    write('2\n');
    mkdirSync(folder.at('log'));
    nowMs = LOG_FILE_RETRY_MS;
    write('3\n');
    expect(said).toHaveLength(1);
  });

  it('is written again once that is possible, and says how much it lacks', () => {
    const file = folder.at('log');
    symlinkSync('/dev/full', file);
    const write = create(file);
    for (const line of ['1\n', '2\n', '3\n']) write(line);
    unlinkSync(file);
    nowMs = LOG_FILE_RETRY_MS;
    write('4\n');
    write('5\n');
    expect(said.slice(1)).toEqual([`Log file ${file} is written again; 3 lines went to the console only`]);
    expect(readFileSync(file, 'utf8')).toBe('4\n5\n');
  });

  it('tells of a second outage as of the first', () => {
    const file = folder.at('log');
    const write = create(file);
    write('1\n');
    for (let outage = 0; outage < 2; outage++) {
      rmSync(file);
      mkdirSync(file);
      write('2\n');
      rmSync(file, { recursive: true });
      nowMs += LOG_FILE_RETRY_MS;
      write('3\n');
    }
    expect(said.map((message) => /cannot|again/.exec(message)?.[0])).toEqual([
      'cannot',
      'again',
      'cannot',
      'again',
    ]);
  });

  it('is tried again even when the clock was set back', () => {
    mkdirSync(folder.at('log'));
    nowMs = 1e12;
    const write = create(folder.at('log'));
    write('1\n');
    rmSync(folder.at('log'), { recursive: true });
    nowMs = 1;
    write('2\n');
    expect(readFileSync(folder.at('log'), 'utf8')).toBe('2\n');
  });
});
