import fc from 'fast-check';
import { createRender } from '../../../src/edges/log-format.ts';
import type { Line } from '../../../src/notices/log-line.ts';
import { inTime } from '../../in-time.ts';

const AT = Date.UTC(2026, 10, 22, 18, 5, 9, 7);

function text(line: Line, { timeZone = 'UTC', atMs = AT, secrets = [] as string[] } = {}): string {
  return createRender({ format: 'text', timeZone }, secrets)(line, atMs);
}

function json(line: Line, { timeZone = 'UTC', secrets = [] as string[] } = {}): unknown {
  return JSON.parse(createRender({ format: 'json', timeZone }, secrets)(line, AT));
}

const info = (message: string): Line => ({ level: 'info', message });

describe('the text format', () => {
  it.each([
    { level: 'error', then: '[2026-11-22 18:05:09] [ERROR] m' },
    { level: 'warn', then: '[2026-11-22 18:05:09] [WARN] m' },
    { level: 'endpoint', then: '[2026-11-22 18:05:09] [ENDPOINT] m' },
    { level: 'info', then: '[2026-11-22 18:05:09] [INFO] m' },
    { level: 'debug', then: '[2026-11-22 18:05:09] [DEBUG] m' },
  ] as const)('names the level $level', ({ level, then }) => {
    expect(text({ level, message: 'm' })).toBe(then);
  });

  it.each([
    { timeZone: 'Europe/Berlin', atMs: AT, then: '2026-11-22 19:05:09' },
    { timeZone: 'Europe/Berlin', atMs: Date.UTC(2026, 6, 1, 22, 30), then: '2026-07-02 00:30:00' },
    { timeZone: 'Asia/Kathmandu', atMs: AT, then: '2026-11-22 23:50:09' },
    { timeZone: 'America/St_Johns', atMs: AT, then: '2026-11-22 14:35:09' },
    { timeZone: 'UTC', atMs: 0, then: '1970-01-01 00:00:00' },
    { timeZone: 'UTC', atMs: 59_999.9, then: '1970-01-01 00:00:59' },
  ])('shows the time in $timeZone: $then', ({ timeZone, atMs, then }) => {
    expect(text(info('m'), { timeZone, atMs })).toBe(`[${then}] [INFO] m`);
  });

  it('shows the message only', () => {
    expect(text({ level: 'info', message: 'm', fields: { site: 'a' } })).toBe(
      '[2026-11-22 18:05:09] [INFO] m',
    );
  });

  it.each([
    { given: 'failed:\n\tattempt 1\r\n', then: 'failed:\\n attempt 1' },
    {
      given: 'x\n[2026-11-22 18:05:09] [INFO] Recovery complete',
      then: 'x\\n[2026-11-22 18:05:09] [INFO] Recovery complete',
    },
    { given: '\u001b[31mred\u001b[0m', then: 'red' },
    { given: '\u001b]0;title\u0007x', then: 'x' },
    { given: 'a\u0000b\u0008c\u009b', then: 'a\\u0000b\\u0008c\\u009b' },
    { given: 'a\u2028b\u202ec', then: 'a\\u2028b\\u202ec' },
    { given: 'São Paulo 東京', then: 'São Paulo 東京' },
  ])('makes $given harmless', ({ given, then }) => {
    expect(text(info(given))).toBe(`[2026-11-22 18:05:09] [INFO] ${then}`);
  });

  it('cuts an overlong message and marks the cut', () => {
    expect(text(info('x'.repeat(1_000_000)))).toMatch(/x{8000}… \(992000 more characters\)$/);
  });

  it('does not search the part it cuts off for escape sequences', () => {
    const message = `\u001b${';?'.repeat(500_000)}`;
    expect(inTime(() => text(info(message)))).toContain('992001 more characters');
  });
});

describe('the JSON format', () => {
  it('is an object with the fields as properties', () => {
    const line: Line = {
      level: 'endpoint',
      message: 'm',
      fields: { ip: '1.2.3.4', tries: 2, city: undefined },
    };
    expect(json(line)).toEqual({
      timestamp: '2026-11-22T18:05:09.007+00:00',
      level: 'endpoint',
      message: 'm',
      ip: '1.2.3.4',
      tries: 2,
    });
  });

  it.each([
    { timeZone: 'Europe/Berlin', then: '2026-11-22T19:05:09.007+01:00' },
    { timeZone: 'America/St_Johns', then: '2026-11-22T14:35:09.007-03:30' },
  ])('has a time in $timeZone with its offset', ({ timeZone, then }) => {
    expect(json(info('m'), { timeZone })).toMatchObject({ timestamp: then });
    expect(Date.parse(then)).toBe(AT);
  });

  it('does not let a field replace the message', () => {
    const line: Line = {
      level: 'info',
      message: 'm',
      fields: { message: 'x', level: 'error', timestamp: 0 },
    };
    expect(json(line)).toEqual({ timestamp: '2026-11-22T18:05:09.007+00:00', level: 'info', message: 'm' });
  });

  it('makes its fields harmless, too', () => {
    expect(json({ level: 'info', message: 'm', fields: { city: '\u001b[31mA\n' } })).toMatchObject({
      city: 'A',
    });
  });
});

describe('secrets', () => {
  const secrets = ['sesame', 'open sesame/"', 'k3y'];

  it.each([
    { given: 'X-API-Key: sesame!', then: 'X-API-Key: ********!' },
    { given: 'sesamesesame', then: '****************' },
    { given: 'open sesame/"', then: '********' },
    { given: '?key=open%20sesame%2F%22&x', then: '?key=********&x' },
    { given: '{"key":"open sesame/\\""}', then: '{"key":"********"}' },
    { given: 'k3y', then: '********' },
  ])('are masked in $given', ({ given, then }) => {
    expect(text(info(given), { secrets })).toBe(`[2026-11-22 18:05:09] [INFO] ${then}`);
    expect(json({ level: 'info', message: given, fields: { quote: given } }, { secrets })).toMatchObject({
      message: then,
      quote: then,
    });
  });

  it('leave no part behind where a message is cut', () => {
    expect(text(info(`${'x'.repeat(7997)}sesame`), { secrets })).not.toContain('ses');
  });

  it('are ignored if empty or so short that they occur by chance', () => {
    expect(text(info('a b'), { secrets: ['', 'a'] })).toBe('[2026-11-22 18:05:09] [INFO] a b');
  });
});

it('a log entry is one line of visible characters, whatever the message', () => {
  const formats = fc.constantFrom('text' as const, 'json' as const);
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary', minLength: 3 }),
      formats,
      (message, secret, format) => {
        const render = createRender({ format, timeZone: 'UTC' }, [secret]);
        expect(
          render({ level: 'info', message: message + secret, fields: { [message]: message } }, AT),
        ).not.toMatch(/[\n\r\u001b]/);
      },
    ),
  );
});
