import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import fc from 'fast-check';
import { appendRotating } from '../../../src/edges/log-rotation.ts';
import { TemporaryFolder } from '../../config/temporary-folder.ts';

describe('appendRotating', () => {
  const folder = new TemporaryFolder();
  const limits = { maxBytes: 10, backupCount: 2 };

  async function append(...texts: string[]): Promise<void> {
    for (const text of texts) await appendRotating(folder.at('deep/er/log'), [text], limits);
  }

  function contentOf(suffix = ''): string | undefined {
    const path = folder.at(`deep/er/log${suffix}`);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }

  it('creates the folder and the file and appends to it', async () => {
    await append('one\n', 'two\n');
    expect(contentOf()).toBe('one\ntwo\n');
  });

  it('continues the file of an earlier run', async () => {
    folder.file('deep/er/log', 'earlier\n');
    await append('a\n', 'b\n');
    expect([contentOf(), contentOf('.1')]).toEqual(['b\n', 'earlier\na\n']);
  });

  it('rotates before the file grows too large and keeps the requested number of backups', async () => {
    await append('aaaaaaaa\n', 'bbbbbbbb\n', 'cccccccc\n', 'dddddddd\n');
    expect([contentOf(), contentOf('.1'), contentOf('.2'), contentOf('.3')]).toEqual([
      'dddddddd\n',
      'cccccccc\n',
      'bbbbbbbb\n',
      undefined,
    ]);
  });

  it('fills the file to the last byte, counting bytes instead of characters', async () => {
    await append('äöüß\n', '\n', 'x');
    expect([contentOf(), contentOf('.1')]).toEqual(['x', 'äöüß\n\n']);
  });

  it('gives an overlong text a file of its own', async () => {
    await append('a\n', 'x'.repeat(50), 'b\n');
    expect([contentOf(), contentOf('.1'), contentOf('.2')]).toEqual(['b\n', 'x'.repeat(50), 'a\n']);
  });

  it('empties the file if no backup is wanted', async () => {
    for (const text of ['aaaaaaaa\n', 'bb\n'])
      await appendRotating(folder.at('log'), [text], { maxBytes: 10, backupCount: 0 });
    expect(readFileSync(folder.at('log'), 'utf8')).toBe('bb\n');
    expect(existsSync(folder.at('log.1'))).toBe(false);
  });

  it('writes as many lines at once as fit and returns their number', async () => {
    await append('a\n');
    const path = folder.at('deep/er/log');
    expect(await appendRotating(path, ['bbb\n', 'ccc\n', 'd\n'], limits)).toBe(2);
    expect(contentOf()).toBe('a\nbbb\nccc\n');
  });

  it('starts again if somebody removed the file and its folder', async () => {
    await append('a\n');
    rmSync(folder.at('deep'), { recursive: true });
    await append('b\n');
    expect(contentOf()).toBe('b\n');
  });

  it('moves no file twice when it repeats a failed rotation', async () => {
    await append('aaaaaaaa\n', 'bbbbbbbb\n');
    mkdirSync(folder.at('deep/er/log.2/in the way'), { recursive: true });
    for (const text of ['cccccccc\n', 'dddddddd\n'])
      await expect(append(text)).rejects.toThrow(/EISDIR|ENOTEMPTY/);
    expect([contentOf(), contentOf('.1')]).toEqual(['bbbbbbbb\n', 'aaaaaaaa\n']);
    rmSync(folder.at('deep/er/log.2'), { recursive: true });
    await append('eeeeeeee\n');
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
  ])('fails for $what', async ({ make, code }) => {
    await expect(appendRotating(make(), ['x\n'], limits)).rejects.toThrow(new RegExp(code));
  });

  it('neither loses nor tears a line by rotation, however many arrive at once', async () => {
    const lines = fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 40 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 100 }), async (texts, maxBytes) => {
        const path = folder.at(`run-${++run}/log`);
        const written = texts.map((text, number) => `${number}${text.replaceAll('\n', '')}\n`);
        for (let taken = 0; taken < written.length;)
          taken += await appendRotating(path, written.slice(taken), { maxBytes, backupCount: 100 });
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
