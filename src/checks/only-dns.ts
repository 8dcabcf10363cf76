import type { Site } from '../../config/config.ts';
import type { ProbeResult } from '../../streams/events.ts';

/** Whether the URL needs no name resolution. WHATWG's URL parser leaves an IPv4 address in one form only. */
export const isByAddress = ({ url }: Site): boolean =>
  /^https?:\/\/(?:\[|\d+\.\d+\.\d+\.\d+(?=[:/]))/.test(url);

/** Whether sites by address pass while every site by name fails because its name cannot be resolved. */
export function onlyDnsFails(results: readonly ProbeResult[]): boolean {
  const named = results.filter(({ site }) => !isByAddress(site));
  return (
    named.length > 0 &&
    named.every(({ verdict, cause }) => verdict === 'fail' && cause === 'dns') &&
    results.some(({ site, verdict }) => isByAddress(site) && verdict === 'pass')
  );
}
