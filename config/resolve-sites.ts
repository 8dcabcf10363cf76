import type { Site } from './config.ts';
import { readSmallFile } from './read-small-file.ts';
import { joinSites, parseSiteLines } from './sites.ts';
import type { SiteFault } from './sites.ts';

/** The text of the sites file; undefined when there is none. */
export type SitesFileText = string | undefined | { readonly unreadable: string };

export interface SitesSources {
  /** `SITES`, empty when unset. */
  readonly inline: string;
  readonly fileText: SitesFileText;
  readonly defaultTimeoutSeconds: number;
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

export const DEFAULT_SITES = 'https://www.google.com,https://cloudflare.com,https://1.1.1.1';

/** Reads the sites file as it is now. Never throws. */
export function readSitesFile(path: string): SitesFileText {
  const file = readSmallFile(path);
  if (file.kind === 'text') return file.text;
  return file.kind === 'missing' ? undefined : { unreadable: file.reason };
}

/**
 * The sites of the file joined with those of `SITES`, the file's first; the defaults where there is neither.
 *
 * Not ok without a usable critical site: nothing that is probed could then show that the tunnel works, nor
 * that it does not, and the monitor would be green for ever.
 */
export function resolveSites({ inline, fileText, defaultTimeoutSeconds }: SitesSources): ResolvedSites {
  const usedDefaults = inline === '' && fileText === undefined;
  const file = typeof fileText === 'string' ? fileText : '';
  const entries = usedDefaults ? DEFAULT_SITES : inline;
  const { sites, faults } = joinSites([
    ...unreadableFile(fileText),
    ...parseSiteLines(file, { where: 'line', defaultTimeoutSeconds }),
    ...parseSiteLines(entries, { where: 'entry', defaultTimeoutSeconds }),
  ]);
  const reason = whyUnusable(sites, fileText);
  return reason === undefined ? { ok: true, sites, faults, usedDefaults } : { ok: false, reason, faults };
}

function unreadableFile(fileText: SitesFileText) {
  if (typeof fileText !== 'object') return [];
  return [{ ok: false, where: 'CONFIG_FILE', text: '', reason: fileText.unreadable } as const];
}

function whyUnusable(sites: readonly Site[], fileText: SitesFileText): string | undefined {
  if (sites.some(({ role }) => role === 'critical')) return undefined;
  if (sites.length > 0)
    return 'every site is advisory: at least one must be critical, or no recovery could ever start';
  if (typeof fileText === 'object')
    return `CONFIG_FILE ${fileText.unreadable}, and SITES names no usable site`;
  return 'no usable site in CONFIG_FILE or SITES';
}
