import type { Event, ProbeResult } from '../../streams/events.ts';
import { isByAddress, onlyDnsFails } from '../only-dns.ts';
import { type FinishedCheck, failuresCount, finishedCheck, isOfThisStart } from '../finished-check.ts';
import type { Line } from '../log-line.ts';
import { nameOf } from '../selectors.ts';
import type { Sites, State } from '../state.ts';
import { type Transition, debug, info, to, warn } from '../transition.ts';

/** Gathers the results of the check under way; at its end counts them, where they count. */
export function checkResults(state: State, event: Event, before: State): Transition {
  if (event.type === 'siteProbed') return gather(state, event.checkId, event.result);
  const check = finishedCheck(event, before);
  if (check === undefined) return to(state);
  const alarm = check.passing ? undefined : state.checking.alarm;
  const counted = count(state, check);
  const onlyDns = counted.sites === state.sites ? state.sites.onlyDns : seeDns(state, counted.sites, check);
  const seeing = see(state, { ...counted.sites, onlyDns }, check);
  return to(
    { ...state, checking: { ...state.checking, running: undefined, alarm }, sites: seeing },
    { lines: [...counted.lines, ...sayDns(state, seeing), ...sayBlindness(state, seeing)] },
  );
}

function gather(state: State, checkId: number, result: ProbeResult): Transition {
  const { running } = state.checking;
  if (running?.checkId !== checkId) return to(state);
  const results = [...running.results, result];
  return to(
    { ...state, checking: { ...state.checking, running: { ...running, results } } },
    { lines: [debug(describe(result))] },
  );
}

function describe({ site, verdict, reason, httpStatus, latencyMs }: ProbeResult): string {
  const status = httpStatus === undefined ? '' : `, HTTP ${String(httpStatus)}`;
  const latency = latencyMs === undefined ? '' : `, ${String(Math.round(latencyMs))} ms`;
  return `Site ${site.name}: ${verdict} (${reason}${status}${latency})`;
}

/** A pass clears a site, a failure adds one, unknown leaves it; nothing counts that is not of this start. */
function count(state: State, check: FinishedCheck): { sites: Sites; lines: readonly Line[] } {
  if (!isOfThisStart(state, check)) return { sites: state.sites, lines: [] };
  const failing = failuresCount(state, check);
  const lines: Line[] = [];
  const failures: Record<string, number> = { ...state.sites.failures };
  for (const { site, verdict, reason } of check.results) {
    const soFar = failures[site.url] ?? 0;
    if (verdict === 'pass') {
      if (soFar >= state.settings.failThreshold && state.recovery.value === 'none')
        lines.push(info(`Site ${site.name} can be reached again`));
      failures[site.url] = 0;
    }
    if (verdict === 'fail' && failing) {
      failures[site.url] = soFar + 1;
      lines.push(...sayFailure(site.name, soFar + 1, state.settings.failThreshold, reason));
    }
  }
  return { sites: { ...state.sites, failures }, lines };
}

/** At the threshold once; beyond it nothing, for it has been said. */
function sayFailure(name: string, failures: number, threshold: number, reason: string): readonly Line[] {
  if (failures < threshold)
    return [debug(`Site ${name} failed (${String(failures)} of ${String(threshold)}) - ${reason}`)];
  if (failures > threshold) return [];
  const times = `${String(failures)} consecutive times`;
  return [warn(`Site ${name} failed ${times} - THRESHOLD REACHED - ${reason}`)];
}

/** Begins when a site by name reaches the threshold, and ends when one passes. */
function seeDns(state: State, { failures, onlyDns }: Sites, check: FinishedCheck): boolean {
  const isDown = ({ site }: ProbeResult): boolean =>
    (failures[site.url] ?? 0) >= state.settings.failThreshold;
  const named = check.results.filter(({ site }) => !isByAddress(site));
  if (named.some(({ verdict }) => verdict === 'pass')) return false;
  return onlyDns || (onlyDnsFails(check.results) && named.some(isDown));
}

function sayDns(state: State, { onlyDns }: Sites): readonly Line[] {
  if (!onlyDns || state.sites.onlyDns) return [];
  return [
    warn(`Only DNS fails in ${nameOf(state)}: sites by address pass, and those by name cannot be resolved`),
  ];
}

/** A check that the gateway or the engine left in the middle is no blindness: their going was reported. */
function see(state: State, sites: Sites, check: FinishedCheck): Sites {
  if (!isOfThisStart(state, check) || state.connection.value !== 'connected') return sites;
  const unknown = check.results.find(({ verdict }) => verdict === 'unknown');
  return { ...sites, blind: unknown?.reason };
}

/** Said when it begins and when it ends; a reason that changes in between is the same blindness. */
function sayBlindness(state: State, { blind }: Sites): readonly Line[] {
  const name = nameOf(state);
  const was = state.sites.blind;
  if (blind !== undefined && was === undefined)
    return [
      warn(
        `Sites cannot be probed through ${name}: ${blind}; nothing is concluded from that, and nothing restarted`,
      ),
    ];
  return blind === undefined && was !== undefined ? [info(`Sites can be probed through ${name} again`)] : [];
}
