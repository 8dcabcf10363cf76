import type { Site } from './config.ts';
import { entriesIn, unquoted, withoutOuterCommas } from './given-text.ts';
import { SMALL_FILE_BYTES } from './read-small-file.ts';
import { parseSiteLine } from './site-line.ts';
import type { SiteLine } from './site-line.ts';

/** A line or entry of the sites that could not be used. */
export interface SiteFault {
  /** `line 3` of the file, or `entry 2` of `SITES`; all of it: `CONFIG_FILE` or `SITES`. */
  readonly where: string;
  /** Fit to be shown: shortened, printable, without a password. */
  readonly text: string;
  readonly reason: string;
}

export interface ParsedSites {
  readonly sites: readonly Site[];
  readonly faults: readonly SiteFault[];
}

export interface ParseOptions {
  /** `line`: the file, one site a line, with comments. `entry`: `SITES`, as `siteEntries` parts it. */
  readonly where: 'line' | 'entry';
  /** For the sites that have no `timeout=`: `TIMEOUT`. */
  readonly defaultTimeoutSeconds: number;
}

/** A line that was read, and which one it was. */
export type PlacedLine = SiteLine & { readonly where: string };

/** Every line that is neither blank nor a comment. Lines are counted as an editor counts them, from 1. */
export function parseSiteLines(
  text: string,
  { where, defaultTimeoutSeconds }: ParseOptions,
): readonly PlacedLine[] {
  if (Buffer.byteLength(text) > SMALL_FILE_BYTES) return [tooLong(where)];
  const pieces = where === 'line' ? linesOf(text).map(siteIn) : siteEntries(text);
  return pieces
    .map((piece, index) => ({ piece, where: `${where} ${index + 1}` }))
    .filter(({ piece }) => piece !== '')
    .map(({ piece, where }) => ({ ...parseSiteLine(piece, defaultTimeoutSeconds), where }));
}

/**
 * A comma belongs to the URL (`?x=1,2`) or a tunable, unless a new URL follows it; or it is in the host, which has
 * none: there a second site was meant to begin, and its name is told. The comma is matched before what stands around
 * it: looked for at each place of a long text, that would take its square in time.
 */
const BEFORE_URL =
  /,(?=[\\"'\p{Pi}\p{Pf}\p{Ps}]*(?:https?:|[a-z][a-z0-9+.-]*:\/\/))|,(?<=^["'\p{Pi}\p{Ps}]?https?:\/\/[^/?#|,]*,)/iu;

/** The entries of `SITES`. */
export function siteEntries(text: string): readonly string[] {
  return entriesIn(text, BEFORE_URL);
}

/** A line may have been copied from a list. */
function siteIn(line: string): string {
  return unquoted(withoutOuterCommas(unquoted(line)));
}

/**
 * Makes one list of lines that may come from several places: the same line twice is one site, and a URL may
 * have a line for each of several gateways. The same URL with other tunables, where both lines are for the
 * same gateway (a line without `gateway=` is for each), is a fault of the later one: no gateway has a URL twice.
 */
export function joinSites(lines: readonly PlacedLine[]): ParsedSites {
  const sites: Site[] = [];
  const faults: SiteFault[] = [];
  const byUrl = new Map<string, { site: Site; where: string }[]>();
  for (const line of lines) {
    const { where, text } = line;
    if (!line.ok) {
      faults.push({ where, text, reason: line.reason });
      continue;
    }
    const { site } = line;
    const sameUrl = byUrl.get(site.url) ?? [];
    const earlier = sameUrl.find((one) => shareGateway(one.site, site));
    if (earlier === undefined) {
      sites.push(site);
      byUrl.set(site.url, [...sameUrl, { site, where }]);
    } else if (!isAlike(earlier.site, site))
      faults.push({ where, text, reason: `is the same URL as ${earlier.where}, with other tunables` });
  }
  return { sites, faults };
}

function linesOf(text: string): readonly string[] {
  // a `#` within a URL is its fragment: a comment starts the line or follows whitespace
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/(^|\s)#.*$/s, ''));
}

function tooLong(where: 'line' | 'entry'): PlacedLine {
  const place = where === 'line' ? 'CONFIG_FILE' : 'SITES';
  return { ok: false, where: place, text: '', reason: 'is longer than 64 KiB' };
}

function shareGateway(one: Site, other: Site): boolean {
  return one.gateway === undefined || other.gateway === undefined || one.gateway === other.gateway;
}

function isAlike(one: Site, other: Site): boolean {
  return (
    one.timeoutSeconds === other.timeoutSeconds &&
    one.role === other.role &&
    one.gateway === other.gateway &&
    String(one.fails) === String(other.fails)
  );
}
