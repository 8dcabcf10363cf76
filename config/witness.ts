import { parsedUrl } from './parsed-url.ts';

/** What is reached beside the tunnel, to tell a dead tunnel from a dead line. */
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

/** Host name, IPv4 or bracketed IPv6 address, and a port, which nothing but an empty path may follow. */
const TCP = /^tcp:\/\/([^\s/?#\\@:[\]]+|\[[0-9a-f:.]+\]):(\d{1,5})\/?$/i;

/**
 * Reads `WITNESS`: an http(s) URL or `tcp://host:port`. Undefined for all else, and for a user and password:
 * the witness is named in the log.
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
  // the parser knows hosts only under the schemes of the web
  const address = parsedUrl(`http://${host}`);
  if (host === '' || port < 1 || port > 65535 || address === undefined) return undefined;
  return { kind: 'tcp', host: address.hostname.replace(/^\[|\]$/g, ''), port };
}
