import { describeFaults } from '../../../config/config-fault.ts';
import type { Config } from '../../../config/config.ts';
import { loadConfig } from '../../../config/load-config.ts';
import { type HistoryOptions, history } from '../../../src/cli/history.ts';
import { createEntryText } from '../../../src/edges/history/entry.ts';
import { TemporaryFolder } from '../../config/temporary-folder.ts';

const configOf = (env: Readonly<Record<string, string>>): Config => {
  const loaded = loadConfig(env);
  if (!loaded.ok) throw new Error(describeFaults(loaded.faults));
  return loaded.config;
};

describe('gluetun-monitor history', () => {
  const folder = new TemporaryFolder();
  const textOf = createEntryText([]);
  const agoMs = (hours: number): number => Date.now() - hours * 3_600_000;

  async function shown(
    env: Readonly<Record<string, string>>,
    options: Partial<HistoryOptions> = {},
  ): Promise<{ code: number; lines: readonly string[]; json: readonly string[]; errors: readonly string[] }> {
    const [lines, json, errors]: string[][] = [[], [], []];
    const output = {
      print: (line: string) => lines?.push(line),
      write: (text: string) => json?.push(text.trimEnd()),
      complain: (line: string) => errors?.push(line),
    };
    const code = await history(configOf(env), { since: '7d', isJson: false, ...options }, output);
    return { code, lines: lines ?? [], json: json ?? [], errors: errors ?? [] };
  }

  const file = (): string =>
    folder.file(
      'history.jsonl',
      [
        textOf({ kind: 'siteUp', gateway: 'us', site: 'https://old' }, agoMs(24 * 8)),
        textOf({ kind: 'siteUp', gateway: 'us', site: 'https://a' }, agoMs(49)),
        textOf({ kind: 'listingFailed', reason: 'no answer' }, agoMs(25)),
        textOf(
          {
            kind: 'conditionBegan',
            condition: 'listingFailed',
            key: 'listingFailed',
            subject: '',
            severity: 'warning',
            sentence: 'x',
          },
          agoMs(25),
        ),
        textOf({ kind: 'siteUp', gateway: 'nl', site: 'https://b' }, agoMs(1)),
      ]
        .map((line) => `${line}\n`)
        .join(''),
    );

  it('shows what happened by day, the newest last, in local time', async () => {
    const env = { HISTORY_FILE: file(), TZ: 'Asia/Tokyo' };
    const { code, lines, errors } = await shown(env);
    const local = (hours: number, options: Intl.DateTimeFormatOptions): string =>
      new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Tokyo', ...options }).format(agoMs(hours));
    expect({ code, errors }).toEqual({ code: 0, errors: [] });
    expect(lines.filter((line) => /^\S/.test(line))).toEqual(
      [49, 25, 1].map((hours) => local(hours, { dateStyle: 'full' })),
    );
    expect(lines.filter((line) => line.startsWith('  '))).toEqual([
      expect.stringMatching(/^ {2}\d\d:\d\d:\d\d {2}INFO {6}Site https:\/\/a can be reached again$/),
      expect.stringMatching(
        /^ {2}\d\d:\d\d:\d\d {2}WARN {6}Listing the containers failed: no answer; trying again$/,
      ),
      expect.stringMatching(/^ {2}\d\d:\d\d:\d\d {2}INFO {6}Site https:\/\/b can be reached again$/),
    ]);
  });

  it('shows one gateway, with what concerns all', async () => {
    const env = { HISTORY_FILE: file(), GLUETUN_CONTAINER: 'us,nl' };
    const { lines } = await shown(env, { gateway: 'nl' });
    expect(lines.join()).toMatch(/Listing the containers failed.*nl: Site https:\/\/b/);
    expect(lines.join()).not.toContain('https://a');
  });

  it('prints everything that is kept as JSON, as it is kept', async () => {
    const { json, lines } = await shown({ HISTORY_FILE: file() }, { isJson: true, since: '30h' });
    expect(lines).toEqual([]);
    expect(json.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual([
      'listingFailed',
      'conditionBegan',
      'siteUp',
    ]);
  });

  it.each([
    {
      if: 'nothing has happened',
      env: () => ({ HISTORY_FILE: file() }),
      since: '1s',
      says: /^Nothing has happened in the last 1s\.$/,
      code: 0,
    },
    {
      if: 'there is no file',
      env: () => ({ HISTORY_FILE: folder.at('none') }),
      says: /^There is no history in .*none: /,
      code: 1,
    },
    { if: 'none is kept', env: () => ({ HISTORY_FILE: '/dev/null' }), says: /^No history is kept/, code: 1 },
    {
      if: 'it cannot be read',
      env: () => ({ HISTORY_FILE: folder.at('.') }),
      says: /cannot be read: EISDIR/,
      code: 1,
    },
    {
      if: 'the duration is none',
      env: () => ({}),
      since: 'soon',
      says: /--since soon is no duration/,
      code: 64,
    },
  ])('says so if $if', async ({ env, since = '7d', says, code }) => {
    const result = await shown(env(), { since });
    expect(result.code).toBe(code);
    expect([...result.lines, ...result.errors]).toEqual([expect.stringMatching(says)]);
  });
});
