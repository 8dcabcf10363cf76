import type { Config } from './config.ts';
import type { Values } from './schema.ts';

/** What is allowed but will not do what a person who wrote it probably expects. */
export function configWarnings(
  config: Config,
  values: Values,
  isSet: (variable: string) => boolean,
): string[] {
  return [
    ...containerWarnings(config, values),
    ...paceWarnings(config, isSet),
    ...dockerWarnings(config, values),
  ];
}

function containerWarnings({ gateway, exclude }: Config, { DEPENDENT_CONTAINERS: given }: Values): string[] {
  const listed = given === 'auto' ? [] : given;
  const warnings = listed
    .filter((name) => name !== gateway && exclude.includes(name))
    .map(
      (name) =>
        `${name} is in DEPENDENT_CONTAINERS and in EXCLUDE_CONTAINERS: exclusion wins, it is never touched`,
    );
  if (exclude.includes(gateway))
    warnings.push(`EXCLUDE_CONTAINERS names the gateway ${gateway}: it is watched, but never restarted`);
  if (listed.includes(gateway))
    warnings.push(
      `DEPENDENT_CONTAINERS names the gateway ${gateway} itself: ignored, it is no dependent of its own`,
    );
  return warnings;
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

function dockerWarnings({ docker }: Config, { DOCKER_TLS_VERIFY: verify }: Values): string[] {
  if (verify === '') return [];
  if (docker.kind === 'socket') return ['DOCKER_TLS_VERIFY means nothing for a Unix socket: ignored'];
  const meantOff = /^(0|false|no|off)$/i.test(verify);
  return meantOff
    ? [`DOCKER_TLS_VERIFY=${verify} turns TLS on, as any text does for the Docker CLI; empty turns it off`]
    : [];
}
