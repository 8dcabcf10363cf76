import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { createOrderlyAppend } from '../../../../src/edges/history/append-in-order.ts';
import { historyOrder } from '../../../../src/edges/history/history-order.ts';
import { putInOrder } from '../../../../src/edges/history/put-in-order.ts';
import { TemporaryFolder } from '../../../config/temporary-folder.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-06-30T12:00:00.000Z');
const line = (message: string): string =>
  `${JSON.stringify({ time: new Date(NOW).toISOString(), kind: 'siteUp', level: 'info', message })}\n`;

describe('an append that keeps the file in order', () => {
  const folder = new TemporaryFolder();
  let now: number;
  let tidied: number;
  let aside: string[];
  beforeEach(() => {
    now = 0;
    tidied = 0;
    aside = [];
  });
  const limits = { maxBytes: 1_000_000, backupCount: 0 };
  const appendWith = (tidy: typeof putInOrder = putInOrder) =>
    createOrderlyAppend({
      order: historyOrder(90 * DAY_MS, () => NOW),
      now: () => now,
      onSetAside: (_, { lines }) => aside.push(`${String(lines)} lines`),
      tidy: (...given) => {
        tidied += 1;
        return tidy(...given);
      },
    });
  const content = (): string => readFileSync(folder.at('h'), 'utf8');

  it('does so before the first line, and once a day', async () => {
    const append = appendWith();
    for (const at of [0, 1, DAY_MS - 1, DAY_MS, DAY_MS + 1]) {
      now = at;
      await expect(append(folder.at('h'), [line('a'), line('b')], limits)).resolves.toBe(2);
    }
    expect(tidied).toBe(2);
    expect(content()).toBe((line('a') + line('b')).repeat(5));
  });

  it('tells of lines that were set aside, once', async () => {
    folder.file('h', `${line('a')}torn`);
    const append = appendWith();
    await append(folder.at('h'), [line('b')], limits);
    await append(folder.at('h'), [line('c')], limits);
    expect(aside).toEqual(['1 lines']);
    expect(content()).toBe(line('a') + line('b') + line('c'));
  });

  it('never lets the file grow beyond its limit', async () => {
    const append = appendWith();
    const maxBytes = Buffer.byteLength(line('0')) * 10;
    for (let count = 0; count < 100; count += 1) {
      await append(folder.at('h'), [line(String(count % 10))], { maxBytes, backupCount: 0 });
      expect(content().length).toBeLessThanOrEqual(maxBytes);
    }
    expect(content().endsWith(line('8') + line('9'))).toBe(true);
    expect(content().split('\n').length).toBeGreaterThan(7);
    expect(tidied).toBeLessThan(50);
  });

  describe('if the file cannot be put in order', () => {
    const refuses: typeof putInOrder = () => Promise.reject(new Error('EACCES: no new file here'));

    it('goes on, on a line of its own', async () => {
      folder.file('h', `${line('a')}torn`);
      await appendWith(refuses)(folder.at('h'), [line('b'), line('c')], limits);
      expect(content()).toBe(`${line('a')}torn\n${line('b')}${line('c')}`);
    });

    it('fails once the file has reached its limit', async () => {
      folder.file('h', line('a'));
      const full = appendWith(refuses)(folder.at('h'), [line('b')], { ...limits, maxBytes: 10 });
      await expect(full).rejects.toThrow('EACCES');
      expect(content()).toBe(line('a'));
    });

    it('fails if the file cannot be written at all', async () => {
      mkdirSync(folder.at('h'));
      await expect(appendWith()(folder.at('h'), [line('b')], limits)).rejects.toThrow('EISDIR');
      chmodSync(folder.at('h'), 0o755);
    });
  });
});
