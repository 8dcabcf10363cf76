import fc from 'fast-check';
import { printableJson } from '../../../../config/shown-text.ts';
import { createEntryText, readEntry } from '../../../../src/edges/history/entry.ts';
import { newestLinesOf, linesOf } from '../../../../src/edges/history/lines.ts';
import { createHistoryReader } from '../../../../src/edges/history/reader.ts';
import { createCleaner } from '../../../../src/edges/log-format.ts';
import type { Notice } from '../../../../src/notices/notice.ts';
import { TemporaryFolder } from '../../../config/temporary-folder.ts';
import { samples } from '../../notices/kinds.ts';

const textOf = createEntryText([]);
const told = (reason: string, wallMs: number): string => textOf({ kind: 'listingFailed', reason }, wallMs);
const reasons = async (file: string, since: number, most: number): Promise<readonly unknown[]> =>
  (await createHistoryReader(file).entries(since, most)).map(({ reason }) => reason);

describe('the reader of the history', () => {
  const folder = new TemporaryFolder();
  const fileOf = (lines: readonly string[]): string =>
    folder.file('h', lines.map((line) => `${line}\n`).join(''));

  it.each([
    { since: 0, most: 10, then: ['a', 'b', 'c'] },
    { since: 0, most: 2, then: ['b', 'c'] },
    { since: 3_000, most: 10, then: ['c'] },
    { since: 4_000, most: 10, then: [] },
    { since: 0, most: 0, then: [] },
  ])('gives the newest $most since $since, the newest last', async ({ since, most, then }) => {
    const file = fileOf([told('a', 1_000), told('b', 2_000), told('c', 3_000)]);
    await expect(reasons(file, since, most)).resolves.toEqual(then);
  });

  it('gives nothing for a missing file, or for none', async () => {
    await expect(reasons(folder.at('missing'), 0, 10)).resolves.toEqual([]);
    await expect(reasons('', 0, 10)).resolves.toEqual([]);
    await expect(reasons(folder.at('.'), 0, 10)).rejects.toThrow('EISDIR');
  });

  it('skips lines that cannot be read, and one that is being written', async () => {
    const file = folder.file(
      'h',
      `${told('a', 1)}\n\nrubbish\n${told('b', 2)}\n${told('c', 3).slice(0, 20)}`,
    );
    await expect(reasons(file, 0, 10)).resolves.toEqual(['a', 'b']);
  });

  it('finds what is older than lines of a clock that was wrong for a while', async () => {
    const file = fileOf([told('a', 5_000), told('stray', 10), told('b', 6_000)]);
    await expect(reasons(file, 4_000, 10)).resolves.toEqual(['a', 'b']);
  });

  it('reads lines of any length and text, from both ends', async () => {
    const lines = fc.array(
      fc.string({ unit: 'binary', maxLength: 30 }).map((s) => s.repeat(s.length * 100)),
      {
        maxLength: 8,
      },
    );
    await fc.assert(
      fc.asyncProperty(lines, async (texts) => {
        const wanted = texts.map((text) => Buffer.from(text.replaceAll('\n', ' ')).toString());
        const file = fileOf(wanted);
        const forth: string[] = [];
        for await (const { bytes } of linesOf(file)) forth.push(bytes.toString());
        const back: string[] = [];
        for await (const bytes of newestLinesOf(file)) back.push(bytes.toString());
        expect(forth).toEqual(wanted);
        expect(back.reverse()).toEqual(wanted.filter((text) => text !== ''));
      }),
      { numRuns: 40 },
    );
  });
});

describe('an entry of the history', () => {
  it.each(samples)('$kind is read back as it was written', (notice) => {
    const text = textOf(notice, 1_700_000_000_123);
    const { kind, ...facts } = JSON.parse(JSON.stringify(notice)) as Notice;
    expect(readEntry(text)).toMatchObject({
      // `level` and the like are the entry's own.
      ...facts,
      kind,
      time: '2023-11-14T22:13:20.123Z',
      level: expect.any(String) as string,
      message: expect.any(String) as string,
    });
    expect(text).toMatch(/^\{"time":"[^"]+","kind":"[^"]+","level":"[^"]+"/);
  });

  it('is read back equal, whatever it quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (reason, at) => {
        const text = told(reason, at);
        expect(text).not.toMatch(/[\n\r\u2028]/);
        const entry = readEntry(text);
        expect(entry).toMatchObject({ kind: 'listingFailed', time: new Date(at).toISOString() });
        expect(entry?.['reason']).toBe(createCleaner([])(reason));
        expect(printableJson(JSON.stringify(entry))).toBe(text);
      }),
    );
  });

  it('shows no secret', () => {
    const text = createEntryText(['hunter22'])({ kind: 'listingFailed', reason: 'key hunter22 refused' }, 0);
    expect(text).not.toContain('hunter22');
    expect(readEntry(text)).toMatchObject({ reason: 'key ******** refused' });
  });
});
