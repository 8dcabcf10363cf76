import type { Site } from './config.ts';
import { entriesIn, unquoted, withoutOuterCommas } from './given-text.ts';
import { SMALL_FILE_BYTES } from './read-small-file.ts';
import { parseSiteLine } from './site-line.ts';
import type { SiteLine } from './site-line.ts';

/** A line or an entry that cannot be used. */
export interface SiteFault {
  /** `line 3` of the file or `entry 2` of `SITES`; `CONFIG_FILE` or `SITES` if it is about all of it. */
  readonly where: string;
  /** Safe to show: shortened, printable, without a password. */
  readonly text: string;
  readonly reason: string;
}

interface ParsedSites {
  readonly sites: readonly Site[];
  readonly faults: readonly SiteFault[];
}

export interface ParseOptions {
  /** `line`: the file, one site a line, with comments. `entry`: `SITES`, as `siteEntries` splits it. */
  readonly where: 'line' | 'entry';
  /** `TIMEOUT`, for sites without `timeout=`. */
  readonly defaultTimeoutSeconds: number;
}

/** A line, and which one it is. */
export type PlacedLine = SiteLine & { readonly where: string };

/** Every line that is neither blank nor a comment. Lines are counted from 1, as an editor does. Never throws. */
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
 * A comma that separates two sites. It belongs to the URL (`?x=1,2`) or a tunable, unless a new URL follows; or
 * unless it is in the host, which cannot have one: a second site was meant to begin there, and is reported by itself.
 * The comma is matched first, then what is around it: the other way round, a long text would take quadratic time.
 */
const BEFORE_URL =
  /,(?=[\\"'\p{Pi}\p{Pf}\p{Ps}]*(?:https?:|[a-z][a-z0-9+.-]*:\/\/))|,(?<=^["'\p{Pi}\p{Ps}]?https?:\/\/[^/?#|,]*,)/iu;

/** The entries of `SITES`. */
export function siteEntries(text: string): readonly string[] {
  return entriesIn(text, BEFORE_URL);
}

/** A line may have been copied from a list, with quotes and a comma. */
function siteIn(line: string): string {
  return unquoted(withoutOuterCommas(unquoted(line)));
}

/**
 * Joins lines that may come from several places. No gateway gets a URL twice: the same line twice is one site, and if
 * two lines for the same gateway have the same URL but different tunables, the later one is a fault. A line without
 * `gateway=` is for every gateway. Lines for different gateways may share a URL.
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
  // a comment starts the line or follows white space; a `#` inside a URL is its fragment
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
