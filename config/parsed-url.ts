/** A domain name, an IPv4 address, or an IPv6 address in brackets, as the parser spells them. */
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/;

/**
 * Parses a URL; undefined if the text is not one, or its host cannot exist: the parser accepts `a,b`, `a"` and `${a}`
 * as hosts, and none of them would ever answer. `URL.canParse` does not help: once Node 20 has compiled it, it refuses
 * a host with an umlaut.
 */
export function parsedUrl(text: string): URL | undefined {
  try {
    const url = new URL(text);
    return HOST.test(url.hostname) ? url : undefined;
  } catch {
    return undefined;
  }
}
