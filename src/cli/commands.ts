import { formats } from '../../config/formats.ts';
import { LONGEST_PAUSE_MS } from '../operator/pause.ts';
import { check } from './check.ts';
import type { Argument, Command, Context, Given, Option } from './command.ts';
import { SHELLS, completionFor } from './completion.ts';
import { EXIT } from './exit-codes.ts';
import { helpOf } from './help.ts';
import { history } from './history.ts';
import { ask } from './operator-commands.ts';
import { status } from './status.ts';

const GATEWAY: Option = {
  name: 'gateway',
  value: 'NAME',
  summary: 'the gateway it is about, if several are watched',
};
const NO_WAIT: Option = { name: 'no-wait', summary: 'return once it is accepted' };

/** Exit codes of what is asked of the running monitor. */
const ASKED = {
  [EXIT.ok]: 'done, or in a dry run: it would be',
  [EXIT.failed]: 'refused, or it has failed',
  [EXIT.unavailable]: 'no running monitor answers',
};

const USUAL_SPAN = '7d';
const USUAL_PAUSE = '30m';
const PAUSE_LIMITS = { limits: [1, LONGEST_PAUSE_MS / 1000] } as const;

const DURATION: Argument = {
  name: 'DURATION',
  summary: `how long, such as 45m, 2h or 1d; ${USUAL_PAUSE} unless given, a week at most`,
  faultIn: (text) =>
    formats.seconds.accepts(formats.seconds.coerce(text), PAUSE_LIMITS)
      ? undefined
      : `"${text}" is no duration: accepted is ${formats.seconds.accepted(PAUSE_LIMITS)}`,
};

const forGateway = ({ values }: Pick<Given, 'values'>) =>
  values['gateway'] === undefined ? {} : { gateway: values['gateway'] };

/**
 * Every command, in the order in which the help lists them. The help, the completion and the parser go by this table:
 * whoever adds a command adds an entry.
 */
