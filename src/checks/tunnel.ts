import type { GatewayConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import { nameOf, runningStart } from '../model/selectors.ts';
import type { Outage, OutageCause, State, Tunnel } from '../model/state.ts';
import { isLineDown } from '../model/witness.ts';
import type { Notice } from '../notices/notice.ts';
import { to } from '../model/transition.ts';
import { whyBlind } from './blindness.ts';
import { quorumIn, sitesDown } from './quorum.ts';

/** Whether the tunnel works, for those who ask. Nothing is decided by it. */
export const tunnel: GatewayConcern<'record'> = {
  stage: 'record',
  reduce: (state, event, before) => {
    const next = withTunnel(state, event);
    const outage = outageIn(next, before);
    if (outage === next.tunnel.outage) return to(next);
    const { value, since } = next.tunnel;
    const ended = outage === undefined && next.tunnel.outage;
    return to(
      { ...next, tunnel: { value, since, ...(outage !== undefined && { outage }) } },
      { notices: ended ? [outageEnded(next, ended, event.at)] : [] },
    );
  },
};

function withTunnel(state: State, { at, type }: Event): State {
  const { tunnel: known } = state;
  const value = judged(state) ?? known.value;
  const isFirst = type === 'monitorStarted' && known.since === 0;
  if (value === known.value && !isFirst) return state;
  return { ...state, tunnel: { ...known, value, since: value === 'down' ? (state.outageSince ?? at) : at } };
}

/**
 * It begins when the tunnel is down, and lasts until it is up: somebody may stop the gateway to mend it. What shows
 * its cause may come late.
 */
function outageIn(state: State, before: State): Outage | undefined {
  const { value, since, outage } = state.tunnel;
  if (value === 'up') return undefined;
  if (outage === undefined) return isBroken(state, before) ? outageSince(state, since) : undefined;
  const cause = causeOf(state);
  const trouble = before.troubles.latest.at(-1) ?? outage.trouble;
  const isKnown = CAUSES.indexOf(outage.cause) <= CAUSES.indexOf(cause);
  if (isKnown && trouble === outage.trouble) return outage;
  return { ...outage, cause: isKnown ? outage.cause : cause, trouble };
}

/** A recovery of a tunnel that works, which the operator has asked for, is no outage. */
const isBroken = ({ tunnel: { value }, sites }: State, before: State): boolean =>
  value === 'down' &&
  (sites.down.length > 0 || (before.tunnel.value !== 'down' && runningStart(before.gateway) === undefined));

function outageSince(state: State, since: number): Outage {
  const { sites, checking } = state;
  const down = sites.list.filter(({ url }) => sites.down.includes(url));
  const failure = checking.latest?.results.find(
    ({ site, verdict }) => verdict === 'fail' && sites.down.includes(site.url),
  );
  const names = down.map(({ name }) => name);
  return { since, cause: causeOf(state), sites: names, reason: failure?.reason, trouble: undefined };
}

/** What explains most comes first. */
const CAUSES: readonly OutageCause[] = ['line', 'dns', 'gateway', 'sites'];

function causeOf(state: State): OutageCause {
  if (isLineDown(state.shared.witness)) return 'line';
  if (state.sites.onlyDns) return 'dns';
  return state.sites.down.length === 0 && state.recovery.value !== 'none' ? 'gateway' : 'sites';
}

function outageEnded(state: State, { since, ...facts }: Outage, at: number): Notice {
  return { kind: 'outageEnded', name: nameOf(state), lastedMs: Math.max(0, at - since), ...facts };
}

/** Undefined: a check has failed, and another one has to confirm that. Until then the tunnel is what it was. */
function judged(state: State): Tunnel['value'] | undefined {
  const { gateway, recovery, checking } = state;
  if (isUnverified(recovery) || isDown(state)) return 'down';
  if (gateway.value === 'absent' || gateway.value === 'down' || gateway.value === 'paused') return 'stopped';
  const start = runningStart(gateway);
  const { latest } = checking;
  const isOfThisRun = latest !== undefined && latest.startedAt >= (start?.seenAt ?? Infinity);
  if (gateway.value !== 'ready' || !isOfThisRun) return 'unknown';
  if (latest.passing) return 'up';
  return whyBlind(state) === undefined ? undefined : 'unknown';
}

/** No check has passed yet since the recovery began. */
const isUnverified = (recovery: State['recovery']): boolean =>
  recovery.value !== 'none' && !('isVerified' in recovery && recovery.isVerified);

const isDown = (state: State): boolean =>
  runningStart(state.gateway) !== undefined && sitesDown(state).length >= quorumIn(state);
