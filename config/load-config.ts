import convict from 'convict';
import type { ConfigFault } from './config-fault.ts';
import { configWarnings, foreignVariables } from './config-warnings.ts';
import type { Config, Values } from './config.ts';
import { isAmong } from './container-names.ts';
import { type DockerConnection, resolveDockerConnection } from './docker-connection.ts';
import { readEnvironment } from './environment.ts';
import type { Environment, Source } from './environment.ts';
import { formatOf, registerFormats } from './formats.ts';
import { schema } from './schema.ts';
import { MASK, maskCredentials } from './shown-text.ts';
import { siteEntries } from './sites.ts';
import { type Variable, type VariableName, valueAt, variables } from './schema-list.ts';

export type LoadResult =
  | {
      readonly ok: true;
      readonly config: Config;
      /** Every variable, in the order of the schema. */
      readonly values: readonly ConfigValue[];
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] };

/** What the `config` command shows of a variable. */
export interface ConfigValue {
  readonly variable: string;
  /** The value in effect; a secret that is set is shown as `********`. */
  readonly value: string;
  readonly source: Source;
}

/** Reads the configuration from `env` and the files it names. Never throws; a fault never hides another. */
export function loadConfig(env: NodeJS.ProcessEnv): LoadResult {
  const environment = readEnvironment(env);
  const values = readValues(environment);
  const docker = resolveDockerConnection({
    ...values.docker,
    certPathGiven: environment.sources.has('DOCKER_CERT_PATH'),
    home: env['HOME'],
  });
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

/** Every value; or its text, if its format could not read it, which `formatFaults` then refuses. */
function readValues({ given }: Environment): Values {
  registerFormats();
  // convict's types expect defaults that are values, but it coerces texts among them as it does what is given
  const definition = schema as unknown as convict.Schema<Values>;
  return convict(definition, { env: { ...given }, args: [] /* not the command line */ }).getProperties();
}

/** What must never be shown: the log masks it wherever it turns up. */
export function secretsOf(config: Config): readonly string[] {
  const sensitive = variables.filter((variable) => variable.sensitive);
  const tlsKey = config.docker.kind === 'tcp' ? config.docker.tls?.key : undefined;
  return [...sensitive.map(({ key }) => valueAt(config, key)), tlsKey]
    .filter((secret) => secret !== undefined)
    .map(String);
}

type Paces = Pick<Values, 'retryIntervalMs' | 'backoffMs' | 'backoffMaxMs'>;

/** The effective values of the variables that depend on another one. */
function paces(values: Values, { sources }: Environment): Paces {
  const isSet = (variable: VariableName): boolean => sources.has(variable);
  return { retryIntervalMs: retryInterval(values, isSet), ...backoff(values, isSet) };
}

/**
 * Lowering `CHECK_INTERVAL` alone must not make checks slower once something is wrong, so the default gives way.
 * A value that was set stands, with a warning.
 */
function retryInterval(
  { retryIntervalMs: retry, checkIntervalMs: check }: Values,
  isSet: (variable: VariableName) => boolean,
): number {
  return isSet('RETRY_INTERVAL') ? retry : Math.min(retry, check);
}

/**
 * A default gives way to the value that was set. If both are set, the longer one wins, with a warning: a pause that
 * is too long does less harm than a gateway that is restarted again and again.
 */
function backoff(
  { backoffMs: first, backoffMaxMs: longest }: Values,
  isSet: (variable: VariableName) => boolean,
): Pick<Values, 'backoffMs' | 'backoffMaxMs'> {
  const firstGivesWay = isSet('RECOVERY_BACKOFF_MAX') && !isSet('RECOVERY_BACKOFF');
  return firstGivesWay
    ? { backoffMs: Math.min(first, longest), backoffMaxMs: longest }
    : { backoffMs: first, backoffMaxMs: Math.max(first, longest) };
}

/** A gateway is not a dependent, even if a list names it. */
function toConfig(values: Values, docker: DockerConnection): Config {
  const { gateways, dependents, vpnRestartDependents } = values;
  const isNoGateway = (name: string): boolean => !isAmong(gateways, name);
  return {
    ...values,
    dependents: dependents === 'auto' ? 'auto' : dependents.filter(isNoGateway),
    vpnRestartDependents: vpnRestartDependents.filter(isNoGateway),
    docker,
  };
}

/** Asks the formats one by one: convict's own `validate()` makes a single text of all faults. */
function formatFaults(values: Values, { given, sources, leftovers }: Environment): ConfigFault[] {
  return variables.filter(isUnreadable).map((variable) => ({
    variable: sources.get(variable.env) === 'environment' ? variable.env : `${variable.env}_FILE`,
    given: conceal(variable, given[variable.env] ?? ''),
    accepted: [formatOf(variable.format).accepted(variable), leftovers.get(variable.env)]
      .filter(Boolean)
      .join('; '),
  }));

  function isUnreadable(variable: Variable): boolean {
    const isRead = formatOf(variable.format).accepts(valueAt(values, variable.key), variable);
    return leftovers.has(variable.env) || !isRead;
  }
}

/** Those of `more` whose variable is not yet at fault, with credentials concealed. */
function notYetIn(faults: readonly ConfigFault[], more: readonly ConfigFault[]): ConfigFault[] {
  return more
    .filter(({ variable }) => !faults.some((fault) => fault.variable === variable))
    .map((fault) => ({ ...fault, given: maskCredentials(fault.given) }));
}

function showValues(values: Values, { given, sources }: Environment): ConfigValue[] {
  return variables.map((variable) => {
    const { show = String } = formatOf(variable.format);
    const text = show(valueAt(values, variable.key), given[variable.env] ?? variable.default);
    const source = sources.get(variable.env) ?? 'default';
    return { variable: variable.env, value: conceal(variable, text), source };
  });
}

function conceal(variable: Variable, text: string): string {
  if (variable.sensitive) return text === '' ? '' : MASK;
  if (formatOf(variable.format).list !== 'sites') return maskCredentials(text);
  const entries = siteEntries(text);
  // An entry ends at a line break, even at one in the middle of a user and password
  if (entries.some((entry) => entry.startsWith('@'))) return maskCredentials(text);
  return entries.map(maskCredentials).join(',');
}