export const COMMANDS: readonly Command[] = [
  {
    name: 'run',
    summary: 'watch (what it does without a command)',
    does: { kind: 'watch' },
  },
  {
    name: 'check',
    summary: 'probe all sites once through the tunnel, and say what that shows',
    exitCodes: { [EXIT.ok]: 'every tunnel passes', [EXIT.failed]: 'one does not, or could not be checked' },
    does: { kind: 'run', run: async (_given, { config, print }) => check(config, print) },
  },
  {
    name: 'config',
    summary: 'show the value of every variable and where it comes from, secrets masked',
    does: { kind: 'run', run: async (_given, context) => Promise.resolve(showConfig(context)) },
  },
  {
    name: 'status',
    summary: 'show how things are, as the running monitor sees them',
    options: [
      { name: 'json', summary: 'as JSON, of the form of docs/status.schema.json' },
      { name: 'watch', summary: 'go on showing it, until Ctrl-C' },
    ],
    examples: {
      status: 'a table',
      'status --watch': 'the same, live',
      'status --json': 'for other programs; with --watch one line each second',
      'status || echo trouble': 'in a script',
    },
    exitCodes: {
      [EXIT.ok]: 'all is well',
      [EXIT.failed]: 'something is wrong, being mended, or not known yet',
      [EXIT.unavailable]: 'no running monitor answers',
    },
    does: { kind: 'run', run: status },
  },
  {
    name: 'history',
    summary: 'show what happened: outages, recoveries, exits, repairs, endpoints',
    details: 'It reads HISTORY_FILE, so no monitor need run.',
    options: [
      {
        name: 'since',
        value: 'DURATION',
        summary: `how far back, such as 90s, 30m, 12h or 7d; ${USUAL_SPAN} unless given`,
      },
      { ...GATEWAY, summary: 'only what concerns this one of several, or all of them' },
      { name: 'json', summary: 'everything that is kept, one JSON object a line' },
    ],
    examples: {
      history: 'the last week',
      'history --since 1d --gateway gluetun-us': 'the last day of one of several gateways',
      'history --since 30d --json': 'for other programs',
    },
    exitCodes: { [EXIT.ok]: 'it is shown', [EXIT.failed]: 'there is none, or it cannot be read' },
    does: {
      kind: 'run',
      run: async ({ flags, values }, { config, print, complain, terminal }) =>
        history(
          config,
          { since: values['since'] ?? USUAL_SPAN, isJson: flags.has('json'), ...forGateway({ values }) },
          { print, complain, write: terminal.write },
        ),
    },
  },
  {
    name: 'reconnect',
    summary: 'restart the VPN inside the gateway, for another exit; the container and its dependents stay',
    details:
      'It takes Gluetun’s control server. It is no recovery, and checks follow it at once; it returns when one has passed.',
    options: [GATEWAY, NO_WAIT],
    examples: { reconnect: 'the only gateway', 'reconnect --gateway gluetun-us': 'one of several' },
    exitCodes: ASKED,
    does: {
      kind: 'run',
      run: async (given, context) => ask({ ask: 'reconnect', ...forGateway(given) }, given, context),
    },
  },
  {
    name: 'recover',
    summary: 'begin a recovery now, as for a tunnel that is broken',
    details:
      'It asks neither SITE_QUORUM nor the backoff, and counts towards the latter. It returns when the recovery has ended.',
    options: [GATEWAY, NO_WAIT],
    examples: {
      recover: 'the only gateway',
      'recover --gateway gluetun-us --no-wait': 'one of several, unattended',
    },
    exitCodes: ASKED,
    does: {
      kind: 'run',
      run: async (given, context) => ask({ ask: 'recover', ...forGateway(given) }, given, context),
    },
  },
  {
    name: 'pause',
    summary: 'leave gateway and dependents alone for a while, and go on watching',
    details:
      'A re-creation that is half done is finished all the same. It outlasts a restart of the monitor.',
    argument: DURATION,
    options: [{ ...GATEWAY, summary: 'only this one of several' }],
    examples: {
      pause: `for ${USUAL_PAUSE}`,
      'pause 2h': 'for two hours, in place of a pause that lasts',
      'pause 2h --gateway gluetun-us': 'one of several',
    },
    exitCodes: ASKED,
    does: {
      kind: 'run',
      run: async (given, context) => {
        const seconds = Number(formats.seconds.coerce(given.argument ?? USUAL_PAUSE));
        return ask({ ask: 'pause', seconds, ...forGateway(given) }, given, context);
      },
    },
  },
  {
    name: 'resume',
    summary: 'end a pause',
    options: [{ ...GATEWAY, summary: 'only this one of several' }],
    examples: { resume: 'whatever is paused' },
    exitCodes: ASKED,
    does: {
      kind: 'run',
      run: async (given, context) => ask({ ask: 'resume', ...forGateway(given) }, given, context),
    },
  },
  {
    name: 'completion',
    summary: 'print the script by which a shell completes commands and options',
    argument: { name: 'SHELL', summary: SHELLS.join(', '), choices: () => SHELLS },
    examples: {
      'completion bash > /etc/bash_completion.d/gluetun-monitor': 'for bash',
      'completion zsh > "${fpath[1]}/_gluetun-monitor"': 'for zsh',
      'completion fish > ~/.config/fish/completions/gluetun-monitor.fish': 'for fish',
    },
    does: { kind: 'print', text: ({ argument }) => completionFor(shellOf(argument), COMMANDS) },
  },
  {
    name: 'help',
    summary: 'show this, or the help of a command',
    argument: {
      name: 'COMMAND',
      summary: 'one of the commands',
      choices: () => COMMANDS.map(({ name }) => name),
    },
    does: {
      kind: 'print',
      text: ({ argument }) =>
        helpOf(
          COMMANDS.find(({ name }) => name === argument),
          COMMANDS,
        ),
    },
  },
];

const shellOf = (given: string | undefined): (typeof SHELLS)[number] =>
  SHELLS.find((shell) => shell === given) ?? 'bash';

function showConfig({ values, print }: Context): number {
  const width = Math.max(...values.map(({ variable }) => variable.length));
  for (const { variable, value, source } of values)
    print(`${variable.padEnd(width)}  ${value === '' ? '-' : value}  (${source})`);
  return EXIT.ok;
}
