/**
 * Variables of other monitors of this name (csmarshall/gluetun-monitor, docs/CONFIGURATION.md) that are not read
 * here, with what there is in their place. All those of the shell script that it began as are.
 */
export const INSTEAD: Readonly<Record<string, string>> = {
  MONITOR_STATE_FILE: 'use STATE_FILE',
  DNS_WAIT_TIMEOUT: 'HEALTHY_WAIT_TIMEOUT bounds the whole wait after a restart',
  WGET_TRIES: 'a probe is one try, and FAIL_THRESHOLD says how many of them may fail',
  MAX_PARALLEL_CHECKS: 'all sites are probed side by side; RESTART_CONCURRENCY bounds restarts',
  MAX_JITTER_MS: 'dependents are not probed',
  DEPENDENT_VIABILITY: 'the engine tells whether a dependent is cut off; dependents are not probed',
  DEPENDENT_VIABILITY_SAMPLES: 'dependents are not probed',
  DEPENDENT_CONTAINER_FAILURES: 'dependents are not probed',
  WEDGE_ESCALATE_AFTER: 'a repair that fails is tried again until it works',
  WEDGE_BACKOFF_CAP: 'a repair that fails is tried again until it works',
  ADVISORY_WINDOW: 'write role=advisory after a site that must not start a recovery',
  ADVISORY_MIN_RESTARTS: 'write role=advisory after a site that must not start a recovery',
  ADVISORY_DOMINANCE: 'write role=advisory after a site that must not start a recovery',
  DEPENDENT_ADVISORY_WINDOW: 'nothing takes its place',
  DEPENDENT_ADVISORY_MIN_REMEDIATIONS: 'nothing takes its place',
  STATS_FILE: 'no statistics are kept',
  STATS_RETENTION_DAYS: 'no statistics are kept',
  APPRISE_URLS: 'there are no notifications',
  NOTIFY_REPEAT_INTERVAL: 'there are no notifications',
  NOTIFY_STATE_FILE: 'there are no notifications',
  NOTIFY_TIMEOUT: 'there are no notifications',
};

/** A line for each that is set: somebody who came from there expects it to do something. */
export function foreignVariables(env: NodeJS.ProcessEnv): readonly string[] {
  return Object.entries(INSTEAD)
    .filter(([name]) => (env[name] ?? '').trim() !== '')
    .map(([name, instead]) => `${name} means nothing here: ${instead}`);
}
