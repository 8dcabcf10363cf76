import type { Site } from '../../config/config.ts';
import type { ProbeResult } from '../../streams/events.ts';

/** Whether nobody is asked for its address. WHATWG's URL parser leaves an IPv4 address in one form only. */
export const isByAddress = ({ url }: Site): boolean =>
  /^https?:\/\/(?:\[|\d+\.\d+\.\d+\.\d+(?=[:/]))/.test(url);

/** Whether what is reached by an address passes, and nothing by a name, for want of one. */
export function onlyDnsFails(results: readonly ProbeResult[]): boolean {
  const named = results.filter(({ site }) => !isByAddress(site));
  return (
    named.length > 0 &&
    named.every(({ verdict, cause }) => verdict === 'fail' && cause === 'dns') &&
    results.some(({ site, verdict }) => isByAddress(site) && verdict === 'pass')
  );
}
