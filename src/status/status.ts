import packageJson from '../../package.json' with { type: 'json' };
import { conditionsOf } from '../notices/conditions.ts';
import type { Condition, Severity } from '../notices/condition.ts';
import { type Headline, headlineOf, worstOf } from '../notices/headline.ts';
import { whyNotFresh } from '../notices/why-not-fresh.ts';
import { isCutOff } from '../model/attachment.ts';
import { exitOf } from '../model/exits.ts';
import { criticalSites } from '../checks/quorum.ts';
import type { RecoveryRecord } from '../model/recovery-phase.ts';
import { healthOf, nameOf } from '../model/selectors.ts';
import type { Everything, Member, State } from '../model/state.ts';
import { viewsOf } from '../model/watches.ts';
import type {
  ConditionStatus,
  DependentStatus,
  GatewayStatistics,
  GatewayStatus,
  SiteStatus,
  Status,
} from './schema.ts';

/** The two clocks at one moment, and when the monitor started, by the clock of `Event.at`. */
export interface Moment {
  /** By the clock of `Event.at`, which never jumps. */
  readonly at: number;
  /** By the wall clock: milliseconds since the epoch. */
  readonly wallMs: number;
  readonly startedAt: number;
}

/**
 * Everything that the page, the API and the command line show, with times of the wall clock.
 *
 * @param statistics By gateway, as named in the settings; absent: none are kept.
 */
export function statusOf(
  state: Everything,
  moment: Moment,
  statistics: Readonly<Record<string, GatewayStatistics>> = {},
): Status {
  const { at, startedAt } = moment;
  const time = clockOf(moment);
  const conditions = [...conditionsOf(state)].sort(
    (one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity),
  );
  const views = viewsOf(state).map((view) => viewOf(view, conditions, { at, time }));
  const [first] = views;
  if (first === undefined) throw new Error('a monitor watches at least one gateway');
  const { headline } = overall(views, conditions);
  const { status: gateway } = first;
  return {
    version: packageJson.version,
    time: time(at),
    started: time(startedAt),
    uptime_seconds: secondsBetween(startedAt, at),
    dry_run: first.view.settings.dryRun,
    sentence: headline.sentence,
    mood: headline.mood,
    engine: ENGINE[state.connection.value],
    tunnel: gateway.tunnel,
    since: gateway.since,
    ip: gateway.ip,
    country: gateway.country,
    region: gateway.region,
    city: gateway.city,
    server: gateway.server,
    sites_up: gateway.sites_up,
    sites_total: gateway.sites_total,
    dependents_fresh: gateway.dependents_fresh,
    dependents_total: gateway.dependents_total,
    last_recovery: gateway.recovery?.ended ?? null,
    conditions_total: conditions.length,
    conditions: conditions.map((condition) => conditionStatus(condition, time)),
    gateways: views.map(({ view, status }) => {
      const own = statistics[view.settings.gateway];
      return own === undefined ? status : { ...status, statistics: own };
    }),
  };
}

const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'info'];
const ENGINE = {
  connecting: 'connecting',
  reconciling: 'connecting',
  connected: 'connected',
  lost: 'lost',
} as const;

interface Now {
  readonly at: number;
  readonly time: (at: number) => string;
}

interface View {
  readonly view: State;
  readonly status: GatewayStatus;
  readonly headline: Headline;
}

/** A step of the system's clock since the monitor started is made up for: what is shown is the time that clocks show. */
const clockOf =
  ({ at, wallMs }: Moment) =>
  (then: number): string =>
    new Date(Math.round(wallMs - (at - then))).toISOString();

/** Seconds, to the millisecond. */
const secondsBetween = (from: number, to: number): number => Math.max(0, Math.round(to - from)) / 1000;

/** What is wrong with the engine or the line comes first: it is why nothing else is known. */
function overall(views: readonly View[], conditions: readonly Condition[]): { readonly headline: Headline } {
  const common = conditions.find(({ gateway, severity }) => gateway === undefined && severity === 'critical');
  const headline: Headline =
    common === undefined
      ? worstOf(views.map((view) => view.headline))
      : { mood: 'trouble', sentence: common.sentence };
  const warning = conditions.find(({ gateway, severity }) => gateway === undefined && severity === 'warning');
  return headline.mood === 'well' && warning !== undefined
    ? { headline: { mood: 'trouble', sentence: `The tunnel works, but: ${warning.sentence}` } }
    : { headline };
}

