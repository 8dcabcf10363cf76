import { describeFaults } from '../../config/config-fault.ts';
import fc from 'fast-check';
import { maskCredentials, printable, printableJson } from '../../config/shown-text.ts';
import { inTime } from '../in-time.ts';

describe('describeFaults', () => {
  it('makes one message with a line for each fault', () => {
    const message = describeFaults([
      { variable: 'TIMEOUT', given: 'soon', accepted: 'a whole number from 1 to 600' },
      { variable: 'TZ', given: 'a\nb\u001b[31m', accepted: 'an IANA time zone' },
    ]);
    expect(message.split('\n')).toEqual([
      'Configuration: 2 variables cannot be used.',
      '  TIMEOUT: given "soon"; accepted: a whole number from 1 to 600',
      '  TZ: given "a\\nb\\u001b[31m"; accepted: an IANA time zone',
      'Correct them where they are set (compose: `environment:` or the .env file) and start again.',
      'A variable that is left out or empty has its default.',
    ]);
  });

  it('says "1 variable" for one fault', () => {
    expect(describeFaults([{ variable: 'TZ', given: '', accepted: '' }])).toContain('1 variable cannot');
  });
});

describe('printable', () => {
  it.each([
    { given: 'Zürich 東京 🙂', then: 'Zürich 東京 🙂' },
    { given: 'a\r\nb\tc', then: 'a\\r\\nb c' },
    { given: '\u0000\u009b\u2028\u202e', then: '\\u0000\\u009b\\u2028\\u202e' },
    { given: 'half \ud83d', then: 'half \\ud83d' },
  ])('shows $given as $then', ({ given, then }) => {
    expect(printable(given)).toBe(then);
  });

  it('cuts a text that is too long, and says by how much', () => {
    expect(printable('abcdef', 4)).toBe('abcd… (2 more characters)');
    expect(printable('abcd', 4)).toBe('abcd');
  });
});

describe('printableJson', () => {
  it('escapes what JSON itself leaves as it is', () => {
    const json = JSON.stringify({ '\u007f\u009b31m': '\u202ea\u2028\u{e0001}\n' }, null, 1);
    expect(printableJson(json)).toBe('{\n "\\u007f\\u009b31m": "\\u202ea\\u2028\\udb40\\udc01\\n"\n}');
  });

  it('is the same JSON, and visible', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (value) => {
        const json = printableJson(JSON.stringify(value));
        expect(JSON.parse(json)).toEqual(value);
        expect(json).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('maskCredentials', () => {
  it.each([
    { given: 'https://host/path?a=b', then: 'https://host/path?a=b' },
    { given: 'https://host:8080', then: 'https://host:8080' },
    { given: 'https://[2001:db8::1]:8080/', then: 'https://[2001:db8::1]:8080/' },
    { given: 'https://host:80|timeout=5', then: 'https://host:80|timeout=5' },
    { given: 'https://user:word@host/', then: 'https://********@host/' },
    { given: 'https://user:w/o@r#d@host/', then: 'https://********@host/' },
    { given: 'https:user:word@host', then: 'https:********@host' },
    { given: 'user:word@host', then: 'user:********@host' },
    { given: 'word@host', then: '********@host' },
    { given: 'https://user:wo', then: 'https://user:********' },
    { given: 'https://user:1wo', then: 'https://user:********' },
    { given: 'https://user%3awo', then: 'https://user%3a********' },
  ])('shows $given as $then', ({ given, then }) => {
    expect(maskCredentials(given)).toBe(then);
  });

  it('takes linear time for a long row of slashes', () => {
    const row = `https:${'/'.repeat(1_000_000)}`;
    expect(inTime(() => maskCredentials(row)) === row).toBe(true);
  });
});
