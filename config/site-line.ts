import type { Site } from './config.ts';
import { isContainerName } from './container-names.ts';
import { hasQuote } from './given-text.ts';
import { maskCredentials, printable } from './shown-text.ts';
import { schema } from './schema.ts';
import { parsedUrl } from './parsed-url.ts';

/** One entry of the sites: the site, or why it is refused. `text` is safe to show. */
export type SiteLine =
  | { readonly ok: true; readonly text: string; readonly site: Site }
  | { readonly ok: false; readonly text: string; readonly reason: string };

type Tunables = Partial<Pick<Site, 'timeoutSeconds' | 'role' | 'gateway' | 'fails'>>;

/** Why an entry is refused. Thrown and caught in this file only. */
class Refusal extends Error {}

/** A site's own timeout has the limits of `TIMEOUT`. */
const [MIN_SECONDS, MAX_SECONDS] = schema.timeoutSeconds.limits;

/** White space, invisible and control characters; and U+FFFD, which replaces bytes that are not UTF-8. */
const FORBIDDEN = /[\s\p{Cc}\p{Cf}\p{Cs}\p{Z}\uFFFD]/u;

/**
 * Reads `URL|timeout=25|role=advisory|gateway=gluetun|fails=403,5xx`. A `|` that belongs to the URL is written `%7C`.
 *
 * The URL becomes an argument of `wget`. So a leading `-` is refused, although it could not pass as an http(s) URL
 * anyway; and so are a user and password, which every process list in the gateway would show.
 */
export function parseSiteLine(text: string, defaultTimeoutSeconds: number): SiteLine {
  const [address = '', ...tunables] = text.split('|').map((part) => part.trim());
  try {
    const url = parseAddress(address);
    const site: Site = {
      name: address,
      url,
      timeoutSeconds: defaultTimeoutSeconds,
      role: 'critical',
      gateway: undefined,
      ...parseTunables(tunables),
    };
    return { ok: true, text: printable(text), site };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, text: printable(maskCredentials(text)), reason: error.message };
  }
}

function parseAddress(text: string): string {
  if (text.startsWith('-')) throw new Refusal('starts with "-"');
  if (FORBIDDEN.test(text)) throw new Refusal('has whitespace, a control character or a broken one inside');
  if (hasQuote(text))
    throw new Refusal('has a quote inside: one that belongs to the URL is written %22 or %27');
  if (!/^https?:\/\/[^/?#\\]/i.test(text)) throw new Refusal('is no http:// or https:// URL with a host');
  if (text.includes('\\'))
    throw new Refusal('has a backslash inside: one that belongs to the URL is written %5C');
  const url = parsedUrl(text);
  if (url === undefined) throw new Refusal(`is no valid URL${whereAnotherBegins(text)}`);
  if (url.username !== '' || url.password !== '') throw new Refusal('carries a user or password');
  url.hash = ''; // never sent, and it would hide a duplicate
  return url.href;
}

/** Advice if there is a comma in the host or after the port: a second site was meant to begin there. */
function whereAnotherBegins(text: string): string {
  return /^https?:\/\/[^/?#,]*,/i.test(text) ? ': each site begins with http:// or https://' : '';
}

function parseTunables(tunables: readonly string[]): Tunables {
  const seen = new Map<string, string>();
  for (const tunable of tunables) {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(tunable) ?? [];
    if (seen.has(name)) throw new Refusal(`repeats ${name}=`);
    seen.set(name, value);
  }
  return Object.assign({}, ...[...seen].map(([name, value]) => parseTunable(name, value))) as Tunables;
}

function parseTunable(name: string, value: string): Tunables {
  if (name === 'timeout') return { timeoutSeconds: parseTimeout(value) };
  if (name === 'role') return { role: parseRole(value) };
  if (name === 'gateway') return { gateway: parseGateway(value) };
  if (name === 'fails') return { fails: parseFails(value) };
  throw new Refusal(
    `has an unknown tunable "${printable(name, 40)}" (known: timeout=, role=, gateway=, fails=)`,
  );
}

function parseTimeout(value: string): number {
  const seconds = /^[1-9]\d{0,5}$/.test(value) ? Number(value) : 0;
  if (seconds >= MIN_SECONDS && seconds <= MAX_SECONDS) return seconds;
  throw new Refusal(`timeout= takes a whole number of seconds from ${MIN_SECONDS} to ${MAX_SECONDS}`);
}

function parseRole(value: string): Site['role'] {
  if (value === 'critical' || value === 'advisory') return value;
  throw new Refusal('role= takes critical or advisory');
}

/** As in `GLUETUN_CONTAINER`, without the slash that the engine's API puts before a name. */
function parseGateway(value: string): string {
  const name = value.replace(/^\//, '');
  if (isContainerName(name)) return name;
  throw new Refusal('gateway= takes the name of one gateway, as GLUETUN_CONTAINER lists it');
}

/** Sorted, each once, so that two lines that mean the same are equal. */
function parseFails(value: string): readonly string[] {
  const statuses = value.split(',').map((status) => status.trim().toLowerCase());
  if (statuses.every((status) => /^[1-5](\d\d|xx)$/.test(status))) return [...new Set(statuses)].toSorted();
  throw new Refusal('fails= takes HTTP statuses such as 403,429,5xx');
}
