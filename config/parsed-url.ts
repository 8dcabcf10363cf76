/** What a domain name, an IPv4 address, or an IPv6 address in brackets is made of, in the parser's own spelling. */
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/;

/**
 * What a text is as a URL; undefined: it is none, or its host cannot exist. `URL.canParse` would do, but Node 20's
 * calls a host with an umlaut none once it has been called often enough to be compiled. And the parser takes `a,b`,
 * `a"` and `${a}` for hosts: such a one would never answer.
 */
export function parsedUrl(text: string): URL | undefined {
  try {
    const url = new URL(text);
    return HOST.test(url.hostname) ? url : undefined;
  } catch {
    return undefined;
  }
}
