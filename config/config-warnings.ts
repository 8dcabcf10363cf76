import type { Config } from './config.ts';
import { isAmong } from './container-names.ts';
import type { Values } from './values.ts';

/** What is allowed but will not do what a person who wrote it probably expects. */
export function configWarnings(
  config: Config,
  values: Values,
  isSet: (variable: string) => boolean,
): string[] {
  return [
    ...containerWarnings(config, values),
    ...vpnRestartWarnings(config, values),
    ...paceWarnings(config, isSet),
    ...backoffWarnings(values, isSet),
    ...dockerWarnings(config, values),
  ];
}

function containerWarnings(config: Config, { DEPENDENT_CONTAINERS: listed }: Values): string[] {
  const { gateways, exclude } = config;
  const watchedOnly = gateways
    .filter((name) => isAmong(exclude, name))
    .map((name) => `EXCLUDE_CONTAINERS names the gateway ${name}: it is watched, but never restarted`);
  const untouched = listed === 'auto' ? [] : listWarnings('DEPENDENT_CONTAINERS', listed, config);
  return [...untouched, ...watchedOnly];
}

/** Who is in a list of dependents and yet is none. */
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

function vpnRestartWarnings(config: Config, { VPN_RESTART_DEPENDENTS: listed }: Values): string[] {
  if (listed.length === 0) return [];
  if (config.recoveryStrategy !== 'vpn-first')
    return [
      'VPN_RESTART_DEPENDENTS has no effect without RECOVERY_STRATEGY=vpn-first: a restart of the gateway ' +
        'restarts every dependent',
    ];
  return listWarnings('VPN_RESTART_DEPENDENTS', listed, config);
}

function paceWarnings(config: Config, isSet: (variable: string) => boolean): string[] {
  const { checkIntervalSeconds: check, retryIntervalSeconds: retry, timeoutSeconds: timeout } = config;
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
  { RECOVERY_BACKOFF: first, RECOVERY_BACKOFF_MAX: longest }: Values,
  isSet: (variable: string) => boolean,
): string[] {
  const bothSet = isSet('RECOVERY_BACKOFF') && isSet('RECOVERY_BACKOFF_MAX');
  return bothSet && longest < first
    ? [`RECOVERY_BACKOFF_MAX=${longest} is less than RECOVERY_BACKOFF=${first}: it is raised to ${first}`]
    : [];
}

function dockerWarnings({ docker }: Config, { DOCKER_TLS_VERIFY: verify }: Values): string[] {
  if (verify === '') return [];
  if (docker.kind === 'socket') return ['DOCKER_TLS_VERIFY means nothing for a Unix socket: ignored'];
  const meantOff = /^(0|false|no|off)$/i.test(verify);
  return meantOff
    ? [`DOCKER_TLS_VERIFY=${verify} turns TLS on, as any text does for the Docker CLI; empty turns it off`]
    : [];
}
