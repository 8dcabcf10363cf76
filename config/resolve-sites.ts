import type { Site } from './config.ts';
import { isSameName } from './container-names.ts';
import { type SmallFile, readSmallFile, readSmallFileLater } from './read-small-file.ts';
import { joinSites, parseSiteLines } from './sites.ts';
import type { PlacedLine, SiteFault } from './sites.ts';

/** The text of the sites file; undefined when there is none. */
export type SitesFileText = string | undefined | { readonly unreadable: string };

export interface SitesSources {
  /** `SITES`, empty when unset. */
  readonly inline: string;
  readonly fileText: SitesFileText;
  readonly defaultTimeoutSeconds: number;
  /** The gateways that are watched: the names that `gateway=` may give. */
  readonly gateways: readonly string[];
}

export type ResolvedSites =
  | {
      readonly ok: true;
      readonly sites: readonly Site[];
      readonly faults: readonly SiteFault[];
      /** Neither a file nor `SITES`: these are the ones that are built in. */
      readonly usedDefaults: boolean;
    }
  | { readonly ok: false; readonly reason: string; readonly faults: readonly SiteFault[] };

const DEFAULT_SITES = 'https://www.google.com,https://cloudflare.com,https://1.1.1.1';

/** Reads the sites file as it is now, at the start. Never throws. */
export const readSitesFile = (path: string): SitesFileText => textIn(readSmallFile(path));

/** The same while the monitor runs. Never rejects. */
export const readSitesFileLater = async (path: string): Promise<SitesFileText> =>
  textIn(await readSmallFileLater(path));

function textIn(file: SmallFile): SitesFileText {
  if (file.kind === 'text') return file.text;
  return file.kind === 'missing' ? undefined : { unreadable: file.reason };
}

/**
 * The sites of the file joined with those of `SITES`, the file's first; the defaults where there is neither.
 *
 * Not ok without a usable critical site for each gateway: nothing that is probed could then show that its
 * tunnel works, nor that it does not, and the monitor would be green for ever.
 */
export function resolveSites({
  inline,
  fileText,
  defaultTimeoutSeconds,
  gateways,
}: SitesSources): ResolvedSites {
  const usedDefaults = inline === '' && fileText === undefined;
  const file = typeof fileText === 'string' ? fileText : '';
  const entries = usedDefaults ? DEFAULT_SITES : inline;
  const lines: readonly PlacedLine[] = [
    ...unreadableFile(fileText),
    ...parseSiteLines(file, { where: 'line', defaultTimeoutSeconds }),
    ...parseSiteLines(entries, { where: 'entry', defaultTimeoutSeconds }),
  ];
  const { sites, faults } = joinSites(lines.map((line) => ofWatchedGateway(line, gateways)));
  const reason = whyUnusable(sites, fileText) ?? whoLacksSites(sites, gateways);
  return reason === undefined ? { ok: true, sites, faults, usedDefaults } : { ok: false, reason, faults };
}

function unreadableFile(fileText: SitesFileText) {
  if (typeof fileText !== 'object') return [];
  return [{ ok: false, where: 'CONFIG_FILE', text: '', reason: fileText.unreadable } as const];
}

/** A site of a gateway that nobody watches would never be probed, and nobody would notice. */
function ofWatchedGateway(line: PlacedLine, gateways: readonly string[]): PlacedLine {
  if (!line.ok || line.site.gateway === undefined) return line;
  const named = line.site.gateway;
  const gateway = gateways.find((word) => word === named) ?? gateways.find((word) => isSameName(word, named));
  if (gateway !== undefined) return { ...line, site: { ...line.site, gateway } };
  const reason = `gateway=${line.site.gateway} is none of GLUETUN_CONTAINER (${gateways.join(', ')})`;
  return { ok: false, where: line.where, text: line.text, reason };
}

function whyUnusable(sites: readonly Site[], fileText: SitesFileText): string | undefined {
  if (sites.some(({ role }) => role === 'critical')) return undefined;
  if (sites.length > 0)
    return 'every site is advisory: at least one must be critical, or no recovery could ever start';
  if (typeof fileText === 'object')
    return `CONFIG_FILE ${fileText.unreadable}, and SITES names no usable site`;
  return 'no usable site in CONFIG_FILE or SITES';
}

function whoLacksSites(sites: readonly Site[], gateways: readonly string[]): string | undefined {
  const critical = sites.filter(({ role }) => role === 'critical');
  const lacking = gateways.filter(
    (name) => !critical.some(({ gateway }) => gateway === undefined || gateway === name),
  );
  if (lacking.length === 0) return undefined;
  return `no usable critical site for gateway ${lacking.join(', ')}: it needs one with gateway= and its name, or one without gateway=`;
}
