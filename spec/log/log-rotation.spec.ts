import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import fc from 'fast-check';
import { appendRotating } from '../../src/log-rotation.ts';
import { TemporaryFolder } from '../config/temporary-folder.ts';

describe('appendRotating', () => {
  const folder = new TemporaryFolder();
  const limits = { maxBytes: 10, backupCount: 2 };

  function append(...texts: string[]): void {
    for (const text of texts) appendRotating(folder.at('deep/er/log'), text, limits);
  }

  function contentOf(suffix = ''): string | undefined {
    const path = folder.at(`deep/er/log${suffix}`);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }

  it('makes the folder and the file, and appends', () => {
    append('one\n', 'two\n');
    expect(contentOf()).toBe('one\ntwo\n');
  });

  it('goes on where an earlier run stopped', () => {
    folder.file('deep/er/log', 'earlier\n');
    append('a\n', 'b\n');
    expect([contentOf(), contentOf('.1')]).toEqual(['b\n', 'earlier\na\n']);
  });

  it('rotates before the file would grow too large, and keeps as many as asked for', () => {
    append('aaaaaaaa\n', 'bbbbbbbb\n', 'cccccccc\n', 'dddddddd\n');
    expect([contentOf(), contentOf('.1'), contentOf('.2'), contentOf('.3')]).toEqual([
      'dddddddd\n',
      'cccccccc\n',
      'bbbbbbbb\n',
      undefined,
    ]);
  });

  it('fills the file to the last byte, counted in bytes', () => {
    append('äöüß\n', '\n', 'x');
    expect([contentOf(), contentOf('.1')]).toEqual(['x', 'äöüß\n\n']);
  });

  it('gives a text that is too long a file to itself', () => {
    append('a\n', 'x'.repeat(50), 'b\n');
    expect([contentOf(), contentOf('.1'), contentOf('.2')]).toEqual(['b\n', 'x'.repeat(50), 'a\n']);
  });

  it('empties the file where no backup is wanted', () => {
    for (const text of ['aaaaaaaa\n', 'bb\n'])
      appendRotating(folder.at('log'), text, { maxBytes: 10, backupCount: 0 });
    expect(readFileSync(folder.at('log'), 'utf8')).toBe('bb\n');
    expect(existsSync(folder.at('log.1'))).toBe(false);
  });

  it('starts again where someone took the file and its folder away', () => {
    append('a\n');
    rmSync(folder.at('deep'), { recursive: true });
    append('b\n');
    expect(contentOf()).toBe('b\n');
  });

  it('moves nothing twice when a rotation that failed is tried again', () => {
    append('aaaaaaaa\n', 'bbbbbbbb\n');
    mkdirSync(folder.at('deep/er/log.2/in the way'), { recursive: true });
    for (const text of ['cccccccc\n', 'dddddddd\n']) expect(() => append(text)).toThrow(/EISDIR|ENOTEMPTY/);
    expect([contentOf(), contentOf('.1')]).toEqual(['bbbbbbbb\n', 'aaaaaaaa\n']);
    rmSync(folder.at('deep/er/log.2'), { recursive: true });
    append('eeeeeeee\n');
    expect([contentOf(), contentOf('.1'), contentOf('.2')]).toEqual([
      'eeeeeeee\n',
      'bbbbbbbb\n',
      'aaaaaaaa\n',
    ]);
  });

  it.each([
    { what: 'a folder', make: () => folder.at('.'), code: 'EISDIR' },
    { what: 'a path below a file', make: () => `${folder.file('file', '')}/log`, code: 'ENOTDIR|EEXIST' },
    { what: 'a full disk', make: () => '/dev/full', code: 'ENOSPC' },
  ])('throws for $what', ({ make, code }) => {
    expect(() => appendRotating(make(), 'x\n', limits)).toThrow(new RegExp(code));
  });

  it('loses and tears no line by rotation, however many come at once', () => {
    const lines = fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 40 });
    let run = 0;
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 100 }), (texts, maxBytes) => {
        const path = folder.at(`run-${++run}/log`);
        const written = texts.map((text, number) => `${number}${text.replaceAll('\n', '')}\n`);
        for (const line of written) appendRotating(path, line, { maxBytes, backupCount: 100 });
        const files = [...Array(101).keys()]
          .reverse()
          .map((number) => (number === 0 ? path : `${path}.${number}`));
        const there = files.filter((file) => existsSync(file));
        expect(there.map((file) => readFileSync(file, 'utf8')).join('')).toBe(written.join(''));
        for (const file of there)
          expect(statSync(file).size <= maxBytes || /^[^\n]*\n$/.test(readFileSync(file, 'utf8'))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
