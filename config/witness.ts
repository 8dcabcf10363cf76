import { parsedUrl } from './parsed-url.ts';

/** What is reached outside the tunnel, to tell a dead tunnel from a dead line. */
export type Witness =
  | {
      readonly kind: 'http';
      /** Normalised by the WHATWG URL parser. */
      readonly url: string;
    }
  | {
      readonly kind: 'tcp';
      /** As `node:net` takes it: an IPv6 address without its brackets. */
      readonly host: string;
      readonly port: number;
    };

/** A host name, an IPv4 or a bracketed IPv6 address, and a port; only an empty path may follow. */
const TCP = /^tcp:\/\/([^\s/?#\\@:[\]]+|\[[0-9a-f:.]+\]):(\d{1,5})\/?$/i;

/**
 * Reads `WITNESS`: an http(s) URL or `tcp://host:port`. Undefined for anything else. A user and password are refused,
 * because the log names the witness.
 */
export function parseWitness(text: string): Witness | undefined {
  return /^tcp:/i.test(text) ? parseTcp(text) : parseHttp(text);
}

function parseHttp(text: string): Witness | undefined {
  const url = /^https?:\/\/[^\s/?#\\][^\s\p{Cc}]*$/iu.test(text) ? parsedUrl(text) : undefined;
  if (url?.username !== '' || url.password !== '') return undefined;
  url.hash = ''; // never sent
  return { kind: 'http', url: url.href };
}

function parseTcp(text: string): Witness | undefined {
  const [, host = '', digits = ''] = TCP.exec(text) ?? [];
  const port = Number(digits);
  // the parser checks and normalises a host only if the scheme is one of the web's
  const address = parsedUrl(`http://${host}`);
  if (host === '' || port < 1 || port > 65535 || address === undefined) return undefined;
  return { kind: 'tcp', host: address.hostname.replace(/^\[|\]$/g, ''), port };
}
