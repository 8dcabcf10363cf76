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
