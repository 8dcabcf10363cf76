/**
 * What a text is as a URL; undefined: it is none. `URL.canParse` would do, but Node 20's calls a host with an umlaut
 * none once it has been called often enough to be compiled.
 */
export function parsedUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
