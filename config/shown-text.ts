/** What could move a cursor, forge a line or hide text: controls, formatting, separators, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Makes untrusted text safe for one line of a terminal or a log. What cannot be printed becomes an escape (`\n`,
 * `\u001b`); what is longer than `maxLength` UTF-16 units is cut, and a note says so.
 */
export function printable(text: string, maxLength = 200): string {
  const omitted = text.length - maxLength;
  const kept = omitted > 0 ? text.slice(0, maxLength) : text;
  return kept.replace(UNPRINTABLE, escapeOf) + (omitted > 0 ? `… (${omitted} more characters)` : '');
}

function escapeOf(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return ' ';
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}

/** The same for JSON, which only says it in other characters: JSON itself escapes no more than it must. */
export const printableJson = (json: string): string =>
  json.replace(UNPRINTABLE, (character) => (character === '\n' ? character : escapedUnits(character)));

/** JSON escapes a character beyond the first 65,536 as the two halves that it consists of. */
const escapedUnits = (character: string): string =>
  character.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Shown in place of a secret. */
export const MASK = '********';

const SCHEME = /^\s*[a-z][a-z0-9+.-]*:[/\\]*/i;

/** A colon in the authority, or `%3a`, without a port after it: a password that a comma or slash cut off from its `@`. */
const AFTER_COLON = /^(\s*[a-z][a-z0-9+.-]*:\/\/[^/?#:[\]]*?(?::|%3a))(?!\d*(?:[/?#|\s]|$)).*$/is;

/**
 * Masks the user and password of a URL in `text`. The text often could not be parsed, so this hides too much rather
 * than too little: `https://host/@name` loses its host.
 */
export function maskCredentials(text: string): string {
  return maskBeforeAt(text).replace(AFTER_COLON, `$1${MASK}`);
}

/** Masks everything up to the last `@`, except a scheme: at least as greedy as the WHATWG parser. */
function maskBeforeAt(text: string): string {
  const at = text.lastIndexOf('@');
  return at < 0 ? text : `${SCHEME.exec(text)?.[0] ?? ''}${MASK}${text.slice(at)}`;
}
