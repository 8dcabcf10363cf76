import * as v from 'valibot';

/**
 * What `/status`, `gluetun-monitor status --json` and the page show: the one description of it. Fields are only ever
 * added within a major version. `docs/status.schema.json` is made from it.
 */
const time = v.pipe(v.string(), v.isoTimestamp(), v.description('ISO 8601, UTC'));
const seconds = v.pipe(v.number(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** `null`: not known, or there is none. */
const maybe = <S extends v.GenericSchema>(schema: S) => v.nullable(schema);
const described = <const S extends v.GenericSchema>(schema: S, text: string) =>
  v.pipe(schema, v.description(text));

const tunnel = described(
  v.picklist(['up', 'down', 'stopped', 'unknown']),
  'down: enough sites are down, or a recovery has not yet helped. stopped: the gateway does not run. unknown: nothing proves either.',
);

const endpoint = {
  ip: maybe(v.string()),
  country: maybe(v.string()),
  region: maybe(v.string()),
  city: maybe(v.string()),
  server: maybe(v.string()),
};

const condition = v.object({
  key: described(v.string(), 'the same as long as it lasts, even when the monitor restarts'),
  kind: v.string(),
  gateway: maybe(v.string()),
  subject: described(
    v.string(),
    'a container, a site or a file; empty if there is only one possible subject',
  ),
  since: time,
  severity: described(
    v.picklist(['critical', 'warning', 'info']),
    'critical: the tunnel or the monitor does not work meanwhile. info: nobody has to do anything.',
  ),
  sentence: described(v.string(), 'what is wrong'),
  remedy: described(v.string(), 'what somebody can do about it; empty if nothing is needed'),
  until: described(maybe(time), 'when it ends by time alone'),
});

const site = v.object({
  name: v.string(),
  role: described(v.picklist(['critical', 'advisory']), 'an advisory site never starts a recovery'),
  state: described(
    v.picklist(['up', 'failing', 'down', 'unknown']),
    'failing: fewer failures in a row than the threshold',
  ),
  failures: described(count, 'in a row'),
  threshold: count,
  reason: described(maybe(v.string()), 'why the latest probe did not pass'),
  http_status: maybe(count),
  latency_seconds: maybe(seconds),
});

const dependent = v.object({
  name: v.string(),
  attachment: v.picklist(['fresh', 'stale', 'orphaned', 'failedToJoin', 'stopped', 'apart', 'unknown']),
  since: time,
  waits: described(
    v.boolean(),
    'it is cut off, and is put back as soon as its turn comes or its next attempt is due',
  ),
  why: described(v.string(), 'why it is not fresh, in a few words; empty if it is'),
});

const step = v.object({
  step: v.picklist([
    'restartingVpn',
    'verifyingVpn',
    'restarting',
    'awaitingReady',
    'verifying',
    'listing',
    'repairing',
  ]),
  began: time,
  seconds: described(maybe(seconds), 'how long it took; null: it is under way'),
});

const recovery = v.object({
  began: time,
  ended: described(maybe(time), 'null: it is under way'),
  seconds: described(seconds, 'how long it took, or has taken so far'),
  outcome: described(
    maybe(v.picklist(['completed', 'incomplete', 'abandoned'])),
    'abandoned: it was no longer needed, or could not go on',
  ),
  steps: v.array(step),
});

const ratio = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const statistics = v.object({
  availability_24h: described(
    maybe(ratio),
    'the share of the time in which the tunnel was up, of up and down',
  ),
  availability_7d: maybe(ratio),
  availability_30d: maybe(ratio),
  recoveries_24h: count,
  recoveries_7d: count,
  recoveries_30d: count,
  sites: v.array(
    v.object({
      name: v.string(),
      availability_24h: described(maybe(ratio), 'the share of its probes that passed, of passed and failed'),
      availability_7d: maybe(ratio),
      availability_30d: maybe(ratio),
      latency_p50_seconds: described(
        maybe(seconds),
        'the latencies are of the last seven days, interpolated from counts in buckets; beyond the last bucket: its bound',
      ),
      latency_p95_seconds: maybe(seconds),
      latency_p99_seconds: maybe(seconds),
      recoveries_caused_30d: described(count, 'that began while it was the only site down'),
    }),
  ),
  advice: v.array(
    v.object({
      kind: v.picklist(['siteCausesRecoveries']),
      site: v.string(),
      recoveries: described(count, 'that it alone caused'),
      of: described(count, 'all recoveries'),
      days: count,
      sentence: v.string(),
    }),
  ),
});

const gateway = v.object({
  name: v.string(),
  sentence: v.string(),
  state: v.picklist(['unseen', 'absent', 'down', 'paused', 'starting', 'ready']),
  health: described(maybe(v.string()), 'in Docker'),
  tunnel,
  since: described(time, 'since when the tunnel is so'),
  ...endpoint,
  check: described(
    maybe(
      v.object({
        began: time,
        age_seconds: seconds,
        seconds: described(seconds, 'how long it took'),
        passing: v.boolean(),
      }),
    ),
    'the latest check',
  ),
  sites_up: count,
  sites_total: count,
  sites: v.array(site),
  dependents_fresh: count,
  dependents_total: count,
  dependents: v.array(dependent),
  recovery: described(maybe(recovery), 'under way, or the latest one since the monitor started'),
  recoveries_in_a_row: described(count, 'that the next wait is counted from'),
  no_recovery_before: described(maybe(time), 'the backoff after recoveries'),
  paused_until: described(maybe(time), 'the operator has paused the monitor'),
  conditions: v.array(condition),
  statistics: described(v.optional(statistics), 'absent if no history is kept, or as long as it is not read'),
});

export const statusSchema = v.object({
  version: v.string(),
  time,
  started: time,
  uptime_seconds: seconds,
  dry_run: v.boolean(),
  sentence: described(v.string(), 'how things are'),
  mood: described(
    v.picklist(['well', 'busy', 'trouble', 'unknown']),
    'busy: it is being mended. trouble: it is not, or a person is needed. unknown: nothing proves either.',
  ),
  engine: v.picklist(['connecting', 'connected', 'lost']),
  tunnel,
  since: described(time, 'since when the tunnel of the first gateway is so'),
  ...endpoint,
  sites_up: count,
  sites_total: count,
  dependents_fresh: count,
  dependents_total: count,
  last_recovery: described(maybe(time), 'when the latest recovery ended'),
  conditions_total: count,
  conditions: described(
    v.array(condition),
    'of all gateways and of the monitor itself, the most severe first',
  ),
  gateways: v.array(gateway),
});

export type Status = v.InferOutput<typeof statusSchema>;
export type GatewayStatus = Status['gateways'][number];
export type GatewayStatistics = v.InferOutput<typeof statistics>;
export type SiteStatus = GatewayStatus['sites'][number];
export type DependentStatus = GatewayStatus['dependents'][number];
export type ConditionStatus = Status['conditions'][number];
