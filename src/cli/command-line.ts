import { parseArgs } from 'node:util';
import { printable } from '../../config/shown-text.ts';

export type CommandLine =
  | { readonly command: 'run' | 'check' | 'config' | 'help' | 'version' }
  | { readonly command: 'unknown'; readonly message: string };

const COMMANDS = ['run', 'check', 'config'] as const;

export const HELP = `Usage: gluetun-monitor [COMMAND]

Watches the tunnel of a Gluetun container, recovers it when it breaks, and puts every
dependent container back on a live network.

Commands:
  run       watch (what it does without a command)
  check     probe all sites once through the tunnel, say what that shows; exit code 0 or 1
  config    show the value of every variable and where it comes from, secrets masked

Options:
  --help, -h      show this
  --version, -V   show the version

It is configured by environment variables; docs/configuration.md lists them.
`;

/** Parses the arguments. Anything it does not understand is named, together with the valid commands. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'V' } },
    });
    if (values.help === true || positionals[0] === 'help') return { command: 'help' };
    if (values.version === true) return { command: 'version' };
    return commandOf(positionals);
  } catch (error) {
    return unknown(error instanceof Error ? error.message : String(error));
  }
}

function commandOf(positionals: readonly string[]): CommandLine {
  const [given = 'run', ...more] = positionals;
  const command = COMMANDS.find((name) => name === given);
  if (command === undefined) return unknown(`unknown command "${given}"`);
  return more.length === 0
    ? { command }
    : unknown(`${command} takes no arguments, but was given "${more.join(' ')}"`);
}

const unknown = (message: string): CommandLine => ({
  command: 'unknown',
  message: `gluetun-monitor: ${printable(message)}\nCommands: ${COMMANDS.join(', ')}. Try: gluetun-monitor --help`,
});