function viewOf(view: State, all: readonly Condition[], now: Now): View {
  const { settings, gateway, tunnel, endpoint, checking, recovery, latestRecovery, backoff, operator } = view;
  const { at, time } = now;
  const conditions = all.filter((condition) => condition.gateway === settings.gateway);
  const sites = sitesOf(view);
  const dependents = dependentsOf(view, conditions, now);
  const headline = headlineOf({
    name: nameOf(view),
    tunnel: tunnel.value,
    step: recovery.value === 'none' ? undefined : recovery.value,
    waiting: dependents.filter(({ waits }) => waits).length,
    conditions,
  });
  const { latest: check } = checking;
  const { ip, country, region, city, server } = endpoint.current;
  const status: GatewayStatus = {
    name: nameOf(view),
    sentence: headline.sentence,
    state: gateway.value,
    health: healthOf(view) ?? null,
    tunnel: tunnel.value,
    since: time(tunnel.since),
    ip: ip ?? null,
    country: country ?? null,
    region: region ?? null,
    city: city ?? null,
    server: server ?? null,
    check:
      check === undefined
        ? null
        : {
            began: time(check.startedAt),
            age_seconds: secondsBetween(check.startedAt, at),
            seconds: secondsBetween(check.startedAt, check.endedAt),
            passing: check.passing,
          },
    sites_up: sites.filter((site) => site.state === 'up').length,
    sites_total: sites.length,
    sites,
    dependents_fresh: dependents.filter(({ attachment }) => attachment === 'fresh').length,
    dependents_total: dependents.length,
    dependents,
    recovery: latestRecovery === undefined ? null : recoveryStatus(latestRecovery, now),
    recoveries_in_a_row: backoff.attempts,
    no_recovery_before: backoff.notBefore > at ? time(backoff.notBefore) : null,
    paused_until: operator.pausedUntil === undefined ? null : time(operator.pausedUntil),
    conditions: conditions.map((condition) => conditionStatus(condition, time)),
  };
  return { view, status, headline };
}

const conditionStatus = (condition: Condition, time: Now['time']): ConditionStatus => ({
  key: condition.key,
  kind: condition.kind,
  gateway: condition.gateway ?? null,
  subject: condition.subject,
  since: time(condition.since),
  severity: condition.severity,
  sentence: condition.sentence,
  remedy: condition.remedy,
  until: 'until' in condition ? time(condition.until) : null,
});

function sitesOf(view: State): SiteStatus[] {
  const { sites, checking, settings } = view;
  const critical = criticalSites(view);
  return sites.list.map((site): SiteStatus => {
    const { url, name } = site;
    const result = checking.latest?.results.find((one) => one.site.url === url);
    const failures = sites.failures[url] ?? 0;
    const isPassed = result?.verdict === 'pass';
    return {
      name,
      role: critical.includes(site) ? 'critical' : 'advisory',
      state: stateOf(sites.down.includes(url), failures, result?.verdict),
      failures,
      threshold: settings.failThreshold,
      reason: result === undefined || isPassed ? null : result.reason,
      http_status: result?.httpStatus ?? null,
      latency_seconds: isPassed && result.latencyMs !== undefined ? result.latencyMs / 1000 : null,
    };
  });
}

function stateOf(
  isDown: boolean,
  failures: number,
  verdict: 'pass' | 'fail' | 'unknown' | undefined,
): SiteStatus['state'] {
  if (isDown) return 'down';
  if (failures > 0) return 'failing';
  if (verdict === 'pass') return 'up';
  return verdict === 'fail' ? 'failing' : 'unknown';
}

function dependentsOf(view: State, conditions: readonly Condition[], { time }: Now): DependentStatus[] {
  const { byId } = view.shared.containers;
  return Object.entries(view.dependents.members ?? {})
    .filter(([id]) => id in byId)
    .map(([id, { name, attachment, since }]: readonly [string, Member]): DependentStatus => {
      const facts = byId[id];
      const obstacle = conditions.find((one) => one.kind === 'dependentCutOff' && one.id === id)?.sentence;
      const waits = isCutOff(attachment) && obstacle === undefined;
      const why = whyNotFresh({
        attachment,
        by: facts && exitOf(view.shared, facts)?.by,
        isPaused: facts?.runState === 'paused',
        isWaiting: waits && id in view.repairs.pending,
        isGatewayReady: view.gateway.value === 'ready',
        obstacle,
      });
      return { name, attachment, since: time(since), waits, why };
    })
    .sort((one, other) => one.name.localeCompare(other.name));
}

function recoveryStatus(record: RecoveryRecord, { at, time }: Now): NonNullable<GatewayStatus['recovery']> {
  const { begunAt, endedAt, outcome, steps } = record;
  return {
    began: time(begunAt),
    ended: endedAt === undefined ? null : time(endedAt),
    seconds: secondsBetween(begunAt, endedAt ?? at),
    outcome: outcome ?? null,
    steps: steps.map(({ step, at: begun }, index) => {
      const end = steps[index + 1]?.at ?? endedAt;
      return { step, began: time(begun), seconds: end === undefined ? null : secondsBetween(begun, end) };
    }),
  };
}
