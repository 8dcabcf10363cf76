import type { Site } from '../../config/config.ts';
import type { ProbeResult } from '../../streams/events.ts';
import { runningStart } from '../model/selectors.ts';
import type { Pass, Sites, State } from '../model/state.ts';

/*
 * A check that confirms is quick: what used to answer in a second, and has just been silent for all of its time, needs
 * no second full one.
 */

const REMEMBERED_MS = 3_600_000;
/** Time for the packets of a cut of 12 s to come through after it: a connection is tried again after 1 s and 3 s. */
const LEAST_SECONDS = 5;
/** A site gets so many times what its slowest pass took. */
const MARGIN = 5;
/** As in `streams/probe-verdict.ts`: half a second early is scheduling. */
const EARLY_MS = 500;

/** The sites as the next check is to probe them. */
export interface Times {
  readonly sites: readonly Site[];
  /** URLs of those that get less than their own time. */
  readonly shortened: readonly string[];
}

export function timesOf(state: State, at: number): Times {
  const sites = state.sites.list.map((site) => withTime(site, state, at));
  const shortened = sites.filter((site, index) => site !== state.sites.list[index]).map(({ url }) => url);
  return shortened.length === 0 ? { sites: state.sites.list, shortened } : { sites, shortened };
}

function withTime(site: Site, state: State, at: number): Site {
  const { silent } = state.checking;
  const seconds = silent.includes(site.url) ? slowestPass(site, state, at) : undefined;
  return seconds === undefined || seconds >= site.timeoutSeconds
    ? site
    : { ...site, timeoutSeconds: seconds };
}

/** Of the last hour, and since the gateway's latest start or reconnect: a new exit may be slower for good. */
function slowestPass({ url }: Site, { sites, gateway, checking }: State, at: number): number | undefined {
  const start = runningStart(gateway)?.seenAt ?? Infinity;
  const since = Math.max(at - REMEMBERED_MS, start, checking.reconnect?.at ?? 0);
  return sites.passes[url]?.find((pass) => pass.at >= since)?.seconds;
}

/** Of those that passed in a check. A pass that a later one outlasts is forgotten: few are left, the slowest first. */
export const withPasses = (
  passes: Sites['passes'],
  results: readonly ProbeResult[],
  startedAt: number,
): Sites['passes'] =>
  results
    .filter(({ verdict }) => verdict === 'pass')
    .reduce((soFar, { site: { url }, latencyMs = Infinity }) => {
      const seconds = Math.max(LEAST_SECONDS, Math.ceil((MARGIN * latencyMs) / 1000));
      const isSlower = (pass: Pass): boolean => pass.seconds > seconds && pass.at > startedAt - REMEMBERED_MS;
      return { ...soFar, [url]: [...(soFar[url] ?? []).filter(isSlower), { at: startedAt, seconds }] };
    }, passes);

/** It was silent for all the time it got. */
export const hasTimedOut = ({ verdict, latencyMs = 0, site }: ProbeResult): boolean =>
  verdict === 'fail' && latencyMs >= site.timeoutSeconds * 1000 - EARLY_MS;
