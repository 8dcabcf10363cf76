import { type Variable, variables } from '../../config/variables.ts';

const BEGIN = '<!-- configuration table -->';
const END = '<!-- end of configuration table -->';

/** The README's table of all variables, in Markdown, aligned as prettier aligns it. */
export function configTable(): string {
  const rows = [['Variable', 'Default', 'Meaning'], ...variables.map(rowOf)];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const rule = widths.map((width) => '-'.repeat(width));
  const [head = [], ...body] = rows;
  return [head, rule, ...body]
    .map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
    .join('\n');
}

/**
 * `readme` with the table between its two markers brought up to date.
 * @throws Error when the markers are missing or in the wrong order.
 */
export function insertConfigTable(readme: string): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END, begin);
  if (begin < 0 || end < 0)
    throw new Error(`README.md: no "${BEGIN}" followed by "${END}" to put the table between`);
  return `${readme.slice(0, begin)}${BEGIN}\n\n${configTable()}\n\n${readme.slice(end)}`;
}

function rowOf(variable: Variable): string[] {
  return [`\`${variable.env}\``, defaultOf(variable), meaningOf(variable).replaceAll('|', '\\|')];
}

function defaultOf({ default: text }: Variable): string {
  return text === '' ? '–' : `\`${text}\``;
}

function meaningOf({ doc, env, sensitive, limits, choices }: Variable): string {
  const range = limits === undefined ? '' : ` ${limits.join(' to ')}.`;
  const words = choices === undefined ? '' : ` ${choices.map((word) => `\`${word}\``).join(', ')}.`;
  const file = sensitive === true ? ` A secret: also read from the file that \`${env}_FILE\` names.` : '';
  return doc + range + words + file;
}
