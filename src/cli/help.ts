import type { Command, Option } from './command.ts';

const PROGRAM = 'gluetun-monitor';

/** The options that every command has. */
export const COMMON_OPTIONS: readonly (Option & { readonly short: string })[] = [
  { name: 'help', short: 'h', summary: 'show this' },
  { name: 'version', short: 'V', summary: 'show the version' },
];

/** The help of one command, or of all. */
export const helpOf = (command: Command | undefined, commands: readonly Command[]): string =>
  command === undefined ? helpOfAll(commands) : helpOfOne(command);

function helpOfAll(commands: readonly Command[]): string {
  return paragraphs(
    [`Usage: ${PROGRAM} [COMMAND] [OPTIONS]`],
    [
      'Watches the tunnel of a Gluetun container, recovers it when it breaks, and puts every',
      'dependent container back on a live network.',
    ],
    ['Commands:', ...columns(commands.map(({ name, summary }) => [name, summary]))],
    ['Options:', ...columns(COMMON_OPTIONS.map(described))],
    [
      `${PROGRAM} COMMAND --help has the options of a command, and examples.`,
      'It is configured by environment variables; docs/configuration.md lists them.',
    ],
  );
}

function helpOfOne({
  name,
  summary,
  details,
  argument,
  options = [],
  examples = {},
  exitCodes = {},
}: Command) {
  const usage = [PROGRAM, name, ...(argument ? [`[${argument.name}]`] : []), ...options.map(inUsage)];
  return paragraphs(
    [`Usage: ${usage.join(' ')}`],
    [`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`, ...(details === undefined ? [] : [details])],
    titled('Argument:', argument === undefined ? [] : columns([[argument.name, argument.summary]])),
    ['Options:', ...columns([...options.map(described), ...COMMON_OPTIONS.slice(0, 1).map(described)])],
    titled(
      'Examples:',
      columns(Object.entries(examples).map(([call, what]) => [`${PROGRAM} ${call}`.trim(), what])),
    ),
    titled('Exit codes:', columns(Object.entries(exitCodes))),
  );
}

const inUsage = ({ name, value }: Option): string => `[--${name}${value === undefined ? '' : ` ${value}`}]`;

const described = ({
  name,
  value,
  summary,
  short,
}: Option & { readonly short?: string }): [string, string] => [
  `--${name}${value === undefined ? '' : ` ${value}`}${short === undefined ? '' : `, -${short}`}`,
  summary,
];

const titled = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines];

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}   ${right}`);
}

const paragraphs = (...all: readonly (readonly string[])[]): string =>
  `${all
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
