import { readFileSync, readdirSync } from 'node:fs';
import type { Notice } from '../../../src/notices/notice.ts';
import { lineOf } from '../../../src/notices/wording.ts';
import { type Persisted, NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import { STATE_FILE_BYTES, openStateFile } from '../../../src/edges/state-file.ts';
import { TemporaryFolder } from '../../config/temporary-folder.ts';

const MEMORY: Persisted = {
  gateways: { gluetun: ['b2', 'a1'] },
  dependents: { c3: 'app1', d4: 'app2' },
  exits: {
    b2: { run: '2026-11-25T16:00:00.5Z', by: 'engine' },
    c3: { run: '2026-11-25T16:00:00.25Z', by: 'monitor' },
    d4: { run: undefined, by: 'operator' },
  },
  backoff: { gluetun: { attempts: 2, notBefore: 1_700_000_000_000 } },
  sites: {
    gluetun: {
      held: ['https://a/'],
      blocked: { urls: ['https://b/'], recoveries: 2 },
      passed: ['https://b/', 'https://c/'],
    },
  },
  paused: { gluetun: 1_700_000_001_000 },
};
const TEXT = `${JSON.stringify({ version: 2, ...MEMORY }, null, 2)}\n`;

const textWith = (part: string): unknown => expect.stringContaining(part);
const warning = (text: string): unknown =>
  expect.objectContaining({ level: 'warn', message: textWith(text) });

function expectWarning(notices: readonly Notice[], text: string): void {
  expect(notices.map((notice) => lineOf(notice))).toEqual([warning(text)]);
}

describe('the state file', () => {
  const folder = new TemporaryFolder();
  const inFolder = (): string[] => readdirSync(folder.at('.')).sort();

  describe('when it is opened', () => {
    it('returns its content without a notice', () => {
      const { memory, notices } = openStateFile(folder.file('state.json', TEXT));
      expect(memory).toEqual(MEMORY);
      expect(notices).toEqual([]);
    });

    it('takes nothing for paused if an earlier monitor of this version wrote it', () => {
      const { paused: _, ...before } = MEMORY;
      const { memory, notices } = openStateFile(
        folder.file('state.json', JSON.stringify({ version: 2, ...before })),
      );
      expect(memory).toEqual({ ...MEMORY, paused: {} });
      expect(notices).toEqual([]);
    });

    it('accepts the format of an earlier version', () => {
      const { exits: _, ...others } = MEMORY;
      const before = {
        ...others,
        version: 1,
        stopped: ['d4'],
        endedByEngine: { b2: '2026-11-25T16:00:00.5Z' },
        restarting: { c3: '2026-11-25T16:00:00.25Z' },
      };
      const { memory, notices } = openStateFile(folder.file('state.json', JSON.stringify(before)));
      expect(memory).toEqual(MEMORY);
      expect(notices).toEqual([]);
    });

    it.each([
      { what: 'it does not exist', make: () => folder.at('state.json') },
      { what: 'its folder does not exist', make: () => folder.at('a/b/state.json') },
      { what: 'its folder is a file', make: () => `${folder.file('file', '')}/state.json` },
      { what: 'it is /dev/null', make: () => '/dev/null' },
      { what: 'it is a link to /dev/null', make: () => folder.linkTo('/dev/null') },
      { what: 'its path is empty', make: () => '' },
    ])('returns nothing, without a notice, if $what', ({ make }) => {
      const { memory, notices } = openStateFile(make());
      expect(memory).toEqual(NOTHING_PERSISTED);
      expect(notices).toEqual([]);
    });

    it.each([
      { what: 'it is a folder', make: () => folder.at('.'), reason: 'is a folder' },
      { what: 'it is a device', make: () => '/dev/zero', reason: 'is not a regular file' },
      {
        what: 'it is a link to a device',
        make: () => folder.linkTo('/dev/zero'),
        reason: 'is not a regular file',
      },
      { what: 'it is a pipe without a writer', make: () => folder.pipe(), reason: 'is not a regular file' },
      {
        what: 'it is a link to itself',
        make: () => folder.linkTo(folder.at('link')),
        reason: 'cannot be read (ELOOP)',
      },
      { what: 'its name is too long', make: () => folder.at('x'.repeat(300)), reason: '(ENAMETOOLONG)' },
    ])('returns nothing, with one warning, if $what', ({ make, reason }) => {
      const { memory, notices } = openStateFile(make());
      expect(memory).toEqual(NOTHING_PERSISTED);
      expectWarning(notices, reason);
    });

    const damaged: { what: string; content: string | Uint8Array; reason: string }[] = [
      { what: 'it is empty', content: '', reason: 'holds no JSON object' },
      { what: 'it was cut short', content: TEXT.slice(0, -20), reason: 'holds no JSON object' },
      { what: 'it is garbage', content: Uint8Array.of(0, 0xff, 0xfe, 0x80), reason: 'holds no JSON object' },
      { what: 'it is a list', content: '[1]', reason: 'holds no JSON object' },
      { what: 'it is nested too deeply', content: '['.repeat(500_000), reason: 'holds no JSON object' },
      { what: 'it has no version', content: '{}', reason: 'has no version' },
      { what: 'its version is a text', content: '{"version":"1"}', reason: 'has no version' },
      { what: 'it is of a later version', content: '{"version":3}', reason: 'is of version 3' },
      {
        what: 'its gateways are a list',
        content: '{"version":1,"gateways":[]}',
        reason: 'is not of the form',
      },
      {
        what: 'its dependents are a text',
        content: '{"version":1,"dependents":"a"}',
        reason: 'is not of the form',
      },
      {
        what: 'its exits are a list',
        content: '{"version":2,"exits":[]}',
        reason: 'is not of the form',
      },
      {
        what: 'who was stopped, as an earlier version has it, is no list',
        content: '{"version":1,"stopped":{}}',
        reason: 'is not of the form',
      },
      {
        what: 'it is too large',
        content: ' '.repeat(STATE_FILE_BYTES + 1),
        reason: 'is larger than 1024 KiB',
      },
    ];
    it.each(damaged)('is set aside, with a warning about what is lost, if $what', ({ content, reason }) => {
      const path = folder.file('state.json', content);
      folder.file('state.json.corrupt', 'an older one');
      const { memory, notices } = openStateFile(path);
      expect(memory).toEqual(NOTHING_PERSISTED);
      expectWarning(notices, `State file ${path} ${reason}`);
      expectWarning(notices, `it is now ${path}.corrupt: nothing is remembered`);
      expectWarning(notices, "can be told only by compose's labels, or by a name they were parked under");
      expect(inFolder()).toEqual(['state.json.corrupt']);
      expect(readFileSync(`${path}.corrupt`).equals(Buffer.from(content))).toBe(true);
    });

    it('warns that it will be overwritten if it cannot be set aside', () => {
      const path = folder.file('state.json', 'nonsense');
      folder.file('state.json.corrupt/file', '');
      const { notices, text } = openStateFile(path);
      expectWarning(notices, 'will be overwritten, for it cannot be set aside as');
      expectWarning(notices, 'EISDIR');
      expect(text).toBeUndefined();
    });

    const lenient: { what: string; content: object; then: Partial<Persisted> }[] = [
      { what: 'sections that are missing', content: {}, then: {} },
      {
        what: 'what it does not know',
        content: { mood: 3, dependents: { a: 'b' } },
        then: { dependents: { a: 'b' } },
      },
      {
        what: 'ids that are no text',
        content: { gateways: { a: ['1', 2, null, '3'], b: [{}] } },
        then: { gateways: { a: ['1', '3'], b: [] } },
      },
      {
        what: 'gateways without a list',
        content: { gateways: { a: '1', b: null, c: ['2'] } },
        then: { gateways: { c: ['2'] } },
      },
      {
        what: 'names that are no text',
        content: { dependents: { a: 1, b: 'app' } },
        then: { dependents: { b: 'app' } },
      },
      {
        what: 'exits by nobody that is known',
        content: { exits: { a: { run: 'x', by: 'wind' }, b: 7, c: { run: 5, by: 'engine' } } },
        then: { exits: { c: { run: undefined, by: 'engine' } } },
      },
      {
        what: 'backoffs that are none',
        content: {
          backoff: {
            a: { attempts: -1, notBefore: 5 },
            b: { attempts: 1 },
            c: 7,
            d: { attempts: 1, notBefore: 5 },
          },
        },
        then: { backoff: { d: { attempts: 1, notBefore: 5 } } },
      },
      {
        what: 'sites that are none',
        content: {
          sites: {
            a: 'https://a/',
            b: { held: 'https://a/', blocked: { urls: ['https://b/'], recoveries: 0.5 } },
            c: {
              held: [1, 'https://a/'],
              blocked: { urls: [{}, 'https://b/'], recoveries: 2 },
              passed: [2, 'https://c/'],
            },
          },
        },
        then: {
          sites: {
            b: { held: [], blocked: undefined, passed: [] },
            c: {
              held: ['https://a/'],
              blocked: { urls: ['https://b/'], recoveries: 2 },
              passed: ['https://c/'],
            },
          },
        },
      },
    ];
    it.each(lenient)('ignores $what', ({ content, then }) => {
      const { memory, notices } = openStateFile(
        folder.file('state.json', JSON.stringify({ version: 2, ...content })),
      );
      expect(memory).toEqual({ ...NOTHING_PERSISTED, ...then });
      expect(notices).toEqual([]);
    });

    it('ignores a key that would change the prototype of an object', () => {
      const section = '{"__proto__":["evil"],"constructor":["fine"]}';
      const text = `{"version":1,"gateways":${section},"dependents":{"__proto__":"evil"}}`;
      const { memory } = openStateFile(folder.file('state.json', text));
      expect(memory).toEqual({
        ...NOTHING_PERSISTED,
        gateways: { constructor: ['fine'] },
      });
      expect(Object.getPrototypeOf(memory.gateways)).toBe(Object.prototype);
    });
  });
});
