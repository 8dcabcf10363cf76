import convict from 'convict';
import type { ConfigFault } from './config-fault.ts';
import { configWarnings } from './config-warnings.ts';
import type { Config, DockerConnection } from './config.ts';
import { isAmong } from './container-names.ts';
import { resolveDockerConnection } from './docker-connection.ts';
import { readEnvironment } from './environment.ts';
import type { Environment, Source } from './environment.ts';
import { foreignVariables } from './foreign-variables.ts';
import { formats, registerFormats } from './formats.ts';
import type { Format } from './formats.ts';
import { MASK, maskCredentials } from './mask.ts';
import { schema, variables } from './schema.ts';
import type { Variable } from './schema.ts';
import type { Values } from './values.ts';
import { siteEntries } from './sites.ts';
import { parseWitness } from './witness.ts';

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
  if (!docker.ok) return { ok: false, faults: [...faults, ...notYetIn(faults, docker.faults)] };
  if (faults.length > 0) return { ok: false, faults };
  const effective = { ...values, ...paces(values, environment) };
  const config = toConfig(effective, docker.connection);
  const warnings = [
    ...configWarnings(config, values, (variable) => environment.sources.has(variable)),
    ...foreignVariables(env),
  ];
  return { ok: true, config, values: showValues(effective, environment), warnings };
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

/** The variables that have to fit another one, as they take effect. */
function paces(values: Values, environment: Environment) {
  return { RETRY_INTERVAL: retryInterval(values, environment), ...backoff(values, environment) };
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

/**
 * The one left to its default gives way. Where both were given the longer one holds, with a warning: a pause
 * too long does less harm than a gateway restarted over and over.
 */
function backoff(
  { RECOVERY_BACKOFF: first, RECOVERY_BACKOFF_MAX: longest }: Values,
  { sources }: Environment,
): Pick<Values, 'RECOVERY_BACKOFF' | 'RECOVERY_BACKOFF_MAX'> {
  const firstGivesWay = sources.has('RECOVERY_BACKOFF_MAX') && !sources.has('RECOVERY_BACKOFF');
  return firstGivesWay
    ? { RECOVERY_BACKOFF: Math.min(first, longest), RECOVERY_BACKOFF_MAX: longest }
    : { RECOVERY_BACKOFF: first, RECOVERY_BACKOFF_MAX: Math.max(first, longest) };
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
function formatFaults(values: Values, { given, sources, leftovers }: Environment): ConfigFault[] {
  return variables.filter(isUnreadable).map((variable) => ({
    variable: sources.get(variable.env) === 'environment' ? variable.env : `${variable.env}_FILE`,
    given: conceal(variable, given[variable.env] ?? ''),
    accepted: [formatOf(variable).accepted(variable), leftovers.get(variable.env)].filter(Boolean).join('; '),
  }));

  function isUnreadable(variable: Variable): boolean {
    return leftovers.has(variable.env) || !formatOf(variable).accepts(valueOf(variable, values), variable);
  }
}

function formatOf(variable: Variable): Format {
  return formats[variable.format];
}

/** A variable is told once; what was given for it is concealed as anywhere else. */
function notYetIn(faults: readonly ConfigFault[], more: readonly ConfigFault[]): ConfigFault[] {
  return more
    .filter(({ variable }) => !faults.some((fault) => fault.variable === variable))
    .map((fault) => ({ ...fault, given: maskCredentials(fault.given) }));
}

function valueOf(variable: Variable, values: Values): unknown {
  return values[variable.env as keyof Values];
}

function conceal(variable: Variable, text: string): string {
  if (variable.sensitive === true) return text === '' ? '' : MASK;
  if (variable.format !== 'site-list') return maskCredentials(text);
  const entries = siteEntries(text);
  // A list of sites ends an entry at a line break, also at one that is in the middle of a user and password.
  if (entries.some((entry) => entry.startsWith('@'))) return maskCredentials(text);
  return entries.map(maskCredentials).join(',');
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
  return {
    ...containerConfig(values),
    ...recoveryConfig(values),
    inlineSites: values.SITES,
    sitesFile: values.CONFIG_FILE,
    checkIntervalSeconds: values.CHECK_INTERVAL,
    timeoutSeconds: values.TIMEOUT,
    failThreshold: values.FAIL_THRESHOLD,
    siteQuorum: values.SITE_QUORUM,
    retryIntervalSeconds: values.RETRY_INTERVAL,
    healthyWaitTimeoutSeconds: values.HEALTHY_WAIT_TIMEOUT,
    restartConcurrency: values.RESTART_CONCURRENCY,
    autoRecreate: values.AUTO_RECREATE,
    witness: parseWitness(values.WITNESS),
    dryRun: values.DRY_RUN,
    log: logConfig(values),
    controlServerUrl: values.GLUETUN_API_URL,
    controlServerKey: values.GLUETUN_API_KEY === '' ? undefined : values.GLUETUN_API_KEY,
    stateFile: values.STATE_FILE,
    docker,
  };
}

/** A gateway is nobody's dependent, whoever lists it. */
function containerConfig({
  GLUETUN_CONTAINER: gateways,
  DEPENDENT_CONTAINERS: dependents,
  EXCLUDE_CONTAINERS: exclude,
  VPN_RESTART_DEPENDENTS: vpnRestartDependents,
}: Values) {
  const isNoGateway = (name: string): boolean => !isAmong(gateways, name);
  return {
    gateways,
    dependents: dependents === 'auto' ? 'auto' : dependents.filter(isNoGateway),
    exclude,
    vpnRestartDependents: vpnRestartDependents.filter(isNoGateway),
  } as const;
}

function recoveryConfig(values: Values) {
  return {
    recoveryStrategy: values.RECOVERY_STRATEGY,
    selfHealGraceSeconds: values.SELF_HEAL_GRACE,
    recoveryBackoffSeconds: values.RECOVERY_BACKOFF,
    recoveryBackoffMaxSeconds: values.RECOVERY_BACKOFF_MAX,
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
