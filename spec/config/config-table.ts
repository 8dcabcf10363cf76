import { INSTEAD } from '../../config/config-warnings.ts';
import { type Variable, type VariableName, variables } from '../../config/schema-list.ts';

/** The variables most people set, in the order of the README. */
export const MOST_SET = [
  'GLUETUN_CONTAINER',
  'EXCLUDE_CONTAINERS',
  'SITES',
  'CHECK_INTERVAL',
  'FAIL_THRESHOLD',
  'RECOVERY_STRATEGY',
  'GLUETUN_API_KEY',
  'WITNESS',
  'DRY_RUN',
  'TZ',
] as const satisfies readonly VariableName[];

const HEAD = ['Variable', 'Default', 'Meaning'];

/** All variables, in Markdown, aligned as prettier aligns it. */
export function configTable(): string {
  return tableOf([
    HEAD,
    ...variables.map((variable) => [nameOf(variable), defaultOf(variable), meaningOf(variable)]),
  ]);
}

/** The variables most people set, each in one sentence. */
export function shortConfigTable(): string {
  const rows = MOST_SET.flatMap((name) => variables.filter(({ env }) => env === name));
  return tableOf([
    HEAD,
    ...rows.map((variable) => [
      nameOf(variable),
      defaultOf(variable),
      firstSentence(variable.doc) + choicesOf(variable),
    ]),
  ]);
}

/** The variables that other monitors of this name read and this one does not, with what replaces them. */
export function foreignVariablesTable(): string {
  const rows = Object.entries(INSTEAD).map(([name, instead]) => [`\`${name}\``, withCode(instead)]);
  return tableOf([['Variable', 'Here'], ...rows]);
}

/**
 * `document` with `table` between its two markers, `<!-- NAME -->` and `<!-- end of NAME -->`.
 * @throws Error when the markers are missing or in the wrong order.
 */
export function insertTable(document: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`no "${begin}" followed by "${end}" to put the table between`);
  return `${document.slice(0, from)}${begin}\n\n${table}\n\n${document.slice(to)}`;
}

export function tableOf([head = [], ...body]: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((row) => row[column]?.length ?? 0)));
  const rule = widths.map((width) => '-'.repeat(width));
  return [head, rule, ...body]
    .map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
    .join('\n');
}

function nameOf({ env }: Variable): string {
  return `\`${env}\``;
}

function defaultOf({ default: text }: Variable): string {
  return text === '' ? '–' : `\`${text}\``;
}

/** Its whole meaning, in Markdown: also its limits, its choices, and the file of a secret. */
export function meaningOf(variable: Variable): string {
  const { doc, env, sensitive, limits } = variable;
  const range = limits === undefined ? '' : ` ${limits.join(' to ')}.`;
  const file = sensitive === true ? ` A secret: also read from the file that \`${env}_FILE\` names.` : '';
  return (doc + range + choicesOf(variable) + file).replaceAll('|', '\\|');
}

function choicesOf({ choices }: Variable): string {
  return choices === undefined ? '' : ` One of ${choices.map((word) => `\`${word}\``).join(', ')}.`;
}

function firstSentence(doc: string): string {
  return /^.*?\.(?= |$)/.exec(doc)?.[0] ?? doc;
}

/** Names of variables, and what is written after a site, as code. */
function withCode(text: string): string {
  return text.replace(/\b(?:[A-Z]+_[A-Z_]+|role=\w+)\b/g, '`$&`');
}
