import fc from 'fast-check';
import type { KeptExit } from '../../src/model/persisted.ts';

/** Words with a meaning in JavaScript, a terminal, a shell or a log, or as separators. */
export const NASTY_TEXTS: readonly string[] = [
  '', ' ', '\n', '\r\n', '\t', '\0', '/', '//', '-', '--', '-e', ',', ':', '=', '|', '#', '@', '%', '%00', '~', '..', '/../..',
  '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then', 'toJSON', 'length',
  'null', 'undefined', 'NaN', 'true', '0', '-1', '1e999', '[object Object]', '{}', '[]', '""',
  '\u001b[31m', '\u001b[2J', '\u001b]0;title\u0007', '\u009b1m', '\u001b', '\u0007', '\u007f', '\u0085',
  '\u2028', '\u2029', '\u202e', '\u200b', '\ufeff', '\ufffd', '\ud800', '\udfff', '\udc00\ud800', '🛰', 'é', '東京',
  'x\n[2026-11-22 18:05:09] [INFO] Recovery complete', '$(reboot)', '`reboot`', "'; reboot; '", '%s%n', '${x}',
  '999999999999999999999999', '0x10', '１２', '1.2.3.4', 'container:', 'container:__proto__', 'container:constructor',
]; // prettier-ignore

/** Any code unit, including halves of characters. */
const anyCodeUnit = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  fc.integer({ min: 0xd7f0, max: 0xe010 }).map((unit) => String.fromCharCode(unit)),
  fc.integer({ min: 0, max: 0x9f }).map((unit) => String.fromCharCode(unit)),
);

const longText = fc
  .tuple(fc.constantFrom(...NASTY_TEXTS, 'a', 'ab '), fc.integer({ min: 100, max: 3_000 }))
  .map(([unit, times]) => unit.repeat(times));

/** Any text, and known difficult ones. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NASTY_TEXTS) },
  { weight: 3, arbitrary: fc.string({ unit: anyCodeUnit, maxLength: 40 }) },
  { weight: 2, arbitrary: fc.string({ maxLength: 40 }) },
  { weight: 1, arbitrary: longText },
);

/** Text made of words that the reader looks for, with anything in between. */
export const textOf = (words: readonly string[], maxLength = 30): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom(...words) },
        { weight: 1, arbitrary: fc.constantFrom(...NASTY_TEXTS) },
        { weight: 1, arbitrary: fc.string({ unit: anyCodeUnit, maxLength: 5 }) },
      ),
      { maxLength },
    )
    .map((parts) => parts.join(''));

export const anyBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  anyText.map((text) => Buffer.from(text)),
  fc.tuple(fc.nat(255), fc.nat(5_000)).map(([byte, times]) => Buffer.alloc(times, byte)),
);

/** A placeholder for a number that JSON can write and JavaScript cannot hold: `1e999`, which is read as Infinity. */
export const TOO_LARGE = '1e999, and no text';

const anyNumber = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(-1, 0, -0, 0.5, 2 ** 31, 2 ** 53, 1e18, 9.3e18, 1e21, 1e300, -1e300, 5e-324),
);

const nested = fc
  .tuple(fc.integer({ min: 10, max: 300 }), fc.boolean())
  .map(([depth, isList]) =>
    Array.from({ length: depth }).reduce<unknown>((inner) => (isList ? [inner] : { a: inner }), null),
  );

/** Any JSON value, with any keys, even `__proto__`: write it as text and parse that. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(null, true, false),
    anyText,
    anyNumber,
    fc.constant(TOO_LARGE),
    nested,
    fc.array(tie('json'), { maxLength: 4 }),
    fc.array(fc.tuple(anyText, tie('json')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
})).json;

export const keptExit: fc.Arbitrary<KeptExit> = fc.record({
  run: fc.option(anyText, { nil: undefined }),
  by: fc.constantFrom('operator', 'itself', 'monitor', 'engine'),
});
