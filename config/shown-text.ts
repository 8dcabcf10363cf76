/** Everything that could move a cursor, forge a line or hide text: controls, formatting, separators, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Untrusted text made safe for one line of a terminal or a log: what cannot be printed is shown as an escape
 * (`\n`, `\u001b`), what is longer than `maxLength` UTF-16 units is cut and says so.
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

/** What stands for a secret wherever one is set. */
export const MASK = '********';

const SCHEME = /^\s*[a-z][a-z0-9+.-]*:[/\\]*/i;

/** A colon in the authority, or `%3a`, that no port follows: a password, cut off from its `@` by a comma or a slash. */
const AFTER_COLON = /^(\s*[a-z][a-z0-9+.-]*:\/\/[^/?#:[\]]*?(?::|%3a))(?!\d*(?:[/?#|\s]|$)).*$/is;

/**
 * `text` without a user and password that a URL in it may carry. It rather hides too much than too little
 * (`https://host/@name` loses its host), for what is shown here is often what could not be parsed.
 */
export function maskCredentials(text: string): string {
  return maskBeforeAt(text).replace(AFTER_COLON, `$1${MASK}`);
}

/** All up to the last `@`, but a scheme: as greedy as the WHATWG parser, and more, for what it cannot parse. */
function maskBeforeAt(text: string): string {
  const at = text.lastIndexOf('@');
  return at < 0 ? text : `${SCHEME.exec(text)?.[0] ?? ''}${MASK}${text.slice(at)}`;
}
