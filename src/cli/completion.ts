import type { Command } from './command.ts';
import { COMMON_OPTIONS } from './help.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** The script by which a shell completes the commands, their options and what an argument can be. */
export const completionFor = (shell: Shell, commands: readonly Command[]): string => SCRIPTS[shell](commands);

const SCRIPTS: Readonly<Record<Shell, (commands: readonly Command[]) => string>> = { bash, zsh, fish };

const optionsOf = ({
  options = [],
}: Command): readonly { readonly name: string; readonly summary: string }[] => [
  ...options,
  ...COMMON_OPTIONS.slice(0, 1),
];

const wordsOf = (command: Command): string =>
  [...(command.argument?.choices?.() ?? []), ...optionsOf(command).map(({ name }) => `--${name}`)].join(' ');

const cases = (commands: readonly Command[], line: (command: Command) => string): string =>
  commands.map((command) => `    ${command.name}) ${line(command)} ;;`).join('\n');

function bash(commands: readonly Command[]): string {
  const first = [...commands.map(({ name }) => name), ...COMMON_OPTIONS.map(({ name }) => `--${name}`)];
  return `_gluetun_monitor() {
  local words=''
  if [ "$COMP_CWORD" -eq 1 ]; then words='${first.join(' ')}'; else
    case \${COMP_WORDS[1]} in
${cases(commands, (command) => `words='${wordsOf(command)}'`)}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _gluetun_monitor gluetun-monitor
`;
}

function zsh(commands: readonly Command[]): string {
  const described = commands.map(
    ({ name, summary }) => `    ${quoted(`${name}:${summary.replaceAll(':', ' -')}`)}`,
  );
  return `#compdef gluetun-monitor
_gluetun_monitor() {
  if (( CURRENT == 2 )); then
    local -a commands=(
${described.join('\n')}
    )
    _describe command commands
    return
  fi
  case $words[2] in
${cases(commands, (command) => `compadd -- ${wordsOf(command)}`)}
  esac
}
compdef _gluetun_monitor gluetun-monitor
`;
}

function fish(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) => {
    const { name, summary, argument } = command;
    const here = `complete -c gluetun-monitor -n '__fish_seen_subcommand_from ${name}'`;
    const choices = argument?.choices?.() ?? [];
    return [
      `complete -c gluetun-monitor -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
      ...(choices.length === 0 ? [] : [`${here} -a ${quoted(choices.join(' '))}`]),
      ...optionsOf(command).map((one) => `${here} -l ${one.name} -d ${quoted(one.summary)}`),
    ];
  });
  return ['complete -c gluetun-monitor -f', ...lines, ''].join('\n');
}

/** All three shells take it so, as long as it holds no quote itself. */
const quoted = (text: string): string => `'${text.replaceAll("'", '’')}'`;
