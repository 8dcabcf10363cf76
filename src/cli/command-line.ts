import { parseArgs } from 'node:util';
import { printable } from '../../config/shown-text.ts';
import { nearestWords } from '../model/nearest.ts';
import type { Argument, Command, Given } from './command.ts';
import { helpOf } from './help.ts';

export type CommandLine =
  | { readonly kind: 'command'; readonly command: Command; readonly given: Given }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'fault'; readonly message: string };

/** Parses the arguments. Anything it does not understand is named, together with what would be understood. */
export function parseCommandLine(args: readonly string[], commands: readonly Command[]): CommandLine {
  const [first = ''] = args;
  const isNamed = first !== '' && !first.startsWith('-');
  const command = commands.find(({ name }) => name === (isNamed ? first : 'run'));
  if (command === undefined) return unknownCommand(first, commands);
  try {
    return parseFor(command, isNamed, isNamed ? args.slice(1) : args, commands);
  } catch (error) {
    return fault(error instanceof Error ? error.message : String(error), command, commands);
  }
}

function parseFor(
  command: Command,
  isNamed: boolean,
  args: readonly string[],
  commands: readonly Command[],
): CommandLine {
  const options = command.options ?? [];
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'V' },
      ...Object.fromEntries(
        options.map(({ name, value }) => [name, { type: value === undefined ? 'boolean' : 'string' }]),
      ),
    },
  });
  if (values.help === true) return { kind: 'help', text: helpOf(isNamed ? command : undefined, commands) };
  if (values.version === true) return { kind: 'version' };
  const [argument, ...more] = positionals;
  const wrong = wrongArgument(command, argument, more);
  if (wrong !== undefined) return fault(wrong, command, commands);
  const entries: [string, unknown][] = Object.entries(values);
  const given: Given = {
    argument,
    flags: new Set(entries.filter(([, value]) => value === true).map(([name]) => name)),
    values: Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
  };
  return { kind: 'command', command, given };
}

function wrongArgument(
  { name, argument }: Command,
  given: string | undefined,
  more: readonly string[],
): string | undefined {
  if (given === undefined) return undefined;
  if (argument === undefined)
    return `${name} takes no arguments, but was given "${[given, ...more].join(' ')}"`;
  if (more.length > 0) return `${name} takes one argument, but was also given "${more.join(' ')}"`;
  return faultIn(argument, given);
}

function faultIn({ name, choices, faultIn: find }: Argument, given: string): string | undefined {
  const all = choices?.();
  if (all !== undefined && !all.includes(given)) return `${name} is one of ${all.join(', ')}, not "${given}"`;
  return find?.(given);
}

function unknownCommand(given: string, commands: readonly Command[]): CommandLine {
  const near = nearestWords(
    given,
    commands.map(({ name }) => ({ name, words: [name] })),
  );
  const hint = near.length === 0 ? '' : ` (nearest: ${near.join(', ')})`;
  return fault(`unknown command "${given}"${hint}`, undefined, commands);
}

const fault = (message: string, command: Command | undefined, commands: readonly Command[]): CommandLine => ({
  kind: 'fault',
  message: [
    `gluetun-monitor: ${printable(message)}`,
    `Commands: ${commands.map(({ name }) => name).join(', ')}. Try: gluetun-monitor ${command === undefined ? '' : `${command.name} `}--help`,
  ].join('\n'),
});
