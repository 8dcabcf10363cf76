import { type ParseOptions, type ParsedSites, joinSites, parseSiteLines } from '../../config/sites.ts';

/** The usable sites in `text`, each once, and what could not be used. */
export const parseSites = (text: string, options: ParseOptions): ParsedSites =>
  joinSites(parseSiteLines(text, options));
