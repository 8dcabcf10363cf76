/**
 * Removes the quotes, spaces, line breaks and escapes that compose, `.env` files, web forms and word processors leave
 * around a value. compose keeps the quotes of `- NAME="value"`; `docker run --env-file` keeps everything.
 */

/** Each string holds the quotes of one kind; each of them may open or close. */
const QUOTES = ['"“”„‟＂', "'‘’‚‛＇", '`´', '«»', '‹›'];
const KINDS = QUOTES.map((quotes) => new RegExp(`[${quotes}]`, 'u'));
/** A value may have been quoted this many times over; more pairs are not a leftover. */
const MOST_PAIRS = 4;

const QUOTE = new RegExp(`[${QUOTES.join('')}]`, 'u');
const OPENS = new RegExp(`^\\\\?[${QUOTES.join('')}]`, 'u');
const CLOSES = new RegExp(`[${QUOTES.join('')}]$`, 'u');

/** Spaces of any width, characters without a width, and line breaks or tabs that are still escaped. */
const BLANK_START = /^(?:[\s\p{Cf}]|\\[nrt])+/u;
/** Tried only at the first of a row: tried at each, a long row would take quadratic time. */
const BLANK_END = /(?<![\s\p{Cf}]|\\[nrt])(?:[\s\p{Cf}]|\\[nrt])+$/u;
const UNSEEN_START = /^[\s\p{Cf}]+/u;
const UNSEEN_END = /(?<![\s\p{Cf}])[\s\p{Cf}]+$/u;

/** `#` after white space, up to the end. Inside a word it belongs to the word, as in a URL. */
const COMMENT = /(?:^#(?=\s|$)|\s#).*$/s;
const ESCAPED_BREAK = /\\[nrt]/g;
const LINE_BREAK = /\r\n|[\n\r\u0085\u2028\u2029]/;

export function hasQuote(text: string): boolean {
  return QUOTE.test(text);
}

/** One value. If all of it is quoted, it is taken literally; otherwise a comment after it is removed. */
export function valueIn(given: string): string {
  const text = unquoted(given);
  return text === trimmed(given) ? unquoted(given.replace(COMMENT, '')) : text;
}

/** A secret. Any character may be part of it, so only what surrounds it is removed. */
export function secretIn(given: string): string {
  let text = given.replace(UNSEEN_START, '').replace(UNSEEN_END, '');
  for (let pairs = 0; pairs < MOST_PAIRS; pairs += 1) {
    const pair = pairAround(text);
    if (pair === undefined) break;
    text = pair.inner.replace(UNSEEN_START, '').replace(UNSEEN_END, '');
  }
  return text;
}

/** A whole list; `entriesIn` takes it apart. */
export function listIn(given: string): string {
  return unquoted(given);
}

/**
 * The entries of a list, each without its own quotes. An entry ends at a line break, at white space, or at a comma
 * that `comma` matches. Comments are removed, but not from a list of one line: something (YAML's `>`) may have joined
 * its lines, and then nobody knows where the comment ended.
 */
export function entriesIn(given: string, comma: RegExp): readonly string[] {
  const lines = listIn(given).replace(ESCAPED_BREAK, '\n').split(LINE_BREAK);
  return lines
    .map((line) => (lines.length === 1 ? line : line.replace(COMMENT, '')))
    .flatMap((line) => joinedTunables(line).split(/\s+/))
    .flatMap((word) => word.split(comma))
    .map(withoutOuterCommas)
    .map((entry) => unquoted(entry))
    .filter((entry) => entry !== '');
}

/** Why a value cannot be meant as it stands, for the end of a fault's message; undefined if it can. */
export function leftoverIn(text: string): string | undefined {
  if (hasQuote(text)) return 'a quote is left in it: remove it (only a pair around the whole is understood)';
  if (text.includes('\\')) return 'a backslash is left in it: remove it';
  if (text.includes('${')) return 'a ${…} is left in it that nothing has replaced: write the value itself';
  if (/\p{Cf}/u.test(text)) return 'an invisible character is left in it: type it anew';
  return undefined;
}

/** The same for a secret: a quote or a backslash in the middle may be part of it. */
export function leftoverInSecret(text: string): string | undefined {
  if (OPENS.test(text) || CLOSES.test(text))
    return 'a quote is left at one end of it: remove it (only a pair around the whole is understood)';
  if (/\s#/.test(text)) return 'a comment is left after it: remove it';
  if (/\\[nrt]$/.test(text)) return 'a line break is left at its end, as \\n: remove it';
  return undefined;
}

/** A line of a list often ends in a comma. */
export function withoutOuterCommas(text: string): string {
  return text.replace(/^,+/, '').replace(/(?<!,),+$/, '');
}

/** Removes the pairs of quotes around a text, unless they are not pairs: `"a","b"` stays. */
export function unquoted(given: string, pairs = MOST_PAIRS): string {
  const text = trimmed(given);
  const pair = pairs > 0 ? pairAround(text) : undefined;
  if (pair === undefined) return text;
  const inner = unquoted(pair.inner, pairs - 1);
  return pair.kind.test(inner) ? text : inner;
}

function trimmed(text: string): string {
  return text.replace(BLANK_START, '').replace(BLANK_END, '');
}

/** Either both quotes are escaped, `\\"value\\"`, or neither is. */
function pairAround(text: string): { readonly kind: RegExp; readonly inner: string } | undefined {
  const [open = ''] = OPENS.exec(text) ?? [];
  const close = text.slice(open.length).slice(-open.length);
  const kind = KINDS.find((quotes) => quotes.test(open));
  if (kind?.test(close) !== true || close.startsWith('\\') !== open.startsWith('\\')) return undefined;
  return { kind, inner: text.slice(open.length, -open.length) };
}

/** Without the spaces around `|`: `URL | timeout=5` is one entry. */
function joinedTunables(line: string): string {
  return line.includes('|')
    ? line
        .split('|')
        .map((part) => part.trim())
        .join('|')
    : line;
}
