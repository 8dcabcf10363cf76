import { existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { LONGEST_LINE_BYTES } from '../../../../src/edges/history/lines.ts';
import { historyOrder } from '../../../../src/edges/history/history-order.ts';
import { putInOrder } from '../../../../src/edges/history/put-in-order.ts';
import { TemporaryFolder } from '../../../config/temporary-folder.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-06-30T12:00:00.000Z');
const order = historyOrder(90 * DAY_MS, () => NOW);

const line = (daysAgo: number, message = 'It happened'): string =>
  JSON.stringify({
    time: new Date(NOW - daysAgo * DAY_MS).toISOString(),
    kind: 'siteUp',
    level: 'info',
    message,
  });
const text = (...lines: readonly string[]): string => lines.map((one) => `${one}\n`).join('');

describe('a history that is put in order', () => {
  const folder = new TemporaryFolder();
  const content = (name = 'history.jsonl'): string => readFileSync(folder.at(name), 'utf8');

  it('is not written if it is in order', async () => {
    const file = folder.file('history.jsonl', text(line(2), line(1)));
    const { ino, mtimeNs } = statSync(file, { bigint: true });
    await expect(putInOrder(file, order)).resolves.toBeUndefined();
    expect(statSync(file, { bigint: true })).toMatchObject({ ino, mtimeNs });
  });

  it('loses the lines that are too old', async () => {
    const file = folder.file('history.jsonl', text(line(200), line(91), line(89), line(1)));
    await expect(putInOrder(file, order)).resolves.toBeUndefined();
    expect(content()).toBe(text(line(89), line(1)));
    expect(existsSync(folder.at('history.jsonl.tmp'))).toBe(false);
  });

  it('keeps a line with an early time among later ones: the clock was wrong for a while', async () => {
    const lines = text(line(2), line(20_000), line(1));
    await putInOrder(folder.file('history.jsonl', lines), order);
    expect(content()).toBe(lines);
  });

  it.each([
    { what: 'no JSON', bad: 'garbage' },
    { what: 'JSON of another form', bad: '{"time":"yesterday","kind":"a","level":"info","message":"b"}' },
    { what: 'an empty line', bad: '' },
    { what: 'a line that is too long', bad: 'x'.repeat(LONGEST_LINE_BYTES + 10), kept: LONGEST_LINE_BYTES },
  ])('has $what set aside, and keeps the rest', async ({ bad, kept }) => {
    const file = folder.file('history.jsonl', text(line(2), bad, line(1)));
    const path = folder.at('history.jsonl.corrupt');
    await expect(putInOrder(file, order)).resolves.toEqual({ lines: 1, path });
    expect(content()).toBe(text(line(2), line(1)));
    // What is set aside is bounded.
    expect(content('history.jsonl.corrupt')).toBe(kept === undefined ? `${bad}\n` : '');
  });

  it('has a last line set aside that the power cut while it was written', async () => {
    const file = folder.file('history.jsonl', text(line(2)) + line(1).slice(0, 40));
    await expect(putInOrder(file, order)).resolves.toMatchObject({ lines: 1 });
    expect(content()).toBe(text(line(2)));
    expect(content('history.jsonl.corrupt')).toBe(text(line(1).slice(0, 40)));
  });

  it('gets the line feed that a whole last line lacks', async () => {
    const file = folder.file('history.jsonl', text(line(2)) + line(1));
    await expect(putInOrder(file, order)).resolves.toBeUndefined();
    expect(content()).toBe(text(line(2), line(1)));
  });

  it('loses its oldest lines if it is too large', async () => {
    const lines = [4, 3, 2, 1].map((daysAgo) => line(daysAgo));
    const bytes = Buffer.byteLength(text(...lines));
    await putInOrder(folder.file('history.jsonl', text(...lines)), order, bytes * 0.6);
    expect(content()).toBe(text(...lines.slice(2)));
  });

  it('stays the target of a link', async () => {
    const file = folder.file('history.jsonl', text(line(200), line(1)));
    symlinkSync(file, folder.at('link'));
    await putInOrder(folder.at('link'), order);
    expect(content()).toBe(text(line(1)));
  });

  it('starts anew over what a killed monitor left half done', async () => {
    folder.file('history.jsonl.tmp', 'half');
    await putInOrder(folder.file('history.jsonl', text(line(200), line(1))), order);
    expect(content()).toBe(text(line(1)));
  });

  it.each(['missing', '.'])('is left alone if it is no regular file: %s', async (name) => {
    await expect(putInOrder(folder.at(name), order)).resolves.toBeUndefined();
  });
});
