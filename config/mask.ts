/** What stands for a secret wherever one is set. */
export const MASK = '********';

/** Scheme and slashes, then the last `@`: as greedy as the WHATWG parser, and more, for what it cannot parse. */
const BEFORE_AT = /^(\s*[a-z][a-z0-9+.-]*:[/\\]*)?.*@/is;

/** A colon in the authority that no port follows: a password, cut off from its `@` by a comma or a slash. */
const AFTER_COLON = /^(\s*[a-z][a-z0-9+.-]*:\/\/[^/?#:[\]]*:)(?!\d*(?:[/?#|\s]|$)).*$/is;

/**
 * `text` without a user and password that a URL in it may carry. It rather hides too much than too little
 * (`https://host/@name` loses its host), for what is shown here is often what could not be parsed.
 */
export function maskCredentials(text: string): string {
  return text.replace(BEFORE_AT, `$1${MASK}@`).replace(AFTER_COLON, `$1${MASK}`);
}
