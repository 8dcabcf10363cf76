import { parseArgs } from 'node:util';
import { printable } from '../../config/shown-text.ts';
import type { HistoryOptions } from './history.ts';

export type CommandLine =
  | Configured
  | { readonly command: 'help' | 'version' }
  | { readonly command: 'unknown'; readonly message: string };

/** A command that needs the configuration. */
export type Configured =
  { readonly command: 'run' | 'check' | 'config' } | ({ readonly command: 'history' } & HistoryOptions);

const COMMANDS = ['run', 'check', 'config', 'history'] as const;

export const HELP = `Usage: gluetun-monitor [COMMAND]

Watches the tunnel of a Gluetun container, recovers it when it breaks, and puts every
dependent container back on a live network.

Commands:
  run       watch (what it does without a command)
  check     probe all sites once through the tunnel, say what that shows; exit code 0 or 1
  history   show what happened: outages, recoveries, exits, repairs, endpoints
  config    show the value of every variable and where it comes from, secrets masked

Options of history:
  --since 7d      how far back, such as 90s, 30m, 12h or 7d (the default)
  --gateway NAME  only what concerns this gateway, or all of them
  --json          everything that is kept, one JSON object a line

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
      options: {
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'V' },
        ...HISTORY_OPTIONS,
      },
    });
    if (values.help === true || positionals[0] === 'help') return { command: 'help' };
    if (values.version === true) return { command: 'version' };
    const { since, json, gateway } = values;
    return commandOf(positionals, { since, json, gateway });
  } catch (error) {
    return unknown(error instanceof Error ? error.message : String(error));
  }
}

const HISTORY_OPTIONS = {
  since: { type: 'string' },
  json: { type: 'boolean' },
  gateway: { type: 'string' },
} as const;

interface Given {
  readonly since: string | undefined;
  readonly json: boolean | undefined;
  readonly gateway: string | undefined;
}

function commandOf(positionals: readonly string[], options: Given): CommandLine {
  const [given = 'run', ...more] = positionals;
  const command = COMMANDS.find((name) => name === given);
  if (command === undefined) return unknown(`unknown command "${given}"`);
  if (more.length > 0) return unknown(`${command} takes no arguments, but was given "${more.join(' ')}"`);
  const { since, json, gateway } = options;
  if (command === 'history')
    return {
      command,
      since: since ?? '7d',
      isJson: json === true,
      ...(gateway !== undefined && { gateway }),
    };
  const [option] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  return option === undefined ? { command } : unknown(`${command} takes no option --${option}`);
}

const unknown = (message: string): CommandLine => ({
  command: 'unknown',
  message: `gluetun-monitor: ${printable(message)}\nCommands: ${COMMANDS.join(', ')}. Try: gluetun-monitor --help`,
});
