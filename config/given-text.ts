/**
 * What is left of a value once the quotes, spaces, line breaks and escapes are gone that compose, `.env` files, web
 * forms and word processors leave around it. compose keeps the quotes of `- NAME="value"`; `docker run --env-file`
 * keeps everything.
 */

/** Each string: the quotes of one kind, which may open and close. */
const QUOTES = ['"“”„‟＂', "'‘’‚‛＇", '`´', '«»', '‹›'];
const KINDS = QUOTES.map((quotes) => new RegExp(`[${quotes}]`, 'u'));
/** Around a value that was quoted once too often there may be so many pairs; more are no leftover. */
const MOST_PAIRS = 4;

const QUOTE = new RegExp(`[${QUOTES.join('')}]`, 'u');
const OPENS = new RegExp(`^\\\\?[${QUOTES.join('')}]`, 'u');
const CLOSES = new RegExp(`[${QUOTES.join('')}]$`, 'u');

/** Spaces of any width and what has no width at all; a line break or tab that was escaped, and left so. */
const BLANK_START = /^(?:[\s\p{Cf}]|\\[nrt])+/u;
/** From its first on: tried at each, a long row of them would take its square in time. */
const BLANK_END = /(?<![\s\p{Cf}]|\\[nrt])(?:[\s\p{Cf}]|\\[nrt])+$/u;
const UNSEEN_START = /^[\s\p{Cf}]+/u;
const UNSEEN_END = /(?<![\s\p{Cf}])[\s\p{Cf}]+$/u;

/** `#` after white space, up to the end; one within a word belongs to it, as in a URL. */
const COMMENT = /(?:^#(?=\s|$)|\s#).*$/s;
const ESCAPED_BREAK = /\\[nrt]/g;
const LINE_BREAK = /\r\n|[\n\r\u0085\u2028\u2029]/;

export function hasQuote(text: string): boolean {
  return QUOTE.test(text);
}

/** One value. What is quoted as a whole is taken to the letter; else a comment after it is none of it. */
export function valueIn(given: string): string {
  const text = unquoted(given);
  return text === trimmed(given) ? unquoted(given.replace(COMMENT, '')) : text;
}

/** A secret: only what surrounds it is taken off, for any character may be part of it. */
export function secretIn(given: string): string {
  let text = given.replace(UNSEEN_START, '').replace(UNSEEN_END, '');
  for (let pairs = 0; pairs < MOST_PAIRS; pairs += 1) {
    const pair = pairAround(text);
    if (pair === undefined) break;
    text = pair.inner.replace(UNSEEN_START, '').replace(UNSEEN_END, '');
  }
  return text;
}

/** A list as a whole; its entries are for `entriesIn`. */
export function listIn(given: string): string {
  return unquoted(given);
}

/**
 * The entries of a list, each without its own quotes. One ends at a line break, at white space, or at a comma that
 * `comma` finds. A comment ends with its line: in a list of one line it stays, for nobody knows whether it had ended
 * there before somebody (YAML's `>`) joined the lines.
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

/** Why a value cannot be meant as it stands, as the end of a fault's message; undefined: it can. */
export function leftoverIn(text: string): string | undefined {
  if (hasQuote(text)) return 'a quote is left in it: remove it (only a pair around the whole is understood)';
  if (text.includes('\\')) return 'a backslash is left in it: remove it';
  if (text.includes('${')) return 'a ${…} is left in it that nothing has replaced: write the value itself';
  if (/\p{Cf}/u.test(text)) return 'an invisible character is left in it: type it anew';
  return undefined;
}

/** As `leftoverIn`, for a secret: a quote or a backslash in the middle may be part of it. */
export function leftoverInSecret(text: string): string | undefined {
  if (OPENS.test(text) || CLOSES.test(text))
    return 'a quote is left at one end of it: remove it (only a pair around the whole is understood)';
  if (/\s#/.test(text)) return 'a comment is left after it: remove it';
  if (/\\[nrt]$/.test(text)) return 'a line break is left at its end, as \\n: remove it';
  return undefined;
}

/** A comma at the end of a line of several. */
export function withoutOuterCommas(text: string): string {
  return text.replace(/^,+/, '').replace(/(?<!,),+$/, '');
}

/** Without the pairs around it, unless one of them is no pair: `"a","b"` stays. */
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

/** Both escaped, `\\"value\\"`, or neither. */
function pairAround(text: string): { readonly kind: RegExp; readonly inner: string } | undefined {
  const [open = ''] = OPENS.exec(text) ?? [];
  const close = text.slice(open.length).slice(-open.length);
  const kind = KINDS.find((quotes) => quotes.test(open));
  if (kind?.test(close) !== true || close.startsWith('\\') !== open.startsWith('\\')) return undefined;
  return { kind, inner: text.slice(open.length, -open.length) };
}

/** `URL | timeout=5` is one entry. */
function joinedTunables(line: string): string {
  return line.includes('|')
    ? line
        .split('|')
        .map((part) => part.trim())
        .join('|')
    : line;
}
