import fc from 'fast-check';
import type { Line } from '../../src/notices/log-line.ts';
import { createRender } from '../../src/edges/log-format.ts';
import type { Notice } from '../../src/notices/notice.ts';
import { lineOf } from '../../src/notices/wording.ts';
import { samples } from '../src/notices/kinds.ts';
import { VALUES } from '../src/notices/values.ts';
import { anyText, textOf } from './arbitraries.ts';
import { fuzz } from './fuzz.ts';

const LEVELS = ['error', 'warn', 'endpoint', 'info', 'debug'] as const;
const ZONES = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns'];

/** Sentences with hostile names in them. */
const message = fc
  .tuple(
    anyText,
    anyText,
    textOf(['Restarting ', '...', 'sesame', 'open', 'k3y/ "', '\n', '\u001b[', '1m', ';', '?']),
  )
  .map(([one, other, more]) => `Dependent container renamed: ${one} to ${other}${more}`);
/** The names of the fields are our own, even the unfortunate ones. */
const fieldName = fc.constantFrom(
  'site',
  'ip',
  'message',
  'level',
  'timestamp',
  '__proto__',
  'constructor',
  'toJSON',
);
const fields = fc.option(fc.dictionary(fieldName, fc.oneof(anyText, fc.double(), fc.constant(undefined))), {
  nil: undefined,
});
const line: fc.Arbitrary<Line> = fc
  .tuple(fc.constantFrom(...LEVELS), message, fields)
  .map(([level, said, more]) => ({ level, message: said, ...(more && { fields: more }) }));
const atMs = fc.nat(4_000_000_000_000);

/** Controls, directions and halves of characters: they move a cursor, forge a line or hide text. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const ONE_OF_A_FEW = new Set(['kind', ...samples.map(({ kind }) => kind), ...Object.values(VALUES).flat()]);

/** A notice with the texts in place of its names, labels, URLs, addresses and reasons. */
function withTexts(notice: Notice, texts: readonly string[]): Notice {
  let next = 0;
  const replaced = JSON.stringify(notice, (_, value: unknown) =>
    typeof value === 'string' && !ONE_OF_A_FEW.has(value) ? texts[next++ % texts.length] : value,
  );
  return JSON.parse(replaced) as Notice;
}

const hostileNotice = fc
  .tuple(fc.constantFrom(...samples), fc.array(anyText, { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([notice, texts, isAbout]) => ({
    ...withTexts(notice, texts),
    ...(isAbout && { gateway: texts[0] }),
  }));

describe('a line of the log', () => {
  it('is one visible line for every notice, whatever its names, URLs and reasons are', () => {
    fuzz(hostileNotice, 3_000, (notice) => {
      const rendered = createRender({ format: 'text', timeZone: 'UTC' }, [])(lineOf(notice, true), 0);
      expect(rendered).not.toMatch(INVISIBLE);
      expect(rendered).toMatch(/^\[1970-01-01 00:00:00\] \[(ERROR|WARN|ENDPOINT|INFO|DEBUG)\] ?/);
    });
  });

  it('is one JSON object with the kind of every notice, whatever its names, URLs and reasons are', () => {
    fuzz(hostileNotice, 3_000, (notice) => {
      const rendered = createRender({ format: 'json', timeZone: 'UTC' }, [])(lineOf(notice, true), 0);
      expect(rendered).not.toMatch(INVISIBLE);
      expect(JSON.parse(rendered)).toMatchObject({ kind: notice.kind, level: lineOf(notice).level });
    });
  });

  it('is one visible line that begins with its time and level, whatever it quotes', () => {
    fuzz(fc.tuple(line, atMs, fc.constantFrom(...ZONES)), 2_000, ([said, at, timeZone]) => {
      const rendered = createRender({ format: 'text', timeZone }, [])(said, at);
      expect(rendered).not.toMatch(INVISIBLE);
      expect(rendered).toMatch(
        /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] \[(ERROR|WARN|ENDPOINT|INFO|DEBUG)\] Dependent/,
      );
      expect(rendered.length).toBeLessThan(8_000 * 8);
    });
  });

  it('is one object in the JSON format with its own time, level and message, whatever its fields', () => {
    fuzz(fc.tuple(line, atMs, fc.constantFrom(...ZONES)), 2_000, ([said, at, timeZone]) => {
      const rendered = createRender({ format: 'json', timeZone }, [])(said, at);
      expect(rendered).not.toMatch(INVISIBLE);
      const object = JSON.parse(rendered) as Record<string, unknown>;
      expect(Date.parse(String(object['timestamp']))).toBe(at);
      expect(object['level']).toBe(said.level);
      expect(object['message']).toMatch(/^Dependent container renamed: /);
      const names = Object.entries(said.fields ?? {}).flatMap(([name, value]) =>
        value === undefined ? [] : name,
      );
      expect(Object.keys(object).toSorted()).toEqual(
        [...new Set(['timestamp', 'level', 'message', ...names])].toSorted(),
      );
    });
  });

  it('reveals no secret, in whatever spelling', () => {
    const secret = fc.oneof(
      fc.string({ minLength: 8, maxLength: 20 }),
      fc.constantFrom('open sesame/"', 'sésame+%&', '\ud800 half'),
    );
    const spelling = fc.constantFrom<(text: string) => string>(
      (text) => text,
      (text) => JSON.stringify(text).slice(1, -1),
      (text) => encodeURIComponent(Buffer.from(text).toString()),
    );
    fuzz(
      fc.tuple(secret, spelling, message, message, fc.constantFrom<'text' | 'json'>('text', 'json')),
      2_000,
      ([key, spell, one, other, format]) => {
        const quote = `${one}<${spell(key)}>${other}`;
        const rendered = createRender({ format, timeZone: 'UTC' }, [key])(
          { level: 'info', message: quote, fields: { quote } },
          0,
        );
        fc.pre(!`${one}${other}`.includes(key) && !'********'.includes(key));
        expect(rendered).not.toContain(`<${key}`);
        expect(rendered).not.toContain(`<${spell(key)}`);
      },
    );
  });
});
