import type { Config, Values } from './config.ts';
import { isAmong } from './container-names.ts';
import type { VariableName } from './schema-list.ts';

/** Settings that are allowed, but probably do not do what their author expects. */
export function configWarnings(
  config: Config,
  values: Values,
  isSet: (variable: VariableName) => boolean,
): string[] {
  return [
    ...containerWarnings(config, values),
    ...vpnRestartWarnings(config, values),
    ...paceWarnings(config, isSet),
    ...backoffWarnings(values, isSet),
    ...dockerWarnings(config, values),
    ...httpWarnings(config),
  ];
}

function containerWarnings(config: Config, { dependents: listed }: Values): string[] {
  const { gateways, exclude } = config;
  const watchedOnly = gateways
    .filter((name) => isAmong(exclude, name))
    .map((name) => `EXCLUDE_CONTAINERS names the gateway ${name}: it is watched, but never restarted`);
  const untouched = listed === 'auto' ? [] : listWarnings('DEPENDENT_CONTAINERS', listed, config);
  return [...untouched, ...watchedOnly];
}

/** Names in a list of dependents that have no effect there. */
function listWarnings(variable: string, listed: readonly string[], { gateways, exclude }: Config): string[] {
  const dependents = listed.filter((name) => !isAmong(gateways, name));
  return [
    ...dependents
      .filter((name) => isAmong(exclude, name))
      .map(
        (name) => `${name} is in ${variable} and in EXCLUDE_CONTAINERS: exclusion wins, it is never touched`,
      ),
    ...listed
      .filter((name) => isAmong(gateways, name))
      .map((name) => `${variable} names the gateway ${name}: ignored, a gateway is no dependent`),
  ];
}

function vpnRestartWarnings(config: Config, { vpnRestartDependents: listed }: Values): string[] {
  if (listed.length === 0) return [];
  if (config.recoveryStrategy !== 'vpn-first')
    return [
      'VPN_RESTART_DEPENDENTS has no effect without RECOVERY_STRATEGY=vpn-first: a restart of the gateway ' +
        'restarts every dependent',
    ];
  return listWarnings('VPN_RESTART_DEPENDENTS', listed, config);
}

function paceWarnings(config: Config, isSet: (variable: VariableName) => boolean): string[] {
  const [check, retry] = [config.checkIntervalMs / 1000, config.retryIntervalMs / 1000];
  const timeout = config.timeoutSeconds;
  const warnings: string[] = [];
  if (isSet('RETRY_INTERVAL') && retry > check)
    warnings.push(
      `RETRY_INTERVAL=${retry} is longer than CHECK_INTERVAL=${check}: checks slow down once a site fails`,
    );
  if (timeout > check)
    warnings.push(
      `TIMEOUT=${timeout} is longer than CHECK_INTERVAL=${check}: a site that hangs delays the next check`,
    );
  return warnings;
}

function backoffWarnings(
  { backoffMs, backoffMaxMs }: Values,
  isSet: (variable: VariableName) => boolean,
): string[] {
  const [first, longest] = [backoffMs / 1000, backoffMaxMs / 1000];
  const bothSet = isSet('RECOVERY_BACKOFF') && isSet('RECOVERY_BACKOFF_MAX');
  return bothSet && longest < first
    ? [`RECOVERY_BACKOFF_MAX=${longest} is less than RECOVERY_BACKOFF=${first}: it is raised to ${first}`]
    : [];
}

function dockerWarnings({ docker }: Config, { docker: { tlsVerify: verify } }: Values): string[] {
  if (verify === '') return [];
  if (docker.kind === 'socket') return ['DOCKER_TLS_VERIFY means nothing for a Unix socket: ignored'];
  const meantOff = /^(0|false|no|off)$/i.test(verify);
  return meantOff
    ? [`DOCKER_TLS_VERIFY=${verify} turns TLS on, as any text does for the Docker CLI; empty turns it off`]
    : [];
}

/** A log-in can be tried five times a minute, but `Authorization` as often as the line allows. */
const SHORTEST_TOKEN = 16;

function httpWarnings({ http: { addresses, token, hosts } }: Config): string[] {
  if (addresses.length === 0)
    return [
      ...(token === undefined ? [] : ['HTTP_TOKEN has no effect without HTTP_ADDRESS']),
      ...(hosts.length === 0 ? [] : ['HTTP_HOSTS has no effect without HTTP_ADDRESS']),
    ];
  return token !== undefined && token.length < SHORTEST_TOKEN
    ? [`HTTP_TOKEN has fewer than ${SHORTEST_TOKEN} characters: it can be guessed`]
    : [];
}

/**
 * Variables of another monitor of this name (csmarshall/gluetun-monitor, docs/CONFIGURATION.md) that are not read
 * here, with what replaces them. Those of the shell script that it began as are all read here.
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

/** A warning for each that is set: whoever set it expects it to do something. */
export function foreignVariables(env: NodeJS.ProcessEnv): readonly string[] {
  return Object.entries(INSTEAD)
    .filter(([name]) => (env[name] ?? '').trim() !== '')
    .map(([name, instead]) => `${name} means nothing here: ${instead}`);
}
