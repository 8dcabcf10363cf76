import type { ConfigFault } from './config-fault.ts';
import { containerEntries } from './container-names.ts';
import { leftoverIn, leftoverInSecret, listIn, secretIn, valueIn } from './given-text.ts';
import { formatOf } from './formats.ts';
import { readSmallFile } from './read-small-file.ts';
import { MASK } from './shown-text.ts';
import { type Variable, variables } from './schema-list.ts';

/** Where the value of a variable came from. */
export type Source = 'default' | 'environment' | `file ${string}`;

/** What was given for the variables of the schema, before any of it is parsed. */
export interface Environment {
  /** By name, only what is set: never empty, without the quotes and spaces around it. */
  readonly given: Readonly<Record<string, string>>;
  /** By name, for each value that cannot be meant as it stands: why. */
  readonly leftovers: ReadonlyMap<string, string>;
  readonly sources: ReadonlyMap<string, Source>;
  readonly faults: readonly ConfigFault[];
}

type Reading =
  | { readonly kind: 'unset' }
  | { readonly kind: 'set'; readonly text: string; readonly source: Source }
  | { readonly kind: 'fault'; readonly fault: ConfigFault };

/**
 * Collects the variables of the schema from `env`, and secrets also from the files that `<NAME>_FILE` names.
 * Blank counts as unset: compose writes `VAR=` for a variable that its own environment lacks.
 */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const given: Record<string, string> = {};
  const sources = new Map<string, Source>();
  const leftovers = new Map<string, string>();
  const faults: ConfigFault[] = [];
  for (const variable of variables) {
    const reading = variable.sensitive === true ? readSecret(variable, env) : readPlain(variable, env);
    if (reading.kind === 'fault') faults.push(reading.fault);
    if (reading.kind !== 'set') continue;
    given[variable.env] = reading.text;
    sources.set(variable.env, reading.source);
    const leftover = leftoverOf(variable, reading.text);
    if (leftover !== undefined) leftovers.set(variable.env, leftover);
  }
  return { given, sources, leftovers, faults };
}

function readPlain(variable: Variable, env: NodeJS.ProcessEnv): Reading {
  const text = textOf(variable, env[variable.env] ?? '');
  return text === '' ? { kind: 'unset' } : { kind: 'set', text, source: 'environment' };
}

function textOf({ sensitive, format }: Variable, given: string): string {
  if (sensitive === true) return secretIn(given);
  return formatOf(format).list === undefined ? valueIn(given) : listIn(given);
}

function leftoverOf({ sensitive, format }: Variable, text: string): string | undefined {
  if (sensitive === true) return leftoverInSecret(text);
  const { list } = formatOf(format);
  if (list === 'sites') return undefined; // each bad entry is reported by its number
  if (list === undefined) return leftoverIn(text);
  const entries = containerEntries(text);
  if (entries.some((entry) => entry.startsWith('#')))
    return 'a comment is left in it: remove it, or write each name on a line of its own';
  return entries.map(leftoverIn).find((leftover) => leftover !== undefined);
}

function readSecret(variable: Variable, env: NodeJS.ProcessEnv): Reading {
  const fileVariable = `${variable.env}_FILE`;
  const path = valueIn(env[fileVariable] ?? '');
  const direct = readPlain(variable, env);
  if (path === '') return direct;
  if (direct.kind === 'unset') return readSecretFile(fileVariable, path);
  const accepted = `either ${variable.env} or ${fileVariable}, not both`;
  return { kind: 'fault', fault: { variable: fileVariable, given: showablePath(path), accepted } };
}

function readSecretFile(fileVariable: string, path: string): Reading {
  const file = readSmallFile(path);
  const text = file.kind === 'text' ? secretIn(file.text) : '';
  if (text !== '') return { kind: 'set', text, source: `file ${path}` };
  const reasons = { text: 'is empty', missing: 'does not exist', unreadable: '' };
  const reason = file.kind === 'unreadable' ? file.reason : reasons[file.kind];
  const accepted = `the path of a readable file that holds the secret (this one ${reason})`;
  return { kind: 'fault', fault: { variable: fileVariable, given: showablePath(path), accepted } };
}

/** What does not look like a path may be the secret itself, put into the wrong variable. */
function showablePath(path: string): string {
  return /^[./~]/.test(path) ? path : MASK;
}
