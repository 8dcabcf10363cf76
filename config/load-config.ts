import convict from 'convict';
import type { ConfigFault } from './config-fault.ts';
import { configWarnings } from './config-warnings.ts';
import type { Config, DockerConnection } from './config.ts';
import { resolveDockerConnection } from './docker-connection.ts';
import { readEnvironment } from './environment.ts';
import type { Environment, Source } from './environment.ts';
import { formats, registerFormats } from './formats.ts';
import type { Format } from './formats.ts';
import { MASK, maskCredentials } from './mask.ts';
import { schema, variables } from './schema.ts';
import type { Values, Variable } from './schema.ts';

export type LoadResult =
  | {
      readonly ok: true;
      readonly config: Config;
      /** Every variable in the schema's order. */
      readonly values: readonly ConfigValue[];
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] };

/** What the `config` command shows of a variable. */
export interface ConfigValue {
  readonly variable: string;
  /** The value in effect; a secret that is set as `********`. */
  readonly value: string;
  readonly source: Source;
}

/** Reads the configuration from `env` and the files it names. Never throws; a fault never hides another. */
export function loadConfig(env: NodeJS.ProcessEnv): LoadResult {
  const environment = readEnvironment(env);
  const values = readValues(environment);
  const docker = resolveDockerConnection(dockerSettings(values, environment, env));
  const faults = [...environment.faults, ...formatFaults(values, environment)];
  if (!docker.ok) return { ok: false, faults: [...faults, ...docker.faults] };
  if (faults.length > 0) return { ok: false, faults };
  values.RETRY_INTERVAL = retryInterval(values, environment);
  const config = toConfig(values, docker.connection);
  const warnings = configWarnings(config, values, (variable) => environment.sources.has(variable));
  return { ok: true, config, values: showValues(values, environment), warnings };
}

/** The value of every variable, or its text where its format could not read it. */
function readValues(environment: Environment): Values {
  registerFormats();
  const given = { ...environment.given };
  return convict<Values>(schema, { env: given, args: [] /* not the command line */ }).getProperties();
}

/** What must never be shown: the log masks these wherever they turn up. */
export function secretsOf(config: Config): readonly string[] {
  const tlsKey = config.docker.kind === 'tcp' ? config.docker.tls?.key : undefined;
  return [config.controlServerKey, tlsKey].filter((secret) => secret !== undefined);
}

/**
 * Who lowers `CHECK_INTERVAL` only does not ask for slower checks once something is wrong: the default
 * gives way. A value given stands, with a warning.
 */
function retryInterval(
  { RETRY_INTERVAL: retry, CHECK_INTERVAL: check }: Values,
  { sources }: Environment,
): number {
  return sources.has('RETRY_INTERVAL') ? retry : Math.min(retry, check);
}

function dockerSettings(values: Values, { sources }: Environment, env: NodeJS.ProcessEnv) {
  return {
    host: values.DOCKER_HOST,
    tlsVerify: values.DOCKER_TLS_VERIFY,
    certPath: values.DOCKER_CERT_PATH,
    certPathGiven: sources.has('DOCKER_CERT_PATH'),
    home: env['HOME'],
  };
}

/** The formats are asked one by one: convict's own `validate()` makes a single text of all faults. */
function formatFaults(values: Values, { given, sources }: Environment): ConfigFault[] {
  return variables.filter(isUnreadable).map((variable) => ({
    variable: sources.get(variable.env) === 'environment' ? variable.env : `${variable.env}_FILE`,
    given: conceal(variable, given[variable.env] ?? ''),
    accepted: formatOf(variable).accepted(variable),
  }));

  function isUnreadable(variable: Variable): boolean {
    return !formatOf(variable).accepts(valueOf(variable, values), variable);
  }
}

function formatOf(variable: Variable): Format {
  return formats[variable.format];
}

function valueOf(variable: Variable, values: Values): unknown {
  return values[variable.env as keyof Values];
}

function conceal(variable: Variable, text: string): string {
  if (variable.sensitive === true) return text === '' ? '' : MASK;
  const separator = variable.format === 'site-list' ? ',' : '\n';
  return text.split(separator).map(maskCredentials).join(separator);
}

function showValues(values: Values, { sources }: Environment): ConfigValue[] {
  return variables.map((variable) => {
    const value = valueOf(variable, values);
    const text = Array.isArray(value) ? value.join(',') : String(value);
    const source = sources.get(variable.env) ?? 'default';
    return { variable: variable.env, value: conceal(variable, text), source };
  });
}

function toConfig(values: Values, docker: DockerConnection): Config {
  const { GLUETUN_CONTAINER: gateway, DEPENDENT_CONTAINERS: dependents, GLUETUN_API_KEY: key } = values;
  return {
    gateway,
    dependents: dependents === 'auto' ? 'auto' : dependents.filter((name) => name !== gateway),
    exclude: values.EXCLUDE_CONTAINERS,
    inlineSites: values.SITES,
    sitesFile: values.CONFIG_FILE,
    checkIntervalSeconds: values.CHECK_INTERVAL,
    timeoutSeconds: values.TIMEOUT,
    failThreshold: values.FAIL_THRESHOLD,
    retryIntervalSeconds: values.RETRY_INTERVAL,
    healthyWaitTimeoutSeconds: values.HEALTHY_WAIT_TIMEOUT,
    restartConcurrency: values.RESTART_CONCURRENCY,
    autoRecreate: values.AUTO_RECREATE,
    log: logConfig(values),
    controlServerUrl: values.GLUETUN_API_URL,
    controlServerKey: key === '' ? undefined : key,
    stateFile: values.STATE_FILE,
    docker,
  };
}

function logConfig(values: Values): Config['log'] {
  return {
    level: values.LOG_LEVEL,
    format: values.LOG_FORMAT,
    file: values.LOG_FILE,
    maxBytes: values.LOG_MAX_BYTES,
    backupCount: values.LOG_BACKUP_COUNT,
    timeZone: values.TZ,
  };
}
