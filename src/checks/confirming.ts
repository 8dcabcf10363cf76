import type { Site } from '../../config/config.ts';
import type { ProbeResult } from '../../streams/events.ts';
import { runningStart } from '../model/selectors.ts';
import type { Pass, Sites, State } from '../model/state.ts';

/*
 * A check that confirms a failure is quick. A site that usually answers in a second, and has just timed out, does not
 * get its full time again.
 */

const REMEMBERED_MS = 3_600_000;
/**
 * Seconds. After an interruption of 12 s packets need this long to get through: a connection is retried after 1 s and
 * 3 s.
 */
const LEAST_SECONDS = 5;
/** A site gets this many times the duration of its slowest pass. */
const MARGIN = 5;
/** As in `streams/probe-verdict.ts`: a timer may fire up to half a second early. */
const EARLY_MS = 500;

/** The sites with the time-outs that the next check uses. */
export interface Times {
  readonly sites: readonly Site[];
  /** URLs of the sites whose time-out is shortened. */
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

/**
 * Counts passes of the last hour since the gateway's latest start or reconnect. A new exit may be slower for good.
 */
function slowestPass({ url }: Site, { sites, gateway, checking }: State, at: number): number | undefined {
  const start = runningStart(gateway)?.seenAt ?? Infinity;
  const since = Math.max(at - REMEMBERED_MS, start, checking.reconnect?.at ?? 0);
  return sites.passes[url]?.find((pass) => pass.at >= since)?.seconds;
}

/**
 * Adds the passes of this check. A pass is dropped once a later one is as slow, so the list stays short, slowest
 * first.
 */
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

/** The site did not answer in the time it got. */
export const hasTimedOut = ({ verdict, latencyMs = 0, site }: ProbeResult): boolean =>
  verdict === 'fail' && latencyMs >= site.timeoutSeconds * 1000 - EARLY_MS;
